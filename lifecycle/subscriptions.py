"""Mails about the status page: asked for, confirmed by their owner, sent at each word, ended at once (P-5.5).

An address is kept as long as it is wanted: unconfirmed for as long as the document says (`lifecycle/retention.py`), and
not a moment after it was taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit import Fact, record
from lifecycle.correspondence import can_be_mailed
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Invalid, NotFound
from notifications.services import Draft, queue_all
from notifications.services.forgetting import forget_addresses
from notifications.unsubscribe_links import TOPIC, subscriber_of
from statuspage.models import Page, Subscriber, Update
from statuspage.rendering import LANGUAGES, link_of

CONFIRM, WORD = KINDS = ("status_confirm", "status_update")
CONFIRM_WITHIN = timedelta(days=3)
ASK_AGAIN_AFTER = timedelta(minutes=10)
"""An address that did not ask for this must not be flooded."""
MOST_AN_HOUR = 200
"""New addresses of a page; more is no school but a script, and our mail server's good name is at stake."""
PUBLIC = Actor("system", "public", "Statusseite", "status")


@transaction.atomic
def ask(page: str, *, email: str, language: str, components: Collection[int] = (), now: datetime) -> None:
    """Sends a confirmation to an address. What is known of it already stays unsaid: the answer is always the same.

    `components` are ids of the page's; none means all. Raises NotFound, and Invalid for what is no address.
    """
    found = Page.objects.select_for_update().filter(slug=page).first()
    if found is None:
        raise NotFound(page)
    address = email.strip().lower()
    if not can_be_mailed(address):
        raise Invalid.field("email", _("Bitte eine E-Mail-Adresse angeben."))
    there = found.subscribers.filter(email=address).first()
    if there is not None and (there.confirmed_at or there.asked_at > now - ASK_AGAIN_AFTER):
        return
    if found.subscribers.filter(asked_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        return
    subscriber = there or Subscriber(page=found, email=address)
    subscriber.language = language if language in LANGUAGES else "de"
    subscriber.asked_at = now
    subscriber.save()
    subscriber.components.set(found.components.filter(pk__in=components, is_active=True))
    with translation.override(LANGUAGES[subscriber.language]):
        context = {"page": str(found), "days": CONFIRM_WITHIN.days}
    key = f"status:confirm:{subscriber.pk}:{now.isoformat()}"
    link = f"/status/confirm/{_signer().sign(_claim(subscriber))}/"
    queue_all([_mail(subscriber, CONFIRM, key=key, context=context, link=link)], now=now)
    ring_after_commit()


def asked_for(token: str, *, now: datetime) -> Subscriber:
    """Whose confirmation a link is; changes nothing, because mail programs open links. Raises NotFound."""
    try:
        claim = _signer().unsign(token)
    except BadSignature:
        raise NotFound(token) from None
    pk = claim.partition("-")[0]
    rows = Subscriber.objects.select_related("page").filter(pk=pk, asked_at__gt=now - CONFIRM_WITHIN)
    subscriber = rows.first()
    if subscriber is None or _claim(subscriber) != claim:
        raise NotFound(token)
    return subscriber


@transaction.atomic
def confirm(token: str, *, now: datetime) -> Subscriber:
    """The owner of an address wants the mails. Twice is once. Raises NotFound."""
    subscriber = asked_for(token, now=now)
    if Subscriber.objects.filter(pk=subscriber.pk, confirmed_at=None).update(confirmed_at=now):
        _tell("subscribed", subscriber, now)
    return subscriber


def page_left_by(token: str) -> Page | None:
    """The page whose mails a link ends; None when they have ended already. Raises NotFound for a link not ours."""
    pk = subscriber_of(token)
    if pk is None:
        raise NotFound(token)
    return Page.objects.filter(subscribers=pk).first()


@transaction.atomic
def unsubscribe(token: str, *, now: datetime) -> None:
    """Ends the mails and forgets the address, here and in the receipts. Twice is once. Raises NotFound."""
    pk = subscriber_of(token)
    if pk is None:
        raise NotFound(token)
    subscriber = Subscriber.objects.select_for_update().filter(pk=pk).first()
    if subscriber is not None:
        forget([subscriber], reason="unsubscribed")
        _tell("unsubscribed", subscriber, now)


def send(update: Update, *, now: datetime) -> int:
    """Queues a word for everybody who follows the page, or one of the services it is about. Returns how many."""
    notice = update.notice
    affected = list(notice.affected.select_related("component"))
    about = [entry.component_id for entry in affected]
    follow = Q(components=None) | Q(components__in=about) if about else Q()
    readers = notice.page.subscribers.filter(follow, confirmed_at__isnull=False).distinct()
    contexts, links = {}, {}
    for language, code in LANGUAGES.items():
        with translation.override(code):
            contexts[language] = {
                "page": str(notice.page),
                "title": str(notice),
                "state": str(update.get_state_display()),
                "text": str(update),
                "components": [f"{entry.component}: {entry.get_state_display()}" for entry in affected],
            }
        links[language] = link_of(notice, language)
    drafts = [
        _mail(
            reader,
            WORD,
            key=f"status:{update.pk}:{reader.pk}",
            context=contexts[reader.language],
            link=links[reader.language],
            thread=f"status-{notice.pk}",
        )
        for reader in readers
    ]
    ring_after_commit()
    return queue_all(drafts, now=now)


def _mail(
    subscriber: Subscriber, kind: str, *, key: str, context: Mapping[str, object], link: str, thread: str = ""
) -> Draft:
    return Draft(
        key=key,
        channel="email",
        kind=kind,
        context=context,
        address=subscriber.email,
        language=subscriber.language,
        topic_type=TOPIC,
        topic_id=subscriber.pk,
        link=link,
        thread=thread,
    )


def _signer() -> Signer:
    return Signer(salt="lifecycle.subscriptions", sep=".")


def _claim(subscriber: Subscriber) -> str:
    """Who, and which of the mails sent to them: a newer one makes the older link void."""
    return f"{subscriber.pk}-{subscriber.asked_at.timestamp():.6f}".replace(".", "-")


def forget(subscribers: Collection[Subscriber], *, reason: str) -> int:
    """Takes addresses out of the list and out of the receipts; returns how many."""
    pks = [subscriber.pk for subscriber in subscribers]
    forget_addresses(topic_type=TOPIC, topic_ids=pks, kinds=KINDS, reason=reason)
    Subscriber.objects.filter(pk__in=pks).delete()
    return len(pks)


def _tell(what: str, subscriber: Subscriber, now: datetime) -> None:
    """The log keeps that it happened, never to whom: a number that leads nowhere once the row is gone."""
    data = {"subscriber": subscriber.pk}
    record(Fact(f"status.{what}", "status_page", subscriber.page_id, now, PUBLIC, data=data))
