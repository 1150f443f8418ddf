from django.apps import AppConfig


class StatuspageConfig(AppConfig):
    name = "statuspage"

    def ready(self) -> None:
        from statuspage import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
