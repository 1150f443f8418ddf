"""A mail server and an outbox that sends to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from notifications.models import Message
from notifications.services import Draft, queue_all
from tests.stubs.smtp import MailServer, mail_server


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """A real mail server on this machine that this product is set to send through."""
    with mail_server() as book:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", book.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 1
        yield book


def queue_mails(number: int, *, now: datetime, prefix: str = "test", **facts: Any) -> list[Message]:
    """That many mails waiting in the outbox, oldest first."""
    drafts = [
        Draft(key=f"{prefix}:{index}", channel="email", kind="test", address=f"person{index}@schule.example", **facts)
        for index in range(number)
    ]
    queue_all(drafts, now=now)
    return list(Message.objects.filter(key__startswith=f"{prefix}:").order_by("id"))
