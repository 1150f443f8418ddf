"""`incidents/`: the record by its number, its timeline, and one action per verb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet, etag, is_known
from api.examples import NEW_INCIDENT, body
from api.idempotency import once
from api.inputs import (
    In,
    ModuleField,
    ReporterField,
    SchoolField,
    Versioned,
    facts_of,
    key,
    keys,
    late_reason,
    level,
    text,
)
from api.pages import NEWEST, OLDEST, Key
from api.records import Around, ChildOut, IncidentOut, incidents_of
from api.room import RoomVerbs
from api.timeline import EventOut, events_of
from api.verbs import (
    AdviseIn,
    AssignIn,
    CancelIn,
    ConsultIn,
    CrisisIn,
    DeclareMajorIn,
    DeEscalateIn,
    DissatisfiedIn,
    EscalateIn,
    ExternalCommunicationIn,
    FeedbackIn,
    HoldIn,
    LinkIn,
    MajorDecisionIn,
    MergeIn,
    NoFacts,
    PriorityIn,
    ProductChangeIn,
    RejectPriorityIn,
    ReopenIn,
    ResolveIn,
    ReviewDoneIn,
    SetDueIn,
    StrategicDecisionIn,
    SuspectBreachIn,
    TextIn,
    verb,
    with_condition,
)
from directory.selectors import roles_of
from incidents.filters import IncidentFilter
from incidents.models import Incident
from incidents.selectors import visible_to
from lifecycle import (
    climb,
    connect,
    consultation,
    data_protection,
    decisions,
    descend,
    dissatisfaction,
    family,
    finish,
    intake,
    major,
    major_end,
    manual_due,
    ranking,
    respond,
    review,
)
from lifecycle.intake import IncidentDraft

NUMBER = r"[0-9A-Za-z-]{1,20}"
QUEUE = (Key("priority_rank"), Key("next_due_at", datetime, nullable=True), Key("id"))


class RecordIn(In):
    """The facts of §3 that a person or program gives."""

    title = text(160, required=False, allow_blank=True, help_text="First line of the symptom when missing.")
    category = key(help_text="An incident category of the process.")
    symptom = text()
    module = ModuleField(required=False, allow_null=True, source="module_id", help_text="Key or name.")
    school = SchoolField(required=False, allow_null=True, source="school_id")
    reporter = ReporterField(required=False)
    feedback_channel = key(required=False, allow_blank=True)


class IncidentIn(RecordIn):
    """A new incident. Urgency and impact come from their criteria or are stated."""

    channel = key(help_text="A channel of the process.")
    urgency = level(required=False, allow_null=True)
    impact = level(required=False, allow_null=True)
    urgency_criteria = keys(required=False)
    impact_criteria = keys(required=False)
    reported_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Up to seven days back.")
    recorded_late_because = late_reason()
    major_triggers = keys(required=False)
    data_protection = serializers.BooleanField(
        required=False,
        help_text="A data-protection incident is suspected: what is told is withheld, the officer is called (P-7.1).",
    )
    neutral = text(500, required=False, allow_blank=True, help_text="What everybody may read instead of the symptom.")


class IncidentEdit(RecordIn, Versioned):
    """Corrections; only what is given changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["partial"] = True
        super().__init__(*args, **kwargs)


def draft_facts(given: Mapping[str, Any]) -> dict[str, Any]:
    """A cleaned body as the arguments of IncidentDraft; what the reporter says of the school yields to `school`."""
    facts = {name: value for name, value in given.items() if name != "reporter"}
    return {**given.get("reporter", {}), **facts}


