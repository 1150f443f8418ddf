"""What the product's doors are measured against: one INSERT, or as many rows in a plain table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from bench.baseline.models import Row
from core import clock
from core.models import Event
from directory.models import RoleHolding
from escalation.models import Step
from incidents.models import OPEN_VALUES, Contact, Incident


def alive(request: HttpRequest) -> HttpResponse:
    """The server answers."""
    return HttpResponse("ok")


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """One INSERT of what was sent."""
    row = Row.objects.create(title="webhook", body=request.body, received_at=clock.now())
    return JsonResponse({"id": row.pk}, status=202)


def rows(request: HttpRequest) -> HttpResponse:
    """As many incidents as asked for, in the order of work."""
    found = Incident.objects.filter(status__in=OPEN_VALUES).select_related("team", "assignee")
    found = found.order_by("priority_rank", "next_due_at", "id")[: int(request.GET["rows"])]
    return render(request, "list.html", {"incidents": found})


def detail(request: HttpRequest, number: str) -> HttpResponse:
    """An incident with the rows its page shows: events, comments, clocks, steps, people to call, links, contacts."""
    related = ("team", "assignee", "school", "module")
    incident = Incident.objects.select_related(*related).get(number=number)
    context = {
        "incident": incident,
        "events": Event.objects.filter(subject_type="incident", subject_id=incident.pk).order_by("-id")[:60],
        "comments": incident.comments.all(),
        "clocks": incident.clocks.all(),
        "alerts": incident.alerts.all(),
        "contacts": incident.contacts.all(),
        "links": incident.links_out.select_related("target"),
        "linked_from": incident.links_in.select_related("source"),
        "steps": Step.objects.filter(incident=incident).select_related("acknowledged_by"),
        "holdings": RoleHolding.objects.select_related("person"),
    }
    return render(request, "detail.html", context)


def contacts(request: HttpRequest) -> HttpResponse:
    """The newest contacts nobody has classified."""
    found = Contact.objects.filter(state="new").select_related("school").order_by("id")[: int(request.GET["rows"])]
    return render(request, "contacts.html", {"contacts": found})


def as_json(request: HttpRequest) -> HttpResponse:
    """Incidents with every column, the names behind the keys, clocks and links, as the API tells of them."""
    found = Incident.objects.select_related("team", "assignee", "school", "module", "service_desk_agent")
    around = found.prefetch_related("clocks", "links_out__target", "links_in__source")
    return JsonResponse(
        {"results": [_told(incident) for incident in around.order_by("-id")[: int(request.GET["rows"])]]}
    )


def _told(incident: Incident) -> dict[str, Any]:
    columns = {field.name: field.value_from_object(incident) for field in incident._meta.concrete_fields}
    return columns | {
        "team": incident.team.key if incident.team else None,
        "assignee": incident.assignee.username if incident.assignee else None,
        "service_desk_agent": incident.service_desk_agent.username if incident.service_desk_agent else None,
        "school": incident.school.name if incident.school else None,
        "module": incident.module.key if incident.module else None,
        "clocks": [
            {"kind": clock.kind, "state": clock.state, "target_s": clock.target_s, "due_at": clock.due_at}
            for clock in incident.clocks.all()
        ],
        "links": [
            *({"kind": link.kind, "number": link.target.number} for link in incident.links_out.all()),
            *({"kind": link.kind, "number": link.source.number} for link in incident.links_in.all()),
        ],
    }
