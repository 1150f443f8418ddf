"""A signal: what a source says about one object, in our words, before anybody decides what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


class SignalState(StrEnum):
    """What is being said about the object."""

    FIRING = "firing"
    CLEARED = "cleared"
    MUTED = "muted"
    INFO = "info"


SignalKind = Literal["availability", "performance", "error", "security"]
Severity = Literal["critical", "high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One observation. `fingerprint` names the object; signals of one fingerprint belong to one open incident.

    `observed_at` is the source's own time (None: unknown, the time of receipt counts); an observation older than the
    newest applied one goes into the timeline but moves nothing. `is_regression`: the source says it came back.
    """

    fingerprint: str
    state: SignalState
    kind: SignalKind
    severity: Severity
    title: str
    description: str = ""
    url: str = ""
    module: str = ""
    observed_at: datetime | None = None
    is_regression: bool = False
    label: str = ""
    details: dict[str, Any] = field(default_factory=dict)
