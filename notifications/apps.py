from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
