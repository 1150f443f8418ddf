"""Addresses of the console."""

from django.conf import settings
from django.urls import path

from console import shell, start

app_name = "console"
urlpatterns = [
    path("", start.overview, name="start"),
    path("language/", shell.language, name="language"),
]
if settings.DEBUG:
    urlpatterns += [path("styleguide/", shell.styleguide, name="styleguide")]
