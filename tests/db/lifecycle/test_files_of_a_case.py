"""Files of a confidential case on a disk that knows no transactions (P-7.5)."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from pytest_django.fixtures import Settings

from core.secrets import decrypt_bytes
from incidents.models import Attachment, Incident
from lifecycle import connect, data_protection, law_enforcement, retention
from privacy.models import Case, Evidence, Withheld
from tests.company import Company

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_disk(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def incident(company: Company) -> Incident:
    """With a file."""
    found = company.incident(symptom="Notenliste im Netz")
    upload = ContentFile(b"Mia;4.5")
    connect.attach(found.number, upload=upload, name="noten.csv", by=company.by("support"), now=company.now)
    return found


def on_disk() -> set[str]:
    """What lies in the store."""
    folders = [name for name in ("attachments", "evidence") if default_storage.exists(name)]
    return {f"{name}/{file}" for name in folders for file in default_storage.listdir(name)[1]}


def grow_old(names: set[str], now: datetime) -> None:
    """As if written two days ago."""
    at = (now - timedelta(days=2)).timestamp()
    for name in names:
        os.utime(default_storage.path(name), (at, at))


def test_what_a_change_wrote_that_was_taken_back_goes_by_night(company: Company, incident: Incident) -> None:
    by, now = company.by("dpo"), company.now
    data_protection.suspect_breach(incident.number, grounds="Im Netz", by=by, now=now)
    number = Case.objects.get().number
    law_enforcement.add_evidence(number, what="Kopie", place="hier", file=ContentFile(b"x", "x.txt"), by=by, now=now)
    kept = on_disk()
    with transaction.atomic():
        data_protection.dismiss(number, reason="Übungsdaten", by=by, now=now)
        law_enforcement.add_evidence(number, what="Noch", place="hier", file=ContentFile(b"y", "y.txt"), by=by, now=now)
        transaction.set_rollback(True)
    left = on_disk() - kept
    assert any(default_storage.open(name).read() == b"Mia;4.5" for name in left), "readable, and no row knows it"
    retention.run(now=now)
    assert on_disk() == kept | left, "somebody may still be writing it"
    grow_old(kept | left, now)
    retention.run(now=now)
    assert on_disk() == kept


def test_a_leftover_is_never_taken_for_the_file(company: Company, incident: Incident) -> None:
    by, now = company.by("dpo"), company.now
    stored = Attachment.objects.get().stored_name
    default_storage.save(f"{stored}.sealed", BytesIO(b"of a change that was taken back"))
    data_protection.suspect_breach(incident.number, grounds="Im Netz", by=by, now=now)
    default_storage.save(stored, BytesIO(b"of a process that was killed"))
    data_protection.dismiss(Case.objects.get().number, reason="Übungsdaten", by=by, now=now)
    assert default_storage.open(Attachment.objects.get().stored_name).read() == b"Mia;4.5"


def test_no_file_goes_while_a_record_of_one_cannot_be_read(company: Company, incident: Incident) -> None:
    by, now = company.by("dpo"), company.now
    data_protection.suspect_breach(incident.number, grounds="Im Netz", by=by, now=now)
    [name] = on_disk()
    assert decrypt_bytes(default_storage.open(name).read()) == b"Mia;4.5"
    Withheld.objects.filter(place="attachment").update(sealed="of a key that is lost")
    grow_old({name}, now)
    retention.run(now=now)
    assert on_disk() == {name}
    assert not Evidence.objects.exists()
