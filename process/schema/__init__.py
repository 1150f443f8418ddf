"""The shape of the process document: one typed tree, refused as a whole when one leaf is wrong.

Every rule that a person may be shown ("escalated because …, §5.2/2a") carries `paragraph`, the place in the written
process it comes from. Texts are bilingual (`Text`). Keys are English identifiers; they are what the API speaks.
"""

from process.schema.base import (
    CalendarKey,
    ChainName,
    ClockKind,
    ContactKind,
    Key,
    Labelled,
    Level,
    Minutes,
    Paragraph,
    Priority,
    Strict,
    Text,
)
from process.schema.calendars import Calendar, CalendarException, DayHours, Period, Weekday
from process.schema.chains import (
    AckMinutes,
    CallStep,
    Chain,
    ChainLevel,
    Circumstance,
    Duty,
    Major,
    MajorMember,
    MajorTrigger,
    RaciLetters,
    RaciRow,
    Reason,
    ReasonCircumstance,
    ServiceHours,
)
from process.schema.document import Document
from process.schema.duties import DataProtectionCalls, DataProtectionDuty, Improvement, Restoration, ToolUse, Training
from process.schema.endings import ClosureCode, PendingReason, Pir, Reopen
from process.schema.messages import MessageTemplate
from process.schema.monitoring import Monitoring, SeverityRule
from process.schema.policy import Canton, Circumstances, Contract, SlaTarget, When
from process.schema.promises import Cadence, Sla
from process.schema.retention import RetentionRule
from process.schema.triage import Category, Channel, ContactKindRule, Criterion, Matrix, MatrixRow, ModuleRule, Role

__all__ = [
    "AckMinutes",
    "Cadence",
    "Calendar",
    "CalendarException",
    "CalendarKey",
    "CallStep",
    "Canton",
    "Category",
    "Chain",
    "ChainLevel",
    "ChainName",
    "Channel",
    "Circumstance",
    "Circumstances",
    "ClockKind",
    "ClosureCode",
    "ContactKind",
    "ContactKindRule",
    "Contract",
    "Criterion",
    "DataProtectionCalls",
    "DataProtectionDuty",
    "DayHours",
    "Document",
    "Duty",
    "Improvement",
    "Key",
    "Labelled",
    "Level",
    "Major",
    "MajorMember",
    "MajorTrigger",
    "Matrix",
    "MatrixRow",
    "MessageTemplate",
    "Minutes",
    "ModuleRule",
    "Monitoring",
    "Paragraph",
    "PendingReason",
    "Period",
    "Pir",
    "Priority",
    "RaciLetters",
    "RaciRow",
    "Reason",
    "ReasonCircumstance",
    "Reopen",
    "Restoration",
    "RetentionRule",
    "Role",
    "ServiceHours",
    "SeverityRule",
    "Sla",
    "SlaTarget",
    "Strict",
    "Text",
    "ToolUse",
    "Training",
    "Weekday",
    "When",
]
