"""What the product's doors are measured against: one INSERT, or as many rows in a plain table."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from bench.baseline.models import Row
from core import clock
from core.models import Event
from incidents.models import OPEN_VALUES, Contact, Incident
from sla.models import Clock


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
    """An incident with its events and clocks."""
    incident = Incident.objects.select_related("team", "assignee", "school", "module").get(number=number)
    events = Event.objects.filter(subject_type="incident", subject_id=incident.pk).order_by("-id")[:60]
    clocks = Clock.objects.filter(incident=incident)
    return render(request, "detail.html", {"incident": incident, "events": events, "clocks": clocks})


def contacts(request: HttpRequest) -> HttpResponse:
    """The newest contacts nobody has classified."""
    found = Contact.objects.filter(state="new").select_related("school").order_by("id")[: int(request.GET["rows"])]
    return render(request, "contacts.html", {"contacts": found})


def as_json(request: HttpRequest) -> HttpResponse:
    """Incidents with every column of theirs, as JSON."""
    found = Incident.objects.order_by("-id").values()[: int(request.GET["rows"])]
    return JsonResponse({"results": list(found)})
