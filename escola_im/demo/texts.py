"""The words of the demo, read from the two YAML files beside this one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).resolve().parent


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Case(_Frozen):
    """A kind of trouble. `level` is the step of the functional chain that can mend it."""

    title: str
    symptom: str
    module: str
    category: str
    urgency: str
    impact: str
    level: int
    finding: str
    fix: str
    code: str


class Letter(_Frozen):
    """A contact that is no incident; without an answer it still waits for one."""

    subject: str
    body: str
    answer: str = ""
    channel: str = "email"


class Letters(_Frozen):
    """Contacts by kind, what waits in the inbox, and sentences people write again and again."""

    support: tuple[Letter, ...]
    feature_request: tuple[Letter, ...]
    management_request: tuple[Letter, ...]
    inbox: tuple[Letter, ...]
    notes: tuple[str, ...]
    messages: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    praise: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """Every kind of trouble, in the order of the file."""
    return tuple(Case.model_validate(entry) for entry in _read("cases.yaml"))


@lru_cache(maxsize=1)
def letters() -> Letters:
    """Everything else people write."""
    return Letters.model_validate(_read("letters.yaml"))


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
