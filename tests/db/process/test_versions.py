"""Versions of the process: numbered, one in force, never changed, read once."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from core.actors import SYSTEM
from core.models import Event
from process.loader import BadDocument, default_document, default_text
from process.models import ProcessVersion
from process.selectors import NoProcess, current, current_document, current_or_none, document, numbered
from process.services import load

pytestmark = pytest.mark.django_db

LATER_TEXT = default_text().replace("target_min: 15,", "target_min: 20,")


def load_text(text: str, now: datetime, note: str = "") -> ProcessVersion:
    return load(text=text, actor=SYSTEM, now=now, note=note)


def test_before_the_first_load_there_is_no_process() -> None:
    assert current_or_none() is None
    with pytest.raises(NoProcess, match=r"manage\.py process default"):
        current()


def test_a_loaded_document_is_in_force_with_all_that_is_known_about_it(now: datetime) -> None:
    version = load_text(default_text(), now, note=" Erste Fassung ")
    assert current() == version
    assert (version.number, version.note, version.loaded_by, version.loaded_at) == (
        1,
        "Erste Fassung",
        "Escola IM",
        now,
    )
    assert numbered(1).source == default_text()
    assert current_document() == (version.pk, default_document())


def test_loading_is_an_event(now: datetime) -> None:
    version = load_text(default_text(), now)
    event = Event.objects.get(kind="process.loaded")
    assert (event.subject_type, event.subject_id, event.at) == ("process_version", version.pk, now)
    assert event.data == {"number": 1, "digest": version.digest, "note": ""}


@pytest.mark.parametrize("text", [default_text(), "# nur ein Kommentar\n" + default_text()])
def test_the_same_rules_make_no_new_version(text: str, now: datetime) -> None:
    first = load_text(default_text(), now)
    assert load_text(text, now) == first
    assert ProcessVersion.objects.count() == 1
    assert Event.objects.filter(kind="process.loaded").count() == 1


def test_other_rules_make_a_new_version_and_the_old_one_stays_readable(now: datetime) -> None:
    first = load_text(default_text(), now)
    second = load_text(LATER_TEXT, now)
    assert (second.number, current()) == (2, second)
    assert document(first.pk).sla.targets[0].target_min == 15
    assert document(second.pk).sla.targets[0].target_min == 20


def test_going_back_to_older_rules_is_a_new_version_too(now: datetime) -> None:
    load_text(default_text(), now)
    load_text(LATER_TEXT, now)
    assert load_text(default_text(), now).number == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        default_text().replace("level: high", "level: hgh", 1),
        default_text().replace(", for_cancel: true", ""),
    ],
    ids=["nothing", "against the schema", "no code to cancel with"],
)
def test_a_bad_document_changes_nothing(text: str, now: datetime) -> None:
    first = load_text(default_text(), now)
    with pytest.raises(BadDocument):
        load_text(text, now)
    assert (current(), ProcessVersion.objects.count(), Event.objects.count()) == (first, 1, 1)


def test_an_error_of_lint_names_its_line(now: datetime) -> None:
    text = default_text().replace(", for_cancel: true", "")
    with pytest.raises(BadDocument) as caught:
        load_text(text, now)
    line = text[: text.index("\nclosure_codes:")].count("\n") + 2
    assert [(problem.line, problem.path) for problem in caught.value.problems] == [(line, "closure_codes")]


def test_the_database_refuses_a_second_version_in_force(now: datetime) -> None:
    load_text(default_text(), now)
    first = load_text(LATER_TEXT, now)
    with pytest.raises(IntegrityError, match="one_current_process_version"), transaction.atomic():
        ProcessVersion.objects.exclude(pk=first.pk).update(is_current=True)


def test_asking_for_the_version_in_force_costs_one_query_without_the_text(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    load_text(default_text(), now)
    captured: CaptureQueriesContext
    with django_assert_num_queries(1) as captured:
        current()
    assert '"source"' not in captured[0]["sql"]
    assert '"data"' not in captured[0]["sql"]


def test_the_document_of_a_version_is_read_once_per_process(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = load_text(default_text(), now)
    with django_assert_num_queries(1):
        first = document(version.pk)
    with django_assert_num_queries(0):
        assert document(version.pk) is first


def test_a_version_that_never_was_is_an_error_and_not_remembered(now: datetime) -> None:
    for _ in range(2):
        with pytest.raises(ProcessVersion.DoesNotExist):
            document(0)
