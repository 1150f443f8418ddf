"""`process/`: the document incidents are handled under, and every version there was."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.fields import Instant
from api.pages import NEWEST
from process.models import ProcessVersion
from process.selectors import current


class VersionOut(serializers.Serializer[Any]):
    """A version of the document; it never changes."""

    number = serializers.IntegerField()
    is_current = serializers.BooleanField()
    digest = serializers.CharField()
    note = serializers.CharField()
    loaded_at = Instant()
    loaded_by = serializers.CharField()


class DocumentOut(VersionOut):
    """A version with its rules: roles, channels, criteria, matrix, chains, SLA targets …"""

    document = serializers.DictField(source="data")


@extend_schema_view(list=extend_schema(summary="All versions, newest first."))
class Process(ApiViewSet):
    """Versions of the process document, by number."""

    scope = "process"
    serializer_class = VersionOut
    lookup_field = "number"
    lookup_value_regex = r"\d{1,9}"
    queryset = ProcessVersion.objects.none()
    orders = {"newest": NEWEST}

    def get_queryset(self) -> QuerySet[ProcessVersion]:
        """All versions, without the text as it was loaded."""
        return ProcessVersion.objects.defer("source")

    def list(self, request: Request) -> Response:
        """A page of versions, without their rules."""
        rows = self.paginate_queryset(self.get_queryset().defer("source", "data")) or []
        return self.get_paginated_response(VersionOut(rows, many=True).data)

    @extend_schema(summary="One version with its rules.", responses=DocumentOut)
    def retrieve(self, request: Request, number: str) -> Response:
        """The version with that number."""
        return self._document(int(number))

    @extend_schema(summary="The version in force with its rules.", responses=DocumentOut)
    @action(detail=False)
    def current(self, request: Request) -> Response:
        """What new incidents are handled under; 503 before the first document is loaded."""
        return self._document(current().number)

    def _document(self, number: int) -> Response:
        found = self.get_queryset().filter(number=number).first()
        if found is None:
            raise Http404
        return Response(DocumentOut(found).data, headers={"ETag": f'"{found.digest}"'})
