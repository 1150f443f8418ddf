"""Whether a duty is due, by what is known: a recommendation with its reason, never a decision. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from privacy.rules.facts import Facts
from privacy.schema import Condition, Duty, ReportRule, Weighing
from process.schema import Text


class Verdict(StrEnum):
    """What is recommended. `decide`: somebody has to say it and why."""

    DUE = "due"
    NOT_DUE = "not_due"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A verdict and why."""

    verdict: Verdict
    because: Text


_ALWAYS = Recommendation(Verdict.DUE, Text(de="Gilt bei jedem Vorfall.", en="Holds for every incident."))
_DISMISSED = Recommendation(
    Verdict.NOT_DUE, Text(de="Es ist kein Datenschutzvorfall.", en="It is not a data-protection incident.")
)
_UNCONFIRMED = Recommendation(
    Verdict.DECIDE, Text(de="Der Vorfall ist noch nicht bestätigt.", en="The incident is not confirmed yet.")
)
_CONFIRMED = Recommendation(
    Verdict.DUE,
    Text(
        de="Der Vorfall ist bestätigt; eine Schwelle gibt es nicht.",
        en="The incident is confirmed; there is no threshold.",
    ),
)
_NO_RULE = Recommendation(
    Verdict.DECIDE,
    Text(
        de="Recht oder Schwelle dieses Orts ist nicht ermittelt: nachfragen.",
        en="The law or threshold of this place is not established: ask.",
    ),
)
_SCORE_UNKNOWN = Recommendation(
    Verdict.DECIDE, Text(de="Die Schwere ist noch nicht bestimmt.", en="The severity is not determined yet.")
)
_LIKELY = Recommendation(
    Verdict.DUE,
    Text(
        de="Melden ist die Regel; nur wer nicht meldet, braucht einen Grund.",
        en="Reporting is the rule; only not reporting needs a reason.",
    ),
)
_CONFIDENTIALITY = {
    True: Recommendation(
        Verdict.DUE,
        Text(de="Vertraulichkeit verletzt; im Zweifel melden.", en="Confidentiality was lost; report in doubt."),
    ),
    False: Recommendation(
        Verdict.DECIDE,
        Text(
            de="Vertraulichkeit nicht verletzt; im Zweifel melden.", en="Confidentiality was not lost; report in doubt."
        ),
    ),
    None: Recommendation(
        Verdict.DUE,
        Text(
            de="Ob Vertraulichkeit verletzt ist, ist unbekannt; im Zweifel melden.",
            en="Whether confidentiality was lost is unknown; report in doubt.",
        ),
    ),
}
_CYBER = {
    True: Recommendation(Verdict.DUE, Text(de="Es ist ein Cyberangriff.", en="It is a cyber attack.")),
    False: Recommendation(Verdict.NOT_DUE, Text(de="Es ist kein Cyberangriff.", en="It is no cyber attack.")),
    None: Recommendation(
        Verdict.DECIDE,
        Text(de="Ob es ein Cyberangriff ist, ist unbekannt.", en="Whether it is a cyber attack is unknown."),
    ),
}
_OUT_OF_SCOPE = Recommendation(
    Verdict.DECIDE,
    Text(
        de="Ausserhalb des Geltungsbereichs: der Rechtsgrund dafür gehört in die Begründung.",
        en="Out of scope: the legal reason for that belongs in the grounds.",
    ),
)
_CRIMINAL = {
    True: Recommendation(
        Verdict.DUE, Text(de="Verdacht auf eine kriminelle Handlung.", en="A criminal act is suspected.")
    ),
    False: Recommendation(
        Verdict.NOT_DUE, Text(de="Kein Verdacht auf eine kriminelle Handlung.", en="No criminal act is suspected.")
    ),
    None: Recommendation(
        Verdict.DECIDE,
        Text(
            de="Ob eine kriminelle Handlung vorliegt, ist unbekannt.", en="Whether there was a criminal act is unknown."
        ),
    ),
}
_VOLUME = {
    True: Recommendation(
        Verdict.DUE, Text(de="Besonders schützenswerte Daten in grosser Menge.", en="Sensitive data in large volume.")
    ),
    False: Recommendation(
        Verdict.NOT_DUE,
        Text(de="Keine besonders schützenswerten Daten in grosser Menge.", en="No sensitive data in large volume."),
    ),
    None: Recommendation(
        Verdict.DECIDE,
        Text(
            de="Ob besonders schützenswerte Daten in grosser Menge betroffen sind, ist unbekannt.",
            en="Whether sensitive data in large volume are concerned is unknown.",
        ),
    ),
}


def recommend(duty: Duty, rule: ReportRule | None, facts: Facts) -> Recommendation:
    """What to do about a duty; `rule` is that of the authority it is owed to, None where nobody knows it."""
    match duty.when:
        case Condition.ALWAYS:
            return _ALWAYS
        case Condition.CONFIRMED:
            return _certain(facts) or _CONFIRMED
        case Condition.THRESHOLD:
            weighing = duty.recommend or (rule.recommend if rule else None)
            return _certain(facts) or _threshold(weighing, facts)
        case Condition.CYBER_ATTACK:
            return _OUT_OF_SCOPE if facts.cyber_attack and facts.in_cyber_scope is False else _CYBER[facts.cyber_attack]
        case Condition.CRIMINAL:
            return _CRIMINAL[facts.criminal]
        case Condition.SENSITIVE_VOLUME:
            return _VOLUME[facts.sensitive_volume]


def _certain(facts: Facts) -> Recommendation | None:
    """What is said before anything is weighed: nothing where the breach is confirmed."""
    if facts.is_dismissed:
        return _DISMISSED
    return None if facts.confirmed_at else _UNCONFIRMED


def _threshold(weighing: Weighing | None, facts: Facts) -> Recommendation:
    if weighing is None or weighing.by == "ask":
        return _NO_RULE
    if weighing.by == "unless_unlikely":
        return _LIKELY
    if weighing.by == "confidentiality":
        return _CONFIDENTIALITY[facts.confidentiality]
    return _by_severity(weighing, facts.severity)


def _by_severity(weighing: Weighing, score: float | None) -> Recommendation:
    if score is None:
        return _SCORE_UNKNOWN
    due_from, decide_from = weighing.due_from or 0.0, weighing.decide_from or 0.0
    if score >= due_from:
        return Recommendation(
            Verdict.DUE,
            Text(
                de=f"Schwere {score:g}, empfohlen ab {due_from:g}.",
                en=f"Severity {score:g}, recommended from {due_from:g}.",
            ),
        )
    if score >= decide_from:
        return Recommendation(
            Verdict.DECIDE,
            Text(
                de=f"Schwere {score:g}, unter {due_from:g}: mit Begründung entscheiden.",
                en=f"Severity {score:g}, below {due_from:g}: decide with a reason.",
            ),
        )
    return Recommendation(
        Verdict.NOT_DUE,
        Text(de=f"Schwere {score:g}, unter {decide_from:g}.", en=f"Severity {score:g}, below {decide_from:g}."),
    )
