"""What is done to a person's login, with those it concerns told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from directory.models import Person
from directory.second_factor import remove_second_factor
from lifecycle import correspondence
from lifecycle.access import RESET_SECOND_FACTOR, By, may
from lifecycle.errors import Forbidden, Invalid


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
