"""What Sentry and Uptime Robot send, byte for byte: bodies, headers and signatures of the demo's own two sources."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from escola_im.demo.cast import SECRETS, SOURCE_NAME
from integrations.sources.sentry import sign

INSTALLATION = "5e9a1c52-0000-4000-8000-00000000de30"
Action = Literal["created", "unresolved", "resolved"]
UNFILLED = {name: f"*{name}*" for name in ("sslExpiryDate", "sslExpiryDaysLeft", "domainExpireDate")}


class Defect(NamedTuple):
    """A mistake in our product as Sentry sees it. `project` is a module of the process, in Sentry's spelling."""

    id: int
    project: str
    kind: str
    value: str
    place: str
    level: str = "error"

    @property
    def title(self) -> str:
        """What Sentry calls the issue."""
        return f"{self.kind}: {self.value}"


class Monitor(NamedTuple):
    """Something Uptime Robot looks at; named after a module where it is one."""

    id: int
    name: str
    url: str


DEFECTS = (
    Defect(101, "grades-reports", "ValueError", "Gewichtung fehlt für Prüfung 8812", "grades.average in weighted"),
    Defect(102, "parent-communication", "TimeoutError", "push gateway did not answer", "messages.push in deliver"),
    Defect(103, "timetable", "IntegrityError", "lesson overlaps lesson", "timetable.swap in store", "warning"),
    Defect(104, "login", "SAMLResponseError", "signature validation failed", "sso.views in acs", "fatal"),
    Defect(105, "billing", "DecimalException", "tariff is None", "billing.tariff in for_household"),
    Defect(106, "app", "NullPointerException", "classList", "ch.escola.app.HomeFragment in render"),
    Defect(107, "interfaces", "KeyError", "'ahv_nr'", "imports.community in read_row"),
    Defect(108, "documents", "ConnectionResetError", "object store closed the connection", "files.store in read"),
    Defect(109, "absences", "DoesNotExist", "Enrolment matching query", "absences.views in confirm", "warning"),
    Defect(110, "platform", "OperationalError", "remaining connection slots are reserved", "db.pool in take", "fatal"),
    Defect(111, "day-care", "ZeroDivisionError", "division by zero", "daycare.occupancy in share", "warning"),
    Defect(112, "calendar", "ZoneInfoNotFoundError", "No time zone found", "calendar.feed in render", "info"),
    Defect(113, "master-data", "DataError", "value too long for type", "people.sync in apply"),
    Defect(114, "administration", "SoftTimeLimitExceeded", "statistics_report", "reports.tasks in build", "warning"),
)
MONITORS = (
    Monitor(800100001, "Web-App", "https://app.escola.example"),
    Monitor(800100002, "API", "https://api.escola.example/status"),
    Monitor(800100003, "Elternkommunikation", "https://eltern.escola.example"),
    Monitor(800100004, "Stundenplan", "https://stundenplan.escola.example"),
    Monitor(800100005, "Dokumente und Ablage", "https://ablage.escola.example"),
    Monitor(800100006, "Schnittstellen und Datenimport", "https://import.escola.example/health"),
)
REASONS = ("HTTP 502 - Bad Gateway", "HTTP 503 - Service Unavailable", "Connection Timeout", "HTTP 500 - Server Error")


@dataclass(frozen=True, slots=True)
class Post:
    """A request ready to be sent to /hooks/<kind>/main/."""

    kind: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """Where it goes."""
        return f"/hooks/{self.kind}/{SOURCE_NAME}/"


