"""What lint says about a document that is valid and still odd."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from process.schema import Text


class Severity(StrEnum):
    """`error` is refused when loading; `warning` should be mended; `notice` is kept as it is, and said (P-14.2)."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: its kind, the place in the document, the paragraph of the written process, the text to show."""

    severity: Severity
    code: str
    path: str
    paragraph: str
    message: Text

    def in_file(self, name: str, line: int, language: str = "en") -> str:
        """`file:line: severity: path (paragraph): message`, as compilers write it."""
        where = f"{self.path} ({self.paragraph})" if self.paragraph else self.path
        return f"{name}:{line}: {self.severity}: {where}: {self.message.in_(language)}"


def error(code: str, path: str, paragraph: str, *, de: str, en: str) -> Finding:
    """A finding that keeps the document from being loaded."""
    return Finding(Severity.ERROR, code, path, paragraph, Text(de=de, en=en))


def warning(code: str, path: str, paragraph: str, *, de: str, en: str) -> Finding:
    """A finding somebody should mend."""
    return Finding(Severity.WARNING, code, path, paragraph, Text(de=de, en=en))


def notice(code: str, path: str, paragraph: str, *, de: str, en: str) -> Finding:
    """A finding that is said and kept."""
    return Finding(Severity.NOTICE, code, path, paragraph, Text(de=de, en=en))
