"""Pages of a case: first assessment, duties, affected schools with their notices, law enforcement, the register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from console.assessment_form import AssessmentForm
from console.door import READ, StaffRequest, by, posted, room
from console.page import as_download, page, redirect
from core.clock import now
from core.secrets import decrypt_bytes
from lifecycle import assessing, breach_papers, data_protection
from lifecycle.breach_board import lines_of
from lifecycle.breach_papers import enclosed_in
from lifecycle.errors import Conflict, Invalid, NotFound
from lifecycle.notice_links import address_of, code_of
from privacy.models import Case, Notice
from privacy.papers import render
from privacy.papers.paper import check
from privacy.rules.assessment import gaps, unknowns
from privacy.rules.weighing import Verdict
from privacy.schema import Duty as LawDuty
from privacy.selectors import (
    Owed,
    assessment_of,
    is_officer,
    law_of,
    opened,
    owed_in,
    schools_of,
    severity_of,
    versions_of,
)

NEVER = datetime.max.replace(tzinfo=UTC)
LANGUAGES = ("de", "fr", "it", "en")


def around(request: StaffRequest, found: Case, **context: Any) -> dict[str, Any]:
    """What every page of a case shows beside its own."""
    return {"case": found, "now": now(), "is_officer": is_officer(request.user), **context}


@room()
def assessment(request: StaffRequest, number: str) -> HttpResponse:
    """The guided form F1; each save is a version."""
    found = data_protection.look_into(number.upper(), what="assessment", by=by(request), now=now())
    before = assessment_of(found)
    form = AssessmentForm(posted(request), case=found, assessment=before)
    if request.method == "POST" and form.is_valid():
        try:
            assessing.assess(found.number, by=by(request), now=now(), **form.facts())
            messages.success(request, _("Erstbeurteilung gespeichert"))
            return redirect(request, reverse("console:privacy_assessment", args=[found.number]))
        except Invalid as problem:
            form.refuse(problem.errors)
        except Conflict:
            form.add_error(None, _("Der Fall wurde inzwischen geändert. Bitte sehen Sie ihn zuerst wieder an."))
    left = [name for name in gaps(before) if name not in assessing.DECISION]
    context = around(
        request,
        found,
        tab="assessment",
        form=form,
        severity=severity_of(before),
        versions=versions_of(found),
        gaps=left,
        unknown=unknowns(before),
        schools=len(schools_of(found)),
    )
    return page(request, "console/privacy/assessment.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class Group:
    """One duty of the law with everybody it is owed for."""

    duty: LawDuty
    owed: list[Owed]

    @property
    def open(self) -> list[Owed]:
        """What somebody still has to decide or do."""
        return [entry for entry in self.owed if entry.is_open]

    @property
    def urgent(self) -> bool:
        """Whether any of it is recommended, or waits for somebody to say; what is not due by all signs comes last."""
        return any(entry.clock.recommendation.verdict is not Verdict.NOT_DUE for entry in self.open)

    @property
    def until(self) -> datetime:
        """The first deadline of what is open; the end of time without one."""
        return min((entry.row.deadline for entry in self.open if entry.row.deadline), default=NEVER)


def groups_of(owed: Iterable[Owed]) -> list[Group]:
    """Duties, each once, in the order of the law."""
    found: dict[str, Group] = {}
    for entry in owed:
        found.setdefault(entry.clock.duty.key, Group(entry.clock.duty, [])).owed.append(entry)
    return list(found.values())


@room(methods=READ)
def duties(request: StaffRequest, number: str) -> HttpResponse:
    """Every duty with its clock, its source, and what was decided."""
    found = data_protection.look_into(number.upper(), what="duties", by=by(request), now=now())
    groups = groups_of(owed_in(found))
    running = sorted((group for group in groups if group.open), key=lambda group: (not group.urgent, group.until))
    context = around(
        request,
        found,
        tab="duties",
        running=running,
        settled=[group for group in groups if not group.open],
        law=law_of(found),
        decides=is_officer(request.user),
    )
    return page(request, "console/privacy/duties.html", context)


@room(methods=READ)
def schools(request: StaffRequest, number: str) -> HttpResponse:
    """0 of 137 informed: each school with its law, its notice, its authority's deadline."""
    found = data_protection.look_into(number.upper(), what="schools", by=by(request), now=now())
    lines = list(lines_of(found))
    states = [line.state for line in lines]
    counts = {
        "all": len(lines),
        "told": sum(line.is_told for line in lines),
        "acknowledged": states.count("acknowledged"),
        "drafts": sum(line.writing == Notice.State.DRAFT for line in lines),
        "reviewed": sum(line.writing == Notice.State.REVIEWED for line in lines),
        "without": states.count(""),
        "reported": sum(bool(line.row.report_id) for line in lines),
        "no_address": sum(not address_of(line.row) for line in lines),
        "unplaced": sum(line.standing.missing is not None for line in lines),
    }
    context = around(request, found, tab="schools", lines=lines, counts=counts)
    return page(request, "console/privacy/schools.html", context)


