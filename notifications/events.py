"""The kinds of events about messages. Their subject is what the message is about, or the message itself."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare

declare(
    EventKind("message.sent", _("Mitteilung an %(to)s versendet"), frozenset({"message", "channel", "to"}), "mail"),
    EventKind("message.bundled", _("%(to)s in einer Sammelmeldung benachrichtigt"), frozenset({"to"}), "mails"),
    EventKind(
        "message.dead",
        _("Mitteilung an %(to)s ist nicht zustellbar"),
        frozenset({"message", "channel", "to", "error"}),
        "mail-x",
    ),
    EventKind(
        "message.retried", _("Mitteilung an %(to)s wird erneut versucht"), frozenset({"message", "to"}), "rotate-cw"
    ),
    EventKind(
        "reach.chosen",
        _("Kanäle gewählt; dringend: %(urgent)s, sonst: %(other)s"),
        frozenset({"urgent", "other", "quiet"}),
        "bell-ring",
    ),
    EventKind("reach.place_added", _("Kanal eingerichtet: %(channel)s"), frozenset({"channel"}), "bell-plus"),
    EventKind("reach.place_dropped", _("Kanal entfernt: %(channel)s"), frozenset({"channel"}), "bell-minus"),
    EventKind("reach.place_lost", _("Kanal erreicht niemanden mehr: %(channel)s"), frozenset({"channel"}), "bell-off"),
    EventKind("drill.sent", _("Probealarm gesendet"), frozenset({"channels", "week"}), "bell-ring"),
    EventKind("drill.answered", _("Probealarm beantwortet über %(channel)s"), frozenset({"channel"}), "check-check"),
)
