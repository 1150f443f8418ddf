from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from integrations import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
