"""What import-linter cannot see: rows and names point down too."""

from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, ManyToManyField
from django.utils.module_loading import import_string

from escola_im.celery import app as celery_app
from tests.architecture.house import APPS, height

RELATIONS = [
    (model, field)
    for model in apps.get_models()
    if model._meta.app_label in APPS
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
    if isinstance(field, ForeignKey | ManyToManyField)
]


@pytest.mark.parametrize(("model", "field"), RELATIONS, ids=[f"{m.__name__}.{f.name}" for m, f in RELATIONS])
def test_a_foreign_key_points_down_or_stays_in_its_room(model, field) -> None:  # type: ignore[no-untyped-def]
    own, other = model._meta.app_label, field.remote_field.model._meta.app_label
    assert own == other or height(own) > height(other)


@pytest.mark.parametrize("entry", celery_app.conf.beat_schedule.values(), ids=lambda entry: entry["task"])
def test_what_beat_rings_for_exists(entry: dict[str, str]) -> None:
    import_module(entry["task"].rpartition(".")[0])
    assert entry["task"] in celery_app.tasks


@pytest.mark.parametrize("path", [*settings.MIDDLEWARE, settings.ACCOUNT_ADAPTER, settings.FORM_RENDERER])
def test_a_name_in_the_settings_leads_somewhere(path: str) -> None:
    assert import_string(path)
