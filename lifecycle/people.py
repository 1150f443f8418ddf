"""What is done to a person's login, with those it concerns told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import directory.services
from core.text import clean
from directory.models import Person
from directory.second_factor import remove_second_factor
from lifecycle import correspondence
from lifecycle.access import MANAGE_PEOPLE, RESET_SECOND_FACTOR, By, may, require
from lifecycle.errors import Forbidden, Invalid
from notifications import services


def may_reset_second_factor(by: Person | None, person: Person) -> bool:
    """Who manages people, for somebody else: whoever is logged in may have found an open desk.

    An administrator's only by another one, or the way past it would lead to more than the role allows.
    """
    if by is None or by.pk == person.pk:
        return False
    return may(by, RESET_SECOND_FACTOR) and (by.is_superuser or not person.is_superuser)


@transaction.atomic
def reset_second_factor(person: Person, *, reason: str, by: By, now: datetime) -> None:
    """Somebody lost their second factor: the password alone opens their login until they set up another one.

    Their sessions end, and they are told who did it and why. Raises Forbidden, and Invalid without a reason or when
    there is no second factor.
    """
    if not may_reset_second_factor(by.person, person):
        raise Forbidden(RESET_SECOND_FACTOR, _("Den zweiten Faktor setzt die IT zurück, und niemand den eigenen."))
    reason = clean(reason.strip(), limit=500)
    if not reason:
        raise Invalid.field("reason", _("Warum wird er zurückgesetzt?"))
    if not remove_second_factor(person, reason=reason, actor=by.actor, now=now):
        raise Invalid.field("reason", _("Diese Person hat keinen zweiten Faktor."))
    correspondence.tell(
        [person],
        kind="second_factor_reset",
        key=f"person:{person.pk}:second-factor:{now.isoformat()}",
        context={"name": person.display_name, "by": by.actor.label, "reason": reason},
        topic=("person", person.pk),
        link="/accounts/2fa/",
        urgent=True,
        now=now,
    )


@transaction.atomic
def close_login(person: Person, *, by: By, now: datetime) -> None:
    """Somebody left: they are called no more, nothing leads to their devices, and what was on its way to them stops.

    Raises Forbidden.
    """
    require(by, MANAGE_PEOPLE)
    directory.services.deactivate_person(person, actor=by.actor, now=now)
    services.fall_silent(person, actor=by.actor, now=now)


@transaction.atomic
def reset_reach(person: Person, *, by: By, now: datetime) -> None:
    """A person is reached by app and mail alone until they choose again: a lost phone, a webhook that talks to the
    wrong people, quiet hours that hide calls. They are told who did it. Raises Forbidden."""
    require(by, MANAGE_PEOPLE)
    services.reset_reach(person, actor=by.actor, now=now)
    correspondence.tell(
        [person],
        kind="reach_reset",
        key=f"person:{person.pk}:reach-reset:{now.isoformat()}",
        context={"by": by.actor.label},
        topic=("person", person.pk),
        link="/reach/",
        urgent=True,
        now=now,
    )
