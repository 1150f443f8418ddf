"""Incident: everything about one incident."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import get_language

from console import ladders, major, presence, ranking, record, timeline, verbs
from console.belongings import belongings_of, connections_of
from console.door import READ, StaffRequest, number_in, room
from console.page import known, page
from console.reach import Reach
from core.clock import now
from incidents.models import Attachment
from incidents.rules.states import Status, Verb, allowed_verbs
from incidents.selectors import consultations_of, visible_to
from lifecycle import major_end
from lifecycle.access import actions_of
from lifecycle.errors import NotFound
from process.selectors import document as document_of


@room(methods=READ)
def detail(request: StaffRequest, number: str) -> HttpResponse:
    """The page; a live region that asks again gets 304 while neither record nor log nor onlookers changed."""
    if request.headers.get("HX-Request"):
        return _live(request, number)
    context = _everything(request, number)
    context["others"] = presence.note_and_list(context["incident"].pk, request.user, now=now())
    return page(request, "console/incidents/detail.html", context)


def _live(request: StaffRequest, number: str) -> HttpResponse:
    pk, version, last_event = record.stamp_of(request.user, number)
    others = presence.note_and_list(pk, request.user, now=now())
    minute = int(now().timestamp()) // 30
    stamp = "-".join([str(version), str(last_event), str(minute), str(get_language()), *others, _window(request)])
    unchanged = known(request, stamp)
    if unchanged is not None:
        return unchanged
    context = _everything(request, number) | {"others": others}
    fragments = {"timeline": "console/incidents/_live.html"}
    return page(request, "console/incidents/detail.html", context, fragments=fragments, stamp=stamp)


def _window(request: HttpRequest) -> str:
    return f"{request.GET.get('show', 'all')}-{request.GET.get('before', '')}"


def _everything(request: StaffRequest, number: str) -> dict[str, Any]:
    instant = now()
    language = get_language() or "de"
    incident = record.incident_for(request.user, number)
    document = document_of(incident.process_version_id)
    may = actions_of(request.user)
    possible = [verb for verb in allowed_verbs(Status(incident.status)) if verb.value in may]
    climbs = ladders.ladders_of(incident, document, language)
    hanging = belongings_of(incident, request.user)
    main_verbs, more_verbs = verbs.offered(incident, possible, document, request.user, hanging)
    return {
        "incident": incident,
        "process": document,
        "now": instant,
        "stream": timeline.stream(
            incident,
            document,
            language,
            kind=request.GET.get("show", "all"),
            before=number_in(request.GET.get("before", "")),
        ),
        "filters": [(key, words) for key, (words, _kinds) in timeline.FILTERS.items()],
        "promises": record.promises_of(incident, document, language, now=instant),
        "major": major.panel_of(incident, hanging.declared, document, language, request.user),
        "may_decide": major_end.may_decide(request.user, document),
        "ladders": climbs,
        "todo": ladders.to_do(climbs),
        "questions": consultations_of(incident) if hanging.has_questions else [],
        "can_tick": Verb.TICK in possible,
        "hanging": hanging,
        "connections": connections_of(incident, hanging.related),
        "why": ranking.sentence(document, urgency=incident.urgency, impact=incident.impact),
        "urgency_criteria": record.criteria_of(incident.urgency_criteria, document.urgency_criteria, language),
        "impact_criteria": record.criteria_of(incident.impact_criteria, document.impact_criteria, language),
        "names": {
            "channel": document.label("channels", incident.channel, language),
            "category": document.label("categories", incident.category, language),
            "feedback": document.label("channels", incident.feedback_channel, language),
            "closure": document.label("closure_codes", incident.closure_code, language),
            "pending": document.label("pending_reasons", incident.pending_reason, language),
        },
        "main_verbs": main_verbs,
        "more_verbs": more_verbs,
        "can_note": "note" in may,
        "can_unlink": "unlink" in may,
        "reach": Reach.of(incident, document, language),
        "can_message": any(verb.value == "comment" for verb in possible),
    }


@room(methods=READ)
def download(request: StaffRequest, number: str, attachment_id: int) -> FileResponse:
    """A file, always as a download and never as a page of ours."""
    visible = visible_to(request.user).filter(number=number.upper())
    attachment = Attachment.objects.filter(pk=attachment_id, incident__in=visible).first()
    if attachment is None or not default_storage.exists(attachment.stored_name):
        raise NotFound(number)
    response = FileResponse(
        default_storage.open(attachment.stored_name),
        as_attachment=True,
        filename=attachment.name,
        content_type="application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
