"""The reachability drill: a test call per person, and whether they answered it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from core.actors import SYSTEM, Actor
from core.audit import Fact, record, record_all
from core.bulk import insert_rows
from directory.models import Person
from notifications.models import Drill
from notifications.services.queueing import drafts_everywhere, queue_all
from notifications.services.receipts import acknowledge_topic, skip_topics

KIND = "drill"
TOPIC = "drill"


def start_drills(people: Collection[Person], *, week: str, now: datetime, actor: Actor = SYSTEM) -> int:
    """Sends each a test call by every channel that reaches them; the one before it needs no answer any more.

    `week` is the ISO week of the weekly drill, empty for one asked for by hand. Whoever had this week's is left out;
    the caller holds the people's rows. Returns how many were called.
    """
    had = set(Drill.objects.filter(person__in=people, week=week).values_list("person_id", flat=True)) if week else set()
    called = [person for person in people if person.pk not in had]
    if not called:
        return 0
    before = Drill.objects.filter(person__in=called, answered_at__isnull=True)
    skip_topics(topic_type=TOPIC, topic_ids=list(before.values_list("pk", flat=True)), reason="superseded", now=now)
    insert_rows(
        Drill, [{"person_id": person.pk, "week": week, "sent_at": now, "answered_via": ""} for person in called]
    )
    rows = Drill.objects.filter(person__in=called, sent_at=now, week=week).select_related("person")
    _call(rows, now=now, actor=actor)
    return len(called)


def _call(drills: Iterable[Drill], *, now: datetime, actor: Actor) -> None:
    drafts, facts = [], []
    for drill in drills:
        to_them = drafts_everywhere(
            drill.person,
            kind=KIND,
            context={"name": drill.person.display_name},
            key=f"drill:{drill.pk}",
            link="/reach/",
            topic=(TOPIC, drill.pk),
            needs_ack=True,
        )
        drafts += to_them
        data = {"channels": [draft.channel for draft in to_them], "week": drill.week}
        facts.append(Fact("drill.sent", "person", drill.person_id, now, actor, data=data))
    queue_all(drafts, now=now)
    record_all(facts)


def answer_drill(drill: Drill, *, via: str, actor: Actor, now: datetime) -> bool:
    """The person is there. False when they had answered already."""
    if not Drill.objects.filter(pk=drill.pk, answered_at__isnull=True).update(answered_at=now, answered_via=via):
        return False
    acknowledge_topic(person_id=drill.person_id, topic_type=TOPIC, topic_id=drill.pk, now=now)
    record(Fact("drill.answered", "person", drill.person_id, now, actor, data={"channel": via}))
    return True
