"""Texts of messages from `templates/notifications/<kind>.{subject,txt}`, in the language of who reads them.

Plain text, so nothing is escaped here; the HTML of a mail is made of the finished text, which escapes it
(`channels/email.py`). Templates are compiled once per process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import Context, Engine, Template
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.text import clean
from process.schema import Text

SUBJECT_LIMIT = 200
BODY_LIMIT = 100_000
PRIORITIES = {"critical": _("Kritisch"), "high": _("Hoch"), "medium": _("Mittel"), "low": _("Niedrig")}
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine(
        dirs=[str(settings.BASE_DIR / "templates" / "notifications")],
        autoescape=False,
        builtins=["django.templatetags.i18n"],
    )


@lru_cache(maxsize=256)
def _template(name: str) -> Template:
    return _engine().get_template(name)


def render(kind: str, context: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Subject and text of a message; TemplateDoesNotExist for a kind without templates.

    A `process.schema.Text` in the context reads in the language of the message; priorities may be the English key.
    The same holds inside `entries`, a list of such contexts.
    """
    with translation.override("en" if language == "en" else settings.LANGUAGE_CODE):
        values = Context({name: _readable(name, value, language) for name, value in context.items()}, autoescape=False)
        subject = _template(f"{kind}.subject").render(values)
        body = _template(f"{kind}.txt").render(values)
    return (
        clean(" ".join(subject.split()), limit=SUBJECT_LIMIT),
        clean(_EMPTY_LINES.sub("\n\n", body).strip(), limit=BODY_LIMIT),
    )


def _readable(name: str, value: Any, language: str) -> Any:
    if name == "entries":
        return [{key: _readable(key, part, language) for key, part in entry.items()} for entry in value]
    if isinstance(value, Text):
        return value.in_(language)
    if name in ("priority", "proposed") and isinstance(value, str):
        return _priority(value, language)
    return value


@lru_cache
def _priority(key: str, language: str) -> str:
    """The name of a priority in the language that is active; a burst asks for it thousands of times."""
    return str(PRIORITIES.get(key, key))
