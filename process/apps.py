from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "process"

    def ready(self) -> None:
        from process import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
