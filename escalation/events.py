"""The kinds of events about the ladders, and the reasons that rules give without the document naming them."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare

NOT_ACKNOWLEDGED = "not_acknowledged"
NO_PROGRESS = "no_progress"
GIVEN_BACK = "de_escalated"
REASONS = {
    NOT_ACKNOWLEDGED: _("Niemand hat rechtzeitig übernommen"),
    NO_PROGRESS: _("Übernommen, aber es geht nicht weiter"),
    "recorded": _("Incident erfasst"),
    "monitoring_detected": _("Von der Überwachung erkannt"),
    "major_incident": _("Major Incident"),
    "reopened": _("Wiedereröffnet"),
    GIVEN_BACK: _("Zurückgegeben"),
}

declare(
    EventKind(
        "escalation.stepped",
        _("Stufe %(from)s → %(to)s (%(chain)s)"),
        frozenset({"chain", "from", "to", "reason", "step"}),
        "trending-up",
    ),
    EventKind(
        "escalation.called", _("Gerufen: %(names)s"), frozenset({"chain", "step", "people", "names"}), "phone-outgoing"
    ),
    EventKind(
        "escalation.held",
        _("Gerufen wird, sobald der Dienst beginnt (%(chain)s, Stufe %(level)s)"),
        frozenset({"chain", "step", "level", "until"}),
        "clock",
    ),
    EventKind(
        "escalation.acknowledged", _("Ruf angenommen (%(chain)s)"), frozenset({"chain", "step", "level"}), "check"
    ),
    EventKind(
        "escalation.exhausted",
        _("Niemand hat den Ruf angenommen (%(chain)s, Stufe %(level)s)"),
        frozenset({"chain", "step", "level"}),
        "phone-missed",
    ),
)
declare(
    EventKind(
        "escalation.team_called",
        _("Major Incident Team gerufen: %(names)s"),
        frozenset({"names", "people", "seats"}),
        "phone-outgoing",
    ),
    EventKind(
        "escalation.team_answered",
        _("%(name)s hat geantwortet (%(seats)s)"),
        frozenset({"name", "person", "seats"}),
        "phone-incoming",
    ),
    EventKind(
        "escalation.team_unanswered",
        _("Im Major Incident Team antwortet niemand mehr: %(seats)s"),
        frozenset({"seats"}),
        "phone-missed",
    ),
    EventKind(
        "team.seated",
        _("Major Incident Team, %(seat)s: %(names)s"),
        frozenset({"seat", "names", "people"}),
        "users-round",
    ),
)
declare(
    EventKind("rota.saved", _("Pikett gespeichert: %(role)s"), frozenset({"role", "time_zone"}), "calendar-clock"),
    EventKind("rota.removed", _("Pikett aufgehoben: %(role)s"), frozenset({"role"}), "calendar-x"),
    EventKind(
        "rota.layer_saved", _("Pikett, Ebene %(layer)s: %(names)s"), frozenset({"layer", "names", "people"}), "layers"
    ),
    EventKind("rota.layer_removed", _("Pikett, Ebene %(layer)s entfernt"), frozenset({"layer"}), "layers"),
    EventKind(
        "rota.overridden",
        _("Pikett für %(name)s von %(from)s bis %(until)s"),
        frozenset({"override", "person", "name", "from", "until", "reason"}),
        "user-check",
    ),
    EventKind(
        "rota.override_removed",
        _("Pikett-Einsatz von %(name)s aufgehoben"),
        frozenset({"override", "person", "name", "from", "until"}),
        "user-x",
    ),
)
