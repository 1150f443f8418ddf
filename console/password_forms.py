"""allauth's forms for a new password, polite where its German is not."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm
from django.utils.translation import gettext as _


class _Polite:
    errors: dict[str, Any]

    def clean(self) -> Any:
        """The same check; a difference between the two is said in our words."""
        cleaned = super().clean()  # type: ignore[misc]
        if cleaned.get("password1") and "password2" in self.errors:
            self.errors["password2"].data[:] = [_("Die beiden Passwörter sind nicht gleich.")]
        return cleaned


class ChangePassword(_Polite, ChangePasswordForm):  # type: ignore[misc]
    """Of somebody who is logged in."""


class NewPassword(_Polite, ResetPasswordKeyForm):  # type: ignore[misc]
    """Of somebody who followed the link of a mail."""
