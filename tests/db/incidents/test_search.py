"""Search finds stems, fragments, numbers and typos, and nothing a person may not see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import selectors
from incidents.models import Incident, SearchWord
from incidents.selectors import search, visible_to
from lifecycle import respond
from tests.company import company, document, founding  # noqa: F401


@pytest.fixture
def house(company):  # noqa: F811
    company.replication = company.incident(symptom="Die Datenbankreplikation hängt seit der Nacht")
    company.grades = company.incident(symptom="Zeugnisse werden nicht gedruckt", reporter_name="Zoé Musterli")
    company.english = company.incident(symptom="Teachers cannot log in to the timetable")
    return company


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zeugnis", "grades"),
        ("gedruckte Zeugnisse", "grades"),
        ("ZEUGNISSE", "grades"),
        ("zoe musterli", "grades"),
        ("teacher timetables", "english"),
        ("replikation", "replication"),
        ("bankrepli", "replication"),
        ("Zeugniise", "grades"),
    ],
)
def test_words_stems_accents_fragments_and_typos_are_found(house, text, expected):
    assert search(visible_to(house.support), text)[:1] == [getattr(house, expected).pk]


def test_a_number_finds_its_incident_in_full_and_by_its_digits(house):
    number = house.grades.number
    assert search(visible_to(house.support), number) == [house.grades.pk]
    assert search(visible_to(house.support), number.split("-")[-1].lstrip("0"))[0] == house.grades.pk


def test_notes_are_found_too(house, now):
    respond.note(house.grades.number, text="Siehe Druckwarteschlange", by=house.by("support"), now=now)
    assert search(visible_to(house.support), "Druckwarteschlange") == [house.grades.pk]


def test_who_may_see_nothing_finds_nothing(house, django_user_model):
    stranger = django_user_model.objects.create_user("fremd")
    assert search(visible_to(stranger), "Zeugnis") == []


@pytest.mark.parametrize("text", ["", "   ", "'\"\\:*&|!()", "<->", "a" * 5000, "🚸", "INC-", "999999999999"])
def test_odd_input_is_harmless(house, text):
    assert set(search(visible_to(house.support), text)) <= set(Incident.objects.values_list("pk", flat=True))


def test_the_digits_of_a_number_are_looked_up_in_an_index(house):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        search(visible_to(house.support), house.grades.number.rsplit("-", 1)[-1])
    [question] = [query["sql"] for query in asked if "RIGHT(" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + question)
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "incident_by_tail" in plan


def test_digits_of_other_scripts_are_words(house):
    assert search(visible_to(house.support), "፩፪፫") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zeugniise gedrukt", "grades"),
        ("Datenbankreplikaton Nacht", "replication"),
        ("tiemtable techers", "english"),
        ("Musterlli", "grades"),
        ("Zeugniss druken", "grades"),
    ],
)
def test_each_word_may_be_mistyped(house, text, expected):
    assert search(visible_to(house.support), text)[0] == getattr(house, expected).pk


def test_words_that_are_like_nothing_find_nothing(house):
    assert search(visible_to(house.support), "Xylophonspielerin") == []


def test_what_has_more_of_the_meant_words_stands_first(house):
    other = house.incident(symptom="Zeugnisse kommen nicht an")
    both = house.incident(symptom="Zeugnisse im Archiv fehlen")
    assert search(visible_to(house.support), "Zeugniise Archvi")[0] == both.pk
    assert other.pk in search(visible_to(house.support), "Zeugniise Archvi")


def test_words_of_notes_and_solutions_may_be_mistyped_too(house, now):
    respond.note(house.grades.number, text="Siehe Druckwarteschlange", by=house.by("support"), now=now)
    assert search(visible_to(house.support), "Druckwartschlange") == [house.grades.pk]


def test_a_typo_finds_nothing_one_may_not_see(house, django_user_model):
    stranger = django_user_model.objects.create_user("fremd")
    assert search(visible_to(stranger), "Zeugniise") == []


def test_a_word_is_learned_once(house):
    house.incident(symptom="Zeugnisse werden nicht gedruckt")
    assert SearchWord.objects.filter(word="zeugnisse").count() == 1


@pytest.mark.parametrize("text", ["Zeugnisse", "zeugnis druck", "Zeugniise"])
def test_newer_matches_one_may_not_see_hide_nothing(house, monkeypatch, django_user_model, text):
    monkeypatch.setattr(selectors, "CANDIDATES", 1)
    reporter = django_user_model.objects.create_user("lehrerin")
    Incident.objects.filter(pk=house.grades.pk).update(reporter=reporter)
    house.incident(symptom="Zeugnisse werden nicht gedruckt")
    assert search(visible_to(reporter), text) == [house.grades.pk]


def test_an_empty_list_is_searched_without_harm(house):
    assert search(Incident.objects.none(), "Zeugniise") == []


@pytest.mark.parametrize(
    ("text", "likeness"),
    [
        ("gedruckte Zeugnisse", ["grades"]),
        ("Zeugnisse werden seit gestern nicht mehr gedruckt!", ["grades"]),
        ("Die Zeugnisse, gedruckt: unlesbar", ["grades"]),
        ("Zeugnisse", []),
        ("Zeugnisse nicht", []),
        ("Zeugnisse fehlen", []),
        ("Login -Zeugnisse", []),
        ("", []),
    ],
)
def test_alike_is_what_shares_two_words_that_mean_something(house, text, likeness):
    assert selectors.similar_to(visible_to(house.support), text) == [getattr(house, name) for name in likeness]


def test_what_is_alike_is_found_with_two_queries(house):
    with CaptureQueriesContext(connection) as asked:
        assert list(selectors.similar_to(visible_to(house.support), "gedruckte Zeugnisse"))
    assert len([query for query in asked if "incidents_" in query["sql"]]) == 2