@extend_schema_view(list=extend_schema(summary="Incidents the caller may see, newest first."))
class Incidents(RoomVerbs, ApiViewSet):
    """Incident records. Lists take the filters of the console; `sort=queue` is the order of work (P-4.5)."""

    scope = "incidents"
    serializer_class = IncidentOut
    filter_backends = [DjangoFilterBackend]
    filterset_class = IncidentFilter
    lookup_field = "number"
    lookup_value_regex = NUMBER
    queryset = Incident.objects.none()
    orders = {"newest": NEWEST, "oldest": OLDEST, "queue": QUEUE}

    def get_queryset(self) -> QuerySet[Incident]:
        """What the caller may see."""
        return incidents_of(self.person)

    def list(self, request: Request) -> Response:
        """A page of records."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.shown(rows, many=True))

    @extend_schema(summary="One incident.", responses=IncidentOut)
    def retrieve(self, request: Request, number: str) -> Response:
        """The record with its ETag; 304 for a caller who has this version."""
        incident = self.incident(number)
        if is_known(request, incident.version):
            return Response(status=304, headers={"ETag": etag(incident.version)})
        return self.answer(number, incident=incident)

    @extend_schema(
        summary="Records an incident.", request=IncidentIn, responses={201: IncidentOut}, examples=[NEW_INCIDENT]
    )
    def create(self, request: Request) -> Response:
        """Opens an incident with clocks, escalation and messages, in one transaction."""
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        draft = IncidentDraft(**draft_facts(facts_of(IncidentIn, request)))
        opened = intake.open_incident(draft, by=self.by, now=self.now)
        response = self.answer(opened.number, status=201)
        response["Location"] = request.build_absolute_uri(f"{opened.number}/")
        return response

    @extend_schema(
        summary="Corrects the record.",
        request=IncidentEdit,
        responses=IncidentOut,
        examples=[body(title="Noten speichern schlägt fehl", module="grades_reports")],
    )
    def partial_update(self, request: Request, number: str) -> Response:
        """Changes what is given. With If-Match only if nobody changed the record meanwhile."""
        given = facts_of(IncidentEdit, request)
        version = given.pop("version", None)
        fields = {name.removesuffix("_id"): value for name, value in draft_facts(given).items()}
        if not fields:
            raise ValidationError([_("Es ist nichts zu ändern angegeben.")])
        facts = {"fields": fields, "version": version}
        with_condition(request, facts, lambda kept: respond.edit(number.upper(), by=self.by, now=self.now, **kept))
        return self.answer(number)

    acknowledge = verb("acknowledge", respond.acknowledge, NoFacts)
    assign = verb("assign", respond.assign, AssignIn, body(assignee="dev", team="development"))
    start = verb("start", respond.start, NoFacts)
    hold = verb("hold", respond.hold, HoldIn, body(reason="awaiting_vendor"))
    resume = verb("resume", respond.resume, NoFacts)
    comment = verb("comment", respond.comment, TextIn, body(text="Wir arbeiten daran."))
    note = verb("note", respond.note, TextIn, body(text="Tritt nur mit Safari auf."))
    escalate = verb("escalate", climb.escalate, EscalateIn, body(chain="functional", reason="technical_incident"))
    de_escalate = verb(
        "de-escalate",
        descend.de_escalate,
        DeEscalateIn,
        body(chain="functional", reason="Anwenderfrage, kein Fehler im Code."),
    )
    dissatisfied = verb(
        "dissatisfied",
        dissatisfaction.dissatisfied,
        DissatisfiedIn,
        body(grade="dissatisfied", said="Das ist das dritte Mal in diesem Monat.", channel="phone"),
    )
    declare_major = verb("declare-major", major.declare_major, DeclareMajorIn, body(trigger="whole_software_down"))
    reject_major = verb("reject-major", major_end.reject_major, MajorDecisionIn, body(reason="Nur eine Schule."))
    demote_major = verb("demote-major", major_end.demote_major, MajorDecisionIn, body(reason="Es war eine Schule."))
    review_done = verb("review-done", review.review_done, ReviewDoneIn, body(reference="Protokoll im Projektraum."))
    strategic_decision = verb(
        "strategic-decision",
        decisions.strategic_decision,
        StrategicDecisionIn,
        body(decision="Wir wechseln den Anbieter.", grounds="Zum dritten Mal in diesem Jahr ausgefallen."),
    )
    crisis = verb(
        "crisis",
        decisions.crisis,
        CrisisIn,
        body(situation="Alle Schulen ohne Zugang.", measures="Krisenstab tagt stündlich."),
    )
    product_change = verb(
        "product-change",
        decisions.product_change,
        ProductChangeIn,
        body(extent="necessary", change="Noten werden zweimal gespeichert.", reference="Stackfield 4711"),
    )
    external_communication = verb(
        "external-communication",
        decisions.external_communication,
        ExternalCommunicationIn,
        body(recipient="Schulpflege Musterwil", channel="phone", said="Bis Mittag ist alles wieder da."),
    )
    consult = verb(
        "consult",
        consultation.consult,
        ConsultIn,
        body(task="handling", question="Kann das mit dem Update von gestern zu tun haben?", role="development"),
    )
    advise = verb("advise", consultation.advise, AdviseIn, body(question=7, answer="Ja, wir nehmen es zurück."))
    set_priority = verb("set-priority", ranking.set_priority, PriorityIn, body(urgency="high", impact="medium"))
    confirm_priority = verb("confirm-priority", ranking.confirm_priority, NoFacts)
    reject_priority = verb(
        "reject-priority", ranking.reject_priority, RejectPriorityIn, body(reason="Bleibt dringend.")
    )
    set_due = verb(
        "set-due",
        manual_due.set_due,
        SetDueIn,
        body(clock="resolution", due_at="2026-12-01T16:00:00Z", reason="Mit der Schule vereinbart."),
    )
    suspect_breach = verb(
        "suspect-breach",
        data_protection.suspect_breach,
        SuspectBreachIn,
        body(grounds="Eine Liste mit Noten ging an Fremde.", neutral="Mailversand anhalten"),
    )
    link = verb("link", connect.link, LinkIn, body(kind="related", target="INC-2026-000101"))
    unlink = verb("unlink", connect.unlink, LinkIn, body(kind="related", target="INC-2026-000101"))
    merge = verb("merge", connect.merge, MergeIn, body(into="INC-2026-000101"))
    unmerge = verb("unmerge", connect.unmerge, NoFacts)
    resolve = verb("resolve", finish.resolve, ResolveIn, body(code="solved_permanently", text="Korrigiert."))
    reopen = verb("reopen", finish.reopen, ReopenIn, body(reason="Der Fehler ist wieder da."))
    close = verb("close", finish.close, NoFacts)
    cancel = verb("cancel", finish.cancel, CancelIn, body(code="withdrawn", reason="Hat sich erledigt."))
    feedback = verb("feedback", finish.feedback, FeedbackIn, body(text="Danke!", satisfaction="satisfied"))

    @extend_schema(
        summary="The open incidents that resolving or cancelling this one with `cascade` would touch.",
        responses=ChildOut(many=True),
    )
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def cascade(self, request: Request, number: str) -> Response:
        """Everything open below it, whatever the depth, by number."""
        below = family.open_below(self.incident(number))
        known = set(visible_to(self.person).filter(pk__in=[row.pk for row in below]).values_list("pk", flat=True))
        return Response(ChildOut([row for row in below if row.pk in known], many=True).data)

    def incident(self, number: str) -> Incident:
        """The record, if the caller may see it; 404 otherwise."""
        found: Incident | None = self.get_queryset().filter(number=number.upper()).first()
        if found is None:
            raise Http404
        return found

    def answer(self, number: str, *, incident: Incident | None = None, status: int = 200) -> Response:
        """The record as it stands, with its ETag."""
        incident = incident or self.incident(number)
        return Response(self.shown([incident], many=False), status=status, headers={"ETag": etag(incident.version)})

    def shown(self, rows: Sequence[Incident], *, many: bool) -> Any:
        """Records as callers read them."""
        around = Around.of(rows, person=self.person, now=self.now)
        return IncidentOut(rows if many else rows[0], many=many, context={"around": around}).data


@extend_schema_view(list=extend_schema(summary="The timeline of an incident, oldest first."))
class IncidentEvents(ApiViewSet):
    """What happened to an incident, as the tamper-evident log has it."""

    scope = "incidents"
    serializer_class = EventOut
    orders = {"oldest": OLDEST, "newest": NEWEST}

    def list(self, request: Request, number: str) -> Response:
        """A page of events with the texts people wrote."""
        incident = visible_to(self.person).filter(number=number.upper()).first()
        if incident is None:
            raise Http404
        if not roles_of(self.person):
            raise PermissionDenied(_("Den Verlauf sehen nur Mitarbeitende mit einer Rolle."))
        rows = self.paginate_queryset(events_of(incident.pk)) or []
        return self.get_paginated_response(EventOut.of(rows))
