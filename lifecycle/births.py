"""What an incident looks like that nobody reported: filled from a signal by the rules of the document (P-2.3)."""

from __future__ import annotations

from datetime import datetime

from directory.models import Module
from incidents.rules.priority import rank
from incidents.rules.signals import Signal
from lifecycle.opening import Birth, unsaved
from process.models import ProcessVersion
from process.schema import ChainName, Document

RULE = "§2"


def birth_from_signal(
    signal: Signal,
    source_title: str,
    *,
    module: Module | None,
    rules: Document,
    version: ProcessVersion,
    now: datetime,
) -> Birth:
    """Category by kind, urgency and impact by severity; it enters the functional chain where monitoring does."""
    severity = signal.severity
    if signal.is_regression and severity in ("medium", "low"):
        severity = "high"
    rule = rules.monitoring.severity(severity)
    ranking = rank(
        rules,
        urgency=rule.urgency.value,
        impact=rule.impact.value,
        urgency_criteria=rule.urgency_criteria,
        impact_criteria=rule.impact_criteria,
    )
    symptom = "\n\n".join(part for part in (signal.title, signal.description, signal.url) if part)
    incident = unsaved(
        document=rules,
        version=version,
        ranking=ranking,
        symptom=symptom,
        title=signal.title,
        channel="monitoring",
        category=rules.monitoring.categories[signal.kind],
        module=module,
        reporter_name=source_title,
        reported_at=now,
    )
    return Birth(
        incident,
        rule=RULE,
        functional_level=rules.chain(ChainName.FUNCTIONAL).monitoring_enters_at,
        reason="monitoring_detected",
        data={"fingerprint": signal.fingerprint, **_beginning(signal)},
    )


def _beginning(signal: Signal) -> dict[str, str]:
    """When it began by the source's own clock: kept for figures, never for a promise (R16)."""
    return {"observed_at": signal.observed_at.isoformat()} if signal.observed_at is not None else {}


def flood_birth(source_title: str, *, rules: Document, version: ProcessVersion, now: datetime) -> Birth:
    """The parent of an alert flood: one incident that gathers what would have been hundreds."""
    policy = rules.monitoring
    rule = policy.severity("critical")
    ranking = rank(
        rules,
        urgency=rule.urgency.value,
        impact=rule.impact.value,
        urgency_criteria=rule.urgency_criteria,
        impact_criteria=rule.impact_criteria,
    )
    title = f"Alarmflut: {source_title}"
    incident = unsaved(
        document=rules,
        version=version,
        ranking=ranking,
        symptom=f"{title}\n\nMehr als {policy.flood_count} Incidents in {policy.flood_window_min} Minuten. "
        "Weitere Alarme dieser Quelle hängen an diesem Incident.",
        title=title,
        channel="monitoring",
        category=policy.categories["availability"],
        reporter_name=source_title,
        reported_at=now,
        is_flood=True,
    )
    return Birth(
        incident,
        rule=RULE,
        functional_level=rules.chain(ChainName.FUNCTIONAL).monitoring_enters_at,
        reason="monitoring_detected",
        data={"flood": True},
        has_contact=True,
    )
