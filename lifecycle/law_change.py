"""Another version of the data-protection law comes into force (§7). The officer answers for it, and a deputy."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from lifecycle.access import By
from lifecycle.case_desk import let_duties_follow, log, may_decide, needed, take, write
from lifecycle.errors import Conflict, Invalid
from privacy import services
from privacy.models import Case, LawVersion, Note
from privacy.selectors import owed_in


@transaction.atomic
def load_law(*, text: str, note: str, by: By, now: datetime, version: int | None = None) -> LawVersion:
    """Puts a law file in force; returns the version in force, which is the old one when the rules are the same.

    Cases keep the version they began under. `version` is the number of the one the editor saw. Raises NotFound,
    Forbidden, BadDocument with what is wrong in which line, and Conflict when somebody else was faster.
    """
    may_decide(by)
    before = services.law_in_force(now=now)
    if version is not None and version != before.number:
        raise Conflict(version, before.number)
    return services.store_law(text, actor=by.actor, now=now, note=note)


@transaction.atomic
def adopt_law(number: str, *, reason: str, by: By, now: datetime, version: int | None = None) -> Case:
    """The officer puts an open case under the law in force; its duties follow.

    Raises Invalid where a decided duty would be lost with the law it rests on, besides what other verbs refuse.
    """
    may_decide(by)
    case = take(number, by=by, version=version)
    why = needed("reason", reason, _("Warum? Die Begründung gehört zum Nachweis."))
    law = services.law_in_force(now=now)
    if not case.is_open or case.law_id == law.pk:
        raise Invalid.field("reason", _("Der Fall ist abgeschlossen oder steht schon unter dieser Fassung."))
    decided = {owed.row.key for owed in owed_in(case) if owed.row.verdict or owed.row.done_at}
    services.change(case, now=now, set_={"law": law})
    let_duties_follow(case)
    lost = decided - {owed.row.key for owed in owed_in(case)}
    if lost:
        names = ", ".join(sorted(lost))
        raise Invalid.field(
            "reason", _("Entschiedene Pflichten kennt diese Fassung nicht: %(names)s") % {"names": names}
        )
    told = write(case, why, kind=Note.Kind.REASON, by=by, now=now)
    log(case, "privacy.law_adopted", by=by, now=now, number=law.number, **told)
    return case


@transaction.atomic
def load_default_law(*, actor: Actor, now: datetime) -> LawVersion:
    """The version in force; before the first load the law that ships with the product is put in force."""
    return services.law_in_force(actor=actor, now=now)
