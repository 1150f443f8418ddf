"""Writes to the status pages. Only `lifecycle` calls these, inside its transaction and with the page locked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.actors import Actor
from core.audit import Fact, record
from core.text import clean
from directory.models import Module, Person
from statuspage.models import Affected, Component, Notice, Page, Update

ENDED = Notice.State.RESOLVED


def publish(
    page: Page,
    *,
    kind: str,
    title: tuple[str, str],
    text: tuple[str, str],
    state: str,
    affected: Mapping[int, str],
    started_at: datetime,
    planned_until: datetime | None,
    incident_id: int | None,
    person: Person | None,
    rule: str,
    actor: Actor,
    now: datetime,
) -> Update:
    """A new notice with its first update. Pairs are German and English; `affected` maps a component's id to a state."""
    german, english = (clean(part.strip(), limit=140) for part in title)
    notice = Notice.objects.create(
        page=page,
        kind=kind,
        title_de=german,
        title_en=english,
        state=state,
        started_at=started_at,
        planned_until=planned_until,
        incident_id=incident_id,
    )
    _affect(notice, affected)
    update = _write(notice, text=text, person=person, now=now)
    _touch(page, now)
    _tell("published", update, rule=rule, actor=actor, now=now)
    return update


def go_on(
    notice: Notice,
    *,
    text: tuple[str, str],
    state: str,
    affected: Mapping[int, str] | None,
    person: Person | None,
    rule: str,
    actor: Actor,
    now: datetime,
) -> Update:
    """An update of an open notice; `affected` None leaves the components as they are. `resolved` ends it."""
    notice.state = state
    notice.ended_at = now if state == ENDED else None
    notice.save(update_fields=["state", "ended_at"])
    if affected is not None:
        notice.affected.all().delete()
        _affect(notice, affected)
    update = _write(notice, text=text, person=person, now=now)
    _touch(notice.page, now)
    _tell("ended" if state == ENDED else "updated", update, rule=rule, actor=actor, now=now)
    return update


def correct(update: Update, *, text: tuple[str, str], rule: str, actor: Actor, now: datetime) -> None:
    """Replaces the text of an update, visibly. The log keeps the digests of both."""
    was = digest_of(update)
    update.text_de, update.text_en = _cleaned(text)
    update.corrected_at = now
    update.save(update_fields=["text_de", "text_en", "corrected_at"])
    _touch(update.notice.page, now)
    _tell("corrected", update, rule=rule, actor=actor, now=now, was=was)


def save_page(page: Page | None = None, *, facts: Mapping[str, str], now: datetime) -> Page:
    """Creates a page (None) or changes its slug and names."""
    page = page or Page()
    for name, value in facts.items():
        setattr(page, name, value)
    page.changed_at = now
    page.version += 1
    page.save()
    return page


def mark_copied(page: Page, *, now: datetime) -> None:
    """The copy on disk shows the page as it is at `now`."""
    Page.objects.filter(pk=page.pk).update(copied_version=page.version, copied_at=now)


def save_component(
    page: Page,
    component: Component | None = None,
    *,
    name: tuple[str, str],
    module: Module | None,
    position: int,
    is_active: bool,
    actor: Actor,
    now: datetime,
) -> Component:
    """Creates a component (None) or changes it."""
    component = component or Component(page=page)
    component.name_de, component.name_en = (clean(part.strip(), limit=80) for part in name)
    component.module, component.position, component.is_active = module, position, is_active
    component.save()
    _touch(page, now)
    data = {"name": component.name_de, "component": component.pk}
    record(Fact("status.component_saved", "status_page", page.pk, now, actor, data=data))
    return component


def digest_of(update: Update) -> str:
    """Salted digest of what was said: proves a text that is there, says nothing of one that was erased."""
    salted = f"{update.pk}:{update.at.isoformat()}:{update.text_de}\n{update.text_en}"
    return hashlib.sha256(salted.encode()).hexdigest()


def _write(notice: Notice, *, text: tuple[str, str], person: Person | None, now: datetime) -> Update:
    german, english = _cleaned(text)
    return Update.objects.create(notice=notice, state=notice.state, text_de=german, text_en=english, at=now, by=person)


def _cleaned(text: tuple[str, str]) -> tuple[str, str]:
    german, english = (clean(part.strip(), limit=5_000) for part in text)
    return german, english


def _affect(notice: Notice, affected: Mapping[int, str]) -> None:
    Affected.objects.bulk_create(
        Affected(notice=notice, component_id=component, state=state) for component, state in affected.items()
    )


def _touch(page: Page, now: datetime) -> None:
    page.changed_at = now
    page.version += 1
    page.save(update_fields=["changed_at", "version"])


def _tell(what: str, update: Update, *, rule: str, actor: Actor, now: datetime, **more: Any) -> None:
    notice = update.notice
    subject = ("incident", notice.incident_id) if notice.incident_id else ("status_notice", notice.pk)
    data = {"notice": notice.pk, "update": update.pk, "digest": digest_of(update), **more}
    record(Fact(f"status.{what}", *subject, now, actor, rule, data))
