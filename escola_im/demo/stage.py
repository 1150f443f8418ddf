"""Plays a script through the real verbs, on a clock of its own: what the rules owe in between happens at its time."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

from core.actors import Actor
from escalation.models import Call, Step
from escola_im.demo import breach
from escola_im.demo.founding import Company
from escola_im.demo.plan import Plan
from escola_im.demo.script import WORK, Act
from escola_im.demo.wire import Post
from incidents.models import Incident
from integrations import intake
from integrations.models import Delivery
from integrations.registry import SOURCES
from integrations.services import translate_pending
from lifecycle import climb, connect, finish, notices, ranking, respond, review, tick
from lifecycle import intake as desk
from lifecycle.access import RULES, By
from lifecycle.doorbell import silent
from lifecycle.errors import WrongState
from privacy.models import Case
from process.schema import ChainName, Document, Priority

VERBS: Mapping[str, Callable[..., Any]] = {
    "acknowledge": respond.acknowledge,
    "answered": respond.answered,
    "cancel": finish.cancel,
    "close": finish.close,
    "comment": respond.comment,
    "escalate": climb.escalate,
    "feedback": finish.feedback,
    "hold": respond.hold,
    "link": connect.link,
    "merge": connect.merge,
    "note": respond.note,
    "reopen": finish.reopen,
    "resolve": finish.resolve,
    "resume": respond.resume,
    "review_done": review.review_done,
    "set_priority": ranking.set_priority,
    "start": respond.start,
    "unmerge": connect.unmerge,
}
REPORTER = By(Actor("source", "reporter", "Meldende Person", "email"))
ANSWERS = frozenset({"acknowledge", "start"})
"""Acts that make calls obsolete; what went out before must have gone out."""
TIMELESS = frozenset({"answer", "contact", "feedback", "link", "note", "read"})
"""Acts that set no deadline and take none away."""
LAG = timedelta(seconds=1)
"""The sweeper comes a moment after what is due; at its due instant itself a promise is still kept."""


@dataclass(slots=True)
class Stage:
    """The company in action. `skipped` counts acts that came too late: a rule had moved the incident on."""

    company: Company
    plan: Plan
    document: Document
    dice: random.Random
    say: Callable[[str], None] = lambda _line: None
    skipped: list[Act] = field(default_factory=list)
    _numbers: dict[str, str] = field(default_factory=dict)
    _contacts: dict[str, str] = field(default_factory=dict)
    _queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _mailed_until: datetime | None = None
    _month: int = 0
    _due: tick.NextDue | None = None
    _due_is_known: bool = False
    _last_swept: tuple[str, datetime] | None = None

    def play(self) -> None:
        """Everything from the first act to the present. Nobody is rung or mailed for what is past."""
        self._queue = [(act.at, next(self._order), act) for act in self.plan.acts]
        heapify(self._queue)
        with silent():
            while self._step():
                pass
            self._post_mail(self.plan.now)

    def _step(self) -> bool:
        """What comes next: a rule whose time has come, or an act. False when the present is reached."""
        ahead = self._queue[0][0] if self._queue else self.plan.now
        if not self._due_is_known:
            self._due, self._due_is_known = tick.next_due(), True
        due = self._due
        if due is not None and due.at + LAG <= ahead:
            self._sweep(due.step, due.at + LAG)
        elif self._queue:
            self._perform(heappop(self._queue)[2])
        else:
            return False
        return True

    def _sweep(self, step: str, at: datetime) -> None:
        self._post_mail(at)
        last, self._last_swept = self._last_swept, (step, at)
        if not tick.run(step, now=at) or last == self._last_swept:
            raise RuntimeError(f"{step} fell due at {at} and was not done")
        self._due_is_known = False
        if step in ("checkpoints", "calls"):
            self._answer_calls(at)
        if step == "privacy":
            self._answer_for_cases(at)

    def _answer_for_cases(self, now: datetime) -> None:
        """The officer takes on what was called a second time, and most of it turns out to be none (P-7.2)."""
        for case in Case.objects.filter(acknowledged_at__isnull=True):
            at = now + timedelta(seconds=self.dice.randrange(60, 300))
            self._later(Act(at, "take_case", "dpo", case.number))
            if self.dice.random() < 0.7:
                at = WORK.add(at, self.dice.randrange(3600, 5 * 3600))
                self._later(Act(at, "dismiss_case", "dpo", case.number))
            else:
                for after, verb, _act in breach.STEPS:
                    self._later(Act(at + after, verb, "dpo", case.number))

    def _later(self, act: Act) -> None:
        if act.at < self.plan.now:
            heappush(self._queue, (act.at, next(self._order), act))

    def _answer_calls(self, now: datetime) -> None:
        """Managers called by rule answer: most of them at once, some in office hours, a few not at all (P-5.3)."""
        calls = Call.objects.filter(at=now, step__state=Step.State.CALLING, step__chain=ChainName.MANAGEMENT.value)
        for call in calls.select_related("step__incident", "person"):
            at_once = now + timedelta(seconds=self.dice.randrange(120, 840))
            at = at_once if self.dice.random() < 0.75 else WORK.add(now, self.dice.randrange(600, 7200))
            if self.dice.random() < 0.9:
                self._later(Act(at, "acknowledge", call.person.username, call.step.incident.number))

    def _post_mail(self, until: datetime) -> None:
        """What was queued before counts as sent then; mails of the last hour really go out."""
        since, until = self._mailed_until or self.plan.since, min(until, self.plan.now - timedelta(hours=1))
        if until > since:
            notices.count_as_sent(since=since, until=until)
            self._mailed_until = until

    def _perform(self, act: Act) -> None:
        if act.at.month != self._month:
            self._month = act.at.month
            self.say(f"  {act.at:%m/%Y}")
        self._due_is_known = self._due_is_known and act.verb in TIMELESS
        if act.verb in ANSWERS:
            self._post_mail(act.at - LAG)
        try:
            self._act(act)
        except WrongState:
            self.skipped.append(act)

    def _act(self, act: Act) -> None:
        by, facts = self._by(act), act.facts
        match act.verb:
            case "signal":
                self._deliver(act)
            case "read":
                notices.read(self.company.people[act.by], now=act.at)
            case "contact":
                draft = desk.ContactDraft(**self._facts(facts))
                self._contacts[act.about] = desk.take_contact(draft, by=by, now=act.at).number
            case verb if verb in breach.ACTS:
                breach.ACTS[verb](act.about, by=by, now=act.at)
            case "answer":
                desk.answer(self._contacts[act.about], by=by, now=act.at, **facts)
            case "classify":
                self._classify(act)
            case "open":
                incident = desk.open_incident(desk.IncidentDraft(**self._facts(facts)), by=by, now=act.at)
                self._numbers[act.about] = incident.number
            case _:
                self._handle(act)

    def _handle(self, act: Act) -> None:
        number = self._numbers.get(act.about, act.about)
        if act.verb == "escalate" and self._stands_there(number, act.facts):
            self.skipped.append(act)
        else:
            if act.verb == "hold" and Incident.objects.filter(number=number, priority=Priority.CRITICAL).exists():
                act = replace(act, by="lead")  # what is critical waits for days only on a lead's word
            VERBS[act.verb](number, by=self._by(act), now=act.at, **self._facts(act.facts))

    def _stands_there(self, number: str, facts: Mapping[str, Any]) -> bool:
        """Whether the rules have already taken the incident to the level that has this reason."""
        chain = self.document.chain(ChainName(facts["chain"]))
        levels = [rung.level for rung in chain.levels if facts["reason"] in {entry.key for entry in rung.reasons}]
        present = Incident.objects.get(number=number).level_on(chain.name)
        return present >= max(levels)

    def _classify(self, act: Act) -> None:
        facts = dict(act.facts)
        if "incident" in facts:
            facts["incident"] = desk.IncidentDraft(**self._facts(facts["incident"]))
        contact = desk.classify(self._contacts[act.about], by=self._by(act), now=act.at, **facts)
        if contact.incident is not None:
            self._numbers[act.about] = contact.incident.number

    def _deliver(self, act: Act) -> None:
        """A webhook as the hook would keep it, and the worker's next look at it."""
        post: Post = act.facts["post"]
        source = SOURCES[post.kind]
        stored = intake.store(
            source_id=self.company.sources[post.kind].pk,
            delivery_id=source.delivery_id(post.body, post.headers),
            headers={name: post.headers[name] for name in source.keep_headers if name in post.headers},
            body=post.body,
            received_at=act.at,
            state=Delivery.State.PENDING,
        )
        translate_pending(now=act.at)
        if stored is not None:
            for outcome in Delivery.objects.get(pk=stored).outcome:
                self._numbers[act.about] = outcome["incident"]

    def _by(self, act: Act) -> By:
        if act.verb == "answered":
            return REPORTER
        return By.of(self.company.people[act.by], via="console") if act.by else RULES

    def _facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts of a script in the verbs' words: `$key` becomes a number, names become ids."""
        said = {
            name: self._numbers[value[1:]] if isinstance(value, str) and value.startswith("$") else value
            for name, value in facts.items()
        }
        if "school" in said:
            said["school_id"] = self.company.schools[said.pop("school")]
        if "module" in said:
            said["module_id"] = self.company.modules[said.pop("module")]
        return said
