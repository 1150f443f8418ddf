"""A simulation says beforehand what the engine then does on a driven clock, and leaves no trace (P-5.3)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import Event
from directory.models import Person, RoleHolding
from directory.services import set_absence, set_roles
from escalation.models import Step
from escalation.rules.oncall import DAILY, WEEKLY, Layer
from escalation.rules.policy import Move
from escalation.simulation import NOBODY_ANSWERS, Story, simulate
from incidents.models import Incident
from lifecycle import climb, respond, tick
from lifecycle.desk import rules_for
from lifecycle.on_call import put_in, save_layer, save_rota
from notifications.models import Message
from process.schema import ChainName
from tests.company import Company

pytestmark = pytest.mark.django_db
FUNCTIONAL, MANAGEMENT = ChainName.FUNCTIONAL, ChainName.MANAGEMENT
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEVELS = ("low", "medium", "high")

Ring = tuple[datetime, int, int, tuple[str, ...], tuple[str, ...]]
"""When, on which level, in which round, whom, by which channels."""


def foretold(story: Story) -> list[Ring]:
    return [
        (
            scene.at,
            scene.level.level,
            scene.round,
            tuple(called.person.username for called in scene.called),
            tuple(
                sorted(f"{called.person.username}:{channel}" for called in scene.called for channel in called.channels)
            ),
        )
        for scene in story.scenes
        if scene.called
    ]


def happened(incident: Incident, chain: ChainName, *, since: datetime) -> list[Ring]:
    events = Event.objects.filter(kind="escalation.called", subject_id=incident.pk, at__gte=since).order_by("id")
    names = dict(Person.objects.values_list("pk", "username"))
    return [
        (
            event.at,
            event.data["level"],
            event.data["round"],
            tuple(names[person] for person in event.data["people"]),
            tuple(sorted(_messages(event))),
        )
        for event in events
        if event.data["chain"] == chain.value
    ]


def _messages(event: Event) -> list[str]:
    key = f"call:{event.data['step']}:{event.data['round']}:"
    rows = Message.objects.filter(key__startswith=key, created_at=event.at, person__in=event.data["people"])
    return [f"{username}:{channel}" for username, channel in rows.values_list("person__username", "channel")]


def let_time_pass(company: Company, incident: Incident, chain: ChainName, *, silent: frozenset[str]) -> None:
    """The real sweep at every instant a call falls due; whoever is called and not silent takes the incident on."""
    steps = Step.objects.filter(incident=incident, chain=chain.value, state="calling")
    now = company.now
    while (step := steps.first()) is not None:
        called = step.calls.filter(at=now).order_by("id").values_list("person__username", flat=True)
        answering = [name for name in called if name not in silent and NOBODY_ANSWERS not in silent]
        if answering:
            respond.acknowledge(incident.number, by=company.by(answering[0]), now=now)
            return
        assert step.next_call_at is not None
        now = step.next_call_at
        tick.sweep(now=now)


def on_rota(company: Company, role: str, names: list[str], *, every_days: int = DAILY) -> None:
    rota = save_rota(role=role, time_zone="Europe/Zurich", by=company.by("lead"), now=company.now)
    layer = Layer((), date(2026, 11, 16), time(10), every_days)
    save_layer(rota.pk, facts=layer, people=[company.people[n] for n in names], by=company.by("lead"), now=company.now)


def test_a_night_in_which_nobody_answers_goes_as_foretold(company: Company) -> None:
    """Support does not answer, the hand-over of development falls into it, one comes back from an absence, one has no
    mail address, and the top is called again until it is given up."""
    on_rota(company, "development", ["dev2", "dev"])
    Person.objects.filter(pk=company.dev.pk).update(email="")
    set_absence(company.dev2, until=company.now + HOUR, actor=SYSTEM, now=company.now)
    incident = company.incident(urgency="high", impact="medium")

    story = simulate(incident, FUNCTIONAL, at=company.now, silent={NOBODY_ANSWERS})
    let_time_pass(company, incident, FUNCTIONAL, silent=frozenset({NOBODY_ANSWERS}))

    assert foretold(story) == happened(incident, FUNCTIONAL, since=company.now)
    assert {(ring[1], ring[3]) for ring in foretold(story)} == {
        (1, ("support", "support2")),
        (2, ("dev",)),
        (2, ("dev2",)),
        (3, ("lead",)),
    }
    assert [scene.move for scene in story.scenes][-4:] == [Move.AGAIN] * 3 + [Move.GIVE_UP]
    last = Event.objects.get(kind="escalation.exhausted", subject_id=incident.pk)
    assert (story.answered_by, story.ends_at) == (None, last.at)
    assert ", ".join(called.person.display_name for called in story.scenes[-1].alarmed) == last.data["alarmed"]
    assert next(scene.called[0].channels for scene in story.scenes if scene.level.level == 2) == ["in_app"]


def test_the_paragraphs_are_those_of_the_steps(company: Company) -> None:
    incident = company.incident(urgency="high")
    RoleHolding.objects.filter(role="development").delete()

    story = simulate(incident, FUNCTIONAL, at=company.now, silent={NOBODY_ANSWERS})
    let_time_pass(company, incident, FUNCTIONAL, silent=frozenset({NOBODY_ANSWERS}))

    [_first, second] = Step.objects.filter(incident=incident, chain="functional").order_by("id")
    climbed = [scene for scene in story.scenes if scene.level.level == 3]
    assert {(scene.reason, scene.rule) for scene in climbed} == {(second.reason, second.rule)}
    assert [level.level for level in climbed[0].passed] == [2]
    assert climbed[1].passed == []


def test_whoever_lost_it_on_the_way_up_is_not_called_first_further_up(company: Company) -> None:
    """Silas has it and holds levels 1 and 3: development takes it off him, so above it goes by rank again."""
    set_roles(company.support2, roles=["support", "head_of_development"], actor=SYSTEM, now=company.now, rank=200)
    incident = company.incident(urgency="high")
    respond.assign(incident.number, person_id=company.support2.pk, by=company.by("lead"), now=company.now)
    incident.refresh_from_db()

    story = simulate(incident, FUNCTIONAL, at=company.now, silent={NOBODY_ANSWERS})
    let_time_pass(company, incident, FUNCTIONAL, silent=frozenset({NOBODY_ANSWERS}))

    assert story.scenes[0].called[0].person == company.support2
    assert next(scene.called[0].person for scene in story.scenes if scene.level.level == 3) == company.lead
    assert foretold(story)[1:] == happened(incident, FUNCTIONAL, since=company.now)[1:]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_company_it_is_the_engine_does_what_was_foretold(company: Company, seed: int) -> None:
    dice = Random(seed)
    _shuffle(company, dice)
    incident = company.incident(urgency=dice.choice(LEVELS), impact=dice.choice(LEVELS), now=company.now - HOUR / 60)
    chain = dice.choice((FUNCTIONAL, MANAGEMENT))
    if chain is FUNCTIONAL:  # on the other chain it would be the functional one that takes it off them
        assignee = dice.choice(list(company.people.values()))
        respond.assign(incident.number, person_id=assignee.pk, by=company.by("lead"), now=company.now)
    _climb(company, incident, chain)
    incident.refresh_from_db()
    silent = frozenset(dice.choice([{NOBODY_ANSWERS}, set(), set(dice.sample([*company.people], k=6))]))

    story = simulate(incident, chain, at=company.now, silent=silent)
    let_time_pass(company, incident, chain, silent=silent)

    assert foretold(story) == happened(incident, chain, since=company.now)
    newest = Step.objects.filter(incident=incident, chain=chain.value).order_by("-id")[0]
    assert newest.acknowledged_by == story.answered_by
    assert (newest.state == "exhausted") == (story.answered_by is None)
    alarms = Message.objects.filter(key__startswith=f"unheard:{newest.pk}:").values_list("person__username", "channel")
    assert sorted(alarms) == sorted(
        (called.person.username, channel) for called in story.scenes[-1].alarmed for channel in called.channels
    )


def _shuffle(company: Company, dice: Random) -> None:
    """Further roles, other ranks, absences, a rota and a stand-in, as the dice fall."""
    people = list(company.people.values())
    roles = ["support", "development", "head_of_development", "project_manager", "executive_board"]
    for person in dice.sample(people, k=5):
        RoleHolding.objects.get_or_create(person=person, role=dice.choice(roles), defaults={"rank": dice.randrange(20)})
    for person in dice.sample(people, k=3):
        set_absence(person, until=company.now + dice.randrange(1, 40) * HOUR, actor=SYSTEM, now=company.now)
    for role in dice.sample(roles, k=2):
        held = list(Person.objects.filter(holdings__role=role).values_list("username", flat=True))
        if held:
            dice.shuffle(held)
            on_rota(company, role, held, every_days=dice.choice((DAILY, WEEKLY)))


def _climb(company: Company, incident: Incident, chain: ChainName) -> None:
    rung = rules_for(incident).chain(chain).level(2)
    reason = next(reason.key for reason in rung.reasons if not reason.automatic)
    climb.escalate(incident.number, chain=chain.value, reason=reason, by=company.by("lead"), now=company.now)


def test_the_instant_decides_who_is_on_call_and_who_is_away(company: Company) -> None:
    on_rota(company, "support", ["support2", "support"], every_days=WEEKLY)
    set_absence(company.support, until=company.now + 3 * DAY, actor=SYSTEM, now=company.now)
    incident = company.incident()

    now, later = (
        simulate(incident, FUNCTIONAL, at=company.now + after, silent=()).scenes[0] for after in (0 * DAY, 5 * DAY)
    )

    assert [called.person for called in now.called] == [company.support2]
    assert now.absent == [company.support]
    assert next((called.person, called.is_on_call) for called in later.called) == (company.support, True)
    assert later.absent == []


def test_a_stand_in_of_the_first_of_august_is_called_first(company: Company) -> None:
    rota = save_rota(role="development", time_zone="Europe/Zurich", by=company.by("lead"), now=company.now)
    night = datetime.fromisoformat("2027-08-01T03:00:00+02:00")
    put_in(rota.pk, person=company.dev2, start=night - HOUR, end=night + HOUR, by=company.by("lead"), now=company.now)
    incident = company.incident()

    story = simulate(incident, FUNCTIONAL, at=night, silent={"dev2"}, level=2)

    assert [scene.called[0].person for scene in story.scenes] == [company.dev2, company.dev]
    assert (story.answered_by, story.ends_at) == (company.dev, night + 8 * HOUR)


def test_it_only_reads(company: Company) -> None:
    incident = company.incident(urgency="high")
    before = {model: model._default_manager.count() for model in apps.get_models()}
    fields = Incident.objects.filter(pk=incident.pk).values().get()

    with CaptureQueriesContext(connection) as asked:
        for chain in ChainName:
            simulate(incident, chain, at=company.now + DAY, silent={NOBODY_ANSWERS})

    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
    assert {model: model._default_manager.count() for model in apps.get_models()} == before
    assert Incident.objects.filter(pk=incident.pk).values().get() == fields


def test_no_level_above_the_top(company: Company) -> None:
    with pytest.raises(KeyError):
        simulate(company.incident(), FUNCTIONAL, at=company.now, silent=(), level=4)
