"""The kinds of events about sources."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare

declare(
    EventKind("source.created", _("Quelle %(source)s eingerichtet"), frozenset({"source"}), "radio-tower"),
    EventKind("source.rotated", _("Geheimnis der Quelle %(source)s erneuert"), frozenset({"source"}), "key-round"),
    EventKind("source.mode_set", _("Quelle %(source)s: %(mode)s"), frozenset({"source", "mode"}), "toggle-right"),
    EventKind(
        "source.rhythm_set", _("Rhythmus der Quelle %(source)s gesetzt"), frozenset({"source", "set"}), "activity"
    ),
    EventKind(
        "source.replayed",
        _("Lieferung %(delivery)s der Quelle %(source)s erneut verarbeitet"),
        frozenset({"source", "delivery"}),
        "rotate-cw",
    ),
)
