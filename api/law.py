"""`privacy/law/`: the data-protection law cases go by, in versions; read by who enters the officer's room (P-7.5)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.examples import body
from api.fields import Instant
from api.inputs import Versioned, facts_of, text
from api.pages import NEWEST
from api.process import VersionOut
from api.verbs import with_condition
from lifecycle.errors import NotFound
from lifecycle.law_change import load_law
from privacy.models import LawVersion
from privacy.selectors import current_law, current_version, enters, law_versions
from process.loader import MAX_BYTES


class LawIn(Versioned):
    """The whole text of the law (YAML), and why it changes. `version` is the number it was changed from."""

    note = text(500, required=False, allow_blank=True)
    text = text(MAX_BYTES, trim_whitespace=False)


class LawOut(serializers.Serializer[Any]):
    """The law in force. Without a number it is the one that ships with the product, not stored yet."""

    number = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField(allow_null=True)
    note = serializers.CharField()
    loaded_at = Instant(allow_null=True)
    loaded_by = serializers.CharField()
    unconfirmed = serializers.IntegerField(help_text="Entries counsel has not confirmed.")
    law = serializers.DictField(help_text="Notice, sources, regimes, authorities, duties and contents.")


class LawTextOut(VersionOut):
    """A version with the text as it was loaded."""

    source = serializers.CharField()  # type: ignore[assignment]


EXAMPLE = OpenApiExample(
    "In force",
    value={
        "number": 2,
        "digest": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
        "note": "Stelle im Thurgau ermittelt",
        "loaded_at": "2026-11-23T08:00:00Z",
        "loaded_by": "Dora Schutz",
        "unconfirmed": 57,
        "law": {"schema_version": 1, "title": {"de": "Datenschutzrecht", "en": "Data-protection law"}},
    },
    response_only=True,
)


class LawRoom(ApiViewSet):
    """What the views of the law share: a scope of their own, and nothing for who does not enter the room."""

    scope = "privacy"
    queryset = LawVersion.objects.none()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """404 for who need not know."""
        super().initial(request, *args, **kwargs)
        if not enters(self.person):
            raise NotFound("privacy")


class TheLaw(LawRoom):
    """The law in force."""

    serializer_class = LawOut

    @extend_schema(summary="The law in force.", examples=[EXAMPLE])
    def retrieve(self, request: Request) -> Response:
        """With every entry's source, validity and whether counsel has confirmed it."""
        return self._in_force()

    @extend_schema(
        summary="Puts another law in force; only the officer and deputies.",
        request=LawIn,
        examples=[body(text="schema_version: 1\ntitle: …", note="Stelle im Thurgau ermittelt"), EXAMPLE],
    )
    def update(self, request: Request) -> Response:
        """The same rules make no new version; a wrong text is refused with the lines it is wrong in (400)."""
        given = {"note": "", **facts_of(LawIn, request)}
        with_condition(request, given, lambda kept: load_law(by=self.by, now=self.now, **kept))
        return self._in_force()

    def _in_force(self) -> Response:
        version, law = current_version(), current_law()
        rooms = (law.regimes, law.authorities, law.duties, law.contents)
        shown = {
            "number": version.number if version else None,
            "digest": version.digest if version else None,
            "note": version.note if version else "",
            "loaded_at": version.loaded_at if version else None,
            "loaded_by": version.loaded_by if version else "",
            "unconfirmed": sum(not entry.confirmed_by_counsel for entries in rooms for entry in entries),
            "law": law.model_dump(mode="json"),
        }
        headers = {"ETag": f'"{version.number}"'} if version else None
        return Response(LawOut(shown).data, headers=headers)


@extend_schema_view(list=extend_schema(summary="All versions of the law, newest first."))
class LawVersions(LawRoom):
    """Versions of the law, by number."""

    serializer_class = VersionOut
    orders = {"newest": NEWEST}

    def get_queryset(self) -> QuerySet[LawVersion]:
        """All versions."""
        return law_versions().defer("data")

    def list(self, request: Request) -> Response:
        """A page of versions, without their text."""
        rows = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(VersionOut(rows, many=True).data)

    @extend_schema(
        summary="One version with its text.",
        responses=LawTextOut,
        parameters=[OpenApiParameter("number", int, "path")],
    )
    def retrieve(self, request: Request, number: str) -> Response:
        """As it was loaded."""
        found = LawVersion.objects.filter(number=int(number)).first()
        if found is None:
            raise NotFound(number)
        return Response(LawTextOut(found).data)
