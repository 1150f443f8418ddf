"""From signals to incidents (P-2.3): each fingerprint one incident, counted, never a storm of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

import escalation.services
import incidents.services
from core.actors import Actor
from core.audit import Fact, record_all
from directory.models import Module
from directory.selectors import find_module
from incidents.models import OPEN_VALUES, Alert, Incident
from incidents.rules.intake import Effect, Verdict, judge
from incidents.rules.signals import Signal, SignalState
from incidents.rules.states import Status
from incidents.services import AlertChange
from lifecycle import climb, finish
from lifecycle.access import By
from lifecycle.births import birth_from_signal, flood_birth
from lifecycle.opening import Birth, open_all
from process.models import ProcessVersion
from process.schema import Document
from process.selectors import current, document

SAID = {
    Effect.REOPEN: "alert.fired",
    Effect.ATTACH: "alert.fired",
    Effect.CLEAR: "alert.cleared",
    Effect.MUTE: "alert.muted",
    Effect.INFORM: "alert.informed",
    Effect.STALE: "alert.stale",
}
MILESTONES = frozenset({10, 100, 1_000, 10_000, 100_000, 1_000_000})


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Which configured source speaks: `key` such as sentry/main, `title` as people named it."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a signal."""

    fingerprint: str
    effect: str
    incident_number: str = ""


Item = tuple[Signal, SourceRef, datetime]


@transaction.atomic
def receive_all(items: Sequence[Item], *, now: datetime) -> list[Outcome]:
    """Applies signals in their order, in one transaction; returns one outcome per signal, in the same order."""
    if not items:
        return []
    version = current()
    batch = _Batch(items, version, document(version.pk), now)
    for position, item in enumerate(items):
        batch.apply(position, item)
    return batch.finish()


