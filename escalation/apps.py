from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "escalation"

    def ready(self) -> None:
        from escalation import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
