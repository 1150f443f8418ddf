"""Links between records (§3), merging duplicates and taking a merge back, files."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

import escalation.services
from core.text import clean
from incidents import services
from incidents.models import Attachment, Incident, Link
from incidents.rules.states import OPEN, Status, Verb
from incidents.selectors import visible_to
from lifecycle import climb, family, major
from lifecycle.access import By
from lifecycle.desk import let_clocks_follow, take_in_hand
from lifecycle.errors import Invalid
from lifecycle.major_end import all_give_way, give_way, refuse_major

INLINE_NEVER = "application/octet-stream"


@transaction.atomic
def link(number: str, *, kind: str, target: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """Links the incident to another one. A `child` link also sets the parent; circles are refused.

    A major that comes under another open major is led there from then on, and is none any more itself (P-6.1).
    """
    if kind == Link.Kind.CHILD:
        family.lock(target, number)
    else:
        lock_in_order(number, target)
    incident = take_in_hand(number, by=by, verb=Verb.LINK, version=version)
    if kind not in Link.Kind.values:
        raise Invalid.field("kind", _("Erlaubt sind duplicate, caused_by, related und child."))
    other = _other(incident, target, by)
    if kind == Link.Kind.CHILD:
        if incident.parent_id not in (None, other.pk):
            raise Invalid.field("target", _("Dieser Incident ist bereits einem anderen untergeordnet."))
        _refuse_circle(incident, other)
        if Status(incident.status) in OPEN and Status(other.status) not in OPEN:
            raise Invalid.field("target", _("Unter einem beendeten Incident kann kein offener hängen."))
    if not services.store_link(incident, other, kind=kind, now=now):
        return incident
    set_ = {"parent": other} if kind == Link.Kind.CHILD else {}
    services.change(
        incident,
        kind="incident.linked",
        actor=by.actor,
        now=now,
        rule="§3",
        set_=set_,
        data={"link": kind, "target": other.number},
    )
    if kind == Link.Kind.CHILD:
        all_give_way([incident, *family.open_below(incident)], other, by=by, now=now)
        major.look_again(other, now=now)
    return incident


@transaction.atomic
def unlink(number: str, *, kind: str, target: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """Takes a link back."""
    lock_in_order(number, target)
    incident = take_in_hand(number, by=by, verb=Verb.UNLINK, version=version)
    other = _other(incident, target, by)
    if not services.remove_link(incident, other, kind=kind):
        raise Invalid.field("target", _("Diese Verknüpfung gibt es nicht."))
    set_ = {"parent": None} if kind == Link.Kind.CHILD else {}
    return services.change(
        incident,
        kind="incident.unlinked",
        actor=by.actor,
        now=now,
        rule="§3",
        set_=set_,
        data={"link": kind, "target": other.number},
    )


@transaction.atomic
def merge(number: str, *, into: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """The incident is the same as another: it is cancelled as its duplicate; contacts and alerts go over (R17)."""
    services.lock_alerts_of(number)
    lock_in_order(number, into)
    incident = take_in_hand(number, by=by, verb=Verb.MERGE, version=version)
    master = _other(incident, into, by, field="into")
    if Status(master.status) not in OPEN:
        raise Invalid.field("into", _("Zusammengeführt wird in einen offenen Incident."))
    if incident.children.exists():
        raise Invalid.field("into", _("Dieser Incident hat untergeordnete; lösen Sie diese zuerst."))
    give_way(incident, master, by=by, now=now)
    refuse_major(incident, "into")
    moved = services.move_belongings(incident, master)
    services.store_link(incident, master, kind=Link.Kind.DUPLICATE, now=now)
    was = incident.status
    services.change(
        incident,
        kind="incident.merged",
        actor=by.actor,
        now=now,
        rule="§3",
        set_={
            "status": Status.CANCELLED.value,
            "closure_code": "duplicate",
            "closed_at": now,
            "pending_reason": "",
            "pending_until": None,
        },
        data={"target": master.number, "status_before": was, "moved": moved},
    )
    services.end_proposal(incident)
    services.change(
        master,
        kind="incident.absorbed",
        actor=by.actor,
        now=now,
        rule="§3",
        data={"source": incident.number, **_waited_longer(incident, master)},
    )
    escalation.services.close_all([incident.pk], now=now)
    let_clocks_follow(incident, by=by, now=now)
    if incident.reported_at < master.reported_at:
        let_clocks_follow(master, by=by, now=now)
    return incident


def _waited_longer(incident: Incident, master: Incident) -> dict[str, str]:
    """One school waits since its first report: the clocks of what goes on count from then (R17)."""
    is_same_school = incident.school_id is not None and incident.school_id == master.school_id
    is_earlier = incident.reported_at < master.reported_at
    return {"reported_at": incident.reported_at.isoformat()} if is_same_school and is_earlier else {}


@transaction.atomic
def unmerge(number: str, *, by: By, now: datetime, version: int | None = None) -> Incident:
    """Takes a merge back: the incident works on, with the contacts and alerts it brought.

    It is new again if it was; one that waited is worked on, for what it waited for may have come meanwhile.
    """
    _lock_alerts_it_brought(number)
    incident = take_in_hand(number, by=by, verb=Verb.UNMERGE, version=version)
    merged = services.last_merge(incident)
    if merged is None:
        raise Invalid.field("number", _("Dieser Incident wurde nicht zusammengeführt."))
    master = Incident.objects.get(number=merged["target"])
    was_new = merged["status_before"] == Status.NEW
    services.return_belongings(incident, merged["moved"])
    services.remove_link(incident, master, kind=Link.Kind.DUPLICATE)
    services.change(
        incident,
        kind="incident.unmerged",
        actor=by.actor,
        now=now,
        rule="§3",
        set_={
            "status": Status.NEW.value if was_new else Status.IN_PROGRESS.value,
            "closure_code": "",
            "closed_at": None,
        },
        data={"target": master.number},
    )
    let_clocks_follow(incident, by=by, now=now)
    if incident.acknowledged_at is None:
        climb.call_again(incident, rule="§3", by=by, now=now)
    return incident


def attach(
    number: str, *, upload: File[Any], name: str, by: By, now: datetime, version: int | None = None
) -> Attachment:
    """Keeps a file with the incident: size and count limited, stored under a random name outside the web root."""
    stored = f"attachments/{secrets.token_hex(16)}"
    try:
        return _attach(number, stored, upload=upload, name=name, by=by, now=now, version=version)
    except BaseException:
        default_storage.delete(stored)  # no row knows it
        raise


@transaction.atomic
def _attach(
    number: str, stored: str, *, upload: File[Any], name: str, by: By, now: datetime, version: int | None
) -> Attachment:
    incident = take_in_hand(number, by=by, verb=Verb.ATTACH, version=version)
    size = upload.size or 0
    shown = clean(PurePath(name.replace("\\", "/")).name.strip() or "datei", limit=160)
    _check_upload(incident, shown, size)
    if upload.read(4).startswith(PROGRAMS):
        raise Invalid.field("file", _("Ausführbare Dateien werden nicht angenommen."))
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    default_storage.save(stored, upload)
    attachment = services.store_attachment(
        Attachment(
            incident=incident,
            name=shown,
            stored_name=stored,
            content_type=INLINE_NEVER,
            size=size,
            sha256=digest.hexdigest(),
            uploaded_by=by.person,
            uploaded_at=now,
        )
    )
    services.change(
        incident,
        kind="incident.attached",
        actor=by.actor,
        now=now,
        rule="§14/7",
        data={"sha256": attachment.sha256, "attachment": attachment.pk},
    )
    return attachment


REFUSED_ENDINGS = frozenset({".exe", ".com", ".bat", ".cmd", ".scr", ".msi", ".vbs", ".jar", ".ps1", ".lnk", ".hta"})
PROGRAMS = (b"MZ", b"\x7fELF")  # how Windows' and Linux' programs begin, whatever their names say


def _check_upload(incident: Incident, name: str, size: int) -> None:
    if size == 0:
        raise Invalid.field("file", _("Die Datei ist leer."))
    if size > settings.ATTACHMENT_MAX_BYTES:
        raise Invalid.field(
            "file", _("Die Datei ist grösser als %(mb)d MB.") % {"mb": settings.ATTACHMENT_MAX_BYTES // 1_048_576}
        )
    if PurePath(name.lower()).suffix in REFUSED_ENDINGS:
        raise Invalid.field("file", _("Ausführbare Dateien werden nicht angenommen."))
    if incident.attachments.count() >= settings.ATTACHMENT_MAX_COUNT:
        raise Invalid.field("file", _("Dieser Incident hat bereits die grösste erlaubte Zahl an Dateien."))


def _lock_alerts_it_brought(number: str) -> None:
    incident = Incident.objects.filter(number=number).first()
    merged = services.last_merge(incident) if incident is not None else None
    if merged is not None:
        services.lock_alerts_of(merged["target"])


def lock_in_order(*numbers: str) -> None:
    """Locks both incidents, the older first, whoever names which: A to B and B to A never wait for each other."""
    wanted = {number.strip().upper() for number in numbers}
    list(Incident.objects.select_for_update().filter(number__in=wanted).order_by("pk").only("pk"))


def _other(incident: Incident, number: str, by: By, *, field: str = "target") -> Incident:
    visible = Incident.objects.all() if by.person is None else visible_to(by.person)
    other = visible.select_for_update().filter(number=number.strip().upper()).first()
    if other is None:
        raise Invalid.field(field, _("Diesen Incident gibt es nicht."))
    if other.pk == incident.pk:
        raise Invalid.field(field, _("Ein Incident lässt sich nicht mit sich selbst verbinden."))
    return other


def _refuse_circle(child: Incident, parent: Incident) -> None:
    seen: set[int] = set()
    above: Incident | None = parent
    while above is not None and above.pk not in seen:
        if above.pk == child.pk:
            raise Invalid.field("target", _("So entstünde ein Kreis aus über- und untergeordneten Incidents."))
        seen.add(above.pk)
        above = above.parent
