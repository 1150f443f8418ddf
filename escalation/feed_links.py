"""The secret address of somebody's on-call calendar. Nothing is stored: a new password makes a new address."""

from __future__ import annotations

from django.utils.crypto import constant_time_compare, salted_hmac

from directory.models import Person


def path_of(person: Person) -> str:
    """The path under which a calendar program reads a person's turns without a login."""
    return f"/on-call/feed/{person.pk}-{_digest(person)}.ics"


def person_of(pk: int, digest: str) -> Person | None:
    """Whose calendar it is; None when we did not make the address, the password changed or the login is closed."""
    person = Person.objects.filter(pk=pk, is_active=True).first()
    return person if person is not None and constant_time_compare(_digest(person), digest) else None


def _digest(person: Person) -> str:
    return salted_hmac("escalation.feed", f"{person.pk}:{person.password}", algorithm="sha256").hexdigest()[:40]
