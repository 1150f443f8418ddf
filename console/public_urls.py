"""Addresses of the public status page. The copy on disk has the same, so a proxy can stand in for us."""

from django.urls import path, register_converter

from console import public, public_mails
from statuspage.rendering import LANGUAGES


class LanguageConverter:
    """The languages a page is written in."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(LanguageConverter, "spoken")

app_name = "public"
urlpatterns = [
    path("", public.start, name="start"),
    path("confirm/<str:token>/", public_mails.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", public_mails.unsubscribe, name="unsubscribe"),
    path("<slug:slug>/summary.json", public.summary, name="summary"),
]
for prefix in ("<slug:slug>/", "<slug:slug>/<spoken:language>/"):
    urlpatterns += [
        path(prefix, public.home, name="home"),
        path(f"{prefix}subscribe/", public_mails.subscribe, name="subscribe"),
        path(f"{prefix}history/", public.history, name="history"),
        path(f"{prefix}notices/<int:pk>/", public.notice, name="notice"),
        path(f"{prefix}feed.atom", public.feed, name="feed"),
    ]
