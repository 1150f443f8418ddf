from collections.abc import Sequence
from datetime import datetime

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from integrations import events  # noqa: F401, PLC0415  (declares the kinds once Django is up)
        from integrations.models import Delivery  # noqa: PLC0415
        from integrations.services import settled  # noqa: PLC0415
        from lifecycle.retention import MANY, Type, register  # noqa: PLC0415

        def forget(rows: Sequence[Delivery], now: datetime) -> None:
            Delivery.objects.filter(pk__in=[row.pk for row in rows]).delete()

        register("deliveries", Type(settled, forget, batch=MANY))
