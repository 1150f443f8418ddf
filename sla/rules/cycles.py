"""How often an incident was worked: attainment counts the first time only (R10). Pure."""

from __future__ import annotations

from sla.rules.clock import SlaFact


def first_cycle(facts: list[SlaFact]) -> list[SlaFact]:
    """The facts before somebody reopened what was solved; the very same list when nobody did."""
    over = False
    for place, fact in enumerate(facts):
        if fact.kind in ("resolved", "closed"):
            over = True
        elif fact.kind == "reopened" and over:
            return facts[:place]
        elif fact.kind in ("reopened", "cancelled"):
            over = False
    return facts
