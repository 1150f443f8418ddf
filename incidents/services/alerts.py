"""Alerts: what sources keep telling. Counting stays here, so that a storm costs one statement per batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from core.text import clean
from incidents.models import Alert, Incident
from incidents.rules.intake import AlertView, Bearing
from incidents.rules.signals import Signal, SignalState
from incidents.rules.states import FINAL, OPEN, Status

_FLOODS = 0xF100D


@dataclass(slots=True)
class AlertChange:
    """An alert while a batch of signals passes over it."""

    fingerprint: str
    source: str
    title: str
    url: str
    severity: str
    view: AlertView
    count: int
    first_at: datetime
    incident: Incident | None = None
    opened_at: datetime | None = None
    previous: Incident | None = None

    @classmethod
    def new(cls, signal: Signal, source: str, view: AlertView, at: datetime) -> AlertChange:
        """A fingerprint never seen before."""
        return cls(
            signal.fingerprint, source, signal.title, clean(signal.url, limit=1000), signal.severity, view, 0, at
        )

    def take(self, signal: Signal, view: AlertView | None, *, counts: bool) -> None:
        """Keeps the view after a signal and what the signal says of itself."""
        if view is not None:
            self.view = view
        self.count += 1 if counts and signal.state is SignalState.FIRING else 0
        if signal.state is SignalState.FIRING:
            self.title, self.severity = signal.title, signal.severity
            self.url = clean(signal.url, limit=1000) or self.url

    def join(self, incident: Incident) -> None:
        """From now on the alert belongs to this open incident."""
        self.incident = incident
        self.view = replace(self.view, bearing=Bearing.OPEN, ended_at=None)


def lock_alerts(fingerprints: set[str]) -> dict[str, AlertChange]:
    """The known alerts among `fingerprints`. Every one, known or not, is locked until the transaction ends.

    Advisory locks, taken in one order, keep two workers from opening two incidents for a fingerprint nobody has seen.
    """
    ordered = sorted(fingerprints)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashtextextended(f, 7) AS k"
            " FROM unnest(%s::text[]) AS f ORDER BY 1) AS keys",
            [ordered],
        )
    rows = list(Alert.objects.filter(fingerprint__in=ordered).select_for_update().order_by("pk"))
    # asked for after the locks are held: joined in, incidents would be as old as the wait for the locks was long
    behind = Incident.objects.in_bulk({row.incident_id for row in rows if row.incident_id is not None})
    return {row.fingerprint: _in_hand(row, behind.get(row.incident_id or 0)) for row in rows}


def lock_alerts_of(number: str) -> None:
    """Locks the alerts of an incident, for verbs that touch them, before they take the incident in hand.

    Signals lock alerts first and incidents then; in the other order a verb and a signal would wait for each other.
    """
    list(Alert.objects.filter(incident__number=number).select_for_update(of=("self",)).order_by("pk").only("pk"))


def lock_floods() -> None:
    """Lets one transaction at a time decide whether a flood has its parent already, so that none gets two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FLOODS])


def call_off_recoveries(incident: Incident) -> None:
    """Recoveries noted so far no longer resolve the incident by rule: somebody says the trouble is back."""
    Alert.objects.filter(incident=incident, resolve_at__isnull=False).update(resolve_at=None)


def _in_hand(row: Alert, incident: Incident | None) -> AlertChange:
    view = AlertView(
        state=SignalState(row.state),
        last_at=row.last_at,
        bearing=_bearing(incident),
        ended_at=(incident.resolved_at or incident.closed_at) if incident else None,
        changes=tuple(datetime.fromisoformat(instant) for instant in row.changes),
        is_flapping=row.is_flapping,
        resolve_at=row.resolve_at,
    )
    return AlertChange(
        row.fingerprint,
        row.source,
        row.title,
        row.url,
        row.severity,
        view,
        row.count,
        row.first_at,
        incident,
        row.opened_at,
    )


def _bearing(incident: Incident | None) -> Bearing:
    if incident is None:
        return Bearing.NONE
    status = Status(incident.status)
    if status in OPEN:
        return Bearing.OPEN
    return Bearing.FINAL if status in FINAL else Bearing.RESOLVED


def store_alerts(changes: Iterable[AlertChange]) -> None:
    """Writes all alerts of a batch in one statement."""
    rows = [
        Alert(
            fingerprint=change.fingerprint,
            source=change.source,
            state=change.view.state.value,
            title=change.title[:160],
            url=change.url,
            severity=change.severity,
            incident=change.incident,
            count=change.count,
            first_at=change.first_at,
            last_at=change.view.last_at,
            changes=[instant.isoformat() for instant in change.view.changes],
            is_flapping=change.view.is_flapping,
            resolve_at=change.view.resolve_at,
            opened_at=change.opened_at,
        )
        for change in changes
    ]
    Alert.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["fingerprint"],
        update_fields=[
            "state",
            "title",
            "url",
            "severity",
            "incident",
            "count",
            "last_at",
            "changes",
            "is_flapping",
            "resolve_at",
            "opened_at",
        ],
    )
