"""Every verb as a form that works without scripts: a page of its own, shown in a dialog where scripts run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from console import record
from console.actions import ACTIONS, BY_SLUG, Action
from console.belongings import Belongings, may_be_severed
from console.door import StaffRequest, by, posted, room
from console.page import page, redirect
from console.ranking import of as ranking_of
from console.reach import Reach
from console.shell import next_or
from console.timeline import field_name
from console.verb_forms import VerbForm
from core.clock import now
from directory.models import Person
from incidents.models import Incident, PriorityProposal, StatusChoice
from incidents.rules.states import Verb
from lifecycle import descend, major_end
from lifecycle.errors import Conflict, Invalid, WrongState
from process.schema import ChainName, Document
from process.selectors import document as document_of

_HIDDEN = (Verb.COMMENT, Verb.NOTE, Verb.ADVISE, Verb.CONFIRM_PRIORITY, Verb.REJECT_PRIORITY)


def offered(
    incident: Incident, possible: Iterable[Verb], document: Document, person: Person, hanging: Belongings
) -> tuple[list[Action], list[Action]]:
    """The actions a page offers, as buttons and in the menu: what state and roles allow and would change something."""
    verbs = set(possible) - {*_HIDDEN, *major_end.IN_THE_ROOM}
    is_taken = incident.acknowledged_at is not None and incident.assignee_id is not None
    if is_taken and not hanging.is_called:
        verbs -= {Verb.ACKNOWLEDGE}
    if incident.closure_code != "duplicate":
        verbs -= {Verb.UNMERGE}
    verbs -= major_end.refused_now(person, incident, document)
    levels = {ChainName.FUNCTIONAL: incident.functional_level, ChainName.MANAGEMENT: incident.management_level}
    if all(level >= len(document.chain(name).levels) for name, level in levels.items()):
        verbs -= {Verb.ESCALATE}
    if not descend.ways_down(person, incident, document):
        verbs -= {Verb.DE_ESCALATE}
    if not any(may_be_severed(incident, link) for link in hanging.related):
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
            if "X-Queued" not in request.headers:  # sent by a script, unseen: its page says so itself
                messages.success(
                    request, f"{incident.number}: {_done(action, form)}", extra_tags=_saved(incident, slug)
                )
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
