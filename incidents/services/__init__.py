"""Writes of this floor, by topic: `records` (contacts, incidents and what hangs on them) and `alerts`."""

from incidents.services.alerts import AlertChange, lock_alerts, store_alerts
from incidents.services.records import (
    Conflict,
    add_to_search,
    change,
    change_contact,
    last_merge,
    move_belongings,
    open_incidents,
    plain,
    remove_link,
    return_belongings,
    set_next_due,
    store_attachment,
    store_contact,
    store_link,
    write_comment,
)

__all__ = [
    "AlertChange",
    "Conflict",
    "add_to_search",
    "change",
    "change_contact",
    "last_merge",
    "lock_alerts",
    "move_belongings",
    "open_incidents",
    "plain",
    "remove_link",
    "return_belongings",
    "set_next_due",
    "store_alerts",
    "store_attachment",
    "store_contact",
    "store_link",
    "write_comment",
]
