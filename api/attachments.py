"""`incidents/{number}/attachments/`: files in, listed, and out again as downloads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.errors import TooLarge
from api.fields import Instant
from api.idempotency import once
from api.inputs import In, facts_of
from api.pages import OLDEST
from incidents.models import Attachment, Incident
from incidents.selectors import visible_to
from lifecycle.connect import attach

ENVELOPE = 65_536  # what multipart may add around a file


class Upload(MultiPartParser):
    """Multipart, refused by its announced size before a byte of it is kept."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Fields and files; TooLarge (413)."""
        announced = int(self._request(parser_context).META.get("CONTENT_LENGTH") or 0)
        if announced > settings.ATTACHMENT_MAX_BYTES + ENVELOPE:
            limit = settings.ATTACHMENT_MAX_BYTES
            raise TooLarge(_("Die Datei ist zu gross: höchstens %(limit)s Bytes.") % {"limit": limit})
        return super().parse(stream, media_type, parser_context)

    def _request(self, parser_context: Mapping[str, Any] | None) -> Request:
        request: Request = (parser_context or {})["request"]
        return request


class FileIn(In):
    """One file."""

    file = serializers.FileField(max_length=1000, allow_empty_file=True)


class AttachmentOut(serializers.Serializer[Any]):
    """A file with an incident; `size` in bytes."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    uploaded_by = serializers.CharField(source="uploaded_by.username", allow_null=True, default=None)
    uploaded_at = Instant()


@extend_schema_view(list=extend_schema(summary="The files of an incident."))
class Attachments(ApiViewSet):
    """Files of an incident."""

    scope = "incidents"
    serializer_class = AttachmentOut
    parser_classes = [Upload]
    orders = {"oldest": OLDEST}

    def list(self, request: Request, number: str) -> Response:
        """A page of files."""
        files = self._incident(number).attachments.select_related("uploaded_by")
        rows = self.paginate_queryset(files) or []
        return self.get_paginated_response(AttachmentOut(rows, many=True).data)

    @extend_schema(summary="Attaches a file.", request={"multipart/form-data": FileIn}, responses={201: AttachmentOut})
    def create(self, request: Request, number: str) -> Response:
        """Keeps a file (field `file`) with the incident."""
        return once(request, lambda: self._create(request, number))

    def _create(self, request: Request, number: str) -> Response:
        upload = facts_of(FileIn, request)["file"]
        kept = attach(number.upper(), upload=upload, name=upload.name or "", by=self.by, now=self.now)
        return Response(AttachmentOut(kept).data, status=201)

    @extend_schema(summary="Downloads a file.", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def retrieve(self, request: Request, number: str, file_id: int) -> FileResponse:
        """The bytes, never shown in the browser: a file from outside could be a page."""
        kept = self._incident(number).attachments.filter(pk=file_id).first()
        if kept is None or not default_storage.exists(kept.stored_name):
            raise Http404
        return self._download(kept)

    def _download(self, kept: Attachment) -> FileResponse:
        response = FileResponse(
            default_storage.open(kept.stored_name),
            as_attachment=True,
            filename=kept.name,
            content_type="application/octet-stream",
        )
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def _incident(self, number: str) -> Incident:
        found = visible_to(self.person).filter(number=number.upper()).first()
        if found is None:
            raise Http404
        return found
