"""A major incident on its page (§6): since when, who of the team was called and answered, the review that is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.belongings import Known
from directory.models import Person
from escalation.models import SeatCall
from escalation.team import Place, Standing, calls_of, places_of
from incidents.models import OPEN_VALUES, Incident, Review
from incidents.selectors import review_for
from lifecycle import review
from process.schema import Document


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of the team as people read it."""

    function: str
    standing: str
    calls: list[SeatCall]

    @classmethod
    def of(cls, place: Place, language: str) -> Seat:
        """The function in the page's language."""
        return cls(place.member.function.in_(language), place.standing.value, place.calls)


@dataclass(frozen=True, slots=True)
class Panel:
    """What the page says of a major. `may_finish`: whether the reader may say that the review was held."""

    since: datetime
    declared_by: str
    trigger: str
    rule: str
    team_rule: str
    seats: list[Seat]
    review: Review | None
    may_finish: bool

    @property
    def there(self) -> int:
        """How many seats are answered."""
        return sum(seat.standing == Standing.ANSWERED for seat in self.seats)


def panel_of(
    incident: Incident, declared: Known | None, document: Document, language: str, person: Person
) -> Panel | None:
    """The panel of a major; None for every other incident, without asking. One query beside the page's."""
    if declared is None:
        return None
    trigger = next((entry for entry in document.major.triggers if entry.key == incident.major_trigger), None)
    places = places_of(document, calls_of([incident.pk]).get(incident.pk, []))
    owed = review_for(incident)
    is_due = owed is not None and owed.state == Review.State.OWED and incident.status not in OPEN_VALUES
    return Panel(
        since=datetime.fromisoformat(declared["at"]),
        declared_by=declared["by"],
        trigger=trigger.label.in_(language) if trigger else incident.major_trigger,
        rule=declared["rule"],
        team_rule=document.major.team_paragraph,
        seats=[Seat.of(place, language) for place in places],
        review=owed,
        may_finish=owed is not None and is_due and review.may_finish(person, owed, document),
    )
