"""What hangs on a record and waits for somebody: proposals, reviews, duties, questions to the roles of §14."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from incidents.models.records import Impact, Incident, PriorityChoice


class PriorityProposal(models.Model):
    """A lower priority that waits for a second person (R8). It stands until somebody decides or it has no more object.

    What was decided stands in the log; here there is one open proposal per incident at most.
    """

    incident = models.OneToOneField(
        Incident, primary_key=True, on_delete=models.CASCADE, related_name="priority_proposal"
    )
    urgency = models.CharField(max_length=6, choices=Impact.choices)
    impact = models.CharField(max_length=6, choices=Impact.choices)
    urgency_criteria = models.JSONField(default=list)
    impact_criteria = models.JSONField(default=list)
    priority = models.CharField(max_length=8, choices=PriorityChoice.choices)
    priority_computed = models.CharField(max_length=8, choices=PriorityChoice.choices)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="proposal_has_reason")]

    def __str__(self) -> str:
        return f"{self.incident_id} → {self.priority}"


class Review(models.Model):
    """The post-incident review that a major owes (P-6.3, P-10.2). What was decided and learnt comes into it later."""

    class State(models.TextChoices):
        """Whether it was held."""

        OWED = "owed", _("Geschuldet")
        DONE = "done", _("Durchgeführt")

    incident = models.OneToOneField(Incident, primary_key=True, on_delete=models.CASCADE, related_name="review")
    state = models.CharField(max_length=4, choices=State.choices, default=State.OWED)
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    owed_since = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="owed", done_at__isnull=True) | Q(state="done", done_at__isnull=False),
                name="review_done_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.state}"


class DutyDone(models.Model):
    """A duty of a level (P-5.1, P-5.2) that somebody has ticked. Unticked, the row goes; the log keeps both.

    Apart from the record, so that a tick is no new version of it.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    chain = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "chain", "level", "key"], name="duty_done_once"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.chain} {self.level} {self.key}"


class Consultation(models.Model):
    """A question to a role that §14 consults on a task (P-14.1), and its answer once somebody of the role gave one."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="consultations")
    task = models.CharField(max_length=40, help_text="A row of §14.")
    role = models.CharField(max_length=40)
    question = models.ForeignKey("Comment", on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.ForeignKey("Comment", null=True, on_delete=models.CASCADE, related_name="+")
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer=None, answered_by=None, answered_at=None)
                | Q(answer__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="consultation_answered_whole",
            ),
        ]
        indexes = [models.Index(fields=["role", "id"], condition=Q(answered_at=None), name="consultation_open")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.task}: {self.role}"
