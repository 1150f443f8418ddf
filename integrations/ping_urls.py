"""Ping addresses of heartbeats, as healthchecks has them. A missing last slash is forgiven."""

from django.urls import path

from integrations.ping import ping

app_name = "ping"
urlpatterns = [
    path("<uuid:key>", ping, name="ping"),
    path("<uuid:key>/", ping),
    path("<uuid:key>/<slug:what>", ping, name="ping_with"),
    path("<uuid:key>/<slug:what>/", ping),
]
