"""manage.py settings_table: docs/settings.md from the typed settings, so that the table cannot lie."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from pydantic import AnyHttpUrl, SecretStr
from pydantic.fields import FieldInfo

from escola_im.env import Env

TYPES = {bool: "0 or 1", int: "whole number", str: "text", SecretStr: "secret", AnyHttpUrl: "address", Path: "path"}
HEAD = """# Settings

Every variable the product reads. Written by `manage.py settings_table` from `escola_im/env.py`; do not edit by hand.

Each may also be a file of the same name in lower case below `/run/secrets`. A missing or wrong value stops the start
and is named. Beside these, the web process reads `HOST`, `PORT`, `WEB_CONCURRENCY` and `WEB_THREADS` (see
`gunicorn.conf.py`), the worker `WORKER_CONCURRENCY` (see `Procfile`).

| variable | kind | default | meaning |
|---|---|---|---|
"""


class Command(BaseCommand):
    """Writes the table; with --check only says whether it is up to date."""

    help = "Write docs/settings.md from the typed settings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch."""
        parser.add_argument("--check", action="store_true", help="fail if the file is not up to date; write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        path = settings.BASE_DIR / "docs" / "settings.md"
        text = table()
        if not options["check"]:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            raise CommandError("docs/settings.md is not up to date: run `manage.py settings_table`")


def table() -> str:
    """The whole page."""
    return HEAD + "".join(_row(name, field) for name, field in Env.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    default = "**required**" if field.is_required() else f"`{_shown(field.default)}`" if _shown(field.default) else "—"
    return f"| `{name.upper()}` | {_kind(field.annotation)} | {default} | {field.description} |\n"


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(annotation))
    plain = next((part for part in get_args(annotation) if part is not type(None)), annotation)
    return TYPES[plain]


def _shown(value: Any) -> str:
    if value is None or isinstance(value, SecretStr):
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)
