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
    EventKind(
        "privacy.assessed",
        _("Erstbeurteilung, Fassung %(version)s"),
        frozenset({"version", "digest"}),
        "clipboard-list",
    ),
    EventKind("privacy.confirmed", _("Datenschutzvorfall bestätigt"), frozenset({"note", "digest"}), "shield-check"),
    EventKind(
        "privacy.schools_affected",
        _("Betroffene Schulen: %(new)s neu, %(corrected)s berichtigt"),
        frozenset({"new", "corrected"}),
        "school",
    ),
    EventKind("privacy.school_spared", _("Eine Schule ist doch nicht betroffen"), frozenset(), "school"),
    EventKind(
        "privacy.duty_decided", _("Entschieden: %(what)s"), frozenset({"what", "verdict", "count", "digest"}), "scale"
    ),
    EventKind("privacy.duty_done", _("Erledigt: %(what)s"), frozenset({"what", "count", "late", "digest"}), "check"),
    EventKind("privacy.duty_alarm", _("Frist läuft: %(what)s"), frozenset({"what", "rows"}), "alarm-clock"),
    EventKind("privacy.notices_drafted", _("%(count)s Mitteilungen entworfen"), frozenset({"count"}), "file-pen"),
    EventKind("privacy.notices_reviewed", _("%(count)s Mitteilungen geprüft"), frozenset({"count"}), "file-check"),
    EventKind("privacy.notices_sent", _("%(count)s Mitteilungen versendet"), frozenset({"count"}), "send"),
    EventKind("privacy.link_sent", _("Neuer Link an eine Schule"), frozenset({"notice"}), "link"),
    EventKind("privacy.code_renewed", _("Neuer Code für eine Schule"), frozenset({"notice"}), "key-round"),
    EventKind("privacy.reminded", _("%(count)s Schulen erinnert"), frozenset({"count"}), "bell"),
    EventKind("privacy.notice_acknowledged", _("Eine Schule hat bestätigt"), frozenset({"notice"}), "check-check"),
    EventKind("privacy.school_reported", _("Eine Schule hat gemeldet"), frozenset({"notice"}), "landmark"),
    EventKind("privacy.police_informed", _("Strafverfolgung informiert"), frozenset({"report"}), "siren"),
    EventKind("privacy.evidence_added", _("Beweismittel %(sha256)s"), frozenset({"sha256", "evidence"}), "fingerprint"),
    EventKind("privacy.evidence_handed", _("Beweismittel übergeben"), frozenset({"evidence", "custody"}), "hand"),
    EventKind("privacy.consent_given", _("Zustimmung zum Amtsgeheimnis"), frozenset({"consent"}), "signature"),
    EventKind("privacy.monitoring", _("Beobachtung"), frozenset(), "eye"),
    EventKind("privacy.reviewed", _("Nachbetrachtung durchgeführt"), frozenset({"note", "digest"}), "list-checks"),
    EventKind("privacy.closed", _("Fall abgeschlossen"), frozenset({"keep_until"}), "archive"),
    EventKind("privacy.emptied", _("Inhalt nach Ablauf der Aufbewahrung gelöscht"), frozenset(), "archive-x"),
    EventKind("privacy.held", _("Aufbewahrung angeordnet"), frozenset({"note", "digest"}), "lock"),
    EventKind("privacy.released", _("Aufbewahrung aufgehoben"), frozenset({"note", "digest"}), "lock-open"),
    EventKind(
        "privacy.law_adopted", _("Datenschutzrecht Fassung %(number)s übernommen"), frozenset({"number"}), "scale"
    ),
    EventKind("privacy.hold_set", _("Löschsperre für %(number)s"), frozenset({"number"}), "lock"),
    EventKind("privacy.hold_ended", _("Löschsperre für %(number)s aufgehoben"), frozenset({"number"}), "lock-open"),
)
