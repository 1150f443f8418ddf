"""`privacy/persons/`: what the officer's programs do for people who ask; for everybody else there is nothing here."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.examples import body
from api.fields import Instant
from api.idempotency import once
from api.inputs import In, facts_of, text
from lifecycle import retention
from lifecycle.access import SEE_RETENTION, require
from lifecycle.errors import NotFound
from lifecycle.personal import holds, requests
from lifecycle.personal.copy import as_archive, as_data
from lifecycle.personal.subject import Subject
from privacy.selectors import is_officer
from process.selectors import current_document

WHOM = ("email", "phone", "name")


class PersonIn(In):
    """Whom a request is about; one of the three is enough."""

    email = text(254, required=False, default="")
    phone = text(40, required=False, default="")
    name = text(160, required=False, default="")


class ExportIn(PersonIn):
    """Whom, and which records are theirs where a namesake has others."""

    only = serializers.ListField(
        child=text(20), required=False, help_text="Numbers of the records that are theirs; left out: all found."
    )


class EraseIn(ExportIn):
    """The same, and why."""

    reason = text(500)
    reference = text(80, required=False, default="")


class LegalHoldIn(In):
    """Why nothing of an incident may be deleted."""

    number = text(20)
    reason = text(500)


class LegalHoldEndIn(In):
    """The incident whose hold ends."""

    number = text(20)


class FoundOut(serializers.Serializer[Any]):
    """How many records there are, why how many would stay, and all of it as `data`."""

    counts = serializers.DictField(child=serializers.IntegerField())
    held = serializers.DictField(child=serializers.IntegerField())
    data = serializers.DictField()  # type: ignore[assignment]


class ErasedOut(serializers.Serializer[Any]):
    """How many records lost the person, and why how many stayed."""

    counts = serializers.DictField(child=serializers.IntegerField())
    held = serializers.DictField(child=serializers.IntegerField())


class LegalHoldOut(serializers.Serializer[Any]):
    """A legal hold."""

    number = serializers.CharField(source="incident.number")
    reason = serializers.CharField()
    by = serializers.CharField(source="by.username")
    since = Instant()


class RetainedOut(serializers.Serializer[Any]):
    """How long a type is kept, and what the newest run did about it."""

    key = serializers.CharField()
    months = serializers.IntegerField(allow_null=True)
    days = serializers.IntegerField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    paragraph = serializers.CharField()
    at = Instant(allow_null=True, help_text="The newest run; null before the first, or when nothing carries it out.")
    cutoff = Instant(allow_null=True)
    found = serializers.IntegerField(allow_null=True)
    erased = serializers.IntegerField(allow_null=True)
    held = serializers.DictField(allow_null=True, help_text="Reason → count; for the officer only.")


WHO = body(email="mia.muster@schule.example")
ERASED = OpenApiExample(
    "Erased", value={"counts": {"incidents": 2, "contacts": 2}, "held": {"open": 1}}, response_only=True
)


class Persons(ApiViewSet):
    """What there is of a person. Bodies, not addresses, name them: addresses end up in logs."""

    scope = "privacy"

    def _subject(self, facts: dict[str, Any]) -> Subject:
        if not is_officer(self.person):
            raise NotFound("privacy")
        return Subject.of(**{name: facts.pop(name) for name in WHOM})

    @extend_schema(summary="Everything there is of a person.", request=PersonIn, responses=FoundOut, examples=[WHO])
    def search(self, request: Request) -> Response:
        """That it was looked up is kept."""
        subject = self._subject(facts_of(PersonIn, request))
        found = requests.look_up(subject, by=self.by, now=self.now)
        shown = {"counts": found.counts(), "held": found.stays(), "data": as_data(found, now=self.now)}
        return Response(shown)

    @extend_schema(
        summary="The same with their files, as a ZIP.",
        request=ExportIn,
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
        examples=[WHO],
    )
    def export(self, request: Request) -> FileResponse:
        """That a copy left the house is kept."""
        facts = facts_of(ExportIn, request)
        found = requests.hand_out(self._subject(facts), **facts, by=self.by, now=self.now)
        return FileResponse(as_archive(found, now=self.now), as_attachment=True, filename="export.zip")

    @extend_schema(
        summary="Erases a person wherever nothing keeps them.",
        request=EraseIn,
        responses=ErasedOut,
        examples=[body(email="mia.muster@schule.example", reason="Gesuch vom 20.11."), ERASED],
    )
    def erase(self, request: Request) -> Response:
        """All of it or nothing; what stays says why. Sent twice, the second finds nothing more."""
        facts = facts_of(EraseIn, request)
        erased = requests.erase(self._subject(facts), **facts, by=self.by, now=self.now)
        return Response(ErasedOut(erased).data)

    @extend_schema(summary="Legal holds in force.", responses=LegalHoldOut(many=True))
    def holds(self, request: Request) -> Response:
        """Incidents of which nothing may be deleted."""
        if not is_officer(self.person):
            raise NotFound("privacy")
        return Response(LegalHoldOut(holds.holds(), many=True).data)

    @extend_schema(
        summary="Sets a legal hold.",
        request=LegalHoldIn,
        responses={201: LegalHoldOut},
        examples=[body(number="INC-2026-000123", reason="Verfahren 12/26")],
    )
    def hold(self, request: Request) -> Response:
        """Nothing of the incident is deleted from now on."""
        return once(request, lambda: self._hold(request))

    def _hold(self, request: Request) -> Response:
        row = holds.hold(**facts_of(LegalHoldIn, request), by=self.by, now=self.now)
        return Response(LegalHoldOut(row).data, status=201)

    @extend_schema(
        summary="Ends a legal hold.",
        request=LegalHoldEndIn,
        responses={204: None},
        examples=[body(number="INC-2026-000123")],
    )
    def release(self, request: Request) -> Response:
        """From now on the retention applies again."""
        holds.release(facts_of(LegalHoldEndIn, request)["number"], by=self.by, now=self.now)
        return Response(status=204)


class Retention(ApiViewSet):
    """How long what is kept."""

    scope = "health"

    @extend_schema(summary="Retention per type, with the newest run.", responses=RetainedOut(many=True))
    def retrieve(self, request: Request) -> Response:
        """As the process document has it; why something stayed is the officer's to know."""
        require(self.by, SEE_RETENTION)
        newest = {report.type: report for report in reversed(retention.reports())}
        sees_why = is_officer(self.person)
        rows = []
        for rule in current_document()[1].retention:
            run = newest.get(rule.key)
            facts = {name: getattr(run, name, None) for name in ("at", "cutoff", "found", "erased")}
            rows.append({**rule.model_dump(), **facts, "held": run.held if run and sees_why else None})
        return Response(RetainedOut(rows, many=True).data)
