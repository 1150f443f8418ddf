"""How incidents found by monitoring went: told by the tools' own webhooks, answered by developers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from escola_im.demo import wire
from escola_im.demo.script import WORK, Script
from escola_im.demo.wire import DEFECTS, MONITORS, Defect, Monitor, Post

AlarmStory = Callable[[Script, int], None]


def say(s: Script, post: Post) -> Script:
    """A tool's webhook arrives now."""
    return s.act("signal", "", post=post)


def defect_mended(s: Script, series: int) -> None:
    """Sentry reports an issue; a developer mends it and Sentry confirms."""
    defect, since = _defect(s, series), s.at
    say(s, wire.issue("created", defect, at=s.at, since=since, series=series))
    developer = s.someone("development")
    for _again in range(s.dice.randrange(4)):
        say(s.wait(0.5, 3), wire.alert(defect, at=s.at, series=series))
    s.wait(2, 14).act("acknowledge", developer).wait(1, 10).act("start", developer)
    s.work(10, 90).note(developer, f"Ursache in «{defect.place}» gefunden, Korrektur in Prüfung.")
    s.work(20, 200).act("resolve", developer, code="solved_by_change", text="Korrektur ausgeliefert.")
    say(s.wait(1, 20), wire.issue("resolved", defect, at=s.at, since=since, count=40, series=series))


def defect_went_away(s: Script, series: int) -> None:
    """Sentry reports an issue and takes it back; after the grace the rule resolves it (P-2.3)."""
    defect, since = _defect(s, series), s.at
    say(s, wire.issue("created", defect, at=s.at, since=since, series=series))
    s.wait(3, 20).act("acknowledge", s.someone("development"))
    say(s.wait(10, 120), wire.issue("resolved", defect, at=s.at, since=since, count=9, series=series))


def outage(s: Script, series: int) -> None:
    """Uptime Robot: down, still down, up. Usually nobody had to do anything but look."""
    monitor, since = _monitor(series), s.at
    why = wire.reason(s.dice)
    say(s, wire.uptime(monitor, at=s.at, reason=why))
    if s.maybe(0.8):
        s.wait(2, 8).act("acknowledge", s.someone("development"))
    if s.maybe(0.5):
        say(s.wait(4, 9), wire.uptime(monitor, at=s.at, reason=why))
    _up(s.wait(3, 40), monitor, since)


def outage_at_night(s: Script, series: int) -> None:
    """At three in the morning: nobody of development answers, the head does (P-5.3)."""
    s.at = WORK.add(s.at, 60).replace(hour=2, minute=s.dice.randrange(60)) + timedelta(days=1)
    monitor, since = _monitor(series), s.at
    say(s, wire.uptime(monitor, at=s.at, reason="Connection Timeout"))
    s.wait(42, 58).act("acknowledge", s.someone("head_of_development"))
    s.wait(5, 20).note("lead", "Datenbankknoten neu gestartet, Dienst kommt wieder.")
    _up(s.wait(3, 30), monitor, since)


def flapping(s: Script, series: int) -> None:
    """Up and down every few minutes: one incident, and recoveries no longer resolve it."""
    monitor = _monitor(series)
    developer = s.someone("development")
    for turn in range(4):
        since = s.at
        say(s, wire.uptime(monitor, at=s.at, reason="HTTP 503 - Service Unavailable"))
        if turn == 1:
            s.wait(0.5, 1).act("acknowledge", developer)
        _up(s.wait(1, 3), monitor, since)
        s.wait(1, 3)
    s.wait(5, 15).act("start", developer).work(10, 40).note(
        developer, "Lastverteiler nahm den Knoten immer wieder auf."
    )
    s.work(15, 60).act("resolve", developer, code="solved_permanently", text="Prüfung des Lastverteilers angepasst.")


def came_back(s: Script, series: int) -> None:
    """Resolved by rule after a recovery, and down again within the hour: the same incident opens again."""
    monitor, since = _monitor(series), s.at
    say(s, wire.uptime(monitor, at=s.at, reason=wire.reason(s.dice)))
    s.wait(2, 8).act("acknowledge", "dev")
    _up(s.wait(4, 9), monitor, since)
    s.wait(25, 40)
    since = s.at
    say(s, wire.uptime(monitor, at=s.at, reason=wire.reason(s.dice)))
    s.wait(5, 15).note("dev", "Speicher voll gelaufen, Protokolle ausgelagert.")
    _up(s.wait(4, 9), monitor, since)


def _up(s: Script, monitor: Monitor, since: datetime) -> None:
    say(s, wire.uptime(monitor, at=s.at, down_s=int((s.at - since).total_seconds())))


def _defect(s: Script, series: int) -> Defect:
    return DEFECTS[(series * 5 + s.dice.randrange(2)) % len(DEFECTS)]


def _monitor(series: int) -> Monitor:
    return MONITORS[series % len(MONITORS)]
