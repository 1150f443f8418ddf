"""Where personal data stands: every column of the database that can hold text, and what to do with it.

`tests/db/lifecycle/test_personal_map.py` fails for a column nobody has classified here, and for one that is gone. The
table people read is docs/architecture/13-personal-data.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """What a column can say about a person from outside."""

    WHO = "who"
    """Who reported: name, address, telephone. Replaced in records of the person."""
    WORDS = "words"
    """What was said or written. Whoever is erased is taken out wherever they are named."""
    SEALED = "sealed"
    """Encrypted with FIELD_KEYS."""
    STAFF = "staff"
    """People who work here, and organisations: kept while they do, `docs/runbooks/someone-left.md`."""
    COPY = "copy"
    """Made from other columns, and made anew or removed with them."""
    LOG = "log"
    """Append-only: nothing anybody typed may be written there (`core.said`)."""
    NOTHING = "nothing"
    """Keys, numbers, codes, settings."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and the column that says which incident its row belongs to: a key, `topic`, or none."""

    model: str
    field: str
    holds: Holds
    of: str


@dataclass(frozen=True, slots=True)
class _Table:
    who: str = ""
    words: str = ""
    sealed: str = ""
    staff: str = ""
    copy: str = ""
    log: str = ""
    nothing: str = ""
    of: str = ""


