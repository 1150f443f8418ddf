"""The second factor of a login. People set theirs up themselves; a lost one is taken away by somebody else."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from core.actors import Actor
from core.audit import Fact, record
from directory.models import Person


def has_second_factor(person: Person) -> bool:
    """Whether the login asks for more than the password."""
    return bool(Authenticator.objects.filter(user=person).exists())


@transaction.atomic
def remove_second_factor(person: Person, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Takes app and recovery codes away and ends every session of the person; False when there was nothing to take."""
    removed, _of_each = Authenticator.objects.filter(user=person).delete()
    if removed:
        _end_sessions(person)
        record(Fact("person.second_factor_reset", "person", person.pk, now, actor, data={"reason": reason}))
    return bool(removed)


def _end_sessions(person: Person) -> None:
    """A session says whose it is only once it is read. Those that have expired are cleared away every night."""
    theirs = [
        session.pk for session in Session.objects.iterator() if session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
