from django.apps import AppConfig


class SlaConfig(AppConfig):
    name = "sla"

    def ready(self) -> None:
        from sla import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
