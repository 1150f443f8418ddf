"""Choices drawn by string joins look exactly as Django's templates draw them."""

from __future__ import annotations

import pytest
from django.forms import CharField, ChoiceField, Form, MultipleChoiceField
from django.forms.renderers import TemplatesSetting
from django.utils.html import escape
from pytest_django.asserts import assertHTMLEqual

from console.widgets import Renderer

NASTY = "<script>alert(\"x\")</script> & 'Äpfel'"


class Choices(Form):
    plain = ChoiceField(choices=[("", "—"), ("a", "Eins"), (2, NASTY)])
    grouped = ChoiceField(choices=[("Früchte & Gemüse", [("x", "Apfel"), (NASTY, "Birne")]), ("y", "Rest")])
    several = MultipleChoiceField(choices=[("a", "A"), ("b", "B")], required=False)
    text = CharField(required=False)


@pytest.mark.parametrize(
    "data",
    [None, {}, {"plain": "2", "grouped": NASTY, "several": ["a", "b"]}, {"plain": "unknown", "several": ["b"]}],
    ids=["empty", "missing", "chosen", "unknown"],
)
def test_every_widget_has_djangos_markup(data: dict[str, object] | None) -> None:
    ours, theirs = Choices(data, renderer=Renderer()), Choices(data, renderer=TemplatesSetting())
    ours.fields["plain"].widget.attrs |= {"disabled": True, "hidden": False, "data-a": NASTY}
    theirs.fields["plain"].widget.attrs |= {"disabled": True, "hidden": False, "data-a": NASTY}
    for name in Choices.base_fields:
        assertHTMLEqual(str(ours[name]), str(theirs[name]))


def test_what_a_choice_says_never_becomes_markup() -> None:
    drawn = str(Choices({"plain": "2"}, renderer=Renderer())["plain"])
    assert "<script>" not in drawn
    assert escape(NASTY) in drawn
