"""Modules follow the process document and are found by what people call them."""

from __future__ import annotations

from datetime import datetime

import pytest

from core.actors import SYSTEM
from directory.models import Module
from directory.selectors import find_module, known_modules
from directory.services import sync_modules
from lifecycle.process_change import load_default
from process.selectors import current_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def grades() -> Module:
    return Module.objects.create(key="grade_book", name_de="Notenbuch", name_en="Grade book")


@pytest.mark.parametrize("text", ["grade_book", "GRADE_BOOK", "Grade Book", "notenbuch", "  Notenbuch "])
def test_a_module_is_found_by_key_or_either_name(grades: Module, text: str) -> None:
    assert find_module(text) == grades


@pytest.mark.parametrize("text", ["", "unknown", "\x00", "\ud800", "x" * 10_000])
def test_anything_else_finds_none(grades: Module, text: str) -> None:
    assert find_module(text) is None


def test_a_module_that_is_gone_is_not_found(grades: Module) -> None:
    Module.objects.update(is_active=False)

    assert find_module("grade_book") is None


def test_modules_follow_the_process_document(now: datetime) -> None:
    load_default(actor=SYSTEM, now=now)
    document = current_document()[1]
    Module.objects.create(key="gone", name_de="Weg", name_en="Gone")
    Module.objects.filter(key="timetable").update(name_de="Alt", is_active=False)

    sync_modules(document)
    sync_modules(document)

    assert known_modules() == sorted(rule.key for rule in document.modules)
    assert Module.objects.get(key="timetable").name_de == "Stundenplan"
    assert not Module.objects.get(key="gone").is_active
