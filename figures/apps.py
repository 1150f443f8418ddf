"""The app."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Figures of the SLA dashboard."""

    name = "figures"
    default_auto_field = "django.db.models.BigAutoField"
