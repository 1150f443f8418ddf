"""The verbs as people see them: word, icon, key, form, function. Buttons and menus follow this order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from console import (
    decision_forms,
    ending_forms,
    ladder_forms,
    major_forms,
    promise_forms,
    raci_forms,
    room_forms,
    stakeholder_forms,
    verb_forms,
)
from console.verb_forms import VerbForm
from incidents.rules.states import Verb
from lifecycle import (
    climb,
    connect,
    consultation,
    data_protection,
    decisions,
    descend,
    dissatisfaction,
    finish,
    major,
    major_end,
    manual_due,
    ranking,
    respond,
    review,
    room,
    stakeholders,
)


@dataclass(frozen=True, slots=True)
class Action:
    """A verb on screen. `keys` presses it in an incident; `is_main` shows it as a button, the others in the menu."""

    verb: Verb
    call: Callable[..., Any]
    word: Any
    done: Any
    icon: str
    form: type[VerbForm] = verb_forms.Nothing
    keys: str = ""
    is_main: bool = False
    is_danger: bool = False

    @property
    def slug(self) -> str:
        """The verb in addresses."""
        return self.verb.value.replace("_", "-")

    @property
    def needs_form(self) -> bool:
        """Whether the verb asks for facts before it acts."""
        return self.form is not verb_forms.Nothing


ACTIONS = [
    Action(Verb.ACKNOWLEDGE, respond.acknowledge, _("Übernehmen"), _("übernommen"), "check", keys="a", is_main=True),
    Action(Verb.START, respond.start, _("Beginnen"), _("in Bearbeitung"), "play", keys="b", is_main=True),
    Action(Verb.RESUME, respond.resume, _("Fortsetzen"), _("geht weiter"), "play", keys="b", is_main=True),
    Action(
        Verb.RESOLVE,
        finish.resolve,
        _("Lösen"),
        _("gelöst"),
        "circle-check",
        ending_forms.Resolve,
        keys="r",
        is_main=True,
    ),
    Action(Verb.CLOSE, finish.close, _("Schliessen"), _("geschlossen"), "archive", is_main=True),
    Action(
        Verb.ESCALATE,
        climb.escalate,
        _("Eskalieren"),
        _("eskaliert"),
        "trending-up",
        ladder_forms.Escalate,
        keys="e",
        is_main=True,
    ),
    Action(Verb.HOLD, respond.hold, _("Warten"), _("wartet"), "pause", verb_forms.Hold, keys="w", is_main=True),
    Action(
        Verb.REOPEN,
        finish.reopen,
        _("Wiedereröffnen"),
        _("wiedereröffnet"),
        "rotate-ccw",
        ending_forms.Reopen,
        is_main=True,
    ),
    Action(Verb.ASSIGN, respond.assign, _("Zuweisen"), _("zugewiesen"), "user-plus", verb_forms.Assign, keys="z"),
    Action(
        Verb.SET_PRIORITY,
        ranking.set_priority,
        _("Priorität"),
        _("eingestuft"),
        "arrow-up-down",
        promise_forms.Rank,
        keys="p",
    ),
    Action(
        Verb.CONFIRM_PRIORITY,
        ranking.confirm_priority,
        _("Tiefere Priorität bestätigen"),
        _("tiefer eingestuft"),
        "user-round-check",
    ),
    Action(
        Verb.REJECT_PRIORITY,
        ranking.reject_priority,
        _("Tiefere Priorität ablehnen"),
        _("Priorität bleibt"),
        "user-round-x",
        promise_forms.RejectPriority,
    ),
    Action(
        Verb.SET_DUE,
        manual_due.set_due,
        _("Frist von Hand setzen"),
        _("Frist geändert"),
        "calendar-clock",
        promise_forms.SetDue,
    ),
    Action(
        Verb.DE_ESCALATE,
        descend.de_escalate,
        _("Zurückgeben"),
        _("zurückgegeben"),
        "trending-down",
        ladder_forms.DeEscalate,
    ),
    Action(
        Verb.DISSATISFIED,
        dissatisfaction.dissatisfied,
        _("Unzufriedene Kundschaft"),
        _("festgehalten, das Management weiss es"),
        "frown",
        ladder_forms.Dissatisfied,
    ),
    Action(
        Verb.DECLARE_MAJOR,
        major.declare_major,
        _("Major Incident erklären"),
        _("zum Major Incident erklärt"),
        "siren",
        major_forms.DeclareMajor,
    ),
    Action(
        Verb.REJECT_MAJOR,
        major_end.reject_major,
        _("Major Incident ablehnen"),
        _("kein Major Incident"),
        "x",
        major_forms.NoMajor,
    ),
    Action(
        Verb.DEMOTE_MAJOR,
        major_end.demote_major,
        _("Major Incident zurückstufen"),
        _("kein Major Incident mehr"),
        "chevrons-down",
        major_forms.Demote,
    ),
    Action(
        Verb.REVIEW_DONE,
        review.review_done,
        _("Review durchgeführt"),
        _("Review festgehalten"),
        "clipboard-check",
        major_forms.ReviewDone,
        is_main=True,
    ),
    Action(Verb.TAKE_ROLE, room.take_role, _("Rolle übernehmen"), _("Rolle übernommen"), "hand", room_forms.TakeRole),
    Action(
        Verb.HAND_OVER, room.hand_over, _("Rolle übergeben"), _("Rolle übergeben"), "arrow-right", room_forms.HandOver
    ),
    Action(
        Verb.SITUATION_NOTE,
        room.situation_note,
        _("Lage festhalten"),
        _("festgehalten"),
        "map-pinned",
        room_forms.SituationNote,
    ),
    Action(
        Verb.SITUATION_DONE,
        room.situation_done,
        _("Erledigt"),
        _("erledigt"),
        "square-check",
        room_forms.SituationDone,
    ),
    Action(
        Verb.DECIDE, room.decide, _("Entscheid festhalten"), _("Entscheid festgehalten"), "gavel", room_forms.Decide
    ),
    Action(
        Verb.SCHOOLS_HIT,
        room.count_schools,
        _("Betroffene Schulen"),
        _("Schulen geändert"),
        "school",
        room_forms.SchoolsHit,
    ),
    Action(
        Verb.STAKEHOLDER_UPDATE,
        stakeholders.stakeholder_update,
        _("Meldung schreiben"),
        _("Meldung wartet auf Freigabe"),
        "megaphone",
        stakeholder_forms.Update,
    ),
    Action(
        Verb.RELEASE_UPDATE,
        stakeholders.release_update,
        _("Freigeben und senden"),
        _("Meldung freigegeben"),
        "send",
        stakeholder_forms.Named,
    ),
    Action(
        Verb.RETURN_UPDATE,
        stakeholders.return_update,
        _("Zurückgeben"),
        _("Meldung zurückgegeben"),
        "undo-2",
        stakeholder_forms.Return,
    ),
    Action(
        Verb.WITHDRAW_UPDATE,
        stakeholders.withdraw_update,
        _("Zurückziehen"),
        _("Meldung zurückgezogen"),
        "x",
        stakeholder_forms.Named,
    ),
    Action(
        Verb.STRATEGIC_DECISION,
        decisions.strategic_decision,
        _("Strategischen Entscheid festhalten"),
        _("Entscheid festgehalten"),
        "gavel",
        decision_forms.StrategicDecision,
    ),
    Action(
        Verb.CRISIS,
        decisions.crisis,
        _("Krise führen"),
        _("Krise festgehalten"),
        "shield-alert",
        decision_forms.Crisis,
    ),
    Action(
        Verb.PRODUCT_CHANGE,
        decisions.product_change,
        _("Produktänderung festhalten"),
        _("Produktänderung festgehalten"),
        "wrench",
        decision_forms.ProductChange,
    ),
    Action(
        Verb.EXTERNAL_COMMUNICATION,
        decisions.external_communication,
        _("Externe Kommunikation festhalten"),
        _("Kommunikation festgehalten"),
        "megaphone",
        decision_forms.ExternalCommunication,
    ),
    Action(
        Verb.CONSULT,
        consultation.consult,
        _("Rückfrage stellen"),
        _("Rückfrage gestellt"),
        "message-circle-question-mark",
        raci_forms.Consult,
        keys="f",
    ),
    Action(Verb.ADVISE, consultation.advise, _("Rückfrage beantworten"), _("beantwortet"), "reply", raci_forms.Advise),
    Action(
        Verb.COMMENT, respond.comment, _("Nachricht schreiben"), _("Nachricht gesendet"), "send", verb_forms.Message
    ),
    Action(Verb.NOTE, respond.note, _("Notiz schreiben"), _("Notiz gespeichert"), "notebook-pen", verb_forms.Write),
    Action(Verb.EDIT, respond.edit, _("Angaben ändern"), _("geändert"), "pencil", verb_forms.Edit, keys="u"),
    Action(
        Verb.SUSPECT_BREACH,
        data_protection.suspect_breach,
        _("Datenschutzvorfall vermuten"),
        _("der Datenschutzverantwortliche ist gerufen, die Angaben sind zurückgehalten"),
        "shield-alert",
        verb_forms.SuspectBreach,
    ),
    Action(Verb.ATTACH, connect.attach, _("Datei anhängen"), _("Datei angehängt"), "paperclip", verb_forms.Attach),
    Action(Verb.LINK, connect.link, _("Verknüpfen"), _("verknüpft"), "link", verb_forms.Connect),
    Action(Verb.UNLINK, connect.unlink, _("Verknüpfung lösen"), _("Verknüpfung gelöst"), "unlink", verb_forms.Sever),
    Action(Verb.MERGE, connect.merge, _("Zusammenführen"), _("zusammengeführt"), "merge", verb_forms.Merge),
    Action(Verb.UNMERGE, connect.unmerge, _("Zusammenführung aufheben"), _("wieder eigenständig"), "split"),
    Action(
        Verb.FEEDBACK, finish.feedback, _("Rückmeldung erfassen"), _("erfasst"), "message-circle", ending_forms.Feedback
    ),
    Action(Verb.CANCEL, finish.cancel, _("Stornieren"), _("storniert"), "ban", ending_forms.Cancel, is_danger=True),
]
BY_SLUG = {action.slug: action for action in ACTIONS}
