"""manage.py process: what people type, what they read, and that a bad file changes nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.actors import SYSTEM
from core.models import Event
from directory.models import Module
from directory.services import create_person, set_absence, set_roles
from lifecycle.process_change import load_default, load_process
from process.loader import BadDocument, default_document, default_text
from process.models import ProcessVersion
from process.selectors import current

pytestmark = pytest.mark.django_db

GOOD = default_text()


def process(*arguments: str) -> str:
    out = StringIO()
    call_command("process", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "process.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def spoil(file: Path, good: str, bad: str) -> int:
    """Changes the file and returns the line the change stands on."""
    assert good in GOOD
    file.write_text(GOOD.replace(good, bad, 1), encoding="utf-8")
    return GOOD[: GOOD.index(good)].count("\n") + 1


def test_default_loads_the_shipped_document_once() -> None:
    assert "version 1 is in force: the shipped document" in process("default")
    assert "version 1 is in force already" in process("default")
    assert ProcessVersion.objects.count() == 1


def test_default_leaves_a_changed_process_alone(file: Path) -> None:
    spoil(file, "target_min: 15", "target_min: 25")
    process("load", str(file))
    process("default")
    assert current().number == 1


def test_load_makes_a_version_and_keeps_the_note(file: Path) -> None:
    assert "version 1 is in force" in process("load", str(file), "--note", "Neue Ziele")
    assert current().note == "Neue Ziele"
    assert Event.objects.get(kind="process.loaded").actor_label == "manage.py process"


def test_load_says_when_nothing_is_new(file: Path) -> None:
    process("load", str(file))
    assert "the same rules as version 1, which stays in force" in process("load", str(file))


def test_load_makes_the_modules_those_of_the_document(file: Path) -> None:
    process("load", str(file))
    wanted = {module.key for module in default_document().modules}
    assert set(Module.objects.filter(is_active=True).values_list("key", flat=True)) == wanted
    spoil(file, '  - {key: billing, label: {de: "Rechnungen und Beiträge", en: "Invoices and fees"}}\n', "")
    process("load", str(file))
    assert not Module.objects.get(key="billing").is_active


@pytest.mark.parametrize("verb", ["check", "load"])
def test_a_bad_file_is_refused_with_line_and_path_and_changes_nothing(verb: str, file: Path) -> None:
    process("default")
    line = spoil(file, "level: high", "level: hgh")
    with pytest.raises(CommandError) as caught:
        process(verb, str(file))
    first, last = str(caught.value).splitlines()
    assert first.startswith(f"{file}:{line}: urgency_criteria[damage_grows_fast].level: expected 'high'")
    assert last == f"{file}: refused, nothing was changed"
    assert caught.value.returncode == 1
    assert ProcessVersion.objects.count() == 1


def test_check_says_what_is_odd_and_loads_nothing(file: Path, now: datetime) -> None:
    create_person(username="sina", roles=["support"], actor=SYSTEM, now=now)
    said = process("check", str(file))
    assert f"{file}: valid" in said
    assert "notice: raci[identification] (§14/1)" in said
    assert "error: chains[management].levels[2] (§5.2/2)" in said
    assert "error: chains[functional].levels[1]" not in said
    assert "chains[functional].levels[1] (§5.1/1): Level 1: Support: sina is reached by no channel" in said
    assert not ProcessVersion.objects.exists()


def test_check_refuses_what_load_would_refuse(file: Path) -> None:
    file.write_text(GOOD.replace(", for_cancel: true", ""), encoding="utf-8")
    for verb in ("check", "load"):
        with pytest.raises(CommandError, match="closure_codes: No closure code is for cancelling"):
            process(verb, str(file))


@pytest.mark.parametrize("verb", ["check", "load"])
def test_a_chain_that_reaches_nobody_is_refused_in_a_plain_sentence(verb: str, file: Path, now: datetime) -> None:
    """Somebody is there, but nobody whom this chain would call: the document in force stays."""
    process("default")
    dev = create_person(username="devi", email="d@escola.example", roles=["development"], actor=SYSTEM, now=now)
    line = GOOD[: GOOD.index("- name: management")].count("\n") + 1
    spoil(file, "target_min: 15", "target_min: 25")

    with pytest.raises(CommandError) as caught:
        process(verb, str(file))

    assert str(caught.value).splitlines()[0] == (
        f"{file}:{line}: chains[management]: Management escalation: nobody holds a role of this chain (support, "
        "project_manager, executive_board), so a call reaches nobody. Give somebody one of them first. A new role is "
        "loaded first, then given to people, then put into the chain."
    )
    assert current().number == 1
    set_roles(dev, roles=["development", "executive_board"], actor=SYSTEM, now=now)
    set_absence(dev, until=now + timedelta(days=20), actor=SYSTEM, now=now)
    assert "valid" in process("check", str(file)), "who is away comes back"


def test_before_the_first_person_any_document_may_be_loaded_and_the_shipped_one_always(
    file: Path, now: datetime
) -> None:
    spoil(file, "target_min: 15", "target_min: 25")
    process("load", str(file))
    create_person(username="ivo", email="i@escola.example", roles=["it_manager"], actor=SYSTEM, now=now)
    ProcessVersion.objects.all().delete()

    assert "version 1 is in force: the shipped document" in process("default")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.yaml: No such file"):
        process("load", str(tmp_path / "nowhere.yaml"))


def test_export_prints_what_was_loaded(file: Path) -> None:
    with pytest.raises(CommandError, match="no process document is loaded"):
        process("export")
    spoil(file, "target_min: 15", "target_min: 25")
    process("default")
    process("load", str(file))
    assert process("export", "1") == GOOD
    assert process("export") == file.read_text(encoding="utf-8")
    with pytest.raises(CommandError, match="there is no version 9"):
        process("export", "9")


def test_diff_compares_versions_and_files(file: Path) -> None:
    process("default")
    spoil(file, "target_min: 15", "target_min: 25")
    wanted = "~ sla.targets[response_critical].target_min: 15 → 25\n"
    assert process("diff", "1", str(file)) == wanted
    process("load", str(file))
    assert process("diff", "1", "2") == wanted
    assert process("diff", "2", str(file)) == "no difference\n"


def test_schema_is_json_for_editors() -> None:
    assert json.loads(process("schema"))["title"] == "Document"


def test_a_document_that_is_refused_leaves_the_modules_alone(now: datetime) -> None:
    load_default(actor=SYSTEM, now=now)
    before = set(Module.objects.values_list("key", "is_active"))
    with pytest.raises(BadDocument):
        load_process(text=GOOD.replace("key: login", "key: Login"), by_actor=SYSTEM, now=now)
    assert set(Module.objects.values_list("key", "is_active")) == before
