"""What a verb refuses passes through any block around it, and what changes nothing leaves the clocks as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from incidents.rules.states import Status, Verb, WrongState
from lifecycle import respond
from lifecycle.errors import Conflict, Forbidden, Invalid
from sla.selectors import differences
from tests.company import Company


@contextmanager
def around() -> Iterator[None]:
    yield


@pytest.mark.parametrize(
    "refusal",
    [
        Invalid.field("text", "empty"),
        Forbidden("close", "role"),
        Conflict(1, 2),
        WrongState(Status.NEW, Verb.RESUME, (Status.ON_HOLD,)),
    ],
    ids=lambda refusal: type(refusal).__name__,
)
def test_a_refusal_inside_a_with_block_stays_what_it_is(refusal: Exception) -> None:
    with pytest.raises(type(refusal)) as caught, around():
        raise refusal
    assert caught.value is refusal


def test_a_second_message_to_the_reporter_leaves_clocks_that_agree_with_the_log(company: Company) -> None:
    incident = company.incident()
    respond.start(incident.number, by=company.by("support"), now=company.now + timedelta(minutes=2))
    respond.comment(
        incident.number, text="Wir sind dran.", by=company.by("support"), now=company.now + timedelta(minutes=30)
    )
    assert differences([incident.pk]) == []
