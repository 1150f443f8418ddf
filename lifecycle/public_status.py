"""What the public is told on the status page (P-5.5, P-6.2): published, carried on, ended, corrected.

A text goes out by one person: stakeholder messages of a major were reviewed before they come here, a maintenance is
the right of IT and leads, and of any other disturbance leads and §14 communication tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from directory.models import Module, Person
from directory.selectors import roles_of
from incidents.models import Incident, RoomRole
from lifecycle import subscriptions
from lifecycle.access import EDIT_STATUS_PAGE, LEADS, PUBLISH_MAINTENANCE, By, may, require
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Forbidden, Invalid, NotFound
from process.selectors import current_document
from statuspage import services
from statuspage.models import Component, Notice, Page, Update
from statuspage.rules.condition import MAINTENANCE, OPERATIONAL

COPY = "copy_status"
TASKS = ("communication", "major_incident")
SPEAKERS = (RoomRole.Role.LEAD, RoomRole.Role.COMMUNICATIONS)
DISTURBED = tuple(state for state in Component.State.values if state != OPERATIONAL)
STEPS = {
    Notice.Kind.DISTURBANCE.value: ("investigating", "identified", "monitoring", "resolved"),
    Notice.Kind.MAINTENANCE.value: ("planned", "resolved"),
}
"""The states a notice of a kind goes through."""


def may_publish(person: Person | None, *, kind: str, incident_id: int | None = None) -> bool:
    """Whether somebody tells the public: leads, R and A of §14/14 and /17, who leads or communicates in the room."""
    if person is None or not person.is_active:
        return False
    if kind == Notice.Kind.MAINTENANCE and may(person, PUBLISH_MAINTENANCE):
        return True
    document = current_document()[1]
    if roles_of(person) & LEADS.union(*(document.roles_for(task, "RA") for task in TASKS)):
        return True
    speaks = RoomRole.objects.filter(incident=incident_id, person=person, role__in=SPEAKERS, until=None)
    return incident_id is not None and speaks.exists()


@transaction.atomic
def publish_notice(
    *,
    page: str,
    title: tuple[str, str],
    text: tuple[str, str],
    by: By,
    now: datetime,
    kind: str = Notice.Kind.DISTURBANCE.value,
    state: str = "",
    affected: Mapping[int, str] | None = None,
    incident: Incident | None = None,
    started_at: datetime | None = None,
    planned_until: datetime | None = None,
) -> Notice:
    """Tells the public of a disturbance, or of a maintenance to come. Pairs are German and English; English may lack.

    `page` is a page's slug, `affected` maps ids of its components to states. Raises Forbidden, NotFound, Invalid.
    """
    _require(by, kind=kind, incident_id=incident.pk if incident else None)
    found = _page_in_hand(page)
    steps = _steps_of(kind)
    state = state or steps[0]
    is_maintenance = kind == Notice.Kind.MAINTENANCE
    errors = {
        "title_de": [_("Ein Titel gehört dazu.")] if not title[0].strip() else [],
        "text_de": [_("Der Text ist leer.")] if not text[0].strip() else [],
        "state": [] if state in steps[:-1] else [_("Erlaubt sind: %(values)s") % {"values": ", ".join(steps[:-1])}],
        "started_at": [_("Dieser Zeitpunkt liegt in der Zukunft.")]
        if started_at and started_at > now and not is_maintenance
        else [],
        "planned_until": [_("Das Ende liegt nicht nach dem Anfang.")]
        if planned_until and planned_until <= (started_at or now)
        else [],
    }
    _refuse(errors)
    update = services.publish(
        found,
        kind=kind,
        title=title,
        text=text,
        state=state,
        affected=_checked(found, kind, affected or {}),
        started_at=started_at or now,
        planned_until=planned_until if is_maintenance else None,
        incident_id=incident.pk if incident else None,
        person=by.person,
        rule=_rule(),
        actor=by.actor,
        now=now,
    )
    subscriptions.send(update, now=now)
    return update.notice


@transaction.atomic
def update_notice(
    notice_id: int,
    *,
    text: tuple[str, str],
    by: By,
    now: datetime,
    state: str = "",
    affected: Mapping[int, str] | None = None,
) -> Update:
    """A further word on an open notice; without a state it stays where it is, `resolved` ends it.

    `affected` None leaves the components as they are. Raises Forbidden, NotFound, Invalid.
    """
    notice = _notice_in_hand(notice_id)
    _require(by, kind=notice.kind, incident_id=notice.incident_id)
    state = state or notice.state
    steps = _steps_of(notice.kind)
    errors = {
        "text_de": [_("Der Text ist leer.")] if not text[0].strip() else [],
        "state": [] if state in steps else [_("Erlaubt sind: %(values)s") % {"values": ", ".join(steps)}],
    }
    if notice.ended_at is not None:
        errors["state"] = [_("Diese Meldung ist abgeschlossen.")]
    _refuse(errors)
    update = services.go_on(
        notice,
        text=text,
        state=state,
        affected=_checked(notice.page, notice.kind, affected) if affected is not None else None,
        person=by.person,
        rule=_rule(),
        actor=by.actor,
        now=now,
    )
    subscriptions.send(update, now=now)
    return update


def end_notice(notice_id: int, *, text: tuple[str, str], by: By, now: datetime) -> Update:
    """The last word on a notice: it is over. Raises as `update_notice`."""
    return update_notice(notice_id, text=text, state=Notice.State.RESOLVED, by=by, now=now)


@transaction.atomic
def correct_update(update_id: int, *, text: tuple[str, str], by: By, now: datetime) -> Update:
    """Replaces what was said, visibly. Nobody is mailed again. Raises Forbidden, NotFound, Invalid."""
    update = Update.objects.select_related("notice__page").filter(pk=update_id).first()
    if update is None:
        raise NotFound(str(update_id))
    update.notice.page = _page_in_hand(update.notice.page.slug)
    _require(by, kind=update.notice.kind, incident_id=update.notice.incident_id)
    _refuse({"text_de": [_("Der Text ist leer.")] if not text[0].strip() else []})
    services.correct(update, text=text, rule=_rule(), actor=by.actor, now=now)
    return update


@transaction.atomic
def save_component(
    page: str,
    pk: int | None = None,
    *,
    name: tuple[str, str],
    by: By,
    now: datetime,
    module: Module | None = None,
    position: int = 100,
    is_active: bool = True,
) -> Component:
    """Adds a component to a page (None), or changes one. Raises Forbidden, NotFound, Invalid."""
    require(by, EDIT_STATUS_PAGE)
    found = _page_in_hand(page)
    component = found.components.filter(pk=pk).first() if pk is not None else None
    if pk is not None and component is None:
        raise NotFound(str(pk))
    german, english = (part.strip() for part in name)
    _refuse({"name_de": [_("Ein Name gehört dazu.")] if not german else []})
    return services.save_component(
        found,
        component,
        name=(german, english or german),
        module=module,
        position=position,
        is_active=is_active,
        actor=by.actor,
        now=now,
    )


@transaction.atomic
def save_page(slug: str, *, name: tuple[str, str], by: By, now: datetime) -> Page:
    """Opens a page under an address, or renames the one that is there. Raises Forbidden."""
    require(by, EDIT_STATUS_PAGE)
    found = Page.objects.select_for_update().filter(slug=slug).first()
    ring_after_commit(COPY)
    return services.save_page(found, facts={"slug": slug, "name_de": name[0], "name_en": name[1]}, now=now)


def _require(by: By, *, kind: str, incident_id: int | None) -> None:
    if by.person is None and by.actor.kind == "system":
        return
    if not may_publish(by.person, kind=kind, incident_id=incident_id):
        raise Forbidden("publish_status", _("Das kann, wer nach §14 kommuniziert, oder eine Leitung."))


def _page_in_hand(slug: str) -> Page:
    """The page, locked: words on one page follow one another. What comes of it is copied to disk."""
    page = Page.objects.select_for_update().filter(slug=slug).first()
    if page is None:
        raise NotFound(slug)
    ring_after_commit(COPY)
    return page


def _notice_in_hand(pk: int) -> Notice:
    found = Notice.objects.filter(pk=pk).values_list("page__slug", flat=True).first()
    if found is None:
        raise NotFound(str(pk))
    page = _page_in_hand(found)
    notice = Notice.objects.get(pk=pk)
    notice.page = page
    return notice


def _steps_of(kind: str) -> tuple[str, ...]:
    if kind not in STEPS:
        raise Invalid.field("kind", _("Erlaubt sind: %(values)s") % {"values": ", ".join(STEPS)})
    return STEPS[kind]


def _checked(page: Page, kind: str, affected: Mapping[int, str]) -> dict[int, str]:
    allowed = (MAINTENANCE,) if kind == Notice.Kind.MAINTENANCE else tuple(s for s in DISTURBED if s != MAINTENANCE)
    known = set(page.components.values_list("pk", flat=True))
    if not known.issuperset(affected):
        raise Invalid.field("affected", _("Diesen Dienst gibt es auf der Seite nicht."))
    if not set(allowed).issuperset(affected.values()):
        raise Invalid.field("affected", _("Erlaubt sind: %(values)s") % {"values": ", ".join(allowed)})
    return dict(affected)


def _refuse(errors: Mapping[str, list[str]]) -> None:
    wrong = {name: texts for name, texts in errors.items() if texts}
    if wrong:
        raise Invalid(wrong)


def _rule() -> str:
    return current_document()[1].task_paragraph("communication")
