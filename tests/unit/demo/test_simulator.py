"""The simulator tells of problems that come, repeat and go, never of too many, and it waits for the product."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from escola_im.demo import cast, simulator
from escola_im.demo.simulator import World, run
from escola_im.demo.wire import Post
from incidents.rules.signals import SignalState
from integrations.registry import SOURCES

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Time:
    """A clock that moves when somebody waits, and is over after a while."""

    def __init__(self, seconds: float) -> None:
        self.now, self.end = START, START + timedelta(seconds=seconds)
        self.waited: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.now += timedelta(seconds=seconds)
        self.waited.append(seconds)
        return self.now >= self.end


def play(seconds: float, *, seed: int = 5, away_s: float = 0) -> tuple[list[tuple[datetime, Post]], World]:
    time, posts, world = Time(seconds), list[tuple[datetime, Post]](), World(random.Random(seed))

    def send(post: Post) -> bool:
        if time.now < START + timedelta(seconds=away_s):
            return False
        posts.append((time.now, post))
        return True

    run(world=world, send=send, wait=time.wait, clock=lambda: time.now)
    return posts, world


def test_something_happens_within_five_seconds_and_goes_on_at_a_gentle_pace() -> None:
    posts, _world = play(3600)
    assert posts[0][0] - START < timedelta(seconds=5)
    assert 60 < len(posts) < 300


def test_every_webhook_opens_the_hook_and_problems_come_repeat_and_go() -> None:
    posts, _world = play(4 * 3600)
    said: dict[str, list[SignalState]] = {}
    for _at, post in posts:
        source = SOURCES[post.kind]
        assert source.verify(post.body, post.headers, None, [cast.SECRETS[post.kind]])
        [signal] = source.parse(post.body, post.headers, cast.SOURCE_NAME)
        said.setdefault(signal.fingerprint, []).append(signal.state)
    assert {SignalState.FIRING, SignalState.CLEARED} == {state for states in said.values() for state in states}
    assert all(states[0] is SignalState.FIRING for states in said.values())
    assert {post.kind for _at, post in posts} == set(cast.SECRETS)
    assert {post.headers.get("sentry-hook-resource") for _at, post in posts} == {None, "issue", "event_alert"}


def test_only_so_many_problems_are_open_at_a_time() -> None:
    world, now = World(random.Random(7)), START
    for _turn in range(3000):
        world.happen(now)
        now += timedelta(seconds=40)
        assert len(world.open) <= simulator.MOST_OPEN


def test_while_the_product_is_away_it_waits_and_tells_the_same_thing_later() -> None:
    posts, _world = play(600, away_s=120)
    assert timedelta(seconds=120) <= posts[0][0] - START < timedelta(seconds=140)
    assert posts[0][1].body == play(600)[0][0][1].body


def test_the_same_seed_lets_the_same_things_happen() -> None:
    assert play(1800)[0] == play(1800)[0]
    assert play(1800)[0] != play(1800, seed=6)[0]
