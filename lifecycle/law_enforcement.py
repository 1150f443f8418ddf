"""Signs of a criminal act (P-7.4): law enforcement is informed, evidence is kept from hand to hand, and nothing that
belongs to a school leaves the house without the consent official secrecy asks for (Art. 320 StGB)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from io import BytesIO
from secrets import token_hex
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from core.secrets import encrypt_bytes
from core.text import clean, first_line
from lifecycle import breach_duties
from lifecycle.access import By
from lifecycle.case_desk import log, may_decide, needed, state_after, take
from lifecycle.errors import Invalid
from privacy import services
from privacy.models import Case, Evidence
from privacy.rules.assessment import FIRST
from privacy.rules.states import Verb

DUTY = "n6_police"
LONGEST_FILE = 25 * 1024 * 1024
HEX = frozenset("0123456789abcdef")
HASH_LENGTH = 64


@transaction.atomic
def report_police(
    number: str,
    *,
    offence: str,
    station: str,
    by: By,
    now: datetime,
    informed_at: datetime | None = None,
    case_number: str = "",
    informed_by: str = "",
    traces_secured: bool = False,
    secured_by: str = "",
    has_school_content: bool = False,
    late_reason: str = "",
    version: int | None = None,
) -> Case:
    """Law enforcement was informed: of what, where, under which number (P-7.4, form F6).

    Somebody has to say that traces were secured before anything is restored; what contains data of a school needs the
    recorded consent of its authority first. Raises Invalid.
    """
    may_decide(by)
    case = take(number, by=by, verb=Verb.REPORT_POLICE, version=version)
    at = informed_at or now
    facts = {
        "offence": needed("offence", offence, _("Welcher Straftatbestand wird vermutet?")),
        "station": needed("station", station, _("Welche Dienststelle?"), limit=500),
        "case_number": first_line(clean(case_number, limit=100), limit=100),
        "informed_by": first_line(clean(informed_by, limit=200), limit=200) or by.actor.label,
        "traces_secured": traces_secured,
        "secured_by": first_line(clean(secured_by, limit=200), limit=200),
        "has_school_content": has_school_content,
    }
    if not traces_secured:
        sentence = _("Erst bestätigen: Spuren sind gesichert, bevor etwas wiederhergestellt wird.")
        raise Invalid.field("traces_secured", sentence)
    if has_school_content and not case.consents.exists():
        sentence = _("Inhalte von Schulen erst nach schriftlicher Zustimmung ihrer Behörde (Art. 320 StGB).")
        raise Invalid.field("has_school_content", sentence)
    if not case.suspected_at <= at <= now:
        raise Invalid.field("informed_at", _("Zwischen dem Bekanntwerden und jetzt."))
    report = services.save_police_report(case, facts, informed_at=at, by=by.person, now=now)
    breach_duties.settle(case, [DUTY], done_at=at, late_reason=late_reason, by=by, now=now)
    if facts["case_number"]:
        case.duties.filter(key=DUTY).update(reference=facts["case_number"])
    services.change(case, now=now, set_={"state": state_after(case, Verb.REPORT_POLICE)})
    log(case, "privacy.police_informed", by=by, now=now, report=report.pk)
    return case


@transaction.atomic
def add_evidence(
    number: str,
    *,
    what: str,
    place: str,
    by: By,
    now: datetime,
    sha256: str = "",
    of_school: bool = True,
    file: File[bytes] | None = None,
    version: int | None = None,
) -> Case:
    """A piece of evidence: what it is, where it lies, and the hash it is known by. A file is kept here, encrypted.

    What holds data of schools (`of_school`) stays out of the record for law enforcement until somebody consents.
    """
    may_decide(by)
    case = take(number, by=by, version=version)
    facts: dict[str, Any] = {
        "of_school": of_school,
        "what": needed("what", what, _("Was ist es?"), limit=2000),
        "place": needed("place", place, _("Wo liegt es?"), limit=500),
    }
    given, stored = sha256.strip().lower(), ""
    if file is not None:
        content = file.read(LONGEST_FILE + 1)
        if len(content) > LONGEST_FILE:
            raise Invalid.field("file", _("Höchstens 25 MB: Grösseres am Ort lassen und die Prüfsumme eintragen."))
        digest = hashlib.sha256(content).hexdigest()
        if given and given != digest:
            raise Invalid.field("sha256", _("Die Datei hat eine andere Prüfsumme: %s") % digest)
        given = digest
        facts["name"] = first_line(clean(file.name or "", limit=200), limit=200)
        stored = default_storage.save(f"evidence/{token_hex(16)}.sealed", BytesIO(encrypt_bytes(content)))
    if len(given) != HASH_LENGTH or set(given) - HEX:
        raise Invalid.field("sha256", _("Die SHA-256-Prüfsumme: 64 Zeichen aus 0–9 und a–f."))
    evidence = services.add_evidence(case, facts, sha256=given, file=stored, now=now)
    services.add_custody(evidence, {"from": "", "to": by.actor.label, "note": _("Erfasst")}, now=now)
    services.change(case, now=now, set_={})
    log(case, "privacy.evidence_added", by=by, now=now, evidence=evidence.pk, sha256=given[:12])
    return case


@transaction.atomic
def hand_evidence(
    number: str,
    *,
    evidence: int,
    to: str,
    by: By,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Case:
    """A piece of evidence goes from hand to hand; the chain only ever grows."""
    may_decide(by)
    case = take(number, by=by, version=version)
    row = Evidence.objects.filter(case=case, pk=evidence).first()
    if row is None:
        raise Invalid.field("evidence", _("Dieses Beweismittel gibt es im Fall nicht."))
    facts = {
        "from": by.actor.label,
        "to": needed("to", to, _("Wem wird es übergeben?"), limit=200),
        "note": clean(note.strip(), limit=500),
    }
    custody = services.add_custody(row, facts, now=now)
    services.change(case, now=now, set_={})
    log(case, "privacy.evidence_handed", by=by, now=now, evidence=row.pk, custody=custody.pk)
    return case


@transaction.atomic
def give_consent(
    number: str,
    *,
    document: str,
    scope: str,
    signer: str,
    by: By,
    now: datetime,
    signed_at: datetime | None = None,
    version: int | None = None,
) -> Case:
    """The superior authority lets something out that falls under official secrecy: which document says so, and what."""
    may_decide(by)
    case = take(number, by=by, version=version)
    at = signed_at or now
    if not FIRST <= at <= now:
        raise Invalid.field("signed_at", _("Das liegt in der Zukunft oder zu weit zurück."))
    facts = {
        "document": needed("document", document, _("Welches Dokument?"), limit=500),
        "scope": needed("scope", scope, _("Was darf hinaus, und an wen?"), limit=2000),
        "signer": needed("signer", signer, _("Wer hat unterschrieben?"), limit=200),
    }
    consent = services.save_consent(case, facts, signed_at=at, now=now)
    services.change(case, now=now, set_={})
    log(case, "privacy.consent_given", by=by, now=now, consent=consent.pk)
    return case
