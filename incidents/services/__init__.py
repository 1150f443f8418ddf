"""Writes of this floor by topic: `records` (with what hangs on them), `alerts`, `consultations`, `duties`, …"""

from incidents.services.alerts import (
    AlertChange,
    call_off_recoveries,
    lock_alerts,
    lock_alerts_of,
    lock_floods,
    store_alerts,
)
from incidents.services.consultations import answer_consultation, open_consultations
from incidents.services.duties import tick_duty, untick_duty
from incidents.services.proposals import end_proposal, propose_priority
from incidents.services.records import (
    Conflict,
    Move,
    attribute,
    change,
    change_contact,
    change_locked,
    last_merge,
    lead_to,
    move_belongings,
    open_incidents,
    plain,
    remove_link,
    return_belongings,
    set_next_due,
    store_attachment,
    store_contact,
    store_contacts,
    store_link,
    write_comment,
)
from incidents.services.reviews import drop_review, finish_review, owe_review
from incidents.services.room import count_schools, finish_situation, give_role, note_situation
from incidents.services.search import add_to_search, rewrite_search
from incidents.services.stakeholders import keep_message

__all__ = [
    "AlertChange",
    "Conflict",
    "Move",
    "add_to_search",
    "answer_consultation",
    "attribute",
    "call_off_recoveries",
    "change",
    "change_contact",
    "change_locked",
    "count_schools",
    "drop_review",
    "end_proposal",
    "finish_review",
    "finish_situation",
    "give_role",
    "keep_message",
    "last_merge",
    "lead_to",
    "lock_alerts",
    "lock_alerts_of",
    "lock_floods",
    "move_belongings",
    "note_situation",
    "open_consultations",
    "open_incidents",
    "owe_review",
    "plain",
    "propose_priority",
    "remove_link",
    "return_belongings",
    "rewrite_search",
    "set_next_due",
    "store_alerts",
    "store_attachment",
    "store_contact",
    "store_contacts",
    "store_link",
    "tick_duty",
    "untick_duty",
    "write_comment",
]
