"""Files stay small enough to read, speak Swiss German, and say nothing about the machine they were written on."""

import re
from pathlib import Path

from tests.architecture.house import APPS, ROOT, name_of, python_files, tracked_files
from tools.messages import texts

LONGEST = {"product": 330, "test": 400, "template": 150}
ONE_LONG_TABLE = {"incidents/models.py"}  # every field of the record, and the constraints over them, side by side
LOCAL_PATHS = re.compile(r"(?<![\w.])(/root/|/home/[a-z]|/Users/[a-z]|/work/)")
REGISTRIES = re.compile(r"files\.pythonhosted|pypi\.org/simple|registry\.npmjs|--index-url +\S|resolved\": *\"http")
TEXTS = {".py", ".html", ".md", ".toml", ".yml", ".yaml", ".lock", ".txt", ".css", ".js", ".json", ".svg", ".po", ""}


def too_long(paths: list[Path], most: int) -> list[str]:
    return [f"{name_of(path)}: {lines} lines" for path in paths if (lines := path.read_text().count("\n")) > most]


def test_every_file_fits_in_a_head() -> None:
    product = [path for path in python_files(*APPS, "tools") if name_of(path) not in ONE_LONG_TABLE]
    assert not too_long(product, LONGEST["product"])
    assert not too_long(python_files("tests"), LONGEST["test"])
    assert not too_long(sorted((ROOT / "templates").rglob("*.html")), LONGEST["template"])


def test_screens_and_messages_are_written_in_swiss_german() -> None:
    shown = [path for folder in ("templates", "locale") for path in (ROOT / folder).rglob("*") if path.is_file()]
    shown += [*ROOT.glob("process/*.yaml"), *ROOT.glob("privacy/*.yaml")]
    wrong = [name_of(path) for path in shown if path.suffix != ".mo" and "ß" in path.read_text()]
    wrong += [text for _, text, _ in texts() if "ß" in text]
    assert not wrong, "Swiss German writes ss"


def test_nothing_points_at_one_persons_machine_or_a_package_registry() -> None:
    wrong = []
    for path in tracked_files():
        if path.suffix in TEXTS and path != Path(__file__):
            text = path.read_text(errors="replace")
            wrong += [f"{name_of(path)}: {found}" for found in {*LOCAL_PATHS.findall(text), *REGISTRIES.findall(text)}]
    assert not wrong
