"""The kinds of events about contacts, incidents and alerts, with the sentence people read on the timeline."""

from django.utils.translation import gettext_lazy as _

from core.audit import EventKind, declare


def _kind(name: str, text: object, *needs: str, icon: str = "circle") -> EventKind:
    return EventKind(name, text, frozenset(needs), icon)


declare(
    _kind("contact.taken", _("Kontakt aufgenommen"), "channel", icon="inbox"),
    _kind("contact.classified", _("Kontakt eingestuft als %(kind)s"), "kind", icon="tag"),
    _kind("contact.answered", _("Kontakt beantwortet"), icon="reply"),
    _kind("incident.opened", _("Incident erfasst"), "set", icon="circle-plus"),
    _kind("incident.contacted", _("Weiterer Kontakt dazu: %(contact)s"), "contact", icon="inbox"),
    _kind("incident.contact_reclassified", _("Kontakt %(contact)s ist jetzt: %(kind)s"), "contact", "kind", icon="tag"),
    _kind("incident.relocated", _("Kanton der Schule ist neu %(canton)s"), "canton", icon="map-pin"),
    _kind("incident.acknowledged", _("Übernommen"), icon="check"),
    _kind("incident.assigned", _("Zugewiesen an %(to)s"), "to", icon="user"),
    _kind("incident.started", _("Bearbeitung begonnen"), icon="play"),
    _kind("incident.held", _("Wartend: %(reason)s"), "reason", "pauses", icon="pause"),
    _kind("incident.resumed", _("Bearbeitung fortgesetzt"), icon="play"),
    _kind("incident.noted", _("Interne Notiz"), "comment", "digest", icon="notebook-pen"),
    _kind("incident.messaged", _("Nachricht an die meldende Person"), "comment", "digest", icon="send"),
    _kind("incident.answered", _("Nachricht von der meldenden Person"), "comment", "digest", icon="mail"),
    _kind("incident.edited", _("Angaben geändert: %(fields)s"), "fields", icon="pencil"),
    _kind("incident.prioritised", _("Priorität %(priority)s"), "priority", icon="arrow-up-down"),
    _kind(
        "incident.downgrade_proposed",
        _("Tiefere Priorität vorgeschlagen: %(priority)s"),
        "priority",
        "reason",
        icon="user-round-check",
    ),
    _kind(
        "incident.downgrade_rejected",
        _("Tiefere Priorität abgelehnt: %(priority)s"),
        "priority",
        "reason",
        icon="user-round-x",
    ),
    _kind(
        "incident.due_set",
        _("Frist von Hand gesetzt: %(clock)s bis %(due_at)s"),
        "clock",
        "due_at",
        "reason",
        icon="calendar-clock",
    ),
    _kind("incident.due_cleared", _("Wieder die zugesagte Frist: %(clock)s"), "clock", "reason", icon="calendar-x"),
    _kind("incident.escalated", _("%(chain)s: Stufe %(to)s"), "chain", "to", icon="trending-up"),
    _kind(
        "incident.de_escalated", _("%(chain)s: zurück auf Stufe %(to)s"), "chain", "to", "reason", icon="trending-down"
    ),
    _kind(
        "incident.dissatisfied",
        _("Kundschaft: %(grade)s"),
        "grade",
        "said_at",
        "comment",
        "digest",
        icon="frown",
    ),
    _kind("incident.decided", _("%(matter)s"), "matter", "comment", "digest", icon="gavel"),
    _kind(
        "incident.consulted",
        _("Rückfrage an %(role)s: %(task)s"),
        "task",
        "role",
        "comment",
        "digest",
        icon="message-circle-question-mark",
    ),
    _kind("incident.advised", _("%(role)s antwortet: %(task)s"), "task", "role", "comment", "digest", icon="reply"),
    _kind("incident.duty_done", _("Erledigt: %(duty)s"), "chain", "level", "duty", icon="square-check"),
    _kind("incident.duty_undone", _("Doch nicht erledigt: %(duty)s"), "chain", "level", "duty", icon="square"),
    _kind("incident.linked", _("Verknüpft: %(link)s %(target)s"), "link", "target", icon="link"),
    _kind("incident.unlinked", _("Verknüpfung gelöst: %(link)s %(target)s"), "link", "target", icon="unlink"),
    _kind("incident.merged", _("Zusammengeführt in %(target)s"), "target", icon="merge"),
    _kind("incident.absorbed", _("Hat %(source)s aufgenommen"), "source", icon="merge"),
    _kind("incident.unmerged", _("Zusammenführung mit %(target)s rückgängig gemacht"), "target", icon="split"),
    _kind("incident.attached", _("Datei angehängt: %(name)s"), "name", "sha256", icon="paperclip"),
    _kind("incident.resolved", _("Gelöst: %(code)s"), "code", icon="circle-check"),
    _kind("incident.reopened", _("Wiedereröffnet"), "reason", icon="rotate-ccw"),
    _kind("incident.closed", _("Geschlossen"), icon="archive"),
    _kind("incident.cancelled", _("Storniert: %(code)s"), "code", icon="ban"),
    _kind("incident.feedback", _("Rückmeldung der Kundschaft erfasst"), icon="message-circle"),
    _kind("incident.major_proposed", _("Major Incident vorgeschlagen: %(trigger)s"), "trigger", icon="siren"),
    _kind("incident.major_declared", _("Zum Major Incident erklärt: %(trigger)s"), "trigger", icon="siren"),
    _kind(
        "incident.major_rejected",
        _("Vorschlag Major Incident abgelehnt: %(trigger)s"),
        "trigger",
        "reason",
        icon="siren",
    ),
    _kind("incident.major_demoted", _("Kein Major Incident mehr"), "trigger", "reason", icon="siren"),
    _kind(
        "incident.review_owed",
        _("Post-Incident Review geschuldet: %(owner)s bis %(due_at)s"),
        "owner",
        "due_at",
        icon="clipboard-list",
    ),
    _kind("incident.review_done", _("Post-Incident Review durchgeführt"), "reference", icon="clipboard-check"),
    _kind(
        "incident.role_taken",
        _("%(name)s übernimmt im Major Incident: %(room_role)s"),
        *("room_role", "name", "person"),
        icon="hand",
    ),
    _kind("incident.situation", _("%(situation)s"), "situation", "comment", "digest", icon="map-pinned"),
    _kind("incident.situation_done", _("Erledigt: %(situation)s"), "situation", "comment", icon="square-check"),
    _kind("incident.schools_hit", _("Betroffene Schulen: %(schools)s"), "schools", "added", "removed", icon="school"),
    _kind("alert.fired", _("Alarm: %(title)s"), "fingerprint", "title", icon="bell-ring"),
    _kind("alert.repeated", _("Alarm bisher %(count)s-mal gemeldet"), "fingerprint", "count", icon="repeat"),
    _kind("alert.cleared", _("Die Quelle meldet Erholung"), "fingerprint", icon="heart-pulse"),
    _kind("alert.muted", _("In der Quelle stumm geschaltet"), "fingerprint", icon="bell-off"),
    _kind(
        "alert.flapping", _("Der Alarm flattert; Erholungen lösen nicht mehr von selbst"), "fingerprint", icon="waves"
    ),
    _kind("alert.informed", _("Meldung der Quelle: %(label)s"), "fingerprint", "label", icon="info"),
    _kind("alert.stale", _("Ältere Meldung eingetroffen: %(label)s"), "fingerprint", "label", icon="history"),
)
