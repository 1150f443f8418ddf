"""The world outside, for the demo: problems come, repeat and go, told by webhooks to the running product.

Posts real HTTP with the demo's secrets and knows nothing of the database. At most `MOST_OPEN` problems are open at a
time, each from a small fixed set, so that a demo left alone for a night does not drown.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import requests

from escola_im.demo import wire
from escola_im.demo.wire import DEFECTS, MONITORS, Defect, Monitor, Post

MOST_OPEN = 5
FIRST_WAIT_S = 2.0
PACE_S = (20.0, 60.0)
BURST = 0.12
PATIENCE_S = (1.0, 15.0)
SERIES = 700_000
"""The simulator's Sentry issues are its own; the seeded history has others."""

Send = Callable[[Post], bool]
Wait = Callable[[float], bool]


@dataclass(slots=True)
class Problem:
    """Something that is broken out there since `since`; told `told` times."""

    thing: Defect | Monitor
    since: datetime
    reason: str = ""
    told: int = 1


@dataclass(slots=True)
class World:
    """What is broken at the moment. Pure: gives the next webhook, sends nothing."""

    dice: random.Random
    open: list[Problem] = field(default_factory=list)
    known: set[Defect] = field(default_factory=set)

    def happen(self, now: datetime) -> Post:
        """The next thing that happens: something breaks, is told again, or is mended."""
        chance = self.dice.random()
        if not self.open or (len(self.open) < MOST_OPEN and chance < 0.4):
            return self._break(now)
        problem = self.dice.choice(self.open)
        if chance < 0.65 or now - problem.since < timedelta(seconds=90):
            return self._repeat(problem, now)
        self.open.remove(problem)
        return self._mend(problem, now)

    def _break(self, now: datetime) -> Post:
        broken = {problem.thing for problem in self.open}
        thing = self.dice.choice([thing for thing in (*DEFECTS, *MONITORS) if thing not in broken])
        problem = Problem(thing, now, wire.reason(self.dice))
        self.open.append(problem)
        if isinstance(thing, Monitor):
            return wire.uptime(thing, at=now, reason=problem.reason)
        action: wire.Action = "unresolved" if thing in self.known else "created"
        self.known.add(thing)
        return wire.issue(action, thing, at=now, since=now, series=SERIES)

    def _repeat(self, problem: Problem, now: datetime) -> Post:
        problem.told += 1
        if isinstance(problem.thing, Monitor):
            return wire.uptime(problem.thing, at=now, reason=problem.reason)
        return wire.alert(problem.thing, at=now, series=SERIES)

    def _mend(self, problem: Problem, now: datetime) -> Post:
        if isinstance(problem.thing, Monitor):
            return wire.uptime(problem.thing, at=now, down_s=int((now - problem.since).total_seconds()))
        return wire.issue("resolved", problem.thing, at=now, since=problem.since, count=problem.told * 7, series=SERIES)


def run(*, world: World, send: Send, wait: Wait, clock: Callable[[], datetime]) -> None:
    """Lets things happen until `wait` says that it is over. What cannot be delivered is tried again, in its order."""
    over = wait(FIRST_WAIT_S)
    while not over:
        for _post in range(world.dice.randrange(3, 6) if world.dice.random() < BURST else 1):
            over = _deliver(world.happen(clock()), send, wait, world.dice)
            if over:
                return
        over = wait(world.dice.uniform(*PACE_S))


def _deliver(post: Post, send: Send, wait: Wait, dice: random.Random) -> bool:
    """Sends until it is taken; True when it is over meanwhile."""
    patience, longest = PATIENCE_S
    while not send(post):
        if wait(patience):
            return True
        patience = min(patience * 2, longest)
    return wait(dice.uniform(0.1, 0.6))


class Poster:
    """Posts to one product over one connection. Says when it cannot be reached, once, and when it can be again."""

    def __init__(self, base_url: str, say: Callable[[str], None]) -> None:
        self.base_url, self.say = base_url.rstrip("/"), say
        self.session = requests.Session()
        self.session.trust_env = False
        self.trouble = ""

    def __call__(self, post: Post) -> bool:
        """Whether the product took it."""
        try:
            answer = self.session.post(
                self.base_url + post.path, data=post.body, headers=dict(post.headers), timeout=10, allow_redirects=False
            )
        except requests.RequestException as error:
            return self._failed(type(error).__name__)
        if answer.status_code != requests.codes.accepted:
            return self._failed(f"answered {answer.status_code}")
        if self.trouble:
            self.say(f"{self.base_url} takes webhooks again")
        self.trouble = ""
        return True

    def _failed(self, trouble: str) -> bool:
        if trouble != self.trouble:
            self.say(f"{self.base_url}: {trouble}; trying again")
        self.trouble = trouble
        return False
