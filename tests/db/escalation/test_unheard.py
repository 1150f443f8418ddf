"""At the end of a chain an alarm goes to everyone on the last rung, so that silence is never the last word (P-5.3)."""

from __future__ import annotations

from datetime import timedelta

from core.models import Event
from directory.models import RoleHolding
from notifications.models import Message
from tests.db.escalation.conftest import MINUTE, Ladders


def alarmed() -> set[str]:
    found = Message.objects.filter(kind="chain_unheard", channel="email")
    return set(found.values_list("person__username", flat=True))


def call_to_the_end(ladders: Ladders) -> None:
    for round_ in range(1, 5):
        ladders.sweep(round_ * 30 * MINUTE)


def test_everyone_on_the_last_rung_is_alarmed_also_who_is_absent(ladders: Ladders) -> None:
    RoleHolding.objects.create(person=ladders.company.dev, role="head_of_development", rank=5)
    ladders.company.lead.absent_until = ladders.now + timedelta(days=9)
    ladders.company.lead.save()
    [incident] = ladders.incidents()
    step = ladders.enter(incident, to_level=3, reason="time_critical", rule="§5.1/2g")
    call_to_the_end(ladders)
    assert ladders.called(step) == ["dev"]
    assert alarmed() == {"dev", "lead"}
    event = Event.objects.get(kind="escalation.exhausted")
    assert (event.rule, event.data["alarmed"]) == ("§5.1/2g", "Devi Erfunden, Lea Leitung")
    letter = Message.objects.filter(kind="chain_unheard").first()
    assert letter is not None
    assert letter.is_urgent
    assert incident.number in letter.body


def test_it_sounds_once_however_often_one_looks(ladders: Ladders) -> None:
    ladders.enter(ladders.incidents()[0], to_level=3)
    call_to_the_end(ladders)
    for day in (1, 2, 3):
        ladders.sweep(timedelta(days=day))
    assert Message.objects.filter(kind="chain_unheard", channel="email").count() == 1


def test_where_nobody_holds_the_last_rung_the_nearest_below_hears_it(ladders: Ladders) -> None:
    RoleHolding.objects.filter(role="head_of_development").delete()
    ladders.company.dev2.delete()
    ladders.company.dev.absent_until = ladders.now + timedelta(days=9)
    ladders.company.dev.save()
    ladders.enter(ladders.incidents()[0])
    assert alarmed() == {"dev"}


def test_a_rung_that_is_left_for_the_next_one_is_no_end(ladders: Ladders) -> None:
    ladders.enter(ladders.incidents()[0])
    assert [exhausted.next_level for exhausted in ladders.sweep(60 * MINUTE) or ladders.sweep(120 * MINUTE)] == [3]
    assert alarmed() == set()
