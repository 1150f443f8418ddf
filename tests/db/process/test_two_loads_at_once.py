"""Two people load at the same moment: both versions count, one is in force."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection

from core.actors import SYSTEM
from process.loader import default_text
from process.models import ProcessVersion
from process.services import load

pytestmark = pytest.mark.django_db(transaction=True)


def test_loads_at_once_are_numbered_one_after_the_other(now: datetime) -> None:
    def load_with(minutes: int) -> int:
        try:
            text = default_text().replace("target_min: 15,", f"target_min: {minutes},")
            return load(text=text, actor=SYSTEM, now=now).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(load_with, [16, 17, 18, 19]))
    assert sorted(numbers) == [1, 2, 3, 4]
    assert ProcessVersion.objects.get(is_current=True).number == 4
