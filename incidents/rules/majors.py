"""Which triggers of §6.1 are met by what is known of an incident (P-6.1). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from process.schema import Circumstance, MajorTrigger


@dataclass(frozen=True, slots=True)
class Extent:
    """What an incident hits. `schools` counts those it, what hangs on it and its contacts come from, each once."""

    category: str
    module: str = ""
    schools: int = 0
    is_flood: bool = False


def met(triggers: Iterable[MajorTrigger], extent: Extent) -> list[str]:
    """Keys of the triggers one circumstance of which is fulfilled, in the document's order."""
    return [trigger.key for trigger in triggers if any(_fulfils(extent, entry) for entry in trigger.when)]


def _fulfils(extent: Extent, circumstance: Circumstance) -> bool:
    """Everything a circumstance names must hold."""
    return (
        circumstance.category in (None, extent.category)
        and circumstance.module in (None, extent.module)
        and extent.schools >= circumstance.schools_at_least
        and (extent.is_flood or not circumstance.flood)
    )
