"""The duties of a case: their clocks as rows, and what somebody decided about each (P-7.3, P-7.5)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from privacy.models.cases import Case, Note
from privacy.models.schools import AffectedSchool


class Duty(models.Model):
    """A duty as the law of the case has it. Its clock runs in real time and is never paused.

    The clock's columns follow the facts of the case; what people decided and did never changes by itself.
    """

    class Verdict(models.TextChoices):
        """What somebody decided."""

        DUE = "due", _("Fällig")
        NOT_DUE = "not_due", _("Nicht fällig")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="duties")
    key = models.CharField(max_length=160, help_text="Duty of the law, affected school, regime.")
    affected = models.ForeignKey(AffectedSchool, null=True, on_delete=models.CASCADE, related_name="duties")
    position = models.PositiveIntegerField(default=0)
    deadline = models.DateTimeField(null=True, help_text="Late after this; none while the clock has no start or limit.")
    alarms = models.JSONField(default=list, help_text="Pairs of percentage and instant.")
    told = models.PositiveSmallIntegerField(default=0, help_text="The highest percentage somebody was told of.")
    next_alarm_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    recommended = models.CharField(max_length=8, blank=True, help_text="What was recommended when it was decided.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    because = models.ForeignKey(Note, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False, help_text="Done after its deadline.")
    late_because = models.ForeignKey(Note, null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=200, blank=True, help_text="What the other side calls it.")

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="duty_once_per_case")]
        indexes = [
            models.Index(fields=["next_alarm_at"], condition=Q(next_alarm_at__isnull=False), name="duty_alarm_due"),
            models.Index(fields=["deadline"], condition=Q(done_at=None) & ~Q(verdict="not_due"), name="duty_open"),
        ]

    def __str__(self) -> str:
        return self.key
