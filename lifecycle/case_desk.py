"""What every verb of a data-protection case does first and last: take it in hand, and let its duties follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.clock import ZURICH
from core.text import clean
from directory.models import School
from incidents.models import Incident
from lifecycle import family
from lifecycle.access import By
from lifecycle.desk import rules_for
from lifecycle.errors import Conflict, Forbidden, Invalid, NotFound
from privacy import services
from privacy.models import OVER, SUBJECT, Case, Note
from privacy.rules.duties import duties
from privacy.rules.severity import HIGH_FROM
from privacy.rules.states import State, Verb, WrongState, after
from privacy.selectors import assessment_of, cases_visible_to, facts_of, is_officer, law_of, schools_of
from process.schema import DataProtectionCalls

LONGEST = 50_000
"""Characters of a text of a case."""


def take(
    number: str,
    *,
    by: By,
    verb: Verb | None = None,
    version: int | None = None,
    first: Callable[[Incident], object] | None = None,
) -> Case:
    """The case, locked, for somebody who may know of it. Raises NotFound, Conflict, and Invalid in a wrong state.

    `first` locks what hangs on its incident: everybody locks an incident before its case, or two wait for each other.
    """
    visible = cases_visible_to(by.person)
    if first is not None:
        incident = Incident.objects.filter(pk__in=visible.filter(number=number).values("incident")).first()
        if incident is not None:
            first(incident)
    rows = visible.select_for_update(of=("self",)).select_related("incident", "officer")
    case = rows.filter(number=number).first()
    if case is None:
        raise NotFound(number)
    if version is not None and version != case.version:
        raise Conflict(version, case.version)
    if verb is not None:
        state_after(case, verb)
    return case


def lock_incident(incident: Incident) -> None:
    """Locks the incident alone."""
    Incident.objects.select_for_update().filter(pk=incident.pk).first()


def lock_family(incident: Incident) -> None:
    """Locks the incident with all it hangs together with, as whoever declares a major does."""
    family.lock(family.top_of(incident.number))


def may_decide(by: By) -> None:
    """Officer and deputies decide; others who may read do not, and for the rest there is nothing to decide about."""
    if is_officer(by.person):
        return
    if not cases_visible_to(by.person).exists():
        raise NotFound("privacy")
    raise Forbidden("privacy", _("Das entscheidet der Datenschutzverantwortliche."))


def state_after(case: Case, verb: Verb) -> str:
    """The state a verb leads to; Invalid, in the words of the screen, where it does not exist."""
    try:
        return after(State(case.state), verb).value
    except WrongState as wrong:
        where = ", ".join(str(Case.State(state.value).label) for state in wrong.allowed)
        text = _("Das geht nicht, solange der Fall im Stand «%(state)s» ist, sondern in: %(allowed)s.")
        raise Invalid.field("state", text % {"state": case.get_state_display(), "allowed": where}) from None


def calls_of(case: Case) -> DataProtectionCalls:
    """What the case's process document says of such cases."""
    return rules_for(case.incident).data_protection_calls


def needed(field: str, text: str, sentence: str, *, limit: int = LONGEST) -> str:
    """A text that has to be there; Invalid with the sentence where it is not."""
    if not text.strip():
        raise Invalid.field(field, sentence)
    return clean(text.strip(), limit=limit)


def write(case: Case, text: str, *, kind: Note.Kind, by: By, now: datetime) -> dict[str, Any]:
    """Keeps a text, encrypted; returns what the log keeps of it."""
    return services.write_note(case, clean(text.strip(), limit=LONGEST), kind=kind, actor=by.actor, now=now)


def log(case: Case, kind: str, *, by: By, now: datetime, **data: Any) -> None:
    """Writes an event of the case, under the paragraph of its process document."""
    services.log(case, kind, actor=by.actor, now=now, rule=calls_of(case).paragraph, **data)


def refuse_when_over(case: Case) -> None:
    """Invalid for a case that is dismissed or closed."""
    if not case.is_open:
        raise Invalid.field("state", _("Dieser Fall ist abgeschlossen."))


def let_duties_follow(case: Case) -> None:
    """The rows of duties follow what is known now: by whom, to whom, until when (P-7.3)."""
    affected = schools_of(case)
    facts = facts_of(case, assessment_of(case), affected)
    clocks = duties(law_of(case), facts, at=case.suspected_at)
    services.set_duties(case, clocks, {str(row.pk): row for row in affected})


def let_duties_follow_school(school: School) -> None:
    """A school was placed elsewhere: what open cases owe it follows. Whoever changed it hears of no case."""
    concerned = Case.objects.exclude(state__in=OVER).filter(schools__school=school)
    for case in Case.objects.select_for_update(of=("self",)).filter(pk__in=concerned.values("pk")).order_by("pk"):
        let_duties_follow(case)


def kept_until(case: Case, *, now: datetime) -> dict[str, Any]:
    """Until when the register keeps a case that ends now, after its last report; a grave one longer (N7)."""
    is_grave = case.incident.is_major or (case.severity or 0) >= HIGH_FROM
    wanted = "register_sensitive" if is_grave else "register"
    rule = next((rule for rule in rules_for(case.incident).retention if rule.key == wanted), None)
    return {"keep_until": rule.until(now).astimezone(ZURICH).date()} if rule is not None else {}


def link_to(case: Case) -> str:
    """Path of a case in the console."""
    return f"/privacy/{case.number}/"


def topic(case: Case) -> dict[str, Any]:
    """What messages about a case carry: everybody else's eyes are kept off them by it."""
    return {"topic_type": SUBJECT, "topic_id": case.pk, "thread": case.number}
