"""A breach with everything known, and two schools it hit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from privacy.law import default_law
from privacy.papers import record as of
from privacy.papers.attack import cyber_report
from privacy.papers.crime import police_record
from privacy.papers.letter import persons_letter
from privacy.papers.paper import Paper
from privacy.papers.register import register_row
from privacy.papers.school import authority_report, school_notice
from privacy.rules.assessment import Assessment, BreachType, Decision, Harm, PersonCategory, SchoolHit
from privacy.rules.duties import duties
from privacy.rules.facts import Facts, Party
from privacy.rules.regimes import regime_of
from privacy.rules.severity import DataCategory, Ease, Loss, Scores, weigh
from privacy.rules.states import State
from privacy.rules.weighing import Verdict
from privacy.schema import Bearer, SchoolKind
from process.schema import Text

LAW = default_law()
AWARE = datetime(2026, 10, 23, 14, 50, tzinfo=UTC)
MADE = AWARE + timedelta(hours=3)
LANGUAGES = ("de", "fr", "it", "en")
SCORES = Scores(
    categories=frozenset({DataCategory.PERFORMANCE}), ease=Ease.MAXIMUM, confidentiality=Loss.PARTIAL, malicious=True
)
KNOWN: dict[str, Any] = {
    "aware_at": AWARE,
    "occurred_from": AWARE - timedelta(hours=14),
    "occurred_to": AWARE - timedelta(hours=2),
    "detected_by": "Ann Ammann",
    "detected_how": "Anruf einer Schule",
    "breach_types": frozenset({BreachType.CONFIDENTIALITY, BreachType.AVAILABILITY}),
    "harms": frozenset({Harm.DISCLOSED, Harm.ALTERED}),
    "ongoing": False,
    "contained_at": AWARE - timedelta(hours=1),
    "data_categories": frozenset({DataCategory.CONTACT, DataCategory.PERFORMANCE}),
    "records": 91_234,
    "person_categories": frozenset({PersonCategory.PUPILS, PersonCategory.PARENTS}),
    "minors": True,
    "persons": 54_321,
    "schools": (SchoolHit(school=7, persons=1480, records=3200), SchoolHit(school=8, persons=777, records=888)),
    "cantons": ("ZH", "BE"),
    "unintelligible": False,
    "key_compromised": False,
    "scores": SCORES,
    "consequences": "Noten können bekannt werden. Fremde können sich bei Eltern als Schule ausgeben.",
    "measures_taken": "Der Zugang ist gesperrt.\nAlle Passwörter sind ungültig.",
    "measures_planned": "Wir prüfen alle Zugriffe der letzten 30 Tage.",
    "criminal_suspicion": True,
    "cyber_attack": True,
    "decision": Decision.CONFIRMED,
    "reason": "Abfluss ist durch Protokolle belegt.",
    "decided_by": "Hannes Bärtschi",
    "decided_at": AWARE + timedelta(hours=1),
}
ASSESSMENT = Assessment(**KNOWN)
HEAD = of.Head(
    case_number="DS-2026-0007",
    company=of.Company("Escola GmbH", ("Beispielstrasse 1", "8000 Zürich")),
    contact=of.Contact("Hannes Bärtschi", "datenschutz@escola.example", "+41 44 000 00 00"),
    aware_at=AWARE,
    made_at=MADE,
)


def school(
    key: str = "7",
    name: str = "Primarschule Hinterau",
    kind: SchoolKind | None = SchoolKind.PUBLIC,
    canton: str = "ZH",
    city: str = "Hinterau",
    *,
    aware_at: datetime | None = None,
    **rest: Any,
) -> of.School:
    """A school with its standing and clocks by the shipped law."""
    party = Party(key, kind, canton, city, aware_at=aware_at)
    facts = Facts(aware_at=AWARE, confirmed_at=AWARE + timedelta(hours=1), confidentiality=True, severity=3.25)
    clocks = duties(LAW, replace(facts, parties=(party,)), at=AWARE)
    rest = {"persons": 1480, "records": 3200, **rest}
    return of.School(
        key=key,
        name=name,
        kind=kind,
        canton=canton,
        city=city,
        standing=regime_of(LAW, kind, canton, city, AWARE),
        clocks=tuple(clock for clock in clocks if clock.duty.per == "authority"),
        aware_at=aware_at,
        **rest,
    )


def school_record(assessment: Assessment = ASSESSMENT, at: of.School | None = None, **rest: Any) -> of.SchoolRecord:
    """What is known for one school."""
    given: dict[str, Any] = {
        "head": HEAD,
        "other_cantons": True,
        "severity": weigh(SCORES),
        "next_update_at": MADE + timedelta(hours=15),
        "advice": "Ändern Sie Ihr Passwort.",
        **rest,
    }
    return of.SchoolRecord(breach=of.Breach.of(assessment), school=at or school(), **given)


FREE = of.Evidence(
    "Abbild des Webservers",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Tresor Zürich",
    (
        of.Handover(AWARE + timedelta(hours=1), "", "Hannes Bärtschi", "Erfasst"),
        of.Handover(AWARE + timedelta(hours=2), "Hannes Bärtschi", "Kapo Zürich"),
    ),
    of_school=False,
)
SECRET = of.Evidence("Auszug Notenliste 6b", "0" * 63 + "a", "Ablage Hinterau", (), of_school=True)
CONSENT = of.Consent(
    "Verfügung 12", "Notenlisten an die Kantonspolizei", "Bildungsdirektion", AWARE + timedelta(hours=2)
)
POLICE = of.Police(
    offence="Unbefugtes Eindringen in ein Datenverarbeitungssystem (Art. 143bis StGB)",
    station="Kantonspolizei Zürich, Abteilung Cybercrime",
    case_number="2026-4711",
    informed_at=AWARE + timedelta(minutes=40),
    informed_by="Hannes Bärtschi",
    evidence=(FREE, SECRET),
    traces_secured_by="Ruth Roth",
    traces_secured_at=AWARE + timedelta(minutes=55),
    consents=(CONSENT,),
    schools=("Primarschule Hinterau", "Gymnasium Vorderberg"),
)
CYBER = of.Cyber(
    detected_at=AWARE,
    attacked_at=AWARE - timedelta(hours=14),
    kind="Anmeldung mit gestohlenem Passwort, Abfrage über die API",
    attacker="IP-Adressen aus einem Mietnetz",
    extortion=False,
    complaint=True,
    availability=Loss.PARTIAL,
    integrity=Loss.NONE,
    confidentiality=Loss.FULL,
    effect="Anmeldung während einer Stunde gesperrt",
    on_behalf_of=(of.Mandate("Gemeinde Hinterau", "Vertrag vom 1. Mai 2025"),),
)
ROWS = (
    of.DutyRow(
        "N1",
        Text(de="Schule informieren", en="Tell the school"),
        Bearer.ESCOLA,
        school="Primarschule Hinterau",
        due_at=AWARE + timedelta(hours=5),
        done_at=AWARE + timedelta(hours=3),
        verdict=Verdict.DUE,
        decided_by="Hannes Bärtschi",
        decided_at=AWARE + timedelta(hours=1),
    ),
    of.DutyRow(
        "N4",
        Text(de="Cyberangriff dem BACS melden", en="Report the cyber attack to the NCSC"),
        Bearer.ESCOLA,
        recipient=Text(de="Bundesamt für Cybersicherheit (BACS)", en="National Cyber Security Centre (NCSC)"),
        due_at=AWARE + timedelta(hours=24),
        done_at=AWARE + timedelta(hours=26),
        verdict=Verdict.DUE,
        late_reason="Portal des BACS nicht erreichbar",
        decided_by="Hannes Bärtschi",
        decided_at=AWARE + timedelta(hours=1),
    ),
    of.DutyRow(
        "N3",
        Text(de="Betroffene Personen informieren", en="Tell the persons concerned"),
        Bearer.SCHOOL,
        school="Gymnasium Vorderberg",
        verdict=Verdict.NOT_DUE,
        reason="nicht gemeldet, weil die Daten verschlüsselt waren",
        decided_by="Hannes Bärtschi",
        decided_at=AWARE + timedelta(hours=2),
    ),
)
REGISTER = of.Register(
    State.CLOSED,
    AWARE,
    closed_at=AWARE + timedelta(days=20),
    last_reported_at=AWARE + timedelta(hours=26),
    keep_until=date(2036, 11, 12),
    legal_hold=True,
)


def case_record(assessment: Assessment = ASSESSMENT, **rest: Any) -> of.CaseRecord:
    """What is known of the whole case."""
    given: dict[str, Any] = {"police": POLICE, "cyber": CYBER, "duties": ROWS, "register": REGISTER, **rest}
    return of.CaseRecord(**{"head": HEAD, "severity": weigh(SCORES), **given}, assessment=assessment)


def papers(assessment: Assessment, language: str, **rest: Any) -> dict[str, Paper]:
    """Every form of a case."""
    one, whole = school_record(assessment, **rest), case_record(assessment, head=rest.get("head", HEAD))
    return {
        "F2": school_notice(one, language, LAW),
        "F3": authority_report(one, one.school.standing.jurisdictions[0], language, LAW),
        "F4": persons_letter(one, language, LAW),
        "F5": cyber_report(whole, language, LAW),
        "F6": police_record(whole, language, LAW),
        "F7": register_row(whole, language, LAW),
    }


def text_of(paper: Paper) -> str:
    """Everything a paper says, facts for machines included."""
    return paper.model_dump_json()
