"""Papers as JSON, HTML and PDF. One template serves screen and print; what stands in it is hostile until escaped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from privacy.papers.draw import NOT_THERE
from privacy.papers.paper import Paper

STYLE = Path(__file__).with_name("paper.css")
ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 30
PER_PAPER_S = 5
INSTALL = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PdfUnavailable(Exception):
    """No PDF can be drawn here; the text says what to install. The HTML prints from any browser."""


def to_json(paper: Paper) -> str:
    """The paper as JSON, whole: keys as in `Paper`, in its order; `from_json` reads it back."""
    return paper.model_dump_json()


def from_json(text: str) -> Paper:
    """What `to_json` wrote. Raises pydantic.ValidationError for all else."""
    return Paper.model_validate_json(text)


def to_html(paper: Paper) -> str:
    """The paper as one page that refers to no other file."""
    return render_to_string("papers/paper.html", {"paper": paper, "style": _style()})


def to_pdf(paper: Paper) -> bytes:
    """The paper as accessible PDF (PDF/UA-1). Raises PdfUnavailable."""
    return to_pdfs([paper])[0]


def to_pdfs(papers: Sequence[Paper]) -> list[bytes]:
    """Several papers, drawn by one process that ends with them. Raises PdfUnavailable."""
    pages = "".join(f"{json.dumps(to_html(paper))}\n" for paper in papers)
    try:
        drawn = subprocess.run(
            [sys.executable, "-m", "privacy.papers.draw"],
            input=pages.encode(),
            cwd=ROOT,
            env={
                name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH")
            },
            capture_output=True,
            timeout=LONGEST_S + PER_PAPER_S * len(papers),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PdfUnavailable(f"The PDF could not be drawn: {error.__class__.__name__}") from None
    said = drawn.stderr.decode(errors="replace").strip().splitlines()
    if drawn.returncode == NOT_THERE:
        raise PdfUnavailable(f"PDF needs libpango: install {INSTALL} ({said[-1] if said else ''})")
    pdfs = [b64decode(line) for line in drawn.stdout.splitlines()]
    if drawn.returncode or len(pdfs) != len(papers):
        raise PdfUnavailable(f"The PDF could not be drawn: {said[-1] if said else drawn.returncode}")
    return pdfs


@cache
def _style() -> str:
    """Ours, and the one thing in a page that is not escaped: it has quotes."""
    return mark_safe(STYLE.read_text(encoding="utf-8"))  # noqa: S308
