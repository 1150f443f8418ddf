"""Examples of the schema, with invented people and schools."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

_RECORD: dict[str, Any] = {
    "number": "INC-2026-000123",
    "status": "in_progress",
    "title": "Noten lassen sich nicht speichern",
    "channel": "phone",
    "contact_kind": "incident",
    "service_desk_agent": "support",
    "reporter": {
        "name": "Rita Beispiel",
        "email": "rita@schule-musterwil.example",
        "phone": "+41446681800",
        "school": "Schule Musterwil",
    },
    "feedback_channel": "email",
    "symptom": "Beim Speichern von Noten erscheint seit 08:00 eine Fehlermeldung.",
    "module": "grades_reports",
    "category": "software",
    "urgency": "high",
    "impact": "medium",
    "priority": "high",
    "priority_reason": {
        "text": "Auswirkung «Mittel» × Dringlichkeit «Hoch» ergibt «Hoch» (§4.3)",
        "paragraph": "§4.3",
        "computed": "high",
        "urgency_criteria": [],
        "impact_criteria": [],
        "override": None,
    },
    "priority_proposal": None,
    "is_major": False,
    "major_state": "",
    "major_trigger": "",
    "functional_level": 2,
    "management_level": 1,
    "team": "development",
    "assignee": "dev",
    "links": [{"kind": "related", "direction": "out", "number": "INC-2026-000101"}],
    "sla": [
        {"kind": "response", "state": "met", "target_s": 3600, "elapsed_s": 240, "due_at": None, "manual": False},
        {
            "kind": "resolution",
            "state": "running",
            "target_s": 28800,
            "elapsed_s": 5400,
            "due_at": "2026-11-23T15:30:00Z",
            "manual": False,
        },
    ],
    "next_due_at": "2026-11-23T15:30:00Z",
    "update_due_at": "2026-11-23T09:00:00Z",
    "process_version": 1,
    "pending_reason": "",
    "pending_until": None,
    "resolution": "",
    "closure_code": "",
    "customer_feedback": "",
    "customer_satisfaction": "",
    "reopen_count": 0,
    "created_at": "2026-11-23T07:34:00Z",
    "reported_at": "2026-11-23T07:30:00Z",
    "acknowledged_at": "2026-11-23T07:34:00Z",
    "resolved_at": None,
    "closed_at": None,
    "updated_at": "2026-11-23T09:00:00Z",
    "version": 4,
    "allowed_verbs": ["acknowledge", "assign", "hold", "comment", "note", "escalate", "set-priority", "resolve"],
}
INCIDENT = OpenApiExample("Incident", value=_RECORD, response_only=True)
NEW_INCIDENT = OpenApiExample(
    "Phone call",
    value={
        "channel": "phone",
        "symptom": "Beim Speichern von Noten erscheint seit 08:00 eine Fehlermeldung.",
        "category": "software",
        "urgency": "high",
        "impact": "medium",
        "module": "grades_reports",
        "reporter": {"name": "Rita Beispiel", "email": "rita@schule-musterwil.example", "school": "Schule Musterwil"},
        "feedback_channel": "email",
    },
    request_only=True,
)
NEW_CONTACT = OpenApiExample(
    "E-mail",
    value={
        "channel": "email",
        "subject": "Frage zum Stundenplan",
        "body": "Wie drucke ich den Stundenplan einer Klasse?",
        "reporter": {"name": "Rita Beispiel", "email": "rita@schule-musterwil.example"},
        "feedback_channel": "email",
    },
    request_only=True,
)
ON_CALL = OpenApiExample(
    "Night",
    value={
        "at": "2026-11-24T02:00:00Z",
        "roles": [
            {
                "role": "development",
                "has_rota": True,
                "on_call": {"username": "dario", "name": "Dario Erdacht"},
                "why": "override",
                "layer": None,
                "instead_of": {"username": "dev", "name": "Devi Erfunden"},
                "until": "2026-11-24T07:00:00Z",
                "next": {"username": "dev", "name": "Devi Erfunden", "start": "2026-11-24T07:00:00Z"},
            },
            {
                "role": "head_of_development",
                "has_rota": False,
                "on_call": {"username": "lead", "name": "Lea Leitung"},
                "why": "rank",
                "layer": None,
                "instead_of": None,
                "until": None,
                "next": None,
            },
        ],
    },
    response_only=True,
)


def body(**facts: Any) -> OpenApiExample:
    """An example of a verb's body."""
    return OpenApiExample("Body", value=facts, request_only=True)
