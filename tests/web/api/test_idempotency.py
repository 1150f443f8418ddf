"""A POST sent again under the same Idempotency-Key has its effect once, however the two meet."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from api import idempotency
from api.idempotency import forget
from api.models import IdempotencyKey
from core.models import Event
from incidents.models import Attachment, Contact, Incident
from notifications.models import Message
from tests.company import Company
from tests.web.api.conftest import Programs
from tests.web.api.test_incidents import CALL

KEY = {"Idempotency-Key": "call-4711"}


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_the_same_request_gets_the_same_answer(self, programs: Programs) -> None:
        first = programs.support.post("incidents/", CALL, **KEY)
        again = programs.support.post("incidents/", CALL, **KEY)

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
        assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
        assert Incident.objects.count() == Contact.objects.count() == 1

    def test_the_same_key_with_another_body_or_address_is_409(self, programs: Programs) -> None:
        programs.support.post("incidents/", CALL, **KEY)

        other_body = programs.support.post("incidents/", {**CALL, "urgency": "low"}, **KEY)
        other_address = programs.support.post("contacts/", CALL, **KEY)

        for response in (other_body, other_address):
            assert response.status_code == 409
            assert response.json()["type"] == "urn:escola-im:problem:idempotency-key-reused"
        assert Incident.objects.count() == 1

    def test_the_order_of_fields_makes_no_other_body(self, programs: Programs) -> None:
        programs.support.post("incidents/", CALL, **KEY)

        again = programs.support.post("incidents/", dict(reversed(CALL.items())), **KEY)

        assert again.status_code == 201

    def test_the_same_key_of_somebody_else_is_another_key(self, programs: Programs) -> None:
        programs.support.post("incidents/", CALL, **KEY)
        programs.dev.post("incidents/", CALL, **KEY)

        assert Incident.objects.count() == 2

    def test_a_refused_request_leaves_its_key_free(self, programs: Programs) -> None:
        refused = programs.support.post("incidents/", {**CALL, "category": "weather"}, **KEY)
        accepted = programs.support.post("incidents/", CALL, **KEY)

        assert (refused.status_code, accepted.status_code) == (400, 201)

    def test_a_failure_of_ours_takes_effect_and_key_back(
        self, programs: Programs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        programs.support.http.raise_request_exception = False
        with monkeypatch.context() as broken:
            broken.setattr(idempotency, "_remembered", lambda row, response: 1 / 0)
            failed = programs.support.post("incidents/", CALL, **KEY)
        assert failed.status_code == 500
        assert not Incident.objects.exists()

        assert programs.support.post("incidents/", CALL, **KEY).status_code == 201

    def test_a_verb_repeated_under_its_key_is_not_in_the_wrong_state(
        self, programs: Programs, company: Company
    ) -> None:
        path = f"incidents/{company.incident().number}/start/"

        answers = [programs.dev.post(path, **KEY) for _ in range(2)]
        without_key = programs.dev.post(path)

        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()
        assert without_key.status_code == 409

    def test_a_key_that_is_none_is_400(self, programs: Programs) -> None:
        for key in ["", " ", "ü", "x" * 256, "two words"]:
            response = programs.support.post("incidents/", CALL, **{"Idempotency-Key": key})

            assert (key, response.status_code) == (key, 400)
            assert response.json()["errors"][0]["field"] == "Idempotency-Key"

    def test_a_file_is_known_by_its_content(self, programs: Programs, company: Company) -> None:
        path = f"/api/v1/incidents/{company.incident().number}/attachments/"

        def upload(content: bytes) -> Any:
            file = SimpleUploadedFile("log.txt", content)
            return programs.support.http.post(path, {"file": file}, headers=KEY)

        first, again, other = upload(b"one"), upload(b"one"), upload(b"two")

        assert [response.status_code for response in (first, again, other)] == [201, 201, 409]
        assert Attachment.objects.count() == 1

    def test_answers_are_kept_two_days_and_then_forgotten(self, programs: Programs, clock: Path, now: datetime) -> None:
        programs.support.post("incidents/", CALL, **KEY)
        clock.write_text((now + timedelta(hours=47)).isoformat())
        assert "Idempotency-Replayed" in programs.support.post("incidents/", CALL, **KEY)

        assert forget(before=now) == 0
        assert forget(before=now + timedelta(seconds=1)) == 1
        assert "Idempotency-Replayed" not in programs.support.post("incidents/", CALL, **KEY)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_of_twenty_parallel_requests_one_has_the_effect_and_all_get_its_answer(self, programs: Programs) -> None:
        program = programs.support
        program.get("me/")

        def send(_index: int) -> Any:
            try:
                return program.post("incidents/", CALL, **KEY)
            finally:
                connection.close()

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(send, range(20)))

        assert Counter(answer.status_code for answer in answers) == {201: 20}
        assert len({answer.json()["number"] for answer in answers}) == 1
        assert sum("Idempotency-Replayed" in answer for answer in answers) == 19
        assert Incident.objects.count() == Contact.objects.count() == IdempotencyKey.objects.count() == 1
        assert Event.objects.filter(kind="incident.opened").count() == 1
        called = Message.objects.filter(kind="escalation_call").values_list("key", flat=True)
        assert len(called) == len(set(called)) > 0

    def test_parallel_creations_without_a_key_all_get_numbers_of_their_own(self, programs: Programs) -> None:
        program = programs.support
        program.get("me/")

        def send(_index: int) -> Any:
            try:
                return program.post("incidents/", CALL)
            finally:
                connection.close()

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(send, range(20)))

        assert Counter(answer.status_code for answer in answers) == {201: 20}
        assert len({answer.json()["number"] for answer in answers}) == 20

    def test_whoever_waits_too_long_for_the_first_is_told_to_come_back(
        self, programs: Programs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = programs.support
        program.get("me/")
        meanwhile: list[Any] = []

        def second_request() -> None:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '100ms'")
                meanwhile.append(program.post("incidents/", CALL, **KEY))
            finally:
                connection.close()

        def remember_late(row: IdempotencyKey, response: Any) -> Any:
            monkeypatch.undo()
            with ThreadPoolExecutor(1) as pool:
                pool.submit(second_request).result()
            return idempotency._remembered(row, response)

        monkeypatch.setattr(idempotency, "_remembered", remember_late)
        first = program.post("incidents/", CALL, **KEY)

        assert first.status_code == 201
        assert meanwhile[0].status_code == 409
        assert meanwhile[0].json()["type"] == "urn:escola-im:problem:idempotency-in-progress"
        assert meanwhile[0]["Retry-After"] == "1"
        assert Incident.objects.count() == 1
