"""Modules follow the process document and are found by what people call them."""

from __future__ import annotations

import pytest

from directory.models import Module
from directory.selectors import find_module

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
