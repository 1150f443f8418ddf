"""How things stand today: something in every state, with clocks that are well, at risk and broken."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from escola_im.demo import wire
from escola_im.demo.alarms import say
from escola_im.demo.cast import SCHOOLS, Place
from escola_im.demo.script import Act, Script
from escola_im.demo.texts import Case, cases, letters
from escola_im.demo.wire import DEFECTS, MONITORS
from incidents.rules.priority import rank
from process.rules.calendar import hours
from process.schema import ClockKind, Document, Priority

IN_PROGRESS = (
    (0.12, "support", 1),
    (0.25, "dev", 2),
    (0.38, "dario", 2),
    (0.45, "selma", 1),
    (0.55, "dunja", 2),
    (0.66, "support", 1),
    (0.78, "dev", 2),
    (0.92, "lead", 3),
    (0.95, "diego", 2),
    (1.08, "dev", 2),
    (1.3, "luca", 3),
)
"""Share of the resolution target used up by now, who works on it, and on which level."""
ORDINARY = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)
HELD = (
    ("awaiting_reporter", "support", 2, 0.3),
    ("agreed_appointment", "silas", 4, 0.2),
    ("awaiting_vendor", "dev", 6, 0.5),
    ("monitoring_fix", "dunja", 1, 0.6),
    ("awaiting_change", "dario", 5, 0.4),
)
"""Reason, who holds it, days until it goes on, and the share used up before."""


def today(dice: random.Random, *, now: datetime, document: Document) -> list[Act]:
    """The acts that lead to today's picture."""
    scene = _Scene(dice, now, document)
    for index, (share, who, level) in enumerate(IN_PROGRESS):
        scene.in_progress(f"work{index}", share, who, level)
    for index, (reason, who, days, share) in enumerate(HELD):
        scene.held(f"held{index}", reason, who, days, share)
    scene.waiting_for_support()
    scene.waiting_for_development()
    scene.just_resolved()
    scene.major()
    scene.before_the_board()
    scene.waiting_for_managers()
    return scene.acts


