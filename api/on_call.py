"""`on-call/`: who would be called first at an instant, per role (P-1.2, P-5.3)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.examples import ON_CALL
from api.fields import Instant
from escalation.on_call import BY_RANK, FURTHEST, watches
from escalation.rules.oncall import Why
from lifecycle.access import SEE_ON_CALL, require
from process.selectors import current_document

AT = "at"


class CalledOut(serializers.Serializer[Any]):
    """A person by username and name."""

    username = serializers.CharField()
    name = serializers.CharField(source="display_name")


class ComingOut(serializers.Serializer[Any]):
    """Who is on call next, and from when."""

    username = serializers.CharField(source="person.username")
    name = serializers.CharField(source="person.display_name")
    start = Instant()


class WatchOut(serializers.Serializer[Any]):
    """Who of a role is called first and why, until when, and who comes next on its rota."""

    role = serializers.CharField()
    has_rota = serializers.BooleanField()
    on_call = CalledOut(source="person", allow_null=True, help_text="Null when nobody can be reached.")
    why = serializers.ChoiceField([*(why.value for why in Why), BY_RANK], help_text="`rank`: nobody has the turn.")
    layer = serializers.IntegerField(allow_null=True, help_text="Layer of the rota, from 1 at the bottom.")
    instead_of = CalledOut(allow_null=True, help_text="Whose turn it would be.")
    until = Instant(allow_null=True, help_text="Null when no change is in sight for eight weeks.")
    next = ComingOut(source="coming", allow_null=True)


class OnCallOut(serializers.Serializer[Any]):
    """All roles that a chain calls or that have a rota."""

    at = Instant()
    roles = WatchOut(many=True)


class OnCall(ApiViewSet):
    """The rotas at an instant."""

    scope = "directory"

    def known_parameters(self) -> set[str]:
        """The instant."""
        return {AT}

    @extend_schema(
        summary="Who would be called first at an instant?",
        parameters=[
            OpenApiParameter(
                AT, {"type": "string", "format": "date-time"}, description="By default now; at most a year from now."
            )
        ],
        responses=OnCallOut,
        examples=[ON_CALL],
    )
    def retrieve(self, request: Request) -> Response:
        """Turn, stand-in or override of the rota; without one the first by rank."""
        require(self.by, SEE_ON_CALL)
        given = request.query_params.get(AT)
        try:
            at = self.now if given is None else serializers.DateTimeField().to_internal_value(given)
        except ValidationError as error:
            raise ValidationError({AT: error.detail}) from None
        if abs(at - self.now) > FURTHEST:
            raise ValidationError({AT: [_("Höchstens ein Jahr vor oder nach jetzt.")]})
        return Response(OnCallOut({"at": at, "roles": watches(current_document()[1], at=at)}).data)
