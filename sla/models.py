"""The cache of clock states. The truth is `sla.rules.clock.derive` over the incident's events (R1)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from incidents.models import Incident
from process.models import ProcessVersion


class Clock(models.Model):
    """One clock of one incident."""

    class State(models.TextChoices):
        """Running and paused clocks can still break; met and breached ones are facts (R8)."""

        RUNNING = "running", _("Läuft")
        PAUSED = "paused", _("Steht")
        MET = "met", _("Eingehalten")
        BREACHED = "breached", _("Verletzt")
        CANCELLED = "cancelled", _("Entfallen")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=9, choices=State.choices, default=State.RUNNING)
    segment = models.PositiveSmallIntegerField(default=1)
    target_s = models.PositiveIntegerField()
    calendar = models.CharField(max_length=40)
    elapsed_s = models.PositiveIntegerField(default=0, help_text="Seconds consumed up to `as_of`.")
    as_of = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="Null while paused.")
    manual_due_at = models.DateTimeField(null=True, help_text="Set by hand; stays until taken back, paused or not.")
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    breach_cause = models.CharField(max_length=20, blank=True)
    next_percent = models.PositiveSmallIntegerField(null=True)
    next_check_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "kind"], name="one_clock_per_kind")]
        indexes = [
            models.Index(fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="clock_due"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind}"

    @property
    def deadline(self) -> datetime | None:
        """When it breaks: `due_at`, and while it stands a due instant set by hand, which does not wait (R15)."""
        return self.due_at or (self.manual_due_at if self.stopped_at is None else None)


class UpdateClock(models.Model):
    """When people who wait for an open incident must hear again (R3, P-5.5). Gone when nobody waits any more."""

    incident = models.OneToOneField(Incident, primary_key=True, on_delete=models.CASCADE, related_name="update_clock")
    since = models.DateTimeField(help_text="When they were last written to, or began to wait.")
    interval_min = models.PositiveIntegerField(help_text="Real minutes, from the document's cadence.")
    told = models.PositiveSmallIntegerField(default=0, help_text="Words said to those who owe this update.")
    next_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="update_clock_due"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} every {self.interval_min} min"

    @property
    def due_at(self) -> datetime:
        """When the next update is due."""
        return self.since + timedelta(minutes=self.interval_min)


class Checkpoint(models.Model):
    """A warning that was given: once per clock, segment and percent (R11)."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="checkpoints")
    segment = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "segment", "percent"], name="checkpoint_once")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.percent} %"


class WhatIf(models.Model):
    """A question what other promises would have changed, and how far its answer has come. Gone after a day."""

    class State(models.TextChoices):
        """The last three are final."""

        QUEUED = "queued", _("Wartet")
        RUNNING = "running", _("Wird berechnet")
        DONE = "done", _("Fertig")
        CANCELLED = "cancelled", _("Abgebrochen")
        FAILED = "failed", _("Gescheitert")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.CASCADE, related_name="+")
    sections = models.JSONField(help_text="The edited parts of that version's document.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(help_text="The instant the answer is for.")
    since = models.DateTimeField(help_text="From when on incidents count for the attainment.")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    after = models.BigIntegerField(default=0, help_text="The last incident that is counted.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker took it in hand.")
    lost = models.PositiveSmallIntegerField(default=0, help_text="How often a worker fell silent over it.")
    lease_until = models.DateTimeField(null=True, help_text="Until then its worker is believed to be alive.")
    finished_at = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(state__in=["queued", "running"]), name="what_if_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state not in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """How far it has come."""
        return 100 if self.state == self.State.DONE else min(99, self.done * 100 // max(1, self.total))
