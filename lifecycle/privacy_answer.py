"""Answering the call to a data-protection case from the message that brought it: one link, one act, once (P-7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lifecycle import data_protection
from lifecycle.access import By
from lifecycle.errors import NotFound
from notifications.answer_links import door_of, message_of
from notifications.models import Message
from privacy.models import SUBJECT, Case
from privacy.selectors import cases_visible_to


@dataclass(frozen=True, slots=True)
class Asked:
    """A call to a case as its link shows it: no more than the message said already."""

    message: Message
    case: Case

    @property
    def is_mine(self) -> bool:
        """Whether the person the message went to has the case."""
        return self.case.officer_id is not None and self.case.officer_id == self.message.person_id


def look_up(token: str, *, now: datetime) -> Asked | None:
    """The call a link stands for; None for the link of anything else, or for who may not know of the case any more."""
    message = message_of(token, now=now)
    if message is None or message.topic_type != SUBJECT:
        return None
    case = cases_visible_to(message.person).select_related("officer").filter(pk=message.topic_id or 0).first()
    return Asked(message, case) if case is not None else None


def answer(token: str, *, now: datetime) -> None:
    """The person the message went to takes the case on. Raises NotFound."""
    asked = look_up(token, now=now)
    if asked is None or asked.message.person is None:
        raise NotFound(token)
    by = By.of(asked.message.person, via=door_of(asked.message))
    data_protection.acknowledge(asked.case.number, by=by, now=now)
