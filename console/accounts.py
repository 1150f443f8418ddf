"""Login is by invitation: accounts are made in Settings, nobody signs up."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth without sign-up, in our words. Redirects stay on this host (allauth's own check, kept)."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Zu viele Fehlversuche. Bitte warten Sie fünf Minuten und melden Sie sich dann noch einmal an."
        ),
        "rate_limited": _("Zu viele Versuche. Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal."),
        "enter_current_password": _("Das ist nicht Ihr jetziges Passwort."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
