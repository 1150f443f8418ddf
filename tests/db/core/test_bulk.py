"""Many rows in one statement: the database holds exactly what the ORM would have stored."""

from datetime import timedelta

import pytest

from core.bulk import insert_rows, update_rows
from core.models import Event, Pulse
from incidents.models import Incident
from notifications.models import Message
from tests.company import company, document, founding  # noqa: F401

ODD = "Zoë 🚸 \\ \" ' % {} \u2028 Zeile\nzwei"


def event(now, **facts):
    told = {"kind": "contact.taken", "at": now, "actor_kind": "system", "actor_id": "", "actor_label": "", "via": ""}
    return told | {"subject_type": "contact", "subject_id": 1, "rule": "", "data": {}} | facts


@pytest.mark.django_db
def test_texts_instants_and_json_arrive_as_they_were_given(now):
    instant = now + timedelta(microseconds=123457)
    data = {"text": ODD, "deep": [1, 2.5, None, True, {"a": []}], "big": 2**60}
    insert_rows(Event, [event(instant, actor_label=ODD, data=data)])
    stored = Event.objects.get()
    assert (stored.at, stored.actor_label, stored.data) == (instant, ODD, data)


@pytest.mark.django_db
def test_rows_are_numbered_in_the_order_they_were_given(now):
    insert_rows(Event, [event(now, subject_id=number) for number in range(500)])
    assert list(Event.objects.order_by("id").values_list("subject_id", flat=True)) == list(range(500))


@pytest.mark.django_db
def test_a_row_that_is_there_stays_as_it_is(now):
    row = {"key": "once", "channel": "in_app", "kind": "x", "subject": "first", "body": "", "created_at": now}
    empty = dict.fromkeys(("address", "link", "topic_type", "thread", "error"), "")
    row |= empty | {"language": "de", "state": "sent", "attempts": 0, "is_urgent": False, "needs_ack": False}
    assert insert_rows(Message, [row], once="key") == 1
    assert insert_rows(Message, [row | {"subject": "second"}], once="key") == 0
    assert Message.objects.get().subject == "first"


def test_many_records_change_at_once_and_only_in_the_columns_named(company):  # noqa: F811
    first, second = company.incident(symptom="eins"), company.incident(symptom="zwei")
    rows = [{"id": first.pk, "team_id": None}, {"id": second.pk, "team_id": first.team_id}]
    assert update_rows(Incident, rows) == 2
    stored = Incident.objects.in_bulk([first.pk, second.pk])
    assert [stored[row["id"]].team_id for row in rows] == [None, first.team_id]
    assert [stored[first.pk].symptom, stored[second.pk].symptom] == ["eins", "zwei"]


@pytest.mark.django_db
def test_nothing_given_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert (insert_rows(Event, []), update_rows(Event, [])) == (0, 0)


def test_a_name_that_is_no_column_never_becomes_sql():
    with pytest.raises(ValueError, match="no column"):
        insert_rows(Pulse, [{"name": "x", "at) SELECT 1; --": 1}])


@pytest.mark.django_db
def test_what_has_no_form_in_json_is_a_mistake_of_the_caller():
    with pytest.raises(TypeError):
        insert_rows(Pulse, [{"name": object()}])
