"""«Benachrichtigungen»: how a person is reached, chosen by themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from console.channel_forms import ReachForm, WebhookForm
from console.door import WRITE, StaffRequest, by, posted, room
from console.page import page
from console.settings.forms import draft_of
from core.clock import now
from lifecycle import channels, drills
from lifecycle.errors import Invalid
from notifications.registry import CHANNELS
from notifications.selectors import devices_of, messages_to, reachability, ways_to, webhook_of
from notifications.vapid import public_key

LATEST = 20


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
def add_device(request: StaffRequest) -> HttpResponse:
    """The browser this comes from takes push messages from now on."""
    sent = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    try:
        channels.add_device(**sent, label=device_name(request.headers.get("User-Agent", "")), by=by(request), now=now())
        messages.success(request, _("Dieses Gerät ist angemeldet."))
    except Invalid as problem:
        messages.error(request, str(problem.errors["endpoint"][0]))
    return redirect("console:reach")


@room(methods=WRITE)
def drop_device(request: StaffRequest, pk: int) -> HttpResponse:
    """A device takes none any more."""
    channels.drop_device(pk, by=by(request), now=now())
    messages.success(request, _("Das Gerät ist abgemeldet."))
    return redirect("console:reach")


@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    """The script that shows push messages. At the root, because a worker may only act below its own address."""
    response = HttpResponse(_worker(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _worker() -> str:
    return (settings.BASE_DIR / "static" / "console" / "sw.js").read_text()


def device_name(agent: str) -> str:
    """A browser and its system as people call them; nothing more of what it says is kept."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    phones = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"))
    systems = (*phones, ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))
    named = [next((name for sign, name in names if sign in agent), "") for names in (browsers, systems)]
    return ", ".join(filter(None, named)) or _("Gerät")


@room(methods=WRITE)
def answer_drill(request: StaffRequest) -> HttpResponse:
    """Answers one's own drill from within the app."""
    if drills.answer_own(by=by(request), now=now()):
        messages.success(request, _("Danke, Ihre Antwort ist angekommen."))
    return redirect("console:reach")


@room(methods=WRITE)
def test(request: StaffRequest) -> HttpResponse:
    """A test message by every channel."""
    sent = channels.send_test(by=by(request), now=now())
    names = ", ".join(str(CHANNELS[key].label) for key in sent)
    messages.success(request, _("Testnachricht unterwegs: %(channels)s.") % {"channels": names})
    return redirect("console:reach")


def _context(request: StaffRequest, form: ReachForm) -> dict[str, Any]:
    person = request.user
    return {
        "form": form,
        "ways": ways_to(person),
        "webhook": webhook_of(person),
        "devices": devices_of(person),
        "push_key": public_key(),
        "standing": reachability([person], now=now())[0],
        "receipts": messages_to(person)[:LATEST],
    }
