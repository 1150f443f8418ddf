"""The door at which a provider says what became of a message. Signed by it, so nobody logs in."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.clock import now
from lifecycle import notices
from notifications.channels.sms import callback_address, is_genuine, message_of


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
