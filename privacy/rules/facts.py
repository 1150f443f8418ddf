"""What is known of a case when its duties are asked for. None is «not known yet», and is never taken for a no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from privacy.schema import StartFact


@dataclass(frozen=True, slots=True)
class Party:
    """A school, or the company itself (`kind` is `own`), whose data are concerned.

    `aware_at` is when it learned of the breach, as a rule by our notice; `persons_decided_at` when it was decided that
    the persons concerned are told.
    """

    key: str
    kind: str | None = None
    canton: str = ""
    city: str = ""
    aware_at: datetime | None = None
    persons_decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A case. Neither priority nor state of the incident is among them: no duty asks for them.

    `severity` is the score of `weigh`; `in_cyber_scope` is False where somebody holds us exempt from reporting cyber
    attacks, which needs a legal reason.
    """

    aware_at: datetime
    confirmed_at: datetime | None = None
    is_dismissed: bool = False
    confidentiality: bool | None = None
    severity: float | None = None
    cyber_attack: bool | None = None
    in_cyber_scope: bool | None = None
    discovered_at: datetime | None = None
    criminal: bool | None = None
    crime_suspected_at: datetime | None = None
    sensitive_volume: bool | None = None
    parties: tuple[Party, ...] = ()

    def start(self, fact: StartFact, party: Party | None) -> datetime | None:
        """The instant a clock counts from; what has no instant of its own counts from when we became aware."""
        match fact:
            case StartFact.ESCOLA_AWARE:
                return self.aware_at
            case StartFact.CONFIRMED:
                return self.confirmed_at
            case StartFact.ATTACK_DISCOVERED:
                return self.discovered_at or self.aware_at
            case StartFact.CRIME_SUSPECTED:
                return self.crime_suspected_at or self.aware_at
            case StartFact.SCHOOL_AWARE:
                return party.aware_at if party else None
            case StartFact.PERSONS_DECIDED:
                return party.persons_decided_at if party else None
