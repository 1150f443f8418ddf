"""Bring the demo's database up to date: tables, process document, and a company to look at if it is empty.

DEMO_COMPANY=0 leaves the company out, for those who want to begin with an empty house. The seed is one transaction, so
an interrupted first start begins anew.
"""

from __future__ import annotations

import os
import time

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands


def main() -> None:
    """Each step says what it does; a second start finds nothing to do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escola_im.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("process", "default")
    wanted = os.environ.get("DEMO_COMPANY", "1") != "0" and "demo_seed" in get_commands()
    if wanted and not get_user_model().objects.exists():
        started = time.monotonic()
        print("Filling the demo company ...", flush=True)
        call_command("demo_seed")
        print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
