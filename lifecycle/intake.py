"""Taking in what people bring: contacts, their classification, and incidents recorded by hand (§2, §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import incidents.services
from core.audit import Fact, record
from core.text import clean, first_line
from directory.models import Module, Person, School
from incidents.models import Contact, Incident
from incidents.rules.priority import NotRanked, rank
from incidents.rules.states import FINAL, Status
from incidents.selectors import contacts_visible_to, visible_to
from lifecycle import contact_time, correspondence, data_protection, family, major, withholding
from lifecycle.access import CLASSIFY, OPEN, TAKE_CONTACT, By, require
from lifecycle.desk import let_clocks_follow, rules_for
from lifecycle.errors import Conflict, Invalid, NotFound
from lifecycle.opening import Birth, open_all, unsaved
from lifecycle.ranking import in_words
from process.models import ProcessVersion
from process.schema import ChainName, ContactKind, Document
from process.selectors import current, document


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """What somebody told us, before anyone decided what it is (P-2.1)."""

    channel: str
    subject: str
    body: str = ""
    reporter_name: str = ""
    reporter_email: str = ""
    reporter_phone: str = ""
    school_id: int | None = None
    feedback_channel: str = ""
    callback_wanted: bool = False
    received_at: datetime | None = None
    recorded_late_because: str = ""
    source_key: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentDraft:
    """The facts of §3 a person gives when recording an incident."""

    channel: str
    symptom: str
    category: str
    urgency: str | None = None
    impact: str | None = None
    urgency_criteria: Sequence[str] = ()
    impact_criteria: Sequence[str] = ()
    title: str = ""
    module_id: int | None = None
    reporter_name: str = ""
    reporter_email: str = ""
    reporter_phone: str = ""
    school_id: int | None = None
    feedback_channel: str = ""
    reported_at: datetime | None = None
    recorded_late_because: str = ""
    major_triggers: Sequence[str] = ()
    contact: Contact | None = None
    data_protection: bool = False
    """Whether somebody suspects a data-protection incident (P-7.1): what is told is withheld from the first second."""
    neutral: str = ""
    """What everybody may read instead of a withheld symptom."""


@transaction.atomic
def take_contact(draft: ContactDraft, *, by: By, now: datetime) -> Contact:
    """Takes a contact in, once (P-2.1): the same `source_key` yields the contact already stored."""
    require(by, TAKE_CONTACT)
    _version, rules = _current()
    errors: dict[str, list[str]] = {}
    _check_people(draft, rules, errors)
    if not draft.subject.strip() and not draft.body.strip():
        errors["subject"] = [_("Worum geht es? Ein paar Worte genügen.")]
    because = draft.recorded_late_because
    received_at = contact_time.check("received_at", draft.received_at, because, by=by, now=now, errors=errors)
    if errors:
        raise Invalid(errors)
    contact = Contact(
        channel=draft.channel,
        subject=first_line(draft.subject or draft.body, limit=160),
        body=clean(draft.body, limit=50_000),
        received_at=received_at,
        callback_wanted=draft.callback_wanted,
        source_key=draft.source_key,
        taken_by=by.person,
        reporter=by.person if draft.channel == "manual" else None,
        **_reporter(draft),
    )
    late = contact_time.told_late(received_at, because, now=now)
    stored = incidents.services.store_contact(contact, actor=by.actor, now=now, data=late)
    if stored is contact:
        correspondence.confirm_contact(contact, now=now)
    return stored


@transaction.atomic
def classify(
    number: str,
    *,
    kind: str,
    by: By,
    now: datetime,
    incident: IncidentDraft | None = None,
    join: str | None = None,
    version: int | None = None,
) -> Contact:
    """Says what a contact is (P-2.2), again if need be. An incident needs its facts, or the number of one it joins.

    Nothing is lost: the earlier kind stands in the log, a contact that already led to an incident keeps it.
    """
    contact = _contact(number, by=by, version=version)
    require(by, CLASSIFY)
    _version, rules = _current()
    rule = next((rule for rule in rules.contact_kinds if rule.key == kind), None)
    if rule is None:
        raise Invalid.field("kind", _("Unbekannte Einstufung."))
    if rule.key is not ContactKind.INCIDENT:
        set_: dict[str, Any] = {
            "kind": kind,
            "state": Contact.State.HANDED_ON,
            "handed_to": rule.handed_to or "support",
        }
    else:
        set_ = {"kind": kind, "state": Contact.State.INCIDENT, "handed_to": ""}
        set_["incident"] = _incident_of(contact, incident, join, by=by, now=now)
    data = {"kind": kind, "was": contact.kind}
    contact = incidents.services.change_contact(
        contact, kind="contact.classified", actor=by.actor, now=now, set_=set_, data=data
    )
    if join and contact.incident is not None:
        major.look_again(contact.incident, now=now)
    if contact.incident_id and rule.key is not ContactKind.INCIDENT:
        _tell_its_incident(contact, by=by, now=now)
    correspondence.hand_on(contact, now=now)
    return contact


def _tell_its_incident(contact: Contact, *, by: By, now: datetime) -> None:
    """The incident it led to goes on; whoever works on it reads that the contact turned out to be something else."""
    said = {"contact": contact.number, "kind": contact.kind}
    record(Fact("incident.contact_reclassified", "incident", contact.incident_id or 0, now, by.actor, "§2", said))
    incident = Incident.objects.select_for_update(no_key=True).get(pk=contact.incident_id or 0)
    if rules_for(incident).sla.asks_for("kind"):
        let_clocks_follow(incident, by=by, now=now)


@transaction.atomic
def answer(number: str, *, text: str, by: By, now: datetime, version: int | None = None) -> Contact:
    """Answers a contact that is no incident and sends the answer where the reporter wants it (P-2.2)."""
    contact = _contact(number, by=by, version=version)
    require(by, CLASSIFY)
    if not contact.kind:
        raise Invalid.field("kind", _("Bitte zuerst einstufen."))
    if contact.state == Contact.State.INCIDENT:
        raise Invalid.field("text", _("Dieser Kontakt ist ein Incident; antworten Sie dort."))
    if not text.strip():
        raise Invalid.field("text", _("Die Antwort ist leer."))
    set_ = {"answer": clean(text, limit=20_000), "state": Contact.State.ANSWERED, "answered_at": now}
    contact = incidents.services.change_contact(
        contact, kind="contact.answered", actor=by.actor, now=now, set_=set_, data={}
    )
    correspondence.send_answer(contact, by=by, now=now)
    return contact


@transaction.atomic
def open_incident(draft: IncidentDraft, *, by: By, now: datetime) -> Incident:
    """Records an incident by hand (P-3.1) with its contact, and calls the first level of the functional chain."""
    require(by, OPEN)
    version, rules = _current()
    errors: dict[str, list[str]] = {}
    _check_people(draft, rules, errors)
    if not draft.symptom.strip():
        errors["symptom"] = [_("Was ist zu sehen? Die Symptombeschreibung fehlt.")]
    if draft.category not in {category.key for category in rules.categories}:
        errors["category"] = [_("Bitte eine Kategorie des Prozesses wählen.")]
    if draft.module_id is not None and not Module.objects.filter(pk=draft.module_id).exists():
        errors["module"] = [_("Dieses Modul gibt es nicht.")]
    known = {trigger.key for trigger in rules.major.offered}
    if set(draft.major_triggers) - known:
        errors["major_triggers"] = [_("Unbekannter Auslöser.")]
    ranking = None
    try:
        ranking = rank(
            rules,
            urgency=draft.urgency,
            impact=draft.impact,
            urgency_criteria=draft.urgency_criteria,
            impact_criteria=draft.impact_criteria,
        )
    except NotRanked as problem:
        errors[problem.field] = [in_words(problem)]
    because, told_at = draft.recorded_late_because, draft.contact.received_at if draft.contact else None
    reported_at = contact_time.check(
        "reported_at", draft.reported_at, because, by=by, now=now, errors=errors, known=told_at
    )
    if errors or ranking is None:
        raise Invalid(errors)
    told = (first_line(draft.title or draft.symptom, limit=160), clean(draft.symptom, limit=50_000))
    criteria = (*ranking.urgency_criteria, *ranking.impact_criteria)
    is_suspected = draft.data_protection or rules.data_protection_calls.suspects(
        draft.category, criteria, draft.major_triggers
    )
    title, symptom = withholding.stand_ins(draft.neutral) if is_suspected else told
    incident = unsaved(
        document=rules,
        version=version,
        ranking=ranking,
        symptom=symptom,
        title=title,
        channel=draft.channel,
        category=draft.category,
        module_id=draft.module_id,
        service_desk_agent=by.person,
        reporter=by.person if draft.channel == "manual" else None,
        reported_at=reported_at,
        **_reporter(draft),
    )
    is_detected = draft.channel in {channel.key for channel in rules.channels if channel.automatic}
    birth = Birth(
        incident,
        rule="§2" if is_detected else "§5.1/1",
        functional_level=rules.chain(ChainName.FUNCTIONAL).monitoring_enters_at if is_detected else 1,
        reason="monitoring_detected" if is_detected else "recorded",
        data=contact_time.told_late(reported_at, because, now=now),
        major_triggers=tuple(draft.major_triggers),
        has_contact=draft.contact is not None,
    )
    open_all([birth], document=rules, by=by, now=now)
    if is_suspected:
        _keep_back(incident, draft, told=told, by=by, now=now)
    return incident


def _keep_back(incident: Incident, draft: IncidentDraft, *, told: tuple[str, str], by: By, now: datetime) -> None:
    """Begins the case of an incident that was opened with stand-ins; its contact is withheld with it (P-7.1)."""
    if draft.contact is not None:
        incidents.services.lead_to(draft.contact, incident)
    data_protection.begin(incident, neutral=draft.neutral, by=by, now=now, told=told)
    if draft.contact is not None:
        draft.contact.refresh_from_db(fields=["subject", "body", "answer"])


def _incident_of(contact: Contact, draft: IncidentDraft | None, join: str | None, *, by: By, now: datetime) -> Incident:
    if join:
        return _joined(contact, join, by=by, now=now)
    return contact.incident or _opened(contact, draft, by=by, now=now)


def _opened(contact: Contact, draft: IncidentDraft | None, *, by: By, now: datetime) -> Incident:
    if draft is None:
        raise Invalid.field("incident", _("Für einen Incident fehlen Kategorie, Dringlichkeit und Auswirkung."))
    return open_incident(replace(draft, contact=contact), by=by, now=now)


def _joined(contact: Contact, number: str, *, by: By, now: datetime) -> Incident:
    """The incident a contact is about, which thereby hears of it; one that is over takes no more contacts."""
    family.lock(number)  # what joins may make it a major, to which majors below it give way
    incident = visible_to(by.person).select_for_update().filter(number=number.strip().upper()).first()
    if incident is None:
        raise Invalid.field("join", _("Diesen Incident gibt es nicht."))
    if Status(incident.status) in FINAL:
        raise Invalid.field("join", _("Dieser Incident ist abgeschlossen. Eröffnen Sie einen neuen."))
    if contact.incident_id == incident.pk:
        return incident
    return incidents.services.change(
        incident, kind="incident.contacted", actor=by.actor, now=now, rule="§2", data={"contact": contact.number}
    )


def _contact(number: str, *, by: By, version: int | None) -> Contact:
    contact = contacts_visible_to(by.person).select_for_update().filter(number=number).first()
    if contact is None:
        raise NotFound(number)
    if version is not None and version != contact.version:
        raise Conflict(version, contact.version)
    return contact


def _current() -> tuple[ProcessVersion, Document]:
    version = current()
    return version, document(version.pk)


def _reporter(draft: ContactDraft | IncidentDraft) -> dict[str, Any]:
    return {
        "reporter_name": clean(draft.reporter_name.strip(), limit=160),
        "reporter_email": draft.reporter_email.strip(),
        "reporter_phone": clean(draft.reporter_phone.strip(), limit=40),
        "school": School.objects.get(pk=draft.school_id) if draft.school_id else None,
        "feedback_channel": draft.feedback_channel,
    }


def _check_people(draft: ContactDraft | IncidentDraft, rules: Document, errors: dict[str, list[str]]) -> None:
    channels = {channel.key for channel in rules.channels}
    if draft.channel not in channels:
        errors["channel"] = [_("Bitte einen Kanal des Prozesses wählen.")]
    if draft.feedback_channel and draft.feedback_channel not in channels:
        errors["feedback_channel"] = [_("Bitte einen Kanal des Prozesses wählen.")]
    if draft.school_id is not None and not School.objects.filter(pk=draft.school_id).exists():
        errors["school"] = [_("Diese Schule gibt es nicht.")]
    address = draft.reporter_email.strip()
    if address and not correspondence.can_be_mailed(address):
        errors["reporter_email"] = [_("Das ist keine E-Mail-Adresse.")]
    elif not address and draft.feedback_channel == "email":
        errors["reporter_email"] = [_("Für eine Rückmeldung per E-Mail fehlt die Adresse.")]


def reporter_of(person: Person) -> dict[str, str]:
    """The reporter fields for a member of staff who reports something themselves (G-5)."""
    return {"reporter_name": person.display_name, "reporter_email": person.email, "reporter_phone": person.phone}
