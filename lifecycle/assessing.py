"""The officer's first assessment of a case, and the decision that it is a breach (P-7.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.text import clean_tree
from incidents.models import OPEN_VALUES
from lifecycle import breach_duties, data_protection, major
from lifecycle.access import RULES, By
from lifecycle.breach_schools import hits_of, placed
from lifecycle.case_desk import (
    calls_of,
    let_duties_follow,
    lock_family,
    log,
    may_decide,
    needed,
    state_after,
    take,
    write,
)
from lifecycle.climb import Climb, climb_all
from lifecycle.desk import rules_for
from lifecycle.errors import Invalid
from privacy import services
from privacy.models import AffectedSchool, Case, Note
from privacy.rules.assessment import Assessment, BadAssessment, Decision, from_json, to_json
from privacy.rules.severity import HIGH_FROM, VERY_HIGH_FROM, Severity
from privacy.rules.states import Verb
from privacy.selectors import assessment_of, severity_of
from process.schema import ChainName

DECISION = frozenset({"decision", "reason", "decided_by", "decided_at", "recommendations"})
"""What only a decision writes into the assessment."""
TIMES = ("aware_at", "occurred_from", "occurred_to", "contained_at")
HIGHEST = 6.0


@transaction.atomic
def assess(number: str, *, answers: Mapping[str, Any], by: By, now: datetime, version: int | None = None) -> Case:
    """Saves the first assessment as a new version: `answers` over what was there, each as JSON (P-7.2, form F1).

    null empties an answer, `{"unknown": true}` says that it is not known yet. `schools` sets the affected schools with
    their numbers. Raises Forbidden, NotFound, Conflict, Invalid with the fields that do not fit.
    """
    may_decide(by)
    case = take(number, by=by, version=version, first=lock_family)
    if case.acknowledged_at is None:
        data_protection.answer_for(case, by=by, now=now)
    state = state_after(case, Verb.ASSESS)
    before, given = assessment_of(case), clean_tree(dict(answers))
    _refuse_decision(before, given)
    if isinstance(given.get("schools"), list) and given["schools"]:
        services.affect(case, placed(case, hits_of(given.pop("schools"))), now=now)
        before = assessment_of(case)
    elif AffectedSchool.objects.filter(case=case).exists():
        given.pop("schools", None)
    assessment = _read(before, given)
    _refuse_wrong_times(assessment, case, now=now)
    _save(case, before, assessment, by=by, now=now, set_={"state": state})
    return case


@transaction.atomic
def confirm(
    number: str,
    *,
    reason: str,
    by: By,
    now: datetime,
    severity: float | None = None,
    late_reason: str = "",
    version: int | None = None,
) -> Case:
    """The officer decides, with a reason, that it is a breach, and how grave: from there on schools are owed a notice.

    Without `severity` the recommended one counts. From 3 on the incident is a major and management level 2 is called,
    from 4 on level 3 (P-5.2, P-6.1).
    """
    may_decide(by)
    case = take(number, by=by, verb=Verb.CONFIRM, version=version, first=lock_family)
    why = needed("reason", reason, _("Warum ist es einer? Die Begründung gehört zum Nachweis."), limit=4000)
    before = assessment_of(case)
    if severity is not None and not 0 <= severity <= HIGHEST:
        raise Invalid.field("severity", _("Die Schwere liegt zwischen 0 und 6."))
    breach_duties.settle(case, ["first_assessment"], done_at=now, late_reason=late_reason, by=by, now=now)
    decided = {"decision": Decision.CONFIRMED.value, "reason": why, "decided_by": by.actor.label}
    assessment = _read(before, decided | {"decided_at": now.isoformat()})
    set_ = {"state": state_after(case, Verb.CONFIRM), "confirmed_at": now}
    if severity is not None:
        set_["severity"] = severity
    told = write(case, why, kind=Note.Kind.REASON, by=by, now=now)
    log(case, "privacy.confirmed", by=by, now=now, **told)
    _save(case, before, assessment, by=by, now=now, set_=set_)
    return case


def _refuse_decision(before: Assessment, given: Mapping[str, Any]) -> None:
    """Only confirming decides; what says the same as before, as a program sends back what it read, is no decision."""
    stands = before.model_dump(mode="json")
    if taken := sorted(name for name in DECISION & given.keys() if given[name] != stands[name]):
        raise Invalid({name: [_("Das schreibt nur der Entscheid (Bestätigen).")] for name in taken})


def _refuse_wrong_times(assessment: Assessment, case: Case, *, now: datetime) -> None:
    """What is said to have happened has happened, and every clock runs from the suspicion at the latest."""
    said = {name: at for name in TIMES if isinstance(at := getattr(assessment, name), datetime)}
    errors = {name: [_("Das liegt in der Zukunft.")] for name, at in said.items() if at > now}
    if said.get("aware_at", case.suspected_at) > case.suspected_at:
        at = date_format(localtime(case.suspected_at), "d.m.Y H:i")
        errors["aware_at"] = [_("Spätestens seit dem Verdacht: %s. Von da an laufen die Fristen.") % at]
    if "occurred_to" in said and said["occurred_to"] < said.get("occurred_from", said["occurred_to"]):
        errors["occurred_to"] = [_("Das liegt vor dem Beginn.")]
    if errors:
        raise Invalid(errors)


def _read(before: Assessment, given: Mapping[str, Any]) -> Assessment:
    """What was there with what is given over it."""
    strange = set(given) - set(Assessment.model_fields)
    if strange:
        raise Invalid({name: [_("Dieses Feld kennt die Erstbeurteilung nicht.")] for name in sorted(strange)})
    whole = json.loads(to_json(before)) | dict(given)
    try:
        return from_json(json.dumps(whole, ensure_ascii=False))
    except BadAssessment as bad:
        errors: dict[str, list[str]] = {}
        for place, said in bad.problems:
            errors.setdefault(place.split(".", 1)[0], []).append(_("Passt nicht zu diesem Feld: %s") % said)
        raise Invalid(errors) from None
    except TypeError:
        raise Invalid.field("answers", _("Jede Antwort muss als JSON darstellbar sein.")) from None


def _save(
    case: Case, before: Assessment, assessment: Assessment, *, by: By, now: datetime, set_: Mapping[str, Any]
) -> None:
    """The new version, what follows from it for the case, for its duties, and for its incident."""
    recommended, earlier = severity_of(assessment), severity_of(before)
    score = recommended.score if recommended else None
    changes = dict(set_)
    if score != (earlier.score if earlier else None) and not _stays_as_decided(case, earlier, score):
        changes.setdefault("severity", score)
    if assessment.criminal_suspicion is True and case.crime_suspected_at is None:
        changes["crime_suspected_at"] = now
    saved = services.save_assessment(case, assessment, score=score, actor=by.actor, now=now)
    services.change(case, now=now, set_=changes)
    log(case, "privacy.assessed", by=by, now=now, version=saved.number, digest=saved.digest)
    let_duties_follow(case)
    if case.confirmed_at is not None:
        _escalate(case, now=now)


def _stays_as_decided(case: Case, earlier: Severity | None, score: float | None) -> bool:
    """Whether the severity the officer decided holds: an unknown score, or one no higher than a word of their own."""
    if case.confirmed_at is None or case.severity is None:
        return False
    own_word = earlier is None or case.severity != earlier.score
    return score is None or (own_word and score <= case.severity)


def _escalate(case: Case, *, now: datetime) -> None:
    """A grave breach is a major and climbs the management chain, by rule (P-5.2, P-6.1); never down again by itself."""
    incident, calls = case.incident, calls_of(case)
    if case.severity is None or case.severity < HIGH_FROM:
        return
    if incident.status not in OPEN_VALUES:  # it cannot climb any more; the board of level 3 has to know all the same
        if case.severity >= VERY_HIGH_FROM and case.board_called_at is None:
            data_protection.call_board(case, now=now)
        return
    major.declare_by_rule(incident, calls.severe_trigger, by=RULES, now=now)
    level = 3 if case.severity >= VERY_HIGH_FROM else 2
    ladder = rules_for(incident).chain(ChainName.MANAGEMENT)
    reasons = {reason.key: reason.paragraph for rung in ladder.levels for reason in rung.reasons}
    reason = calls.severe_reasons.get(level, "")
    if reason and incident.management_level < level:
        # under the reason's own paragraph: the record is read by those who may not know of the case
        climb_all([Climb(incident, ChainName.MANAGEMENT, level, reason, reasons[reason])], by=RULES, now=now)
