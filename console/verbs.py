"""Every verb as a form that works without scripts: a page of its own, shown in a dialog where scripts run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console import ending_forms, ladder_forms, promise_forms, raci_forms, record, verb_forms
from console.door import StaffRequest, by, posted, room
from console.page import page, redirect
from console.ranking import of as ranking_of
from console.reach import Reach
from console.shell import next_or
from console.timeline import field_name
from console.verb_forms import VerbForm
from core.clock import now
from directory.models import Person
from escalation.selectors import waits_for
from incidents.models import Incident, PriorityProposal, StatusChoice
from incidents.rules.states import Verb
from lifecycle import (
    climb,
    connect,
    consultation,
    descend,
    dissatisfaction,
    finish,
    major,
    manual_due,
    ranking,
    respond,
)
from lifecycle.errors import Conflict, Invalid, WrongState
from process.schema import ChainName, Document
from process.selectors import document as document_of


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
        ladder_forms.DeclareMajor,
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
_HIDDEN = (Verb.COMMENT, Verb.NOTE, Verb.ADVISE, Verb.CONFIRM_PRIORITY, Verb.REJECT_PRIORITY)


def offered(
    incident: Incident, possible: Iterable[Verb], document: Document, person: Person
) -> tuple[list[Action], list[Action]]:
    """The actions a page offers, as buttons and in the menu: what state and roles allow and would change something."""
    verbs = set(possible) - set(_HIDDEN)
    is_taken = incident.acknowledged_at is not None and incident.assignee_id is not None
    if is_taken and not waits_for(person, incident):
        verbs -= {Verb.ACKNOWLEDGE}
    if incident.closure_code != "duplicate":
        verbs -= {Verb.UNMERGE}
    if incident.is_major:
        verbs -= {Verb.DECLARE_MAJOR}
    levels = {ChainName.FUNCTIONAL: incident.functional_level, ChainName.MANAGEMENT: incident.management_level}
    if all(level >= len(document.chain(name).levels) for name, level in levels.items()):
        verbs -= {Verb.ESCALATE}
    if not descend.ways_down(person, incident, document):
        verbs -= {Verb.DE_ESCALATE}
    if not any(record.may_be_severed(incident, link) for link in incident.related):  # type: ignore[attr-defined]
        verbs -= {Verb.UNLINK}
    found = [action for action in ACTIONS if action.verb in verbs]
    return [action for action in found if action.is_main], [action for action in found if not action.is_main]


@room()
def act(request: StaffRequest, number: str, slug: str) -> HttpResponse:
    """Shows the form of a verb, or carries the verb out and goes back to where the person was."""
    action = BY_SLUG.get(slug)
    if action is None:
        raise Http404(slug)
    incident = record.incident_for(request.user, number)
    form = action.form(
        posted(request),
        request.FILES or None,
        incident=incident,
        document=document_of(incident.process_version_id),
        person=request.user,
        initial={name: request.GET[name] for name in action.form.from_address if name in request.GET},
    )
    problem: Conflict | WrongState | None = None
    if form.is_valid():
        problem = _carry_out(request, action, incident, form)
        if problem is None and form.is_valid():
            messages.success(request, f"{incident.number}: {_done(action, form)}", extra_tags=_saved(incident, slug))
            return redirect(request, next_or(request, reverse("console:incident", args=[incident.number])))
    return _show(request, action, incident, form, problem)


def _done(action: Action, form: VerbForm) -> str:
    """What has happened, in a word; of a message nobody is sent, what is still to be done."""
    proposal = PriorityProposal.objects.filter(incident=form.incident, by=form.person)
    if action.verb is Verb.SET_PRIORITY and proposal.exists():
        return gettext("tiefere Priorität vorgeschlagen, jemand anderes entscheidet")
    if action.verb is not Verb.COMMENT:
        return str(action.done)
    reach = Reach.of(form.incident, form.document, form.language)
    return str(action.done) if reach.by_itself else f"{gettext('Nachricht festgehalten.')} {reach.sentence}"


def _saved(incident: Incident, slug: str) -> str:
    """The drafts this verb has saved, for the browser to forget; the composer serves note and message."""
    return f"{incident.number}/{slug}" + (f" {incident.number}/write" if slug in ("note", "comment") else "")


def _carry_out(
    request: StaffRequest, action: Action, incident: Incident, form: VerbForm
) -> Conflict | WrongState | None:
    """Runs the verb; what it finds wrong with a field goes to the form, what concerns the whole is returned."""
    try:
        action.call(incident.number, by=by(request), now=now(), **form.facts(), **form.seen_version)
    except Invalid as found:
        form.take(found)
    except (Conflict, WrongState) as found:
        return found
    return None


def _show(
    request: StaffRequest, action: Action, incident: Incident, form: VerbForm, problem: Conflict | WrongState | None
) -> HttpResponse:
    context: dict[str, Any] = {"action": action, "incident": incident, "form": form, "back": next_or(request, "")}
    if action.verb is Verb.SET_PRIORITY:
        urgency, impact = (form[name].value() or [] for name in ("urgency_criteria", "impact_criteria"))
        context["ranking"] = ranking_of(form.document, urgency=urgency, impact=impact)
    status = 200
    if isinstance(problem, Conflict):
        status = 409
        fresh = request.POST.copy()
        fresh["version"] = str(problem.actual)
        form.data = fresh
        context["conflict"] = [_sides(form, name, sides) for name, sides in problem.fields.items()]
        context["is_conflict"] = True
    elif problem is not None:
        status = 409
        states = ", ".join(str(StatusChoice(state.value).label) for state in problem.allowed)
        context["wrong_state"] = gettext("Das geht nur in einem dieser Zustände: %(states)s.") % {"states": states}
    elif form.errors:
        status = 422
    fragments = {"sheet-body": "console/incidents/_verb.html"}
    return page(request, "console/incidents/verb.html", context, fragments=fragments, status=status)


def _sides(form: VerbForm, name: str, sides: tuple[Any, Any]) -> tuple[str, str, str]:
    """A field in conflict: its name, what the person wrote, what stands there now; choices by their words."""
    field = form.fields.get(name) or form.fields.get(name.removesuffix("_id"))
    words = {str(key): str(word) for key, word in getattr(field, "choices", [])}
    yours, theirs = (words.get(str(side if side is not None else ""), str(side or "–")) for side in sides)
    return str(field.label) if field and field.label else field_name(name), yours, theirs
