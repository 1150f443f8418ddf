"""«Benachrichtigungen»: how a person is reached, chosen by themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from console.channel_forms import ReachForm, WebhookForm
from console.door import WRITE, StaffRequest, by, posted, room
from console.page import page
from console.settings.forms import draft_of
from core.clock import now
from lifecycle import channels
from lifecycle.errors import Invalid
from notifications.registry import CHANNELS
from notifications.selectors import ways_to, webhook_of


@room()
def overview(request: StaffRequest) -> HttpResponse:
    """The choice, what is registered where, and what became of the latest messages."""
    form = ReachForm(posted(request), person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            channels.choose(**form.choice(), by=by(request), now=now())
            messages.success(request, _("Gesichert."), extra_tags=draft_of(request))
            return redirect("console:reach")
        except Invalid as problem:
            form.refuse(problem.errors)
    return page(request, "console/reach/overview.html", _context(request, form), status=422 if form.errors else 200)


@room()
def webhook(request: StaffRequest) -> HttpResponse:
    """The address one's messages are posted to; its secret is shown once."""
    target = webhook_of(request.user)
    form = WebhookForm(posted(request), initial={"url": target.url if target else ""})
    context: dict[str, Any] = {"form": form, "target": target}
    if request.method == "POST" and form.is_valid():
        try:
            context["secret"] = channels.set_webhook(url=form.cleaned_data["url"], by=by(request), now=now())
            return page(request, "console/reach/secret.html", context)
        except Invalid as problem:
            form.refuse(problem.errors)
    return page(request, "console/reach/webhook.html", context, status=422 if form.errors else 200)


@room(methods=WRITE)
def drop_webhook(request: StaffRequest) -> HttpResponse:
    """Nothing is posted any more."""
    if channels.drop_webhook(by=by(request), now=now()):
        messages.success(request, _("Der Webhook ist entfernt."))
    return redirect("console:reach")


@room(methods=WRITE)
def test(request: StaffRequest) -> HttpResponse:
    """A test message by every channel."""
    sent = channels.send_test(by=by(request), now=now())
    names = ", ".join(str(CHANNELS[key].label) for key in sent)
    messages.success(request, _("Testnachricht unterwegs: %(channels)s.") % {"channels": names})
    return redirect("console:reach")


def _context(request: StaffRequest, form: ReachForm) -> dict[str, Any]:
    return {"form": form, "ways": ways_to(request.user), "webhook": webhook_of(request.user)}
