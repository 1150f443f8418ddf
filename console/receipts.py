"""What became of messages: per incident, per person, and the door at which a provider says so."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from console import record
from console.door import READ, StaffRequest, room
from console.page import page
from core.clock import now
from directory.models import Person
from lifecycle import notices
from lifecycle.access import START_DRILL as SEE_REACH
from notifications.channels.sms import callback_address, is_genuine, message_of
from notifications.selectors import messages_to, receipts_of

SHOWN = 200


@room(methods=READ)
def incident(request: StaffRequest, number: str) -> HttpResponse:
    """Every message about an incident, newest first."""
    about = record.incident_for(request.user, number)
    rows = receipts_of("incident", about.pk).order_by("-id")[:SHOWN]
    context = {"title": _("Wer wurde benachrichtigt?"), "incident": about, "receipts": rows}
    return page(request, "console/reach/receipts.html", context)


@room(SEE_REACH, methods=READ)
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """The latest messages to somebody: when, by which channel, with which receipt. Not what they say."""
    whose = get_object_or_404(Person, pk=pk)
    title = _("Mitteilungen an %(name)s") % {"name": whose.display_name}
    context = {"title": title, "whose": whose, "receipts": messages_to(whose).select_related("person")[:SHOWN]}
    return page(request, "console/reach/receipts.html", context)


@csrf_exempt
@require_POST
def sms(request: HttpRequest, token: str) -> HttpResponse:
    """A status callback of the SMS provider. 204 once it is kept, and for a status that says nothing new."""
    message_id = message_of(token)
    if message_id is None:
        raise Http404
    form = {name: values[-1] for name, values in request.POST.lists()}
    signature = request.headers.get("X-Twilio-Signature", "")
    if not is_genuine(url=callback_address(token), form=form, signature=signature):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    status, code = form.get("MessageStatus", ""), form.get("ErrorCode", "")
    notices.sms_status(message_id, status=status, code=code[:10], now=now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