class _Scene:
    """Collects the acts of today's incidents."""

    def __init__(self, dice: random.Random, now: datetime, document: Document) -> None:
        self.dice, self.now, self.document = dice, now, document
        self.acts: list[Act] = []
        self._told: set[str] = set()

    def script(self, key: str, minutes_ago: float) -> Script:
        """A story that began so many minutes ago; it ends with the present."""
        script = Script(f"today-{key}", self.now - timedelta(minutes=minutes_ago), self.now, self.dice)
        script.acts = self.acts
        return script

    def case(self, level: int, *priority: Priority) -> Case:
        """A case for a level, another one each time; critical ones are told apart."""
        found = [case for case in cases() if case.level == level and self.priority(case) in (priority or ORDINARY)]
        chosen = self.dice.choice([case for case in found if case.title not in self._told] or found)
        self._told.add(chosen.title)
        return chosen

    def priority(self, case: Case) -> Priority:
        """What the matrix makes of a case."""
        ranking = rank(self.document, urgency_criteria=[case.urgency], impact_criteria=[case.impact])
        return ranking.priority

    def since(self, case: Case, place: Place, share: float) -> datetime:
        """When it was reported, if `share` of its resolution target is used up now."""
        target = self.document.sla.target(ClockKind.RESOLUTION, self.priority(case))
        open_hours = hours(self.document.calendar(target.calendar), place.canton)
        wanted = int(target.length_s(open_hours, self.now) * share)
        early, late = self.now - timedelta(days=40), self.now
        while late - early > timedelta(seconds=20):
            middle = early + (late - early) / 2
            early, late = (middle, late) if open_hours.elapsed(middle, self.now) >= wanted else (early, middle)
        return early.replace(microsecond=0)

    def worked_on(self, key: str, share: float, who: str, level: int, *priority: Priority) -> Script:
        """Recorded so long ago that `share` is used up, and taken over by `who`."""
        case, place = self.case(level, *priority), self.dice.choice(SCHOOLS)
        s = self.script(key, 0)
        s.at = self.since(case, place, share)
        agent = who if level == 1 else s.one(("support", "selma", "silas"))
        s.report(case, agent, channel="phone", place=place).wait(1, 3).act("start", agent)
        if level >= 2:
            s.wait(1, 4).act("escalate", agent, chain="functional", reason="technical_incident")
            s.wait(1, 5).act("acknowledge", who if level == 2 else "dev")
        if level == 3:
            s.wait(1, 3).act("escalate", "dev", chain="functional", reason="especially_complex")
            s.wait(1, 5).act("acknowledge", who)
        return s.wait(1, 6).note(who, case.finding)

    def in_progress(self, key: str, share: float, who: str, level: int) -> None:
        """Somebody works on it."""
        s = self.worked_on(key, share, who, level)
        if s.maybe(0.6):
            s.wait(1, 9).write(who)

    def held(self, key: str, reason: str, who: str, days: int, share: float) -> None:
        """It waits until a date to come."""
        s = self.worked_on(key, share, who, 1 if who in ("support", "silas") else 2, Priority.MEDIUM)
        message = s.one(letters().questions) if reason == "awaiting_reporter" else ""
        until = self.now + timedelta(days=days)
        s.wait(3, 9).act("hold", who, reason=reason, until=until, message=message)

    def waiting_for_support(self) -> None:
        """New ones a colleague recorded and nobody has taken on; one is acknowledged but not begun."""
        for index, (minutes, channel) in enumerate(((14, "ticket"), (48, "email"), (95, "app_feedback"))):
            self.script(f"new{index}", minutes + 12).report(self.case(1), "selma", channel=channel)
        s = self.script("seen", 160).report(self.case(1), "silas", channel="email")
        s.wait(5, 20).act("acknowledge", "silas")

    def waiting_for_development(self) -> None:
        """Monitoring found two minutes-old troubles; an older one flaps."""
        s = self.script("sentry-new", 9)
        since = s.at
        say(s, wire.issue("created", DEFECTS[3], at=s.at, since=since, series=900))
        for _again in range(3):
            say(s.wait(0.4, 1.5), wire.alert(DEFECTS[3], at=s.at, series=900))
        s = self.script("sentry-mild", 33)
        say(s, wire.issue("created", DEFECTS[10], at=s.at, since=s.at, series=900))
        s = self.script("down-now", 3)
        say(s, wire.uptime(MONITORS[1], at=s.at, reason="HTTP 502 - Bad Gateway"))
        s = self.script("flapping", 55)
        for turn in range(4):
            say(s, wire.uptime(MONITORS[4], at=s.at, reason="HTTP 503 - Service Unavailable"))
            if turn == 0:
                s.wait(0.5, 1).act("acknowledge", "dunja")
            say(s.wait(1, 2), wire.uptime(MONITORS[4], at=s.at, down_s=70))
            s.wait(1, 2)
        s.wait(2, 6).act("start", "dunja")

    def just_resolved(self) -> None:
        """Solved today, by people and by rule."""
        for index, who in enumerate(("support", "dev")):
            s = self.worked_on(f"solved{index}", 0.35, who, index + 1)
            s.wait(5, 20).act("resolve", who, code="solved_permanently", text="Korrigiert und mit der Schule geprüft.")
        s = self.script("recovered", 130)
        say(s, wire.uptime(MONITORS[2], at=s.at, reason="Connection Timeout"))
        s.wait(2, 6).act("acknowledge", "dario")
        say(s.wait(6, 14), wire.uptime(MONITORS[2], at=s.at, down_s=600))

    def major(self) -> None:
        """A declared major under way, where a deputy answered and one seat of the team did not; and one proposed."""
        s = self.script("major", 150)
        case = next(case for case in cases() if case.title == "Nachricht an falsche Klasse angezeigt")
        s.report(case, "support", channel="phone", major_triggers=("security_or_privacy_breach",),
                 impact_criteria=("many_schools",), neutral="Mitteilungen: Versand angehalten")  # fmt: skip
        s.wait(1, 3).act("start", "dev")
        for member in ("pm", "dpo"):
            s.wait(0.5, 1.5).act("acknowledge", member)
        s.wait(0.5, 1).act("escalate", "dev", chain="functional", reason="time_critical")
        s.wait(0.5, 1).act("acknowledge", "lead").wait(10, 14).act("acknowledge", "admin").wait(2, 6)
        s.act("note", "dpo", text="Erste Bewertung: Vornamen von vier Kindern sichtbar. Schulen werden informiert.")
        s.wait(5, 15).note("lead", case.finding).wait(5, 20).write("support")
        case = next(case for case in cases() if case.title == "Anmeldung mit edulog schlägt fehl")
        s = self.script("candidate", 70).report(
            case, "silas", channel="phone", major_triggers=("several_schools_down",)
        )
        s.wait(1, 3).act("start", "silas").wait(1, 4)
        s.act("escalate", "silas", chain="functional", reason="technical_incident").wait(1, 6).act("acknowledge", "dev")

    def before_the_board(self) -> None:
        """A customer has had enough: both project manager and board are in it."""
        s = self.worked_on("board", 0.7, "dario", 2, Priority.MEDIUM)
        s.wait(2, 8).act("escalate", "support", chain="management", reason="dissatisfied_customer")
        s.wait(3, 9).act("acknowledge", "pm").wait(3, 9)
        s.act("escalate", "pm", chain="management", reason="especially_dissatisfied_customer").wait(3, 9)
        s.act("acknowledge", "board").wait(2, 9).note("board", "Gespräch mit der Schulpflege am Mittwoch vereinbart.")

    def waiting_for_managers(self) -> None:
        """The head of development and a project manager were called minutes ago and have not answered."""
        s = self.worked_on("calls-head", 0.3, "dunja", 2, Priority.MEDIUM)
        s.at = self.now - timedelta(minutes=12)
        s.act(
            "escalate", "dunja", chain="functional", reason="infrastructure_configuration", note="Speicher läuft voll."
        )
        s = self.worked_on("calls-manager", 0.5, "dev", 2, Priority.MEDIUM)
        s.at = self.now - timedelta(minutes=21)
        note = "Braucht zwei Leute für den Rest der Woche."
        s.act("escalate", "dev", chain="management", reason="resources_needed", note=note)
