"""Resolving or cancelling an incident with open ones below it: refused, or all of them together."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, TypeVar

import pytest
from django.db import transaction

from core.models import Event
from incidents.models import Incident, Link
from lifecycle import connect, family, finish
from lifecycle.errors import Invalid, WrongState
from lifecycle.integrity import findings
from tests.company import Company
from tests.together import at_once

T = TypeVar("T")
SOLVED: dict[str, Any] = {"code": "solved_permanently", "text": "Verbindung erneuert"}
WITHDRAWN: dict[str, Any] = {"code": "withdrawn", "reason": "Fehlalarm"}


def hang(company: Company, child: Incident, parent: Incident) -> None:
    connect.link(child.number, kind="child", target=parent.number, by=company.by("support"), now=company.now)


def three_generations(company: Company) -> tuple[Incident, Incident, Incident]:
    """Grandparent, parent and child; the youngest record is the one on top, so that age tells nothing of the order."""
    child, parent, top = company.incident(), company.incident(), company.incident()
    hang(company, child, parent)
    hang(company, parent, top)
    return top, parent, child


def ends_told(kind: str) -> list[tuple[int, str | None]]:
    """Which incidents ended, in the order of the log, and with which incident."""
    told = Event.objects.filter(kind=kind).order_by("pk")
    return [(event.subject_id, event.data.get("parent")) for event in told]


def test_what_is_open_below_is_shown_whatever_its_depth_and_what_lies_between(company: Company) -> None:
    top, parent, child = three_generations(company)
    assert family.open_below(top) == [child, parent]
    finish.resolve(child.number, **SOLVED, by=company.by("support"), now=company.now)
    finish.resolve(parent.number, **SOLVED, by=company.by("support"), now=company.now)
    finish.reopen(child.number, reason="wieder da", by=company.by("support"), now=company.now)
    assert family.open_below(top) == [child]


@pytest.mark.parametrize(("verb", "facts"), [(finish.resolve, SOLVED), (finish.cancel, WITHDRAWN)])
def test_without_a_word_about_them_open_children_are_named_in_a_refusal(
    company: Company, verb: Callable[..., Incident], facts: dict[str, Any]
) -> None:
    top, parent, child = three_generations(company)
    with pytest.raises(Invalid) as refused:
        verb(top.number, **facts, by=company.by("support"), now=company.now)
    [text] = refused.value.errors["children"]
    assert child.number in text
    assert parent.number in text
    assert set(Incident.objects.values_list("status", flat=True)) == {"new"}


def test_resolving_with_those_below_resolves_children_first_and_says_with_whom(company: Company) -> None:
    top, parent, child = three_generations(company)
    finish.resolve(top.number, **SOLVED, cascade=True, by=company.by("support"), now=company.now)
    rows = Incident.objects.values_list("status", "closure_code", "resolution")
    assert set(rows) == {("resolved", "solved_permanently", "Verbindung erneuert")}
    assert ends_told("incident.resolved") == [(child.pk, top.number), (parent.pk, top.number), (top.pk, None)]
    assert [finding for finding in findings(now=company.now) if finding.row.startswith("INC-")] == []


def test_cancelling_with_those_below_cancels_children_first_and_leaves_what_is_done(company: Company) -> None:
    top, parent, child = three_generations(company)
    finish.resolve(child.number, **SOLVED, by=company.by("support"), now=company.now)
    finish.cancel(top.number, **WITHDRAWN, cascade=True, by=company.by("support"), now=company.now)
    assert ends_told("incident.cancelled") == [(parent.pk, top.number), (top.pk, None)]
    child.refresh_from_db()
    assert child.status == "resolved"


def test_those_below_a_duplicate_repeat_the_same_original_unless_it_is_one_of_them(company: Company) -> None:
    top, parent, child = three_generations(company)
    by = company.by("support")
    facts: dict[str, Any] = {"code": "duplicate", "reason": "doppelt", "cascade": True, "by": by, "now": company.now}
    with pytest.raises(Invalid) as refused:
        finish.cancel(top.number, target=child.number.lower(), **facts)
    assert set(refused.value.errors) == {"target"}
    original = company.incident()
    finish.cancel(top.number, target=original.number, **facts)
    repeating = Link.objects.filter(kind="duplicate", target=original).values_list("source", flat=True)
    assert set(repeating) == {top.pk, parent.pk, child.pk}


def test_a_missing_solution_is_said_of_the_incident_itself_and_nothing_ends(company: Company) -> None:
    top, _parent, _child = three_generations(company)
    with pytest.raises(Invalid) as refused:
        finish.resolve(
            top.number, code=SOLVED["code"], text=" ", cascade=True, by=company.by("support"), now=company.now
        )
    assert refused.value.errors == {"text": ["Was war die Lösung? Der Text fehlt."]}
    assert ends_told("incident.resolved") == []


@pytest.fixture
def family_that_grows(company: Company, monkeypatch: pytest.MonkeyPatch) -> tuple[Incident, set[int]]:
    """A parent, and all it has below: one of them is hung there while somebody has looked but locked nothing yet."""
    late, parent, early = company.incident(), company.incident(), company.incident()
    hang(company, early, parent)
    read = family._pks_below
    looked: list[set[int]] = []

    def looking(pks: Collection[int]) -> set[int]:
        below = read(pks)
        looked.append(below)
        if len(looked) == 1:
            assert elsewhere(lambda: hang(company, late, parent)) is None
        return below

    monkeypatch.setattr(family, "_pks_below", looking)
    return parent, {late.pk, early.pk}


def elsewhere(act: Callable[[], T]) -> T | Exception:
    """What `act` gives on another connection."""
    [answer] = at_once(1, lambda _n: act())
    return answer


@pytest.mark.django_db(transaction=True)
def test_a_child_that_joins_while_its_parent_is_being_resolved_ends_with_it(
    company: Company, family_that_grows: tuple[Incident, set[int]]
) -> None:
    parent, _below = family_that_grows
    finish.resolve(parent.number, **SOLVED, cascade=True, by=company.by("support"), now=company.now)
    assert list(Incident.objects.values_list("status", flat=True)) == ["resolved"] * 3


@pytest.mark.django_db(transaction=True)
def test_what_joined_meanwhile_is_locked_like_the_rest(family_that_grows: tuple[Incident, set[int]]) -> None:
    parent, below = family_that_grows
    free = Incident.objects.select_for_update(skip_locked=True).filter(pk__in=below)
    with transaction.atomic():
        family.lock(parent.number)
        assert elsewhere(lambda: atomically(lambda: list(free.all()))) == []
    assert len(atomically(lambda: list(free.all()))) == len(below)


def atomically(act: Callable[[], T]) -> T:
    with transaction.atomic():
        return act()


@pytest.mark.django_db(transaction=True)
def test_families_ending_and_growing_at_once_never_wait_crosswise_nor_leave_a_child_behind(
    company: Company, now: datetime
) -> None:
    joining = [company.incident() for _n in range(4)]
    parent = company.incident()
    joining += [company.incident() for _n in range(4)]
    hang(company, joining[0], parent)
    hang(company, joining[-1], parent)

    def act(n: int) -> Incident:
        if n < len(joining):
            hang(company, joining[n], parent)
            return joining[n]
        return finish.resolve(parent.number, **SOLVED, cascade=n % 2 == 0, by=company.by("support"), now=now)

    answers = at_once(12, act)
    assert {type(answer) for answer in answers} <= {Incident, Invalid, WrongState}
    resolved_at = Event.objects.get(kind="incident.resolved", subject_id=parent.pk).pk
    before = Event.objects.filter(kind="incident.linked", pk__lt=resolved_at).values_list("subject_id", flat=True)
    left = Incident.objects.filter(pk__in=list(before)).exclude(status="resolved")
    assert not left.exists()