class _Batch:
    """One run over a list of signals. Counts and openings are collected, so that a storm costs a few statements."""

    def __init__(self, items: Sequence[Item], version: ProcessVersion, rules: Document, now: datetime) -> None:
        self.items, self.version, self.rules, self.now = items, version, rules, now
        self.changes = incidents.services.lock_alerts({signal.fingerprint for signal, _s, _a in items})
        self.births: list[tuple[AlertChange, Birth, SourceRef]] = []
        self.facts: list[tuple[AlertChange, Fact]] = []
        self.effects: list[tuple[Effect | str, AlertChange | None]] = []
        self.muted: list[AlertChange] = []
        self.fresh: dict[str, int] = {}
        self.floods: dict[str, Incident] = {}
        self.modules: dict[str, Module | None] = {"": None}

    def apply(self, position: int, item: Item) -> None:
        """Judges one signal and notes or carries out what follows."""
        signal, source, received_at = item
        at = min(signal.observed_at or received_at, received_at)
        change = self.changes.get(signal.fingerprint)
        verdict = judge(change.view if change else None, signal, at=at, now=self.now, policy=self.rules.monitoring)
        if change is None and verdict.view is not None:
            change = self.changes[signal.fingerprint] = AlertChange.new(signal, source.key, verdict.view, at)
        effect: Effect | str = verdict.effect
        if change is not None:
            before, was_muted = change.count, change.view.state is SignalState.MUTED
            change.take(signal, verdict.view, counts=verdict.effect not in (Effect.IGNORE, Effect.INFORM))
            effect = self._follow(change, signal, source, verdict, was_muted=was_muted)
            self._tell(change, signal, source, verdict, effect, before)
        self.effects.append((effect, change))

    def _follow(
        self, change: AlertChange, signal: Signal, source: SourceRef, verdict: Verdict, *, was_muted: bool
    ) -> Effect | str:
        """Carries a verdict out; what became of it may differ from the verdict, see `_come_back`."""
        if verdict.effect is Effect.OPEN:
            return self._open(change, signal, source)
        if verdict.effect in (Effect.REOPEN, Effect.ATTACH):
            return self._come_back(change, signal, source, was_muted=was_muted)
        if verdict.effect is Effect.MUTE:
            self.muted.append(change)
        return verdict.effect

    def _tell(
        self,
        change: AlertChange,
        signal: Signal,
        source: SourceRef,
        verdict: Verdict,
        effect: Effect | str,
        before: int,
    ) -> None:
        """Says on the timeline of the incident what the signal meant."""
        passed = [mark for mark in MILESTONES if before < mark <= change.count]
        if effect is Effect.REPEAT and passed:
            self._say(change, "alert.repeated", source, count=max(passed))
        if isinstance(effect, Effect) and effect in SAID:
            label = signal.label or signal.title
            self._say(change, SAID[effect], source, title=signal.title, label=label)
        if verdict.began_to_flap:
            self._say(change, "alert.flapping", source)

    def _open(self, change: AlertChange, signal: Signal, source: SourceRef) -> Effect | str:
        flood = self._flood(source)
        if flood is not None:
            change.join(flood)
            self._say(change, "alert.fired", source, title=signal.title)
            return "flooded"
        previous = change.incident
        birth = birth_from_signal(
            signal,
            source.title,
            module=self._module(signal.module),
            rules=self.rules,
            version=self.version,
            now=self.now,
        )
        change.join(birth.incident)
        change.opened_at = self.now
        self.births.append((change, birth, source))
        self.fresh[source.key] = self.fresh.get(source.key, 0) + 1
        if previous is not None:
            change.previous = previous
        return Effect.OPEN

    def _module(self, name: str) -> Module | None:
        """The module a source names; in a storm the same few names come again and again."""
        if name not in self.modules:
            self.modules[name] = find_module(name)
        return self.modules[name]

    def _flood(self, source: SourceRef) -> Incident | None:
        """The open flood parent of a source, opening one when too many incidents came from it too fast."""
        policy = self.rules.monitoring
        if source.key in self.floods:
            return self.floods[source.key]
        since = self.now - timedelta(minutes=policy.flood_window_min)
        if source.key not in self.fresh:
            self.fresh[source.key] = Alert.objects.filter(source=source.key, opened_at__gt=since).count()
        if self.fresh[source.key] < policy.flood_count:
            return None
        incidents.services.lock_floods()
        parent = (
            Incident.objects.filter(is_flood=True, status__in=OPEN_VALUES, alerts__source=source.key)
            .order_by("-pk")
            .first()
        )
        if parent is None:
            birth = flood_birth(source.title, rules=self.rules, version=self.version, now=self.now)
            [parent] = open_all([birth], document=self.rules, by=_by(source), now=self.now)
        self.floods[source.key] = parent
        return parent

    def _come_back(self, change: AlertChange, signal: Signal, source: SourceRef, *, was_muted: bool) -> Effect | str:
        """The alarm is back. How its incident stands is asked again under its lock: somebody may just have ended it."""
        if change.incident is None or change.incident.pk is None:  # opened by this very batch
            return Effect.ATTACH
        incident = Incident.objects.select_for_update().get(pk=change.incident.pk)
        if incident.status in OPEN_VALUES:
            change.join(incident)
            if was_muted and incident.acknowledged_at is None:
                climb.call_again(incident, rule="§2", by=_by(source), now=self.now)
            return Effect.ATTACH
        if incident.status == Status.RESOLVED:
            finish.reopened(incident, reason=source.title, by=_by(source), now=self.now, rule="§2")
            change.join(incident)
            return Effect.REOPEN
        return self._open(change, signal, source)

    def _say(self, change: AlertChange, kind: str, source: SourceRef, **data: object) -> None:
        facts = {"fingerprint": change.fingerprint, "source": source.key, **data}
        self.facts.append((change, Fact(kind, "incident", 0, self.now, _by(source).actor, "§2", facts)))

    def _silence(self) -> None:
        """Nobody is called for what the source has muted, and what is still muted at the end of the batch."""
        still = [change for change in self.muted if change.view.state is SignalState.MUTED]
        pks = {change.incident.pk for change in still if change.incident is not None}
        locked = Incident.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk", flat=True)
        if pks:
            escalation.services.close_all(list(locked), now=self.now)

    def finish(self) -> list[Outcome]:
        """Opens what is to be opened, writes counts and events, and tells what became of each signal."""
        for source in {source.key: source for _change, _birth, source in self.births}.values():
            mine = [birth for _change, birth, of in self.births if of.key == source.key]
            open_all(mine, document=self.rules, by=_by(source), now=self.now)
        self._silence()
        incidents.services.store_alerts(self.changes.values())
        for change, _birth, source in self.births:
            if change.previous is not None and change.incident is not None:
                incidents.services.store_link(change.incident, change.previous, kind="related", now=self.now)
            self._say(change, "alert.fired", source, title=change.title)
        record_all(
            Fact(fact.kind, "incident", change.incident.pk, fact.at, fact.actor, fact.rule, fact.data)
            for change, fact in self.facts
            if change.incident is not None
        )
        return [
            Outcome(
                signal.fingerprint,
                str(effect),
                change.incident.number if change is not None and change.incident is not None else "",
            )
            for (signal, _source, _at), (effect, change) in zip(self.items, self.effects, strict=True)
        ]


def _by(source: SourceRef) -> By:
    return By(Actor("source", source.key, source.title, "hook"))
