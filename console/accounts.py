"""Login is by invitation: accounts are made in Settings, nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth without sign-up. Redirects stay on this host (allauth's own check, kept)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
