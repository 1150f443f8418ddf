"""Translations without gettext: find the texts, keep `locale/en` complete, compile it.

`python -m tools.messages update|check|compile`. Texts in the code are German; `locale/en` holds the English ones.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
APPS = (
    "escola_im", "console", "api", "integrations", "lifecycle", "escalation", "heartbeats",
    "figures", "sla", "statuspage", "privacy", "incidents", "notifications", "directory", "process", "core",
)  # fmt: skip
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
IN_TEMPLATE = re.compile(
    r"(?<![\w.])(n?p?gettext|_)\(\s*(u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")(?:\s*,\s*u?(?:'(?:\\.|[^'\\])*'"
    r"|\"(?:\\.|[^\"\\])*\"))*)\s*[,)]"
)
Key = tuple[str | None, str, str | None]  # context, text, plural
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "en",
    "MIME-Version": "1.0",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def texts_in_code(source: str) -> Iterator[Key]:
    """Every text a Python file marks for translation."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield from _key(name, words)


def texts_in_template(source: str) -> Iterator[Key]:
    """Every text a template marks for translation, by Django's own reading of templates."""
    for name, words in IN_TEMPLATE.findall(templatize(source)):
        yield from _key(name, list(ast.literal_eval(f"({words},)")))


def texts() -> dict[Key, list[str]]:
    """Every text of the product, and the files it stands in."""
    found: dict[Key, list[str]] = {}
    for path, keys in _all_files():
        for key in keys:
            places = found.setdefault(key, [])
            if path not in places:
                places.append(path)
    return found


def update() -> None:
    """Bring the catalogue in line with the code: new texts empty, unused ones gone."""
    old = {_key_of(entry): entry for entry in _read()}
    catalogue = polib.POFile(wrapwidth=118)
    catalogue.metadata = HEADER
    for key, places in sorted(texts().items(), key=lambda item: (item[1][0], item[0][1])):
        context, text, plural = key
        entry = old.get(key) or polib.POEntry(msgctxt=context, msgid=text)
        if plural and not entry.msgid_plural:
            entry.msgid_plural, entry.msgstr_plural = plural, {0: "", 1: ""}
        entry.occurrences = [(place, "") for place in places[:3]]
        entry.flags = ["python-format"] if re.search(r"%\(\w+\)s|%[sd]", text) else []
        catalogue.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))


def problems() -> list[str]:
    """What is missing or superfluous in the catalogue, one line each."""
    entries = {_key_of(entry): entry for entry in _read()}
    wanted = texts()
    missing = [f"{places[0]}: not in the catalogue: {key[1]!r}" for key, places in wanted.items() if key not in entries]
    empty = [f"not translated: {key[1]!r}" for key, entry in entries.items() if not entry.translated()]
    unused = [f"no longer used: {key[1]!r}" for key in entries if key not in wanted]
    return missing + empty + unused


def compile_catalogues(locale: Path) -> None:
    """Write the .mo beside each .po unless it is newer already."""
    for source in locale.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


def _key(name: str, words: list[str]) -> Iterator[Key]:
    if name in PLAIN and words:
        yield (None, words[0], None)
    elif name in PLURAL and len(words) >= 2:
        yield (None, words[0], words[1])
    elif name in CONTEXT and len(words) >= 2:
        yield (words[0], words[1], None)


def _all_files() -> Iterator[tuple[str, Iterator[Key]]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), texts_in_code(path.read_text())
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.is_file():
            yield str(path.relative_to(ROOT)), texts_in_template(path.read_text())


def _key_of(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural or None


def _read() -> list[polib.POEntry]:
    return list(polib.pofile(str(CATALOGUE))) if CATALOGUE.exists() else []


def main(what: str) -> None:
    """`update`, `check` (fails with one line per problem) or `compile`."""
    if what == "update":
        update()
    elif what == "check":
        found = problems()
        sys.exit(
            "\n".join([*found, f"{len(found)} problems; `make messages` lists new texts in {CATALOGUE.name}"])
            if found
            else 0
        )
    compile_catalogues(ROOT / "locale")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "check")
