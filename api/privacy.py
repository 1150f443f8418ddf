"""`privacy/cases/`: data-protection cases for who may know of them; for everybody else there are none (P-7.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.examples import body
from api.fields import Instant
from api.idempotency import once
from api.inputs import PersonField, Versioned, facts_of, text
from api.pages import NEWEST, OLDEST
from api.timeline import EventOut
from api.verbs import with_condition
from directory.models import Person
from lifecycle import data_protection
from lifecycle.errors import NotFound
from privacy.models import Case
from privacy.selectors import (
    cases_visible_to,
    enters,
    events_of,
    notes_of,
    readers_of,
    readings_of,
    withheld_texts,
)

NUMBER = r"(?P<number>[0-9A-Za-z-]{1,20})"


class ReasonIn(Versioned):
    """Why."""

    reason = text(5000)


class CaseNoteIn(Versioned):
    """A text kept in the case, encrypted."""

    text = text(20_000)


class LetReadIn(Versioned):
    """Who needs to know, and what for."""

    person = PersonField()
    reason = text(500)


class StopReadingIn(Versioned):
    """Who need not know any more."""

    person = PersonField()


class CaseOut(serializers.Serializer[Any]):
    """A case, without anything that was said in it."""

    number = serializers.CharField()
    incident = serializers.CharField(source="incident.number")
    state = serializers.ChoiceField(Case.State.values)
    version = serializers.IntegerField()
    suspected_at = Instant(help_text="When we became aware.")
    suspected_by = serializers.CharField(source="suspected_by.username", allow_null=True, default=None)
    acknowledge_by = Instant(help_text="From then on the executive board is called too.")
    next_call_at = Instant(allow_null=True, help_text="Null once somebody has answered.")
    acknowledged_at = Instant(allow_null=True)
    officer = serializers.CharField(source="officer.username", allow_null=True, default=None)
    dismissed_at = Instant(allow_null=True)


class WrittenOut(serializers.Serializer[Any]):
    """A text with whose it is."""

    label = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField()
    at = Instant()


class ReaderOut(serializers.Serializer[Any]):
    """Somebody who was named to read the case."""

    username = serializers.CharField(source="person.username")
    reason = serializers.CharField()
    since = Instant()


class ReadingOut(serializers.Serializer[Any]):
    """Somebody read something."""

    username = serializers.CharField(source="person.username")
    what = serializers.CharField()
    via = serializers.CharField()
    at = Instant()


class CaseDetailOut(CaseOut):
    """A case with everything in it. Reading it is kept in `readings`."""

    notes = WrittenOut(many=True)
    withheld = WrittenOut(many=True, help_text="What was taken out of the incident and stands only here.")
    readers = ReaderOut(many=True)
    events = serializers.ListField(child=EventOut())
    readings = ReadingOut(many=True, help_text="The newest hundred.")


EXAMPLE = OpenApiExample(
    "Suspected",
    value={
        "number": "DS-2026-009000",
        "incident": "INC-2026-000123",
        "state": "suspected",
        "version": 2,
        "suspected_at": "2026-10-23T14:50:00Z",
        "suspected_by": "support",
        "acknowledge_by": "2026-10-23T15:20:00Z",
        "next_call_at": "2026-10-23T15:00:00Z",
        "acknowledged_at": None,
        "officer": None,
        "dismissed_at": None,
    },
    response_only=True,
)


def case_verb(call: Callable[..., Case], facts: type[Versioned], *examples: OpenApiExample) -> Any:
    """A POST action of a case. Its answer is kept for repeated requests, so it holds nothing that was said."""

    def act(self: Any, request: Request, number: str) -> Response:
        if not self.get_queryset().filter(number=number.upper()).exists():  # not even an answer given before
            raise NotFound(number)
        return once(request, lambda: _apply(self, request, number))

    def _apply(self: Any, request: Request, number: str) -> Response:
        given = facts_of(facts, request)
        if "person" in given:
            given["person"] = Person.objects.get(pk=given["person"])
        with_condition(request, given, lambda kept: call(number.upper(), by=self.by, now=self.now, **kept))
        return Response(CaseOut(self.get_queryset().get(number=number.upper())).data)

    act.__doc__ = call.__doc__
    return extend_schema(
        summary=(call.__doc__ or "").strip().partition("\n")[0],
        request=facts,
        responses={200: CaseOut},
        examples=[*(examples or [body()]), EXAMPLE],
        parameters=[OpenApiParameter("number", str, "path")],
    )(act)


@extend_schema_view(list=extend_schema(summary="The data-protection cases the caller may know of.", examples=[EXAMPLE]))
class Cases(ApiViewSet):
    """Data-protection cases. A key needs `privacy:read` or `privacy:write` by name; no other scope covers them."""

    scope = "privacy"
    serializer_class = CaseOut
    queryset = Case.objects.none()
    orders = {"newest": NEWEST, "oldest": OLDEST}

    def get_queryset(self) -> QuerySet[Case]:
        """What the caller may know of."""
        return cases_visible_to(self.person).select_related("incident", "officer", "suspected_by")

    def list(self, request: Request) -> Response:
        """A page of cases; 404 for who has none."""
        if not enters(self.person):
            raise NotFound("privacy")
        rows = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(CaseOut(rows, many=True).data)

    @extend_schema(
        summary="A case with everything in it.",
        responses=CaseDetailOut,
        parameters=[OpenApiParameter("number", str, "path")],
    )
    def retrieve(self, request: Request, number: str) -> Response:
        """That it was read is kept."""
        case = data_protection.look_into(number.upper(), what="case", by=self.by, now=self.now)
        shown = {
            **CaseOut(case).data,
            "notes": WrittenOut(notes_of(case), many=True).data,
            "withheld": WrittenOut(withheld_texts(case), many=True).data,
            "readers": ReaderOut(readers_of(case), many=True).data,
            "events": EventOut.of([*events_of(case)]),
            "readings": ReadingOut(readings_of(case), many=True).data,
        }
        return Response(shown)

    acknowledge = case_verb(data_protection.acknowledge, Versioned)
    note = case_verb(data_protection.note, CaseNoteIn, body(text="Anbieter hat das Protokoll gesichert."))
    dismiss = case_verb(data_protection.dismiss, ReasonIn, body(reason="Es waren Übungsdaten."))
    let_read = case_verb(data_protection.let_read, LetReadIn, body(person="dev", reason="Behebt die Ursache."))
    stop_reading = case_verb(data_protection.stop_reading, StopReadingIn, body(person="dev"))


VERBS = ("acknowledge", "note", "dismiss", "let_read", "stop_reading")
