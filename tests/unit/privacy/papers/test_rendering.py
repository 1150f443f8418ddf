"""Papers on paper: JSON that comes back whole, HTML in which nothing strange lives, PDF that says the words."""

from __future__ import annotations

import re
import sys
import zlib
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from pydantic import ValidationError

from privacy.papers import draw, record, render
from privacy.papers.paper import Phrase
from privacy.papers.school import school_notice
from privacy.rules.assessment import Assessment
from tests.unit.privacy.papers.cases import ASSESSMENT, HEAD, KNOWN, LANGUAGES, LAW, papers, school, school_record

HOSTILE = "<script>alert(1)</script><img src=file:///etc/passwd>\"'&{{ x }}{% y %}"


def unpacked(pdf: bytes) -> bytes:
    assert pdf.startswith(b"%PDF-1.7")
    packed = re.findall(rb"FlateDecode[^>]*>>\s*stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(part) for part in packed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_json_holds_a_paper_whole_and_gives_it_back(language: str) -> None:
    for paper in papers(ASSESSMENT, language).values():
        text = render.to_json(paper)
        assert render.from_json(text) == render.from_json(render.to_json(render.from_json(text)))
        assert render.to_json(render.from_json(text)) == text
        assert render.to_html(render.from_json(text)) == render.to_html(paper)
    with pytest.raises(ValidationError):
        render.from_json(text.replace("escola.paper/1", "escola.paper/2"))


def test_whatever_people_wrote_is_text_on_the_page() -> None:
    words = dict.fromkeys(("consequences", "measures_taken", "measures_planned", "reason", "decided_by"), HOSTILE)
    company = record.Company(HOSTILE, (HOSTILE,))
    head = replace(HEAD, case_number=HOSTILE, company=company, contact=record.Contact(HOSTILE, HOSTILE, HOSTILE))
    made = papers(
        Assessment(**{**KNOWN, **words}), "fr", at=school(name=HOSTILE, city=HOSTILE), head=head, advice=HOSTILE
    )
    for paper in made.values():
        page = render.to_html(paper)
        assert "<script" not in page
        assert "<img" not in page
        assert HOSTILE in unescape(page)
        assert re.findall(r"(?:src|href)=\"(?!https://)[^\"]*\"|url\(|@import", page) == []


def test_a_page_is_told_in_headings_lists_and_tables_with_its_language() -> None:
    page = render.to_html(papers(ASSESSMENT, "it")["F7"])
    assert '<html lang="it">' in page
    assert page.count("<h1>") == 1
    assert '<th scope="col">' in page
    assert 'lang="de"' in page  # the law's own words


def test_a_pdf_is_drawn_by_a_process_of_its_own_and_is_accessible() -> None:
    hostile = replace(school_record(), extra=HOSTILE)
    (notice, letter) = render.to_pdfs([school_notice(hostile, "fr", LAW), papers(ASSESSMENT, "it")["F4"]])
    for pdf, title in ((notice, "Violation de la sécurité des données"), (letter, "Un incidente con i vostri dati")):
        content = unpacked(pdf)
        assert title.encode() in content
        assert b'pdfuaid:part="1"' in content
        assert b"/StructTreeRoot" in content


def test_drawing_fetches_nothing() -> None:
    for url in ("https://example.ch/x.png", "file:///etc/passwd", "data:text/plain,x"):
        with pytest.raises(ValueError, match="refused"):
            draw.refuse(url)


@pytest.mark.parametrize(
    ("stands_in", "said"),
    [
        ("echo cannot load library libpango >&2; exit 3", "install libpango.*cannot load library libpango"),
        ("exit 1", "could not be drawn: 1"),
        ("exit 0", "could not be drawn"),
    ],
)
def test_where_nothing_draws_it_is_said_why_and_what_to_install(
    stands_in: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "python"
    other.write_text(f"#!/bin/sh\n{stands_in}\n")
    other.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(other))
    with pytest.raises(render.PdfUnavailable, match=said):
        render.to_pdf(papers(ASSESSMENT, "de")["F4"])
    other.unlink()
    with pytest.raises(render.PdfUnavailable, match="FileNotFoundError"):
        render.to_pdf(papers(ASSESSMENT, "de")["F4"])


def test_a_link_leads_to_the_web_alone() -> None:
    with pytest.raises(ValidationError):
        Phrase(text="hier", url="javascript:alert(1)")
