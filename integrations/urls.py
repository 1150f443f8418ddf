"""Addresses of the hooks. A missing last slash is forgiven: a redirect would lose the body."""

from django.urls import path

from integrations.views import hook

app_name = "hooks"
urlpatterns = [
    path("<slug:kind>/<slug:name>/", hook, name="hook"),
    path("<slug:kind>/<slug:name>", hook),
    path("<slug:kind>/<slug:name>/<str:token>/", hook, name="hook_with_token"),
    path("<slug:kind>/<slug:name>/<str:token>", hook),
]
