"""Steps on the ladders (P-5.3) and the calls each step made."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from incidents.models import Incident


class Step(models.Model):
    """One move on one ladder: from, to, why, by which rule, by whom. The newest per chain is the present one."""

    class State(models.TextChoices):
        """Whether somebody answered."""

        CALLING = "calling", _("Wird gerufen")
        ACKNOWLEDGED = "acknowledged", _("Übernommen")
        SUPERSEDED = "superseded", _("Abgelöst")
        EXHAUSTED = "exhausted", _("Niemand hat geantwortet")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    chain = models.CharField(max_length=12)
    from_level = models.PositiveSmallIntegerField()
    to_level = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=40)
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    rule = models.CharField(max_length=60, help_text="Paragraph, e.g. §5.2/2a")
    actor_label = models.CharField(max_length=200)
    at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.CALLING)
    next_call_at = models.DateTimeField(null=True)
    rounds = models.PositiveSmallIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "chain"], condition=Q(state="calling"), name="one_calling_step_per_chain"
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False), name="acknowledged_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["next_call_at"], condition=Q(state="calling"), name="step_due"),
            models.Index(fields=["incident", "id"], name="step_by_incident"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.from_level}→{self.to_level}"


class Call(models.Model):
    """A person was called for a step."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="calls")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "person"], name="called_once_per_step")]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.step_id}"
