"""Templates of the process document filled in for one major: what a stakeholder message starts from (§5.1/1d)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from core.models import Event
from incidents.models import Incident
from incidents.room import schools_of
from lifecycle.updates import interval_of
from process.schema import MessageTemplate
from process.schema.messages import fill

LONGEST_SUBJECT = 150
"""Characters; with the number before it a subject still fits the outbox."""


def texts_of(incident: Incident, template: MessageTemplate, *, now: datetime) -> dict[str, str]:
    """Subject and body in both languages. The next update is promised as if this one went out now."""
    events = Event.objects.filter(subject_type="incident", subject_id=incident.pk, kind="incident.major_declared")
    since = events.order_by("-id").values_list("at", flat=True).first() or incident.reported_at
    minutes = interval_of(incident)
    values = {
        "number": incident.number,
        "title": incident.title,
        "schools": ", ".join(hit.school.name for hit in schools_of(incident)) or "–",
    }
    texts = {}
    for language, code in (("de", "de-ch"), ("en", "en")):
        with override(code):
            values["since"] = date_format(localtime(since), "DATETIME_FORMAT")
            due = localtime(now + timedelta(minutes=minutes))
            values["next_update_at"] = date_format(due, "DATETIME_FORMAT") if minutes else "–"
        texts[f"subject_{language}"] = fill(template.subject.in_(language), values)[:LONGEST_SUBJECT]
        texts[f"body_{language}"] = fill(template.body.in_(language), values)
    return texts
