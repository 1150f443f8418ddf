"""The machine a table was measured on, as far as it matters to the figures."""

from __future__ import annotations

import os
import platform
from datetime import date
from importlib.metadata import version

import psutil
from django.db import connection

PACKAGES = ("django", "djangorestframework", "gunicorn", "celery", "psycopg2-binary")


def machine() -> str:
    """One paragraph: date, processor, memory, versions, and how PostgreSQL keeps its promises."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
        cursor.execute("SHOW synchronous_commit")
        commit = cursor.fetchone()[0]
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{date.today():%d %B %Y}. {os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB memory, "  # noqa: DTZ011
        f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}, "
        f"PostgreSQL {postgres} (fsync {fsync}, synchronous_commit {commit}), {packages}. "
        "Load generator, web server, worker and database share the cores."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()
