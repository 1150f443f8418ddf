"""Who calls, and what their key is for. Roles are asked by the verbs; here only the scopes of a key count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from api.moment import moment
from directory.keys import covers, verify_key
from directory.models import ApiKey, Person

if TYPE_CHECKING:  # the view module itself loads this one
    from rest_framework.views import APIView

REALM = 'Bearer realm="Escola IM"'


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer im_…`. Wrong, expired, revoked and foreign keys all look the same from outside."""

    def authenticate(self, request: Request) -> tuple[Person, ApiKey] | None:
        """Owner and key; None when another scheme is used, so that a session may count."""
        scheme, _space, plain = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = verify_key(plain.strip(), now=moment(request))
        if key is None:
            raise AuthenticationFailed(_("Der API-Schlüssel ist unbekannt, abgelaufen oder widerrufen."))
        return key.owner, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return REALM


class ConsoleSession(SessionAuthentication):
    """The console's login, so that people can try the API from its documentation; CSRF is checked."""


class ScopedAccess(BasePermission):
    """Somebody must be known; a key must cover the view's `scope` (`incidents` → `incidents:read` or `:write`).

    A view that `only_reads` asks for no more than reading, whatever its method.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """False is 401; a key without the scope is 403 that names the scope."""
        if not request.user.is_authenticated:
            return False
        scope = getattr(view, "scope", None)
        if scope is None or not isinstance(request.auth, ApiKey):
            return True
        reads = request.method in SAFE_METHODS or getattr(view, "only_reads", False)
        needed = f"{scope}:{'read' if reads else 'write'}"
        if not covers(request.auth.scopes, needed):
            raise PermissionDenied(_("Diesem API-Schlüssel fehlt der Bereich %(scope)s.") % {"scope": needed})
        return True
