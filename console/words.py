"""The few sentences scripts say, translated with the page."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Key → sentence, read by static/console/js/dom.js."""
    return {
        "yes": _("Ja"),
        "not_sent": _("Nicht gesendet: Der Server antwortet gerade nicht. Ihr Text ist noch da; bitte erneut senden."),
        "draft_restored": _("Ihr Entwurf wurde wiederhergestellt."),
        "draft_discard": _("Verwerfen"),
        "session_lost": _("Ihre Sitzung ist abgelaufen. Bitte neu anmelden; was Sie getippt haben, bleibt erhalten."),
        "offline": _("Keine Verbindung zum Server. Die Anzeige kann veraltet sein; es wird weiter versucht."),
        "note_waits": _("wartet auf Verbindung"),
        "note_refused": _("nicht angenommen"),
        "note_back": _("Zurück ins Feld"),
        "incidents": _("Incidents"),
        "go_or_do": _("Gehen und tun"),
        "search_for": _("Überall nach «{query}» suchen"),
    }
