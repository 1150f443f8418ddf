"""What the log says about clocks. `clock` is the kind of clock, instants are ISO texts, durations seconds."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare

declare(
    EventKind("sla.started", _("SLA-Uhren gestartet"), frozenset({"clocks"}), "timer"),
    EventKind("sla.paused", _("SLA-Uhr steht"), frozenset({"clock", "elapsed_s"}), "pause"),
    EventKind("sla.resumed", _("SLA-Uhr läuft weiter"), frozenset({"clock", "elapsed_s", "due_at"}), "play"),
    EventKind("sla.stopped", _("SLA-Uhr gestoppt"), frozenset({"clock", "elapsed_s", "state"}), "timer-off"),
    EventKind("sla.checkpoint", _("SLA zu %(percent)s %% verbraucht"), frozenset({"clock", "percent"}), "hourglass"),
    EventKind("sla.update_due", _("Zwischenstand fällig: erinnert %(names)s"), frozenset({"names"}), "message-circle"),
    EventKind(
        "sla.update_overdue",
        _("Zwischenstand überfällig: gemeldet an %(names)s"),
        frozenset({"names"}),
        "message-circle-warning",
    ),
    EventKind("sla.breached", _("SLA verletzt"), frozenset({"clock", "breached_at", "cause"}), "triangle-alert"),
)
