"""The demo's history is written by dice, but the same dice always write the same one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from escola_im.demo import cast
from escola_im.demo.plan import Plan, write_plan
from escola_im.demo.texts import cases
from incidents.rules.signals import SignalState
from integrations.registry import SOURCES
from process.loader import default_text, parse
from process.schema import Document

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # a Sunday evening: office hours lie far back


@pytest.fixture(scope="module")
def document() -> Document:
    return parse(default_text())


@pytest.fixture(scope="module")
def plan(document: Document) -> Plan:
    return write_plan(now=NOW, document=document)


def test_the_same_seed_writes_the_same_plan(plan: Plan, document: Document) -> None:
    assert write_plan(now=NOW, document=document) == plan


def test_another_seed_writes_another_plan(plan: Plan, document: Document) -> None:
    assert write_plan(now=NOW, document=document, seed=1) != plan


def test_acts_come_in_their_order_and_end_with_the_present(plan: Plan) -> None:
    assert all(one.at <= other.at for one, other in pairwise(plan.acts))
    assert plan.acts[-1].at <= NOW
    assert plan.acts[0].at >= plan.since


def test_everybody_who_acts_works_here(plan: Plan) -> None:
    assert {act.by for act in plan.acts} <= {player.username for player in cast.PLAYERS} | {""}


def test_every_case_speaks_the_words_of_the_process(document: Document) -> None:
    assert {case.module for case in cases()} <= {module.key for module in document.modules}
    assert {case.category for case in cases()} <= {category.key for category in document.categories}
    assert {case.code for case in cases()} <= {code.key for code in document.closure_codes if code.for_resolve}
    assert {case.urgency for case in cases()} <= {criterion.key for criterion in document.urgency_criteria}
    assert {case.impact for case in cases()} <= {criterion.key for criterion in document.impact_criteria}


def test_every_webhook_of_the_history_is_authentic_and_readable(plan: Plan) -> None:
    states: Counter[SignalState] = Counter()
    for act in plan.acts:
        if act.verb == "signal":
            post = act.facts["post"]
            source = SOURCES[post.kind]
            assert source.verify(post.body, post.headers, None, [cast.SECRETS[post.kind]])
            assert not source.verify(post.body + b" ", post.headers, None, ["another secret"])
            [signal] = source.parse(post.body, post.headers, cast.SOURCE_NAME)
            assert signal.observed_at is not None
            assert abs((signal.observed_at - act.at).total_seconds()) < 1
            states[signal.state] += 1
    assert states[SignalState.FIRING] > states[SignalState.CLEARED] > 20


def test_the_company_has_its_roles_schools_and_cantons(document: Document) -> None:
    for role in document.roles:
        assert len(cast.BY_ROLE[role.key]) >= 2, role.key
    assert set(cast.LOGINS) <= {player.username for player in cast.PLAYERS}
    assert len(cast.SCHOOLS) >= 24
    assert len({place.canton for place in cast.SCHOOLS}) >= 8
    assert {"TI", "VD"} <= {place.canton for place in cast.SCHOOLS}
