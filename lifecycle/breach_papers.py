"""Papers of a case, filled from its record (forms F2 to F7)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from privacy.models import AffectedSchool, Case

if TYPE_CHECKING:
    from lifecycle.school_notices import Words


def compose(
    case: Case, affected: Sequence[AffectedSchool], *, numbers: Mapping[int, int], words: Words, now: datetime
) -> dict[AffectedSchool, str]:
    """The notice of each school as JSON, in its language, with its own numbers only."""
    return {
        row: json.dumps(
            {
                "language": row.language,
                "title": f"{case.number} / {numbers[row.pk]}",
                "sections": [{"heading": row.school.name, "paragraphs": [words.extra] if words.extra else []}],
            }
        )
        for row in affected
    }