def issue(action: Action, defect: Defect, *, at: datetime, since: datetime, count: int = 1, series: int = 0) -> Post:
    """Sentry's webhook about an issue. `series` tells apart issues of the same defect."""
    status = {
        "created": ("unresolved", "new"),
        "unresolved": ("unresolved", "regressed"),
        "resolved": ("resolved", None),
    }
    issue_id = f"{5_200_000_000 + series * 1_000 + defect.id}"
    body = {
        "action": action,
        "installation": {"uuid": INSTALLATION},
        "data": {
            "issue": {
                "url": f"https://sentry.escola.example/api/0/organizations/escola/issues/{issue_id}/",
                "web_url": f"https://sentry.escola.example/organizations/escola/issues/{issue_id}/",
                "id": issue_id,
                "shortId": f"{defect.project.upper()}-{defect.id:X}",
                "title": defect.title,
                "culprit": defect.place,
                "level": defect.level,
                "status": status[action][0],
                "substatus": status[action][1],
                "statusDetails": {},
                "platform": "python",
                "project": _project(defect),
                "type": "error",
                "metadata": {"type": defect.kind, "value": defect.value, "function": defect.place.split()[-1]},
                "issueType": "error",
                "issueCategory": "error",
                "priority": "high",
                "isUnhandled": True,
                "count": str(count),
                "userCount": max(1, count // 3),
                "firstSeen": since.isoformat(),
                "lastSeen": at.isoformat() if action != "resolved" else since.isoformat(),
            }
        },
        "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
    }
    return _from_sentry("issue", body, at)


def alert(defect: Defect, *, at: datetime, series: int = 0) -> Post:
    """Sentry's webhook when an alert rule fires for an issue once more."""
    issue_id = f"{5_200_000_000 + series * 1_000 + defect.id}"
    event_id = hashlib.md5(f"{issue_id}:{at.isoformat()}".encode(), usedforsecurity=False).hexdigest()
    page = f"https://sentry.escola.example/organizations/escola/issues/{issue_id}/events/{event_id}/"
    body = {
        "action": "triggered",
        "installation": {"uuid": INSTALLATION},
        "data": {
            "event": {
                "event_id": event_id,
                "project": 77,
                "release": "escola@2026.11",
                "environment": "prod",
                "platform": "python",
                "level": defect.level,
                "title": defect.title,
                "culprit": defect.place,
                "datetime": at.isoformat(),
                "type": "error",
                "metadata": {"type": defect.kind, "value": defect.value},
                "tags": [["environment", "prod"], ["level", defect.level]],
                "web_url": page,
                "issue_url": f"https://sentry.escola.example/api/0/organizations/escola/issues/{issue_id}/",
                "issue_id": issue_id,
            },
            "triggered_rule": f"Hohe Fehlerrate {defect.project}",
        },
        "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
    }
    return _from_sentry("event_alert", body, at)


def uptime(monitor: Monitor, *, at: datetime, reason: str = "", down_s: int | None = None) -> Post:
    """Uptime Robot's webhook: down for a reason, or up again after `down_s` seconds."""
    is_up = down_s is not None
    body = {
        "monitorID": str(monitor.id),
        "monitorURL": monitor.url,
        "monitorFriendlyName": monitor.name,
        "alertType": "2" if is_up else "1",
        "alertTypeFriendlyName": "Up" if is_up else "Down",
        "alertDetails": "HTTP 200 - OK" if is_up else reason,
        "alertDuration": str(down_s) if is_up else "*alertDuration*",
        "alertDateTime": str(int(at.timestamp())),
        **UNFILLED,
    }
    headers = {"content-type": "application/json", "authorization": f"Bearer {SECRETS['uptime-robot']}"}
    return Post("uptime-robot", _encoded(body), headers)


def reason(dice: random.Random) -> str:
    """Why a monitor is down."""
    return dice.choice(REASONS)


def _project(defect: Defect) -> dict[str, str]:
    return {"id": str(defect.id), "name": defect.project, "slug": defect.project, "platform": "python"}


def _from_sentry(resource: str, body: dict[str, Any], at: datetime) -> Post:
    raw = _encoded(body)
    digest = hashlib.sha256(raw).hexdigest()
    headers = {
        "content-type": "application/json",
        "request-id": f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}",
        "sentry-hook-resource": resource,
        "sentry-hook-timestamp": str(int(at.astimezone(UTC).timestamp())),
        "sentry-hook-signature": sign(raw, SECRETS["sentry"]),
    }
    return Post("sentry", raw, headers)


def _encoded(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
