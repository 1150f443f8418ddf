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
)
