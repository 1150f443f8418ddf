"""Messages to stakeholders as the room shows them: what waits for whom, what went out, and to whom it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from console import record
from console.door import READ, StaffRequest, room
from console.page import page
from directory.models import Person, School
from incidents.models import Incident, StakeholderMessage
from incidents.room import messages_of
from lifecycle.audiences import KIND, TOPIC
from lifecycle.stakeholders import circles_of, receipts_by_message, reviewers
from notifications.models import Message
from notifications.selectors import receipts_of

MOST = 2000
State = StakeholderMessage.State


@dataclass(frozen=True, slots=True)
class Shown:
    """A message, the number of its receipts by state, and who may release it while it waits."""

    message: StakeholderMessage
    receipts: dict[str, int]
    reviewers: list[Person]
    is_own: bool

    @property
    def waits(self) -> bool:
        """Whether a second person has to decide."""
        return self.message.state == State.IN_REVIEW


def shown(incident: Incident, reader: Person, *, now: datetime) -> list[Shown]:
    """The messages of a major, the newest first. Withdrawn ones stand on the timeline only."""
    messages = [message for message in messages_of(incident) if message.state != State.WITHDRAWN]
    counted = receipts_by_message([message.pk for message in messages]) if messages else {}
    circles = circles_of(incident, now=now) if any(message.state == State.IN_REVIEW for message in messages) else []
    return [
        Shown(
            message,
            counted.get(message.pk, {}),
            reviewers(circles, but=message.author) if message.state == State.IN_REVIEW else [],
            message.author_id == reader.pk,
        )
        for message in messages
    ]


def delivered(incident_id: int) -> int:
    """How many receipts are decided: a live room shows them as they come. One query."""
    messages = StakeholderMessage.objects.filter(incident=incident_id, state=State.SENT).values("pk")
    decided = Message.objects.filter(topic_type=TOPIC, topic_id__in=messages, kind=KIND)
    return decided.exclude(state=Message.State.QUEUED).count()


@room(methods=READ)
def receipts(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """What became of a message for each of its recipients; what reached nobody stands first."""
    incident = record.incident_for(request.user, number)
    message = next((row for row in messages_of(incident) if row.pk == pk), None)
    if message is None:
        raise Http404(str(pk))
    found = list(receipts_of(TOPIC, pk).filter(kind=KIND)[:MOST])
    schools = School.objects.in_bulk([int(place[1]) for row in found if (place := _place(row))[0] == "school"])
    rows = [(_name(row, schools), row) for row in found]
    rows.sort(key=lambda entry: (entry[1].state != Message.State.DEAD, entry[1].state, entry[0].casefold()))
    return page(request, "console/room/receipts.html", {"incident": incident, "message": message, "rows": rows})


def _place(row: Message) -> list[str]:
    """What a key says of the recipient: `school`, `incident`, `contact` or `staff`, and which one."""
    return row.key.split(":")[2:]


def _name(row: Message, schools: dict[int, School]) -> str:
    if row.person is not None:
        return row.person.display_name
    kind, pk = _place(row)[:2]
    if kind == "school" and int(pk) in schools:
        return schools[int(pk)].name
    return _("Meldende Person")
