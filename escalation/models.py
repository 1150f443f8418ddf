"""Steps on the ladders (P-5.3), the calls each step made, and the rotas that say whose turn it is (P-1.2)."""

from datetime import time

from django.db import models
from django.db.models import F, Q
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
    progress_due_at = models.DateTimeField(null=True, help_text="When is looked whether whoever took it on got on.")

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
            models.Index(fields=["progress_due_at"], condition=Q(progress_due_at__isnull=False), name="step_progress"),
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


class Rota(models.Model):
    """Who of a role is on call. One per role of the process; its turns are `escalation.rules.oncall`."""

    role = models.CharField(max_length=40, unique=True)
    time_zone = models.CharField(max_length=64, default="Europe/Zurich")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.role


class RotaLayer(models.Model):
    """People who take turns. A layer of a higher position wins over those below, in its hours."""

    class Every(models.IntegerChoices):
        """Days from one hand-over to the next."""

        DAY = 1, _("täglich")
        WEEK = 7, _("wöchentlich")

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="layers")
    position = models.PositiveSmallIntegerField()
    every_days = models.PositiveSmallIntegerField(choices=Every.choices, default=Every.WEEK)
    first = models.DateField(help_text="The first hand-over, in the rota's time zone")
    hand_over = models.TimeField(default=time(8))
    weekdays = models.JSONField(default=list, help_text="Days on which its hours begin; Monday is 0")
    opens = models.TimeField(default=time(0))
    closes = models.TimeField(default=time(0))

    class Meta:
        ordering = ["rota", "position"]
        constraints = [
            models.UniqueConstraint(fields=["rota", "position"], name="one_layer_per_position"),
            models.CheckConstraint(condition=Q(every_days__in=[1, 7]), name="layer_hands_over_daily_or_weekly"),
        ]

    def __str__(self) -> str:
        return f"{self.rota_id}/{self.position}"


class RotaMember(models.Model):
    """A place in the order of a layer; somebody may have several."""

    layer = models.ForeignKey(RotaLayer, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["layer", "position"]
        constraints = [models.UniqueConstraint(fields=["layer", "position"], name="one_member_per_position")]

    def __str__(self) -> str:
        return f"{self.layer_id}/{self.position}"


class RotaOverride(models.Model):
    """Somebody is on call in [starts_at, ends_at), whoever it would be otherwise. The newest wins."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="overrides")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="override_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["ends_at"], name="override_by_end")]

    def __str__(self) -> str:
        return f"{self.rota_id}: {self.person_id}"


class TeamSeat(models.Model):
    """Who sits on a seat of the Major Incident Team (P-6.2): the one at position 0, then their deputies in order."""

    key = models.CharField(max_length=40, help_text="The member's key in the process document")
    position = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["key", "position"]
        constraints = [
            models.UniqueConstraint(fields=["key", "position"], name="one_person_per_place_of_a_seat"),
            models.UniqueConstraint(fields=["key", "person"], name="once_on_a_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.key}/{self.position}"


class SeatCall(models.Model):
    """Somebody was called to a major for a seat of the team. `since` is the instant it was declared (or reopened)."""

    class State(models.TextChoices):
        """Whether they answered. Who was passed may still answer; a call that ended needs no answer any more."""

        CALLING = "calling", _("Wird gerufen")
        ACKNOWLEDGED = "acknowledged", _("Hat geantwortet")
        PASSED = "passed", _("Hat nicht geantwortet")
        ENDED = "ended", _("Ruf beendet")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    seat = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.CALLING)
    due_at = models.DateTimeField(null=True, help_text="When the next deputy is called.")
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "since", "seat", "person"], name="called_once_per_seat"),
            models.UniqueConstraint(
                fields=["incident", "seat"], condition=Q(state="calling"), name="one_call_at_a_time_per_seat"
            ),
            models.CheckConstraint(
                condition=Q(state="calling", due_at__isnull=False) | (~Q(state="calling") & Q(due_at__isnull=True)),
                name="seat_call_due_while_calling",
            ),
            models.CheckConstraint(
                condition=Q(state="acknowledged", acknowledged_at__isnull=False)
                | (~Q(state="acknowledged") & Q(acknowledged_at__isnull=True)),
                name="seat_answer_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="seat_call_due"),
            models.Index(fields=["person"], condition=Q(state="calling"), name="seat_call_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.person_id}"
