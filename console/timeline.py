"""One stream of everything that happened to an incident: events in plain words, with the texts people wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.marks import satisfaction
from console.rings import kind_name
from core.audit import kind_of
from core.models import Event
from core.said import with_words
from escalation.events import GIVEN_BACK
from incidents.models import Comment, Incident, Link, PriorityChoice, RoomRole, SituationNote, StakeholderMessage
from process.schema import ChainName, Document

PAGE = 60
FILTERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "all": (gettext_lazy("Alles"), ()),
    "talk": (
        gettext_lazy("Nachrichten und Notizen"),
        (
            "incident.noted",
            "incident.messaged",
            "incident.answered",
            "incident.feedback",
            "incident.dissatisfied",
            "incident.consulted",
            "incident.advised",
            "incident.situation",
            "incident.stakeholder_",
        ),
    ),
    "work": (gettext_lazy("Bearbeitung"), ("incident.",)),
    "alerts": (gettext_lazy("Alarme"), ("alert.",)),
    "climb": (
        gettext_lazy("Eskalation und SLA"),
        ("escalation.", "sla.", "incident.de_escalated", "incident.dissatisfied", "incident.due_"),
    ),
}
_TONES = {
    "sla.breached": "critical",
    "alert.fired": "critical",
    "incident.major_declared": "critical",
    "message.dead": "critical",
    "escalation.exhausted": "critical",
    "escalation.team_unanswered": "critical",
    "incident.major_proposed": "high",
    "incident.major_demoted": "medium",
    "incident.review_done": "ok",
    "escalation.stepped": "high",
    "sla.checkpoint": "high",
    "incident.downgrade_proposed": "high",
    "incident.due_set": "medium",
    "incident.de_escalated": "medium",
    "incident.held": "medium",
    "incident.dissatisfied": "high",
    "sla.paused": "medium",
    "incident.resolved": "ok",
    "alert.cleared": "ok",
    "incident.messaged": "accent",
    "incident.answered": "accent",
    "incident.stakeholder_sent": "accent",
    "incident.stakeholder_drafted": "medium",
    "incident.stakeholder_returned": "medium",
}
_TOLD_TWICE = Q(kind="incident.escalated") | Q(kind="escalation.stepped", data__reason=GIVEN_BACK)
"""Going up the ladder's own event says more than the record's, going down the record's, which has the reason."""
_WITH_REASON = (
    "incident.prioritised",
    "incident.downgrade_proposed",
    "incident.downgrade_rejected",
    "incident.due_set",
    "incident.due_cleared",
    "incident.de_escalated",
    "incident.reopened",
    "incident.cancelled",
    "incident.major_rejected",
    "incident.major_demoted",
    "incident.stakeholder_returned",
)
_MORE = {
    "alarmed": gettext_lazy("%(words)s; Alarm an %(alarmed)s"),
    "parent": gettext_lazy("%(words)s, zusammen mit %(parent)s"),
    "said_via": gettext_lazy("%(words)s (%(said_via)s, %(said_at)s)"),
    "said_at": gettext_lazy("%(words)s (%(said_at)s)"),
    "former": gettext_lazy("%(words)s, bisher %(former)s"),
    "since": gettext_lazy("%(words)s, gemeldet schon %(since)s"),
    "confirmed_by": gettext_lazy("%(words)s, vorgeschlagen von %(proposed_by)s, bestätigt von %(confirmed_by)s"),
}
"""What an event says further when it has such a fact."""
MATTERS = {
    "strategic_decision": gettext_lazy("Strategischer Entscheid"),
    "crisis": gettext_lazy("Krise"),
    "product_change": gettext_lazy("Produktänderung"),
    "extensive_product_change": gettext_lazy("Umfangreiche Produktänderung"),
    "external_communication": gettext_lazy("Externe Kommunikation"),
    "room_decision": gettext_lazy("Entscheid"),
}
_CHOICES: dict[str, Any] = {
    "priority": PriorityChoice,
    "link": Link.Kind,
    "room_role": RoomRole.Role,
    "situation": SituationNote.Kind,
}
_FOLDED = "message.sent"
_SENT_TO_MANY = "incident.stakeholder_sent"
_QUIET = (
    "message.sent",
    "message.bundled",
    "sla.started",
    "sla.update_due",
    "sla.update_overdue",
    "sla.stopped",
    "sla.resumed",
    "escalation.called",
    "escalation.acknowledged",
    "escalation.team_answered",
    "incident.duty_done",
    "incident.duty_undone",
    "alert.repeated",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline. `css` is set when `body` is a text somebody wrote."""

    id: int
    at: datetime
    icon: str
    tone: str
    who: str
    text: str
    rule: str
    body: str = ""
    css: str = ""
    kind: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether it is only of interest to who looks for it."""
        return self.kind in _QUIET


@dataclass(frozen=True, slots=True)
class Stream:
    """Newest first; `older` is the id to continue before, None at the beginning of the story.

    A run is one line on screen: a single entry, or messages sent one after another, to be unfolded.
    """

    runs: list[list[Entry]]
    older: int | None
    kind: str


def stream(
    incident: Incident, document: Document, language: str, *, kind: str = "all", before: int | None = None
) -> Stream:
    """A page of the timeline, four queries at most whatever its length."""
    kind = kind if kind in FILTERS else "all"
    events = Event.objects.filter(subject_type="incident", subject_id=incident.pk).exclude(_TOLD_TWICE)
    if before:
        events = events.filter(id__lt=before)
    prefixes = FILTERS[kind][1]
    if prefixes:
        pattern = "^(" + "|".join(prefix.replace(".", r"\.") for prefix in prefixes) + ")"
        events = events.filter(kind__regex=pattern)
    found = list(events.order_by("-id")[: PAGE + 1])
    page = with_words(found[:PAGE])
    wanted = [event.data["comment"] for event in page if "comment" in event.data]
    comments = Comment.objects.in_bulk(wanted)
    sent = [event.data["stakeholder_message"] for event in page if event.kind == _SENT_TO_MANY]
    messages = StakeholderMessage.objects.in_bulk(sent)
    entries = [_entry(event, comments, messages, document, language) for event in page]
    return Stream(_in_runs(entries), page[-1].pk if len(found) > PAGE else None, kind)


def _in_runs(entries: list[Entry]) -> list[list[Entry]]:
    runs: list[list[Entry]] = []
    for entry in entries:
        if runs and entry.kind == runs[-1][0].kind == _FOLDED:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def _entry(
    event: Event,
    comments: Mapping[int, Comment],
    messages: Mapping[int, StakeholderMessage],
    document: Document,
    language: str,
) -> Entry:
    comment = comments.get(event.data.get("comment", 0))
    kind = kind_of(event.kind)
    body, css = "", ""
    if comment is not None:
        body, css = comment.body, "note" if comment.kind == Comment.Kind.NOTE else "message"
    elif event.kind == _SENT_TO_MANY and (message := messages.get(event.data["stakeholder_message"])):
        body, css = f"{message.subject_de}\n\n{message.body_de}", "message"
    elif event.data.get("reason") and event.kind in _WITH_REASON:
        body, css = str(event.data["reason"]), "note"
    elif event.data.get("note") and event.kind == "incident.major_declared":
        body, css = str(event.data["note"]), "note"
    elif event.kind == "incident.review_done":
        body, css = str(event.data["reference"]), "note"
    elif event.data.get("recorded_late_because"):
        body, css = str(event.data["recorded_late_because"]), "note"
    return Entry(
        id=event.pk,
        at=event.at,
        icon=kind.icon,
        tone=_TONES.get(event.kind, "none"),
        who=event.actor_label,
        text=in_words(event, document, language),
        rule=event.rule,
        body=body,
        css=css,
        kind=event.kind,
    )


def in_words(event: Event, document: Document, language: str) -> str:
    """The sentence of an event, its keys replaced by the names people know."""
    data = {name: readable(name, value, document, language, kind=event.kind) for name, value in event.data.items()}
    if "duty" in data:
        data["duty"] = _duty(event.data, document, language)
    if "seats" in data:
        data["seats"] = _seats(event.data["seats"], document, language)
    try:
        words = str(kind_of(event.kind).text) % data
    except (KeyError, ValueError, TypeError):
        return str(kind_of(event.kind).text)
    more = next((text for name, text in _MORE.items() if name in data), None)
    return str(more) % {"words": words, **data} if more else words


def _duty(data: Mapping[str, Any], document: Document, language: str) -> str:
    duties = document.chain(ChainName(data["chain"])).level(data["level"]).duties
    return next((duty.text.in_(language) for duty in duties if duty.key == data["duty"]), data["duty"])


def _seats(keys: list[str], document: Document, language: str) -> str:
    members = [document.major.seat(key) for key in keys]
    return ", ".join(
        member.function.in_(language) if member else key for member, key in zip(members, keys, strict=True)
    )


def readable(name: str, value: Any, document: Document, language: str, *, kind: str = "") -> Any:
    """One fact of an event as text."""
    rooms = {"code": "closure_codes", "channel": "channels", "category": "categories", "kind": "contact_kinds"}
    rooms |= {"said_via": "channels", "role": "roles", "task": "raci"}
    if name == "reason" and kind == "incident.held":
        rooms["reason"] = "pending_reasons"
    if name in rooms:
        return document.label(rooms[name], str(value), language)
    if name == "trigger":
        found = next((entry for entry in document.major.triggers if entry.key == value), None)
        return found.label.in_(language) if found else value
    plain: dict[str, Callable[[str], Any]] = {
        "clock": kind_name,
        "since": _moment,
        "due_at": _moment,
        "said_at": _moment,
        "grade": satisfaction,
        "matter": lambda matter: MATTERS.get(matter, matter),
        "audiences": _audiences,
    }
    if name in plain and value:
        return plain[name](value)
    if name == "fields":
        return ", ".join(str(field_name(part)) for part in str(value).split(", "))
    if name == "chain":
        return _("Funktionale Eskalation") if value == "functional" else _("Management-Eskalation")
    for choices in _CHOICES.items():
        if name == choices[0] and value in choices[1].values:
            return choices[1](value).label
    return value


def _audiences(keys: str) -> str:
    return ", ".join(StakeholderMessage(audiences=keys.split(", ")).audience_words)


def _moment(instant: str) -> str:
    return date_format(localtime(datetime.fromisoformat(instant)), "DATETIME_FORMAT")


def field_name(name: str) -> str:
    """The name of a field of the record on screen."""
    names = {
        "title": _("Titel"),
        "symptom": _("Symptome"),
        "category": _("Kategorie"),
        "module": _("Modul"),
        "school": _("Schule"),
        "reporter_name": _("Name"),
        "reporter_email": _("E-Mail"),
        "reporter_phone": _("Telefon"),
        "feedback_channel": _("Rückmeldung über"),
        "assignee": _("Zuständig"),
        "team": _("Team"),
    }
    return names.get(name.removesuffix("_id"), name)
