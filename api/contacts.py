"""`contacts/`: everything that reached the service desk, its classification and its answer (§2)."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet, etag, is_known
from api.examples import NEW_CONTACT, body
from api.fields import Instant
from api.idempotency import once
from api.incidents import NUMBER, IncidentIn, draft_facts
from api.inputs import In, ReporterField, SchoolField, Versioned, facts_of, key, late_reason, text
from api.pages import NEWEST, OLDEST
from api.records import ReporterOut
from api.verbs import TextIn, with_condition
from incidents.models import Contact
from incidents.selectors import contacts_visible_to
from lifecycle import intake
from lifecycle.intake import ContactDraft, IncidentDraft
from process.schema import ContactKind


class ContactFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Query parameters of the list."""

    state = django_filters.MultipleChoiceFilter(choices=Contact.State.choices)
    kind = django_filters.CharFilter()
    channel = django_filters.CharFilter()
    received_after = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")

    class Meta:
        model = Contact
        fields: list[str] = []


class ContactOut(serializers.Serializer[Any]):
    """A contact. `kind` is empty until somebody classified it (P-2.2)."""

    number = serializers.CharField()
    state = serializers.ChoiceField(Contact.State.values)
    kind = serializers.CharField()
    channel = serializers.CharField()
    reporter = ReporterOut(source="*")
    feedback_channel = serializers.CharField()
    callback_wanted = serializers.BooleanField()
    subject = serializers.CharField()
    body = serializers.CharField()
    answer = serializers.CharField()
    handed_to = serializers.CharField()
    taken_by = serializers.CharField(source="taken_by.username", allow_null=True, default=None)
    incident = serializers.CharField(source="incident.number", allow_null=True, default=None)
    received_at = Instant()
    created_at = Instant()
    answered_at = Instant(allow_null=True)
    version = serializers.IntegerField()


class ContactIn(In):
    """What somebody told us."""

    channel = key(help_text="A channel of the process.")
    subject = text(160, required=False, allow_blank=True, default="")
    body = text(required=False, allow_blank=True, default="")
    reporter = ReporterField(required=False)
    school = SchoolField(required=False, allow_null=True, source="school_id")
    feedback_channel = key(required=False, allow_blank=True)
    callback_wanted = serializers.BooleanField(required=False)
    received_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Up to seven days back.")
    recorded_late_because = late_reason()


class ContactIncident(IncidentIn):
    """The facts a contact lacks to become an incident; the rest comes from the contact."""

    symptom = text(required=False)
    channel = key(required=False)


class ClassifyIn(Versioned):
    """What it is. An incident needs its facts, or the number of the incident it joins."""

    kind = serializers.ChoiceField([kind.value for kind in ContactKind])
    incident = ContactIncident(required=False)
    join = serializers.CharField(max_length=20, required=False)


@extend_schema_view(list=extend_schema(summary="Contacts, newest first."))
class Contacts(ApiViewSet):
    """Contacts, by number."""

    scope = "contacts"
    serializer_class = ContactOut
    filter_backends = [DjangoFilterBackend]
    filterset_class = ContactFilter
    lookup_field = "number"
    lookup_value_regex = NUMBER
    queryset = Contact.objects.none()
    orders = {"newest": NEWEST, "oldest": OLDEST}

    def get_queryset(self) -> QuerySet[Contact]:
        """What the caller may see, with the names a row shows."""
        rows = contacts_visible_to(self.person).select_related("school", "taken_by", "incident")
        return rows.defer("incident__symptom", "incident__resolution", "incident__customer_feedback")

    def list(self, request: Request) -> Response:
        """A page of contacts."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(ContactOut(rows, many=True).data)

    @extend_schema(summary="One contact.", responses=ContactOut)
    def retrieve(self, request: Request, number: str) -> Response:
        """The contact with its ETag; 304 for a caller who has this version."""
        contact = self.contact(number)
        if is_known(request, contact.version):
            return Response(status=304, headers={"ETag": etag(contact.version)})
        return self.answered(contact)

    @extend_schema(
        summary="Takes a contact in.", request=ContactIn, responses={201: ContactOut}, examples=[NEW_CONTACT]
    )
    def create(self, request: Request) -> Response:
        """Keeps a contact, whatever its channel (P-2.1)."""
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        draft = ContactDraft(**draft_facts(facts_of(ContactIn, request)))
        taken = intake.take_contact(draft, by=self.by, now=self.now)
        response = self.answered(self.contact(taken.number), status=201)
        response["Location"] = request.build_absolute_uri(f"{taken.number}/")
        return response

    @extend_schema(
        summary="Says what a contact is, again if need be (P-2.2).",
        request=ClassifyIn,
        responses=ContactOut,
        examples=[body(kind="incident", incident={"category": "software", "urgency": "medium", "impact": "low"})],
    )
    @action(detail=True, methods=["post"])
    def classify(self, request: Request, number: str) -> Response:
        """Classifies; `incident` opens one from the contact, `join` attaches it to an existing one."""
        return once(request, lambda: self._classify(request, number))

    def _classify(self, request: Request, number: str) -> Response:
        contact = self.contact(number)
        facts = facts_of(ClassifyIn, request)
        if "incident" in facts:
            facts["incident"] = IncidentDraft(**{**_known_facts(contact), **draft_facts(facts["incident"])})
        with_condition(request, facts, lambda kept: intake.classify(contact.number, by=self.by, now=self.now, **kept))
        return self.answered(self.contact(number))

    @extend_schema(
        summary="Answers a contact that is no incident.",
        request=TextIn,
        responses=ContactOut,
        examples=[body(text="Über «Drucken» in der Klassenansicht.")],
    )
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, number: str) -> Response:
        """Keeps the answer and sends it on the reporter's feedback channel."""
        return once(request, lambda: self._answer(request, number))

    def _answer(self, request: Request, number: str) -> Response:
        facts = facts_of(TextIn, request)
        with_condition(request, facts, lambda kept: intake.answer(number.upper(), by=self.by, now=self.now, **kept))
        return self.answered(self.contact(number))

    def contact(self, number: str) -> Contact:
        """The contact, if the caller may see it; 404 otherwise."""
        found: Contact | None = self.get_queryset().filter(number=number.upper()).first()
        if found is None:
            raise Http404
        return found

    def answered(self, contact: Contact, *, status: int = 200) -> Response:
        """The contact with its ETag."""
        return Response(ContactOut(contact).data, status=status, headers={"ETag": etag(contact.version)})


def _known_facts(contact: Contact) -> dict[str, Any]:
    return {
        "channel": contact.channel,
        "symptom": contact.body or contact.subject,
        "title": contact.subject,
        "reporter_name": contact.reporter_name,
        "reporter_email": contact.reporter_email,
        "reporter_phone": contact.reporter_phone,
        "school_id": contact.school_id,
        "feedback_channel": contact.feedback_channel,
    }
