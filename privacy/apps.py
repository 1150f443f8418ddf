from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from privacy import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