@room(methods=READ)
def school(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """One affected school: its notice as it reads it, its versions, its link, its code. Reading the code is kept."""
    found = data_protection.look_into(number.upper(), what=f"school {pk}", by=by(request), now=now())
    line = next((line for line in lines_of(found) if line.row.pk == pk), None)
    if line is None:
        raise NotFound(number)
    notices = list(Notice.objects.filter(affected=line.row).select_related("written_by", "reviewed_by"))
    context = around(
        request,
        found,
        tab="schools",
        line=line,
        notices=[(notice, enclosed_in(notice)) for notice in notices],
        visits=[visit for notice in notices for visit in notice.visits.all()],
        code=code_of(line.sent) if line.sent and is_officer(request.user) else "",
        address=address_of(line.row),
    )
    return page(request, "console/privacy/school.html", context)


@room(methods=READ)
def police(request: StaffRequest, number: str) -> HttpResponse:
    """What law enforcement was told, the evidence with its chain of custody, and who consented (P-7.4)."""
    found = data_protection.look_into(number.upper(), what="police", by=by(request), now=now())
    context = around(
        request,
        found,
        tab="police",
        reports=[(row, opened(row.sealed)) for row in found.police_reports.select_related("by")],
        evidence=[
            (row, opened(row.sealed), [(step, opened(step.sealed)) for step in row.custody.all()])
            for row in found.evidence.prefetch_related("custody")
        ],
        consents=[(row, opened(row.sealed)) for row in found.consents.all()],
    )
    return page(request, "console/privacy/police.html", context)


@room(methods=READ)
def evidence_file(request: StaffRequest, number: str, row: int) -> FileResponse:
    """A file kept as evidence, always as a download. That it was fetched is kept."""
    found = data_protection.look_into(number.upper(), what=f"evidence {row}", by=by(request), now=now())
    kept = found.evidence.exclude(file="").filter(pk=row).first()
    if kept is None:
        raise NotFound(number)
    with default_storage.open(kept.file) as sealed:
        content = decrypt_bytes(sealed.read())
    return as_download(content, opened(kept.sealed).get("name") or "evidence")


@room(methods=READ)
def paper(request: StaffRequest, number: str, form: str, shape: str) -> HttpResponseBase:
    """One of the papers F3 to F7 as PDF or JSON, in the language asked for. That it was fetched is kept."""
    given = request.GET
    found = data_protection.look_into(number.upper(), what=f"{form} {shape}", by=by(request), now=now())
    affected = next((row for row in schools_of(found) if str(row.pk) == given.get("school")), None)
    language = given.get("lang", "de") if given.get("lang") in LANGUAGES else "de"
    made = breach_papers.paper_of(
        found, form, language=language, now=now(), affected=affected, regime=given.get("regime", "")
    )
    name = f"{form}-{found.number}.{shape}"
    if shape == "json":
        return as_download(render.to_json(made).encode(), name, "application/json")
    try:
        return as_download(render.to_pdf(made), name, "application/pdf")
    except render.PdfUnavailable:  # the page prints as well
        return as_download(render.to_html(made).encode(), f"{form}-{found.number}.html", "text/html; charset=utf-8")


@room(methods=READ)
def papers(request: StaffRequest, number: str) -> HttpResponse:
    """Which papers the case has, and what each still lacks by law."""
    found = data_protection.look_into(number.upper(), what="papers", by=by(request), now=now())
    made = [
        breach_papers.paper_of(found, form, language=(get_language() or "de")[:2], now=now())
        for form in breach_papers.CASE_PAPERS
    ]
    shown = [(entry, [finding for finding in check(entry) if finding.blocks]) for entry in made]
    context = around(request, found, tab="papers", papers=shown, languages=LANGUAGES)
    return page(request, "console/privacy/papers.html", context)
