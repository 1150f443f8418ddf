from django.apps import AppConfig


class HeartbeatsConfig(AppConfig):
    name = "heartbeats"

    def ready(self) -> None:
        from heartbeats import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
