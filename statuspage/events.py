"""The kinds of events about the public status page. Their subject is the incident of a notice, or the notice."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare

NOTICE, TEXT = frozenset({"notice"}), frozenset({"notice", "update", "digest"})

declare(
    EventKind("status.published", _("Auf der Statusseite gemeldet"), TEXT, "megaphone"),
    EventKind("status.updated", _("Meldung auf der Statusseite nachgeführt"), TEXT, "megaphone"),
    EventKind("status.ended", _("Meldung auf der Statusseite beendet"), TEXT, "circle-check"),
    EventKind("status.corrected", _("Text auf der Statusseite berichtigt"), TEXT | {"was"}, "pencil"),
    EventKind("status.subscribed", _("Statusseite abonniert"), frozenset({"subscriber"}), "bell"),
    EventKind("status.unsubscribed", _("Statusseite abbestellt"), frozenset({"subscriber"}), "bell-off"),
    EventKind("status.component_saved", _("Statusseite: Dienst %(name)s gespeichert"), frozenset({"name"}), "layers"),
)
