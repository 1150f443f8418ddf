"""Three months in one script: what schools report, what tools find, what else people write, how things stand today."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from escola_im.demo import alarms, stories
from escola_im.demo.cast import PLAYERS, SCHOOLS
from escola_im.demo.script import Act, Script, busy_instant, reporter
from escola_im.demo.texts import Letter, cases, letters
from escola_im.demo.today import today
from process.schema import Document

T = TypeVar("T")
SEED = 20260823
DAYS, SIZE = 92, 176
QUIET = timedelta(hours=6)
"""Before the present hours nothing new begins: today has a script of its own."""
HUMAN: tuple[tuple[stories.Story, int], ...] = (
    (stories.solved_at_the_desk, 30),
    (stories.solved_by_development, 30),
    (stories.waited_for_the_reporter, 12),
    (stories.solved_by_the_head, 9),
    (stories.took_too_long, 6),
    (stories.came_back, 5),
    (stories.was_none, 6),
    (stories.was_reported_twice, 6),
    (stories.was_ranked_anew, 5),
    (stories.made_somebody_angry, 4),
    (stories.went_unheard, 3),
    (stories.was_major, 3),
    (stories.had_children, 2),
)
TOOLS: tuple[tuple[alarms.AlarmStory, int], ...] = (
    (alarms.defect_mended, 16),
    (alarms.defect_went_away, 8),
    (alarms.outage, 14),
    (alarms.outage_at_night, 3),
    (alarms.came_back, 3),
    (alarms.flapping, 2),
)
AT_THE_DESK = frozenset({stories.solved_at_the_desk, stories.waited_for_the_reporter, stories.was_none})
"""Stories that support tells alone, of cases of the first level."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The acts in their order, from the first to the present."""

    acts: tuple[Act, ...]
    since: datetime
    now: datetime


def write_plan(*, now: datetime, document: Document, seed: int = SEED, days: int = DAYS, size: int = SIZE) -> Plan:
    """The script of a company whose last `days` days brought about `size` stories. The same seed, the same script."""
    now = now.replace(microsecond=0)
    dice = random.Random(seed)  # noqa: S311 -- a believable history, not a secret
    since = now - timedelta(days=days)
    acts: list[Act] = []
    human = _spread(HUMAN, size * 3 // 4)
    tools = _spread(TOOLS, size - size * 3 // 4)
    for index, tell in enumerate(human):
        at = busy_instant(dice, since, now - QUIET)
        fitting = [case for case in cases() if (case.level == 1) == (tell in AT_THE_DESK)]
        script = Script(f"case{index}", _evening(at, dice) if tell is stories.went_unheard else at, now - QUIET, dice)
        tell(script, dice.choice(fitting))
        acts += script.acts
    for index, raise_alarm in enumerate(tools):
        at = since + timedelta(seconds=dice.randrange(int((now - QUIET - since).total_seconds())))
        script = Script(f"alarm{index}", at, now - QUIET, dice)
        raise_alarm(script, index)
        acts += script.acts
    acts += _letters(dice, since, now, count=max(3, size // 5))
    acts += [Act(now - QUIET, "read", player.username, "") for player in PLAYERS]
    acts += today(dice, now=now, document=document)
    acts.sort(key=lambda act: act.at)
    return Plan(tuple(acts), since, now)


def _spread(kinds: tuple[tuple[T, int], ...], count: int) -> list[T]:
    """Each kind as often as its weight says, but once at least; with fewer than there are kinds, one here and there."""
    if count < len(kinds):
        return [kinds[index * len(kinds) // count][0] for index in range(count)]
    total = sum(weight for _kind, weight in kinds)
    return [kind for kind, weight in kinds for _ in range(max(1, round(weight * count / total)))]


def _evening(at: datetime, dice: random.Random) -> datetime:
    return at.replace(hour=18, minute=dice.randrange(60))


def _letters(dice: random.Random, since: datetime, now: datetime, *, count: int) -> list[Act]:
    """Questions, wishes and requests, answered by whom they were handed to; and the inbox of today."""
    said = letters()
    kinds = [("support", said.support), ("feature_request", said.feature_request)]
    kinds.append(("management_request", said.management_request))
    acts: list[Act] = []
    for index in range(count):
        kind, choices = kinds[index % 3]
        letter = choices[index // 3 % len(choices)]
        script = Script(f"letter{index}", busy_instant(dice, since, now - QUIET), now - QUIET, dice)
        _take(script, letter, script.someone("support"))
        script.wait(5, 60).act("classify", script.someone("support"), kind=kind)
        if letter.answer:
            role = "support" if kind == "support" else "project_manager"
            script.work(30, 900).act("answer", script.someone(role), text=letter.answer)
        acts += script.acts
    for index, letter in enumerate(said.inbox):
        script = Script(f"inbox{index}", now - timedelta(minutes=15 + 37 * index), now, dice)
        _take(script, letter, script.someone("support"))
        acts += script.acts
    return acts


def _take(script: Script, letter: Letter, agent: str) -> None:
    facts = reporter(script.dice, script.one(SCHOOLS), letter.channel)
    wants_call = letter.channel == "phone"
    script.act("contact", agent, channel=letter.channel, subject=letter.subject, body=letter.body,
               callback_wanted=wants_call, **facts)  # fmt: skip
