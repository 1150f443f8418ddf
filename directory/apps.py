from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"

    def ready(self) -> None:
        from directory import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
