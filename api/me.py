"""`me/`: who the caller is and what their key and roles allow."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.fields import Instant
from directory.keys import EVERYTHING
from directory.models import ApiKey
from directory.selectors import roles_of
from lifecycle.access import actions_of


class KeyOut(serializers.Serializer[Any]):
    """The key in use; its secret is never shown again."""

    prefix = serializers.CharField()
    name = serializers.CharField()
    expires_at = Instant(allow_null=True)


class MeOut(serializers.Serializer[Any]):
    """The caller."""

    username = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    language = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    actions = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField())
    key = KeyOut(allow_null=True)


class Me(ApiViewSet):
    """The caller; any key may ask."""

    @extend_schema(summary="Who am I, and what may I do?", responses=MeOut)
    def retrieve(self, request: Request) -> Response:
        """Person, roles, allowed actions and scopes."""
        person = self.person
        api_key = request.auth if isinstance(request.auth, ApiKey) else None
        answer = {
            "username": person.username,
            "name": person.display_name,
            "email": person.email,
            "language": person.language,
            "roles": sorted(roles_of(person)),
            "actions": sorted(action.replace("_", "-") for action in actions_of(person)),
            "scopes": api_key.scopes if api_key else [EVERYTHING],
            "key": api_key,
        }
        return Response(MeOut(answer).data)
