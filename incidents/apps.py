from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        from incidents import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
