"""One run over one source: what is known, what is new, and how it becomes a delivery."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from incidents.models import Alert
from integrations import intake
from integrations.contract import POLL_HEADER
from integrations.models import Source
from integrations.reading import as_time

OVERLAP = timedelta(minutes=10)
SETTLE = timedelta(minutes=2)
"""A webhook this fresh is believed over the API, whose lists lag behind."""
PAGES_MAX = 50


@dataclass(slots=True)
class Poll:
    """One run over one source. `cursor` is the source's memory; it is kept whether the run succeeds or not."""

    source: Source
    now: datetime
    cursor: dict[str, Any]
    stored: int = 0

    @property
    def account(self) -> str:
        """Our name of the installation, the same as for webhooks."""
        return str(self.source.settings.get("account") or self.source.name)

    @property
    def began_at(self) -> datetime:
        """Nothing older than this concerns us: when the source was set up, or `poll_since`."""
        return as_time(self.source.settings.get("poll_since")) or self.source.created_at

    def watermark(self) -> datetime:
        """Up to here everything is known, minus the overlap."""
        return (as_time(self.cursor.get("watermark")) or self.began_at) - OVERLAP

    def alerts(self, fingerprints: Iterable[str]) -> dict[str, Alert]:
        """What we hold of these objects."""
        return {row.fingerprint: row for row in Alert.objects.filter(fingerprint__in=list(fingerprints))}

    def standing(self) -> list[Alert]:
        """What we still hold as firing or muted from this source, oldest row first."""
        held = [Alert.State.FIRING, Alert.State.MUTED]
        return list(Alert.objects.filter(source=str(self.source), state__in=held).order_by("pk"))

    def is_fresh(self, alert: Alert | None) -> bool:
        """Whether a state was applied so lately that the API may not have caught up."""
        return alert is not None and self.now - alert.last_at < SETTLE

    def deliver(self, what: str, thing: Mapping[str, Any], *, key: str, alert: Alert | None = None) -> None:
        """Stores an object as a delivery, once for what it says and what we held when it said so."""
        held = alert.last_at.isoformat() if alert else ""
        body = json.dumps(thing, ensure_ascii=True, sort_keys=True).encode()
        delivery_id = "poll:" + hashlib.sha256(f"{what}|{key}|{held}".encode("utf-8", "replace")).hexdigest()
        stored = intake.store(
            source_id=self.source.pk,
            delivery_id=delivery_id,
            headers={POLL_HEADER: what},
            body=body,
            received_at=self.now,
            state="pending",
            via="poll",
        )
        self.stored += stored is not None
