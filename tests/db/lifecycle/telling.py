"""What a worker does when schools are told: `python -m tests.db.lifecycle.telling tell NUMBER AT` or `deliver AT`."""

from __future__ import annotations

import sys
from datetime import datetime

import django


def main(what: str, *given: str) -> None:
    """Tells the schools of a case, or empties the outbox."""
    django.setup()
    from directory.models import Person  # noqa: PLC0415
    from lifecycle.access import By  # noqa: PLC0415
    from lifecycle.school_notices import notify_schools  # noqa: PLC0415
    from notifications.services import deliver_due  # noqa: PLC0415

    at = datetime.fromisoformat(given[-1])
    if what == "tell":
        by = By.of(Person.objects.get(username="dpo"), via="console")
        notify_schools(given[0], by=by, now=at)
    while what == "deliver" and deliver_due(now=at, clock=lambda: at):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