_TABLES: dict[str, _Table] = {
    "incidents.Incident": _Table(
        who="reporter_name reporter_email reporter_phone",
        words="title symptom resolution customer_feedback priority_override_reason",
        nothing="number status channel feedback_channel category urgency impact urgency_criteria impact_criteria"
        " priority priority_computed major_state major_trigger pending_reason closure_code customer_satisfaction",
        of="id",
    ),
    "incidents.Contact": _Table(
        who="reporter_name reporter_email reporter_phone",
        words="subject body answer",
        nothing="number state channel kind feedback_channel handed_to source_key",
        of="incident_id",
    ),
    "incidents.Comment": _Table(words="body", staff="author_label", nothing="kind", of="incident_id"),
    "incidents.Attachment": _Table(words="name", nothing="stored_name content_type sha256", of="incident_id"),
    "incidents.Alert": _Table(words="title url", nothing="fingerprint source state severity changes", of="incident_id"),
    "incidents.PriorityProposal": _Table(
        words="reason",
        nothing="urgency impact urgency_criteria impact_criteria priority priority_computed",
        of="incident_id",
    ),
    "incidents.Review": _Table(words="reference", nothing="state", of="incident_id"),
    "incidents.StakeholderMessage": _Table(
        words="subject_de body_de subject_en body_en returned_because", nothing="audiences state", of="incident_id"
    ),
    "incidents.SavedView": _Table(words="name query", nothing="room"),
    "incidents.SearchDocument": _Table(copy="text vector"),
    "incidents.SearchWord": _Table(copy="word"),
    "incidents.DutyDone": _Table(nothing="chain key"),
    "incidents.Consultation": _Table(nothing="task role"),
    "incidents.Link": _Table(nothing="kind"),
    "incidents.RoomRole": _Table(nothing="role"),
    "incidents.SituationNote": _Table(nothing="kind key"),
    "notifications.Message": _Table(
        who="address",
        words="subject body error",
        nothing="key channel language kind link topic_type thread state",
        of="topic",
    ),
    "notifications.Enclosure": _Table(nothing="html name content_type content"),
    "notifications.ReportPlan": _Table(nothing="rhythm query"),
    "notifications.Webhook": _Table(sealed="secret previous_secret", staff="url"),
    "notifications.PushDevice": _Table(staff="endpoint p256dh auth label"),
    "notifications.Drill": _Table(nothing="week answered_via"),
    "escalation.Step": _Table(
        words="note", staff="actor_label", nothing="chain role reason rule state", of="incident_id"
    ),
    "escalation.Rota": _Table(nothing="role time_zone"),
    "escalation.RotaLayer": _Table(nothing="weekdays"),
    "escalation.RotaOverride": _Table(staff="reason"),
    "escalation.TeamSeat": _Table(nothing="key"),
    "escalation.SeatCall": _Table(nothing="seat state"),
    "sla.Clock": _Table(nothing="kind state calendar breach_cause"),
    "figures.Fact": _Table(nothing="priority category module school canton team channel kind"),
    "figures.ClockFact": _Table(nothing="priority category module school canton team channel kind clock outcome cause"),
    "figures.DayTally": _Table(nothing="dimension value priority"),
    "figures.ClockTally": _Table(nothing="dimension value priority clock"),
    "figures.Spread": _Table(nothing="dimension value priority measure histogram"),
    "figures.Odds": _Table(nothing="clock priority dimension value"),
    "figures.Calibration": _Table(nothing="bins"),
    "sla.WhatIf": _Table(nothing="id sections state found"),
    "statuspage.Page": _Table(nothing="slug name_de name_en"),
    "statuspage.Component": _Table(nothing="name_de name_en"),
    "statuspage.Notice": _Table(words="title_de title_en", nothing="kind state", of="incident_id"),
    "statuspage.Affected": _Table(nothing="state"),
    "statuspage.Update": _Table(words="text_de text_en", nothing="state"),
    "statuspage.Subscriber": _Table(who="email", nothing="language"),
    "heartbeats.Heartbeat": _Table(nothing="key name rhythm expression time_zone kind severity status window run told"),
    "heartbeats.Ping": _Table(words="body", nothing="action method run agent"),
    "heartbeats.Flip": _Table(nothing="reason detail"),
    "privacy.Case": _Table(nothing="number state"),
    "privacy.Note": _Table(sealed="sealed", staff="author_label", nothing="kind"),
    "privacy.Withheld": _Table(sealed="sealed", staff="label", nothing="place field"),
    "privacy.AssessmentVersion": _Table(sealed="sealed", staff="author_label", nothing="digest"),
    "privacy.Duty": _Table(nothing="key alarms verdict recommended reference"),
    "privacy.PoliceReport": _Table(sealed="sealed"),
    "privacy.Evidence": _Table(sealed="sealed", nothing="sha256 file"),
    "privacy.Custody": _Table(sealed="sealed"),
    "privacy.Consent": _Table(sealed="sealed"),
    "privacy.AffectedSchool": _Table(nothing="language report_id"),
    "privacy.Notice": _Table(
        sealed="sealed code acknowledged_by", staff="address", nothing="state digest message_key link"
    ),
    "privacy.Visit": _Table(nothing="what"),
    "privacy.LawVersion": _Table(staff="loaded_by", nothing="source data digest note"),
    "privacy.Reader": _Table(words="reason"),
    "privacy.Reading": _Table(log="what", nothing="via"),
    "privacy.LegalHold": _Table(words="reason", of="incident_id"),
    "privacy.PersonalDeed": _Table(log="reference reason", nothing="kind via counts held"),
    "privacy.DoomedFile": _Table(nothing="stored_name"),
    "privacy.RetentionReport": _Table(nothing="type held"),
    "integrations.Source": _Table(
        sealed="secret previous_secret api_token", nothing="kind name title mode settings last_poll_error cursor"
    ),
    "integrations.Delivery": _Table(words="headers body error outcome", nothing="delivery_id via state"),
    "api.IdempotencyKey": _Table(words="body", nothing="key path digest headers"),
    "core.Event": _Table(log="data", staff="actor_label", nothing="kind actor_kind actor_id via subject_type rule"),
    "core.EventText": _Table(words="body", nothing="key salt subject_type", of="topic"),
    "core.EventSeal": _Table(nothing="hash"),
    "core.Pulse": _Table(nothing="name data"),
    "process.ProcessVersion": _Table(staff="loaded_by", nothing="source data digest note"),
    "directory.Person": _Table(staff="username first_name last_name email phone reach", nothing="password language"),
    "directory.RoleHolding": _Table(nothing="role"),
    "directory.Team": _Table(nothing="key name_de name_en role"),
    "directory.School": _Table(
        staff="email phone privacy_email privacy_phone legal_note", nothing="name canton city language legal_kind"
    ),
    "directory.Module": _Table(nothing="key name_de name_en"),
    "directory.ApiKey": _Table(nothing="name prefix digest scopes"),
    "account.EmailAddress": _Table(staff="email"),
    "account.EmailConfirmation": _Table(nothing="key"),
    "mfa.Authenticator": _Table(staff="data", nothing="type"),
    "admin.LogEntry": _Table(staff="object_repr change_message", nothing="object_id"),
    "sessions.Session": _Table(staff="session_data", nothing="session_key"),
    "auth.Permission": _Table(nothing="name codename"),
    "auth.Group": _Table(nothing="name"),
    "contenttypes.ContentType": _Table(nothing="app_label model"),
}


def columns(holds: Holds | None = None) -> Iterator[Column]:
    """Every classified column, or those of one kind."""
    for model, table in _TABLES.items():
        for kind in Holds if holds is None else (holds,):
            for field in getattr(table, kind.value).split():
                yield Column(model, field, kind, table.of)
