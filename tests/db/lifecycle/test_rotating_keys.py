"""A new key: everything is encrypted anew, a killed run is run again, and afterwards the old key is not needed."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings

from core.secrets import decrypt, encrypt
from integrations.models import Source
from lifecycle import connect, data_protection, key_rotation, respond
from lifecycle.withholding import file_in
from privacy.models import AssessmentVersion, Case
from privacy.selectors import notes_of, withheld_files, withheld_texts
from tests.company import Company

pytestmark = pytest.mark.django_db
OLD, NEW = "old-key-" + "0" * 32, "new-key-" + "0" * 32


@pytest.fixture
def case(company: Company, settings: Settings) -> Case:
    """A case with texts and a file, and a source, all encrypted with the old key."""
    settings.FIELD_KEYS = [OLD]
    by, now = company.by("support"), company.now
    number = company.incident(symptom="Liste im Netz").number
    respond.note(number, text="Klasse 3b", by=by, now=now)
    connect.attach(number, upload=ContentFile(b"Mia;4.5"), name="noten.csv", by=by, now=now)
    connect.attach(number, upload=ContentFile(b"Leo;5.5"), name="noten-2.csv", by=by, now=now)
    data_protection.suspect_breach(number, grounds="Anruf", by=by, now=now)
    Source.objects.create(kind="sentry", name="x", title="x", secret=encrypt("geheim"), created_at=now)
    case = Case.objects.get()
    AssessmentVersion.objects.create(
        case=case, number=1, sealed=encrypt("{}"), digest="x", author_label="Dora Schutz", at=now
    )
    return case


def rotate(*flags: str) -> str:
    said = io.StringIO()
    call_command("rotate_keys", *flags, stdout=said)
    return said.getvalue()


def reads(case: Case) -> bool:
    files = {name: read() for name, read in map(file_in, withheld_files(case))}
    texts = {written.text for written in (*withheld_texts(case), *notes_of(case))}
    return files == {"noten.csv": b"Mia;4.5", "noten-2.csv": b"Leo;5.5"} and {"Klasse 3b", "Anruf"} <= texts


def test_after_the_rotation_the_old_key_may_go(case: Case, settings: Settings) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    assert reads(case), "nothing stops while both are there"
    with pytest.raises(CommandError, match="still on another key"):
        rotate("--status")
    assert "files: 2 encrypted anew" in rotate()
    settings.FIELD_KEYS = [NEW]
    assert reads(case)
    assert decrypt(AssessmentVersion.objects.get().sealed) == "{}", (
        "what nobody may change is encrypted anew all the same"
    )
    assert "the others may go" in rotate("--status")
    with connection.cursor() as cursor:
        cursor.execute("SET escola.rotate_keys = 'off'")  # the command's own setting ends with its transactions
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AssessmentVersion.objects.update(score=9)


def test_a_run_that_was_killed_is_run_again(case: Case, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    whole = key_rotation._replace
    replaced: list[str] = []

    def dies_at_the_second(name: str, content: bytes) -> None:
        if replaced:
            raise KeyboardInterrupt
        replaced.append(name)
        whole(name, content)

    monkeypatch.setattr(key_rotation, "_replace", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    assert reads(case)
    monkeypatch.setattr(key_rotation, "_replace", whole)
    assert "files: 1 encrypted anew" in rotate()
    settings.FIELD_KEYS = [NEW]
    assert reads(case)


def test_what_no_key_opens_is_said_and_left_as_it_is(case: Case, settings: Settings) -> None:
    before = Source.objects.get().secret
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CommandError, match="open with no key: keep every key"):
        rotate()
    assert Source.objects.get().secret == before
