"""Nobody adds a column that can hold text without saying what of a person may stand in it (docs/architecture/13)."""

from django.apps import apps
from django.db import models

from lifecycle.personal.map import Holds, columns
from tests.architecture.house import ROOT

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)
OTHER = (models.GenericIPAddressField, models.UUIDField, models.GeneratedField)


def test_every_column_that_can_hold_text_is_classified_once() -> None:
    there = {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, (*TEXT, *OTHER))
    }
    told = [(column.model, column.field) for column in columns()]
    assert there - set(told) == set(), "say in lifecycle/personal/map.py what these columns hold"
    assert set(told) - there == set(), "these columns are gone"
    assert len(told) == len(set(told))


def test_the_table_people_read_names_every_table_with_something_of_a_person() -> None:
    page = (ROOT / "docs/architecture/13-personal-data.md").read_text()
    tables = {column.model for column in columns() if column.holds is not Holds.NOTHING}
    assert {model for model in tables if f"`{model}`" not in page} == set()
