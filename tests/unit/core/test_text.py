"""Text from outside."""

import pytest

from core.text import clean, clean_tree, first_line
from incidents.rules.search import fold


@pytest.mark.parametrize("unfit", ["\x00", "\ud800", "\u202e", "\u2066", "\x1b", "\x7f"], ids=ascii)
def test_what_cannot_be_stored_or_deceives_becomes_a_visible_mark(unfit):
    assert clean(f"a{unfit}b") == "a\ufffdb"


@pytest.mark.parametrize("kept", ["🚸", "Ärger", "a\tb\nc", "مدرسة", "<script>"])
def test_everything_else_stays_as_it_is(kept):
    assert clean(kept) == kept


def test_long_text_is_cut_with_an_ellipsis():
    assert clean("x" * 20, limit=10) == "x" * 9 + "…"


def test_trees_are_cleaned_in_keys_values_and_depth():
    deep = current = {}
    for _ in range(60):
        current["k"] = {}
        current = current["k"]
    assert clean_tree({"a\x00": ["b\x00"]}) == {"a\ufffd": ["b\ufffd"]}
    assert "\ufffd" in str(clean_tree(deep))


def test_the_first_line_with_content_is_the_title():
    assert first_line("\n  \n Noten fehlen \n mehr") == "Noten fehlen"


def test_folding_makes_accents_and_case_equal():
    assert fold("Zürich MENÜ Straße") == fold("zurich menu strasse")
