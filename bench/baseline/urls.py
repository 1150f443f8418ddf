"""Addresses of the bare views."""

from django.urls import path

from bench.baseline import views

urlpatterns = [
    path("healthz", views.alive),
    path("insert/", views.insert),
    path("list/", views.rows),
    path("detail/<str:number>/", views.detail),
    path("contacts/", views.contacts),
    path("json/", views.as_json),
]
