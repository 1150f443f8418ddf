"""What every row of the table gets to work with."""

from __future__ import annotations

from dataclasses import dataclass

from bench.company import Keys
from bench.house import House


@dataclass(frozen=True, slots=True)
class Run:
    """Engines, keys of the company, and whether a rough answer is enough."""

    house: House
    keys: Keys
    quick: bool

    def pick(self, full: int, quick: int) -> int:
        """The number for this kind of run."""
        return quick if self.quick else full
