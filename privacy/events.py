"""The kinds of events about data-protection cases, which only their readers see, and about the law."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare

declare(
    EventKind("privacy.suspected", _("Datenschutzvorfall vermutet"), frozenset({"number"}), "shield-alert"),
    EventKind("privacy.withheld", _("%(count)s Angaben zurückgehalten"), frozenset({"count"}), "lock"),
    EventKind("privacy.returned", _("%(count)s Angaben zurückgegeben"), frozenset({"count"}), "lock-open"),
    EventKind("privacy.called", _("Gerufen: %(names)s"), frozenset({"names", "people", "round"}), "phone-outgoing"),
    EventKind("privacy.unanswered", _("Niemand erreichbar: %(role)s"), frozenset({"role"}), "phone-missed"),
    EventKind("privacy.acknowledged", _("Übernommen"), frozenset(), "check"),
    EventKind("privacy.noted", _("Notiz"), frozenset({"note", "digest"}), "notebook-pen"),
    EventKind("privacy.dismissed", _("Kein Datenschutzvorfall"), frozenset({"note", "digest"}), "shield-off"),
    EventKind("privacy.reader_added", _("%(name)s darf mitlesen"), frozenset({"name", "person"}), "user-plus"),
    EventKind("privacy.reader_removed", _("%(name)s liest nicht mehr"), frozenset({"name", "person"}), "user-minus"),
    EventKind("privacy.law_loaded", _("Datenschutzrecht Fassung %(number)s in Kraft"), frozenset({"number"}), "scale"),
)
