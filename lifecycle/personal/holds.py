"""What must not be deleted yet, and why: open records, confidential cases, legal holds (DSV 15, N7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import clean
from directory.models import Person
from incidents.models import FINAL_VALUES, Contact, Incident
from lifecycle.access import By
from lifecycle.errors import Invalid, NotFound
from privacy import services
from privacy.models import Case, LegalHold
from privacy.selectors import is_officer

WHY: dict[str, Any] = {
    "open": gettext_lazy("Noch nicht abgeschlossen"),
    "legal_hold": gettext_lazy("Löschsperre"),
    "case": gettext_lazy("Datenschutzfall: Nachweis, den das Gesetz verlangt"),
    "left_out": gettext_lazy("Nicht ausgewählt"),
    "pending": gettext_lazy("Wird gerade verarbeitet"),
    "staff": gettext_lazy("Arbeitet hier: siehe Runbook «Someone left»"),
    "school": gettext_lazy("Angabe einer Schule: wird in den Einstellungen geändert"),
}


def held_incidents(incidents: QuerySet[Incident]) -> dict[int, str]:
    """Which of these incidents keep what they hold, and why; four queries."""
    reasons: dict[int, str] = {}
    cases = Case.objects.filter(incident__in=incidents)
    for pk in incidents.exclude(status__in=FINAL_VALUES).values_list("pk", flat=True):
        reasons[pk] = "open"
    for pk in cases.exclude(state=Case.State.DISMISSED).values_list("incident_id", flat=True):
        reasons[pk] = "case"
    for pk in cases.filter(hold_since__isnull=False).values_list("incident_id", flat=True):
        reasons[pk] = "legal_hold"
    for pk in LegalHold.objects.filter(incident__in=incidents, until=None).values_list("incident_id", flat=True):
        reasons[pk] = "legal_hold"
    return reasons


def all_held() -> dict[int, str]:
    """The same for every incident of the house."""
    return held_incidents(Incident.objects.all())


def held_contacts(contacts: Collection[Contact], incidents: Mapping[int, str]) -> dict[int, str]:
    """Which contacts stay and why: nobody has answered them, or the incident they led to stays."""
    over = (Contact.State.ANSWERED, Contact.State.INCIDENT)
    reasons = {contact.pk: incidents.get(contact.incident_id or 0, "") for contact in contacts}
    reasons |= {contact.pk: "open" for contact in contacts if contact.state not in over}
    return {pk: why for pk, why in reasons.items() if why}


@transaction.atomic
def hold(number: str, *, reason: str, by: By, now: datetime) -> LegalHold:
    """Nothing of this incident may be deleted from now on. Only the officer. Raises NotFound, Invalid."""
    incident, officer = _taken(number, by)
    why = clean(reason.strip(), limit=500)
    if not why:
        raise Invalid.field("reason", _("Warum darf nichts gelöscht werden?"))
    if LegalHold.objects.filter(incident=incident, until=None).exists():
        raise Invalid.field("number", _("Für diesen Incident gilt schon eine Löschsperre."))
    return services.hold(incident, reason=why, by=officer, actor=by.actor, now=now)


@transaction.atomic
def release(number: str, *, by: By, now: datetime) -> None:
    """Ends the legal hold of an incident. Only the officer. Raises NotFound."""
    incident, officer = _taken(number, by)
    if not services.release(incident, by=officer, actor=by.actor, now=now):
        raise NotFound(number)


def holds() -> list[LegalHold]:
    """The legal holds in force, the newest first."""
    return list(LegalHold.objects.filter(until=None).select_related("incident", "by"))


def _taken(number: str, by: By) -> tuple[Incident, Person]:
    """The incident, locked, and the officer who acts."""
    if by.person is None or not is_officer(by.person):
        raise NotFound(number)
    found = Incident.objects.select_for_update().filter(number=number.strip().upper()).first()
    if found is None:
        raise Invalid.field("number", _("Diesen Incident gibt es nicht."))
    return found, by.person
