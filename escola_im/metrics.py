"""Gauges for Prometheus, counted in the database when they are asked for. Staff and the machine itself only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.clock import now as current_time
from core.models import Pulse
from incidents.models import Incident
from incidents.rules.states import OPEN
from integrations.models import Delivery
from notifications.models import Message

LOOPBACK = ("127.0.0.1", "::1")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The gauges. Anybody else is told that there is nothing here."""
    if not _is_this_machine(request) and not getattr(request.user, "is_staff", False):
        return HttpResponseNotFound()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Counts(current_time()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_this_machine(request: HttpRequest) -> bool:
    """A proxy on this machine comes from loopback too, for whomever: it says so in the headers it adds."""
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_forwarded


class _Counts(Collector):
    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        incidents = (
            Incident.objects.filter(status__in=[state.value for state in OPEN])
            .order_by()
            .values_list("status", "priority")
            .annotate(Count("id"))
        )
        yield _gauge("incidents_open", "Open incidents.", ["status", "priority"], incidents)
        waiting = Delivery.objects.filter(state__in=["pending", "dead", "flagged"]).order_by()
        yield _gauge(
            "deliveries",
            "Webhook deliveries not taken in.",
            ["state"],
            waiting.values_list("state").annotate(Count("id")),
        )
        queued = Message.objects.filter(state="queued").order_by()
        yield _gauge(
            "messages_queued", "Messages to be sent.", ["channel"], queued.values_list("channel").annotate(Count("id"))
        )
        ages = [(pulse.name, (self.now - pulse.at).total_seconds()) for pulse in Pulse.objects.all()]
        yield _gauge("pulse_age_seconds", "Seconds since the last sign of life.", ["name"], ages)


def _gauge(name: str, text: str, labels: list[str], rows: Iterable[tuple[str | float, ...]]) -> Metric:
    family = GaugeMetricFamily(f"escola_im_{name}", text, labels=labels)
    for *values, number in rows:
        family.add_metric([str(value) for value in values], float(number))
    return family
