"""The record of §3. Constraints repeat what the verbs guarantee; nothing here has consequences."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from directory.models import Module, Person, School, Team
from incidents.rules.states import FINAL, OPEN, Status
from process.models import ProcessVersion

TAIL = 7
"""Characters at the end of a number by which people name an incident: a hyphen and six digits, or seven digits."""
OPEN_VALUES = [state.value for state in OPEN]
FINAL_VALUES = [state.value for state in FINAL]


class Impact(models.TextChoices):
    """Impact and urgency share these levels (P-4.1, P-4.2)."""

    HIGH = "high", _("Hoch")
    MEDIUM = "medium", _("Mittel")
    LOW = "low", _("Niedrig")


class PriorityChoice(models.TextChoices):
    """The four priorities of the matrix (P-4.3)."""

    CRITICAL = "critical", _("Kritisch")
    HIGH = "high", _("Hoch")
    MEDIUM = "medium", _("Mittel")
    LOW = "low", _("Niedrig")


class StatusChoice(models.TextChoices):
    """States as people read them."""

    NEW = Status.NEW.value, _("Neu")
    IN_PROGRESS = Status.IN_PROGRESS.value, _("In Bearbeitung")
    ON_HOLD = Status.ON_HOLD.value, _("Wartend")
    RESOLVED = Status.RESOLVED.value, _("Gelöst")
    CLOSED = Status.CLOSED.value, _("Geschlossen")
    CANCELLED = Status.CANCELLED.value, _("Storniert")


class Incident(models.Model):
    """The incident record (P-3.1). `version` counts changes and guards against lost updates."""

    number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=12, choices=StatusChoice.choices, default=StatusChoice.NEW)
    version = models.PositiveIntegerField(default=1)
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="+")

    channel = models.CharField(max_length=40)
    service_desk_agent = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reporter_name = models.CharField(max_length=160, blank=True)
    reporter_email = models.EmailField(blank=True)
    reporter_phone = models.CharField(max_length=40, blank=True)
    reporter = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")
    feedback_channel = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=160)
    symptom = models.TextField()
    module = models.ForeignKey(Module, null=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=40)

    urgency = models.CharField(max_length=6, choices=Impact.choices)
    impact = models.CharField(max_length=6, choices=Impact.choices)
    urgency_criteria = models.JSONField(default=list)
    impact_criteria = models.JSONField(default=list)
    priority = models.CharField(max_length=8, choices=PriorityChoice.choices)
    priority_computed = models.CharField(max_length=8, choices=PriorityChoice.choices)
    priority_rank = models.PositiveSmallIntegerField()
    priority_override_reason = models.CharField(max_length=500, blank=True)
    priority_override_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    priority_override_at = models.DateTimeField(null=True)

    is_major = models.BooleanField(default=False)
    major_state = models.CharField(
        max_length=12, blank=True, help_text="'' | candidate | declared | rejected | demoted"
    )
    major_trigger = models.CharField(max_length=40, blank=True)
    is_flood = models.BooleanField(default=False, help_text="Parent of a storm of alerts.")

    functional_level = models.PositiveSmallIntegerField(default=1)
    management_level = models.PositiveSmallIntegerField(default=1)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    pending_reason = models.CharField(max_length=40, blank=True)
    pending_until = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True, help_text="Earliest due instant of a running clock; sorts queues.")

    resolution = models.TextField(blank=True)
    closure_code = models.CharField(max_length=40, blank=True)
    customer_feedback = models.TextField(blank=True)
    customer_satisfaction = models.CharField(max_length=24, blank=True)
    reopen_count = models.PositiveSmallIntegerField(default=0)

    reported_at = models.DateTimeField()
    created_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    auto_close_at = models.DateTimeField(null=True, help_text="When a resolved incident closes by rule.")
    weigh_at = models.DateTimeField(null=True, help_text="When is looked whether a reason to escalate holds by itself.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(reported_at__lte=F("created_at")), name="reported_before_created"),
            models.CheckConstraint(
                condition=Q(status__in=["resolved", "closed"], resolved_at__isnull=False)
                | Q(status__in=[*OPEN_VALUES, "cancelled"], resolved_at__isnull=True),
                name="resolved_at_while_resolved",
            ),
            models.CheckConstraint(
                condition=Q(status__in=FINAL_VALUES, closed_at__isnull=False)
                | (~Q(status__in=FINAL_VALUES) & Q(closed_at__isnull=True)),
                name="closed_at_while_final",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["resolved", "closed"]) | (~Q(closure_code="") & ~Q(resolution="")),
                name="resolution_needs_code_and_text",
            ),
            models.CheckConstraint(
                condition=Q(status="on_hold") & ~Q(pending_reason="") | ~Q(status="on_hold") & Q(pending_reason=""),
                name="pending_reason_while_on_hold",
            ),
            models.CheckConstraint(
                condition=Q(priority_override_at__isnull=True, priority=F("priority_computed"))
                | (Q(priority_override_at__isnull=False) & ~Q(priority_override_reason="")),
                name="override_has_reason",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="version_counts_from_one"),
        ]
        indexes = [
            models.Index(
                fields=["priority_rank", "next_due_at", "id"],
                condition=Q(status__in=OPEN_VALUES),
                name="incident_queue",
            ),
            models.Index(
                fields=["assignee", "priority_rank", "next_due_at", "id"],
                condition=Q(status__in=OPEN_VALUES),
                name="incident_mine",
            ),
            models.Index(
                fields=["team", "priority_rank", "next_due_at", "id"],
                condition=Q(status__in=OPEN_VALUES),
                name="incident_team",
            ),
            models.Index(fields=["-reported_at", "-id"], name="incident_by_report"),
            models.Index(fields=["status", "-id"], name="incident_by_status"),
            models.Index(Right("number", TAIL), name="incident_by_tail"),
            models.Index(
                fields=["pending_until"], condition=Q(pending_until__isnull=False), name="incident_pending_until"
            ),
            models.Index(
                fields=["auto_close_at"], condition=Q(auto_close_at__isnull=False), name="incident_auto_close"
            ),
            models.Index(
                fields=["weigh_at"],
                condition=Q(weigh_at__isnull=False, status__in=OPEN_VALUES),
                name="incident_weigh_at",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def level_on(self, chain: str) -> int:
        """The level it stands on, of the chain `functional` or `management` (P-5.3)."""
        return int(getattr(self, f"{chain}_level"))

    @property
    def is_urgent(self) -> bool:
        """Whether messages about it may disturb: critical, high, or a major incident."""
        return self.is_major or self.priority in (PriorityChoice.CRITICAL, PriorityChoice.HIGH)
