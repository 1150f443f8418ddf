"""This process as a part of the product: set up once, then pointed at one database after another."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

import django
from django.core.management import call_command
from django.db import connection

from bench.house import TEMPLATE


def set_up() -> None:
    """Loads Django and brings the template database up to date."""
    django.setup()
    call_command("migrate", verbosity=0)


def leave() -> None:
    """Lets go of the template, which can be copied only while nobody is connected to it."""
    connection.close()


@contextlib.contextmanager
def inside(database: str) -> Generator[None]:
    """Everything in this block works on that database; what the process remembered of another one is forgotten."""
    from integrations.intake import forget  # noqa: PLC0415 -- needs Django
    from process.selectors import document  # noqa: PLC0415 -- needs Django

    _point_at(database)
    document.cache_clear()
    forget()
    try:
        yield
    finally:
        _point_at(TEMPLATE)


def _point_at(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database
