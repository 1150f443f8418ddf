"""manage.py process: check, load, export and compare the process document."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core import clock
from core.actors import Actor
from directory.selectors import holder_counts
from escalation.chain_lint import remarks
from lifecycle.process_change import load_default, load_process, manned_roles
from process.diff import diff
from process.json_schema import as_text
from process.lint import lint
from process.loader import BadDocument, decode, read
from process.models import ProcessVersion
from process.schema import Document
from process.selectors import NoProcess, current_or_none, document, numbered
from process.services import check

OPERATOR = Actor("system", "command", "manage.py process", "command")


class Command(BaseCommand):
    """Exit code 1 and one line per problem for a file that is not accepted; nothing changes then."""

    help = "Check, load, export and compare the process document."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand each, as in the recipe `new-process-rule`."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verb = verbs.add_parser("check", help="say what is wrong or odd in a file; changes nothing")
        verb.add_argument("file")
        verb = verbs.add_parser("load", help="make a file the version in force")
        verb.add_argument("file")
        verb.add_argument("--note", default="", help="why it changed; shown in the list of versions")
        verb = verbs.add_parser("export", help="print a version as it was loaded")
        verb.add_argument("number", nargs="?", type=int, help="the version in force when left out")
        verb = verbs.add_parser("diff", help="what differs between two versions or files")
        verb.add_argument("before", help="a version number or a file")
        verb.add_argument("after", help="a version number or a file")
        verbs.add_parser("schema", help="print the JSON Schema for editors")
        verbs.add_parser("default", help="load the document that ships with the product, when none is loaded yet")

    def handle(self, *, verb: str, **options: Any) -> None:
        """Calls the subcommand; options nobody asked for are Django's own."""
        now = clock.now()
        match verb:
            case "check":
                self._check(options["file"], now)
            case "load":
                self._load(options["file"], options["note"], now)
            case "export":
                self.stdout.write(_export(options["number"]), ending="")
            case "diff":
                self._diff(_document(options["before"]), _document(options["after"]))
            case "schema":
                self.stdout.write(as_text(), ending="")
            case "default":
                self._default(now)

    def _check(self, file: str, now: datetime) -> None:
        text = _read_file(file)
        try:
            parsed = read(text)
            holders = _holders(now)
            found = lint(parsed.document, today=now.date(), holders=holders)
            if holders is None:
                self.stdout.write("no database: whether somebody holds each role was not checked")
            else:
                found += [remark.finding for remark in remarks(parsed.document, at=now)]
            for finding in found:
                self.stdout.write(finding.in_file(file, parsed.line_of(finding.path)))
            check(text, now=now, manned=None if holders is None else manned_roles())
        except BadDocument as error:
            raise _refusal(file, error) from None
        self.stdout.write(self.style.SUCCESS(f"{file}: valid"))

    def _load(self, file: str, note: str, now: datetime) -> None:
        text, before = _read_file(file), current_or_none()
        try:
            version = load_process(text=text, by_actor=OPERATOR, now=now, note=note)
        except BadDocument as error:
            raise _refusal(file, error) from None
        if before is not None and before.pk == version.pk:
            self.stdout.write(f"{file}: the same rules as version {version.number}, which stays in force")
        else:
            self.stdout.write(self.style.SUCCESS(f"{file}: version {version.number} is in force"))

    def _diff(self, before: Document, after: Document) -> None:
        changes = diff(before, after)
        for change in changes:
            self.stdout.write(str(change))
        if not changes:
            self.stdout.write("no difference")

    def _default(self, now: datetime) -> None:
        before = current_or_none()
        version = load_default(actor=OPERATOR, now=now)
        if before is not None:
            self.stdout.write(f"version {version.number} is in force already; nothing was loaded")
        else:
            self.stdout.write(self.style.SUCCESS(f"version {version.number} is in force: the shipped document"))


def _read_file(name: str) -> str:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror or error}") from None
    try:
        return decode(content)
    except BadDocument as error:
        raise _refusal(name, error) from None


def _document(name: str) -> Document:
    """A version by number, or a file; a file whose name is a number is given as ./12."""
    if name.isdecimal():
        return document(_version(int(name)).pk)
    try:
        return read(_read_file(name)).document
    except BadDocument as error:
        raise _refusal(name, error) from None


def _export(number: int | None) -> str:
    if number is not None:
        return _version(number).source
    version = current_or_none()
    if version is None:
        raise CommandError(str(NoProcess()))
    return version.source


def _version(number: int) -> ProcessVersion:
    try:
        return numbered(number)
    except ProcessVersion.DoesNotExist:
        raise CommandError(f"there is no version {number}") from None


def _holders(now: datetime) -> dict[str, int] | None:
    """How many people can be reached per role; None where there is no database, as in an editor or a build."""
    try:
        return holder_counts(now=now)
    except DatabaseError:
        return None


def _refusal(name: str, error: BadDocument) -> CommandError:
    lines = [problem.in_file(name) for problem in error.problems]
    return CommandError("\n".join([*lines, f"{name}: refused, nothing was changed"]))
