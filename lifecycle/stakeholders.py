"""Messages to stakeholders of a major: one person writes, another one releases, everybody gets their own (§5.1/1d)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from core.text import clean
from directory.models import Person
from directory.selectors import people_with_any_role
from escalation.team import calls_of, is_reachable, places_of
from incidents import services
from incidents.models import Incident, StakeholderMessage
from incidents.room import roles_held, schools_of
from incidents.rules.states import Verb
from lifecycle import correspondence, updates
from lifecycle.access import By
from lifecycle.audiences import KIND, TOPIC, drafts_to
from lifecycle.desk import rules_for
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Forbidden, Invalid
from lifecycle.message_texts import LONGEST_SUBJECT, texts_of
from lifecycle.public_messages import tell_public
from lifecycle.room import enter
from lifecycle.writing import digest_of
from notifications.models import Message
from notifications.services import acknowledge_topic, queue_all, skip_topic
from process.schema import MessageTemplate

State = StakeholderMessage.State
TASK, REVIEW = "communication", "stakeholder_review"
LONGEST_BODY = 5_000
SHORTEST_REASON = 5
"""Characters; less explains nothing."""


@transaction.atomic
def stakeholder_update(
    number: str,
    *,
    by: By,
    now: datetime,
    audiences: Sequence[str] = (),
    subject_de: str = "",
    body_de: str = "",
    subject_en: str = "",
    body_en: str = "",
    template: str = "",
    message: int | None = None,
    version: int | None = None,
) -> Incident:
    """Hands a message in for review, or one that is not out yet once more; whoever may release it is told (P-5.5).

    What is empty is taken from the `template` of the process. Without English everybody reads German.
    """
    incident, person = enter(number, by=by, verb=Verb.STAKEHOLDER_UPDATE, version=version)
    row = _waiting(incident, message) if message is not None else StakeholderMessage(incident=incident)
    given = {"subject_de": subject_de, "body_de": body_de, "subject_en": subject_en, "body_en": body_en}
    if template:
        suggested = texts_of(incident, _template(incident, template), now=now)
        given = {name: text if text.strip() else suggested[name] for name, text in given.items()}
    _check(given, audiences)
    if StakeholderMessage.Audience.PUBLIC in audiences:
        _check_names_no_school(given, incident)
    for name, text in given.items():
        setattr(row, name, clean(text.strip(), limit=LONGEST_SUBJECT if name.startswith("subject") else LONGEST_BODY))
    row.audiences, row.author, row.at = list(dict.fromkeys(audiences)), person, now
    row.state, row.reviewer, row.reviewed_at, row.returned_because = State.IN_REVIEW, None, None, ""
    row.save()
    digest = digest_of(row.pk, now, "\n".join(given.values()))
    _keep(row, "drafted", by=by, now=now, digest=digest)
    rule = rules_for(incident).cadence.paragraph
    _tell(row, reviewers(circles_of(incident, now=now), but=person), REVIEW, {"rule": rule}, by=by, now=now)
    return incident


@transaction.atomic
def release_update(number: str, *, message: int, by: By, now: datetime, version: int | None = None) -> Incident:
    """A second person lets a message go out: one per recipient, and the time to the next one begins anew (P-5.5)."""
    incident, person = enter(number, by=by, verb=Verb.RELEASE_UPDATE, version=version)
    row = _waiting(incident, message, State.IN_REVIEW)
    if row.author_id == person.pk:
        raise Forbidden(Verb.RELEASE_UPDATE, _("Wer eine Meldung schreibt, gibt sie nicht selbst frei."))
    drafts = drafts_to(row, now=now)
    is_public = StakeholderMessage.Audience.PUBLIC in row.audiences
    if is_public:
        tell_public(row, by=by, now=now)
    if not drafts and not is_public:
        raise Invalid.field("audiences", _("Niemand zu erreichen: Es ist keine Adresse bekannt."))
    row.state, row.reviewer, row.reviewed_at = State.SENT, person, now
    row.recipients = len({draft.person or draft.address for draft in drafts})
    queue_all(drafts, now=now)
    _keep(
        row,
        "sent",
        rule=rules_for(incident).cadence.paragraph,
        by=by,
        now=now,
        recipients=row.recipients,
        author=row.author.display_name,
    )
    updates.follow([incident], now=now, anew=True)
    ring_after_commit()
    return incident


@transaction.atomic
def return_update(
    number: str, *, message: int, reason: str, by: By, now: datetime, version: int | None = None
) -> Incident:
    """A second person gives a message back with the reason; whoever wrote it is told."""
    incident, person = enter(number, by=by, verb=Verb.RETURN_UPDATE, version=version)
    row = _waiting(incident, message, State.IN_REVIEW)
    if row.author_id == person.pk:
        raise Forbidden(Verb.RETURN_UPDATE, _("Ihre eigene Meldung können Sie ändern oder zurückziehen."))
    why = clean(reason.strip(), limit=500)
    if len(why) < SHORTEST_REASON:
        raise Invalid.field("reason", _("Was soll anders werden?"))
    row.state, row.reviewer, row.reviewed_at, row.returned_because = State.RETURNED, person, now, why
    _keep(row, "returned", by=by, now=now, reason=why)
    _tell(row, [row.author], "stakeholder_returned", {"reason": why}, by=by, now=now)
    return incident


@transaction.atomic
def withdraw_update(number: str, *, message: int, by: By, now: datetime, version: int | None = None) -> Incident:
    """A message that is not out yet stays in."""
    incident, _person = enter(number, by=by, verb=Verb.WITHDRAW_UPDATE, version=version)
    row = _waiting(incident, message)
    row.state = State.WITHDRAWN
    _keep(row, "withdrawn", by=by, now=now)
    return incident


def circles_of(incident: Incident, *, now: datetime) -> list[list[Person]]:
    """Who may be asked to release, circle by circle: who communicates and leads; who of the team answered; §14/17.

    Three queries. Who is absent is in none.
    """
    rules = rules_for(incident)
    held = roles_held([incident.pk]).get(incident.pk, {})
    in_the_room = [held[role].person for role in ("communications", "lead") if role in held]
    places = places_of(rules, calls_of([incident.pk]).get(incident.pk, []))
    of_the_team = [place.answer.person for place in places if place.answer is not None]
    named = people_with_any_role(rules.roles_for("major_incident", "AR"), now=now)
    return [[one for one in circle if is_reachable(one, now)] for circle in (in_the_room, of_the_team, named)]


def reviewers(circles: Sequence[Sequence[Person]], *, but: Person) -> list[Person]:
    """The first circle with somebody else in it than whoever wrote the message; nobody when there is none."""
    others = ([one for one in dict.fromkeys(circle) if one.pk != but.pk] for circle in circles)
    return next((circle for circle in others if circle), [])


def to_release(person: Person) -> QuerySet[StakeholderMessage]:
    """Messages that wait and that this person was asked to release, the oldest first."""
    asked = Message.objects.filter(person=person, channel="in_app", kind=REVIEW, topic_type=TOPIC).values("topic_id")
    rows = StakeholderMessage.objects.filter(state=State.IN_REVIEW, pk__in=asked).exclude(author=person)
    return rows.select_related("incident", "author").order_by("pk")


def receipts_by_message(messages: Collection[int]) -> dict[int, dict[str, int]]:
    """Message → state of the outbox → how many went there. One query."""
    counted: dict[int, dict[str, int]] = {}
    rows = Message.objects.filter(topic_type=TOPIC, topic_id__in=messages, kind=KIND).order_by()
    for pk, state, number in rows.values_list("topic_id", "state").annotate(Count("pk")):
        counted.setdefault(pk or 0, {})[state] = number
    return counted


def _template(incident: Incident, key: str) -> MessageTemplate:
    templates = {entry.key: entry for entry in rules_for(incident).message_templates}
    if key not in templates:
        raise Invalid.field("template", _("Erlaubt sind: %(values)s") % {"values": ", ".join(templates)})
    return templates[key]


def _check(texts: Mapping[str, str], audiences: Sequence[str]) -> None:
    errors: dict[str, list[str]] = {}
    for name in ("subject_de", "body_de"):
        if not texts[name].strip():
            errors[name] = [_("Ohne deutschen Text geht keine Meldung hinaus.")]
    if bool(texts["subject_en"].strip()) != bool(texts["body_en"].strip()):
        errors["body_en"] = [_("Englisch braucht Betreff und Text, oder keines von beiden.")]
    if not audiences or set(audiences) - set(StakeholderMessage.Audience.values):
        allowed = ", ".join(StakeholderMessage.Audience.values)
        errors["audiences"] = [_("An wen? Erlaubt sind: %(values)s") % {"values": allowed}]
    if errors:
        raise Invalid(errors)


def _check_names_no_school(texts: Mapping[str, str], incident: Incident) -> None:
    """Everybody reads the status page: which customers are hit is not for everybody."""
    schools = [hit.school.name for hit in schools_of(incident)]
    errors = {}
    for field, text in texts.items():
        named = [name for name in schools if name in text]
        if named:
            why = _("Die Statusseite liest die ganze Welt: bitte ohne Namen von Schulen (%(names)s).")
            errors[field] = [why % {"names": ", ".join(named)}]
    if errors:
        raise Invalid(errors)


def _waiting(incident: Incident, pk: int, *states: StakeholderMessage.State) -> StakeholderMessage:
    rows = StakeholderMessage.objects.filter(incident=incident, pk=pk).select_related("author")
    row = rows.filter(state__in=states or (State.IN_REVIEW, State.RETURNED)).first()
    if row is None:
        raise Invalid.field("message", _("Diese Meldung wartet nicht (mehr): Sie ist versendet oder zurückgezogen."))
    row.incident = incident
    return row


def _keep(row: StakeholderMessage, event: str, *, by: By, now: datetime, rule: str = "", **data: str | int) -> None:
    if event != "drafted":
        if by.person is not None:
            acknowledge_topic(person_id=by.person.pk, topic_type=TOPIC, topic_id=row.pk, now=now)
        skip_topic(topic_type=TOPIC, topic_id=row.pk, reason=event, now=now, kinds=[REVIEW])
    rule = rule or rules_for(row.incident).task_paragraph(TASK)
    services.keep_message(row, event, data=data, rule=rule, actor=by.actor, now=now)


def _tell(
    row: StakeholderMessage, people: Sequence[Person], kind: str, more: Mapping[str, str], *, by: By, now: datetime
) -> None:
    correspondence.tell(
        people,
        kind=kind,
        key=f"{kind}:{row.pk}:{now.isoformat()}",
        context=correspondence.about(row.incident) | {"by": by.actor.label, "subject": row.subject_de, **more},
        topic=(TOPIC, row.pk),
        link=correspondence.link_to_room(row.incident),
        urgent=True,
        needs_ack=kind == REVIEW,
        now=now,
    )
