"""Celery's doorbells of the console."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from celery import shared_task
from django.conf import settings

from console.offline_kit import FAILED, is_due
from console.sla import report
from core import pulses
from core.clock import now

LONGEST_S = 45


@shared_task
def offline_kit(**_: Any) -> None:
    """A new kit where one is due, by a process of its own: what draws PDFs would stay in the worker's memory."""
    if not is_due(now=now()):
        return
    command = [sys.executable, "manage.py", "offline_kit"]
    try:
        subprocess.run(command, cwd=settings.BASE_DIR, timeout=LONGEST_S, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        pulses.show(FAILED, at=now())
        raise


@shared_task
def sla_reports(**_: Any) -> None:
    """Reports that are due, by a process of its own, for the same reason."""
    if report.is_any_due(now=now()):
        command = [sys.executable, "manage.py", "sla_report"]
        subprocess.run(command, cwd=settings.BASE_DIR, timeout=LONGEST_S, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
