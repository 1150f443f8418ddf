"""Heartbeats, their pings, and their changes between up and down."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Module
from heartbeats.rules import beats
from heartbeats.rules.schedule import Rhythm, Schedule


class Heartbeat(models.Model):
    """A job that says regularly that it works. `key` stands in its ping address and opens it."""

    class Shown(models.TextChoices):
        """The states as people read them."""

        NEW = "new", _("Neu")
        UP = "up", _("In Ordnung")
        GRACE = "grace", _("Verspätet")
        DOWN = "down", _("Ausgefallen")
        PAUSED = "paused", _("Pausiert")

    class Kind(models.TextChoices):
        """What its silence means (category of the incident)."""

        ERROR = "error", _("Fehler")
        AVAILABILITY = "availability", _("Ausfall")
        PERFORMANCE = "performance", _("Leistung")
        SECURITY = "security", _("Sicherheit")

    class Severity(models.TextChoices):
        """How bad its silence is (urgency and impact by the process document)."""

        CRITICAL = "critical", _("Kritisch")
        HIGH = "high", _("Hoch")
        MEDIUM = "medium", _("Mittel")
        LOW = "low", _("Niedrig")

    class Written(models.TextChoices):
        """How the rhythm is written."""

        PERIOD = Rhythm.PERIOD.value, _("Alle so viele Sekunden")
        CRON = Rhythm.CRON.value, _("Cron-Ausdruck")
        ONCALENDAR = Rhythm.ONCALENDAR.value, _("systemd OnCalendar")

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=120, unique=True)
    rhythm = models.CharField(max_length=10, choices=Written.choices, default=Written.PERIOD)
    period_s = models.PositiveIntegerField(default=0)
    expression = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(max_length=60, default="Europe/Zurich")
    grace_s = models.PositiveIntegerField()
    fails = models.PositiveSmallIntegerField(default=1, help_text="Down when so many of the last `of` were bad.")
    of = models.PositiveSmallIntegerField(default=1)
    only_post = models.BooleanField(default=False, help_text="GET and HEAD count as nothing (link previews).")
    wakes_on_ping = models.BooleanField(default=False, help_text="A ping ends a pause.")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ERROR)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.HIGH)
    module = models.ForeignKey(Module, on_delete=models.SET_NULL, null=True, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="children")
    is_backup = models.BooleanField(default=False, help_text="Its last success is our newest backup.")

    status = models.CharField(max_length=6, default="new")
    window = models.CharField(max_length=20, blank=True, help_text="Last outcomes: . good, x bad.")
    expected_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    run = models.CharField(max_length=36, blank=True)
    due_at = models.DateTimeField(null=True, help_text="When the sweeper has to look: a deadline, or a change to tell.")
    last_ping_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_duration_s = models.FloatField(null=True)
    ping_count = models.PositiveBigIntegerField(default=0)
    minute_at = models.DateTimeField(null=True, help_text="Start of the minute `minute_count` counts.")
    minute_count = models.PositiveSmallIntegerField(default=0)
    told = models.CharField(max_length=8, blank=True, help_text="What was last signalled: firing, cleared, quiet.")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="heartbeat_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(of__lte=beats.WINDOW_MAX, of__gte=models.F("fails"), fails__gte=1),
                name="heartbeat_n_of_m",
            ),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="heartbeat_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def fingerprint(self) -> str:
        """The object its signals are about; the key stays out of it, for that one opens the ping address."""
        return f"heartbeat:{self.pk}"

    @property
    def schedule(self) -> Schedule:
        """When it is expected."""
        return Schedule(Rhythm(self.rhythm), self.period_s, self.expression, self.time_zone)

    @property
    def promise(self) -> beats.Promise:
        """What was agreed."""
        return beats.Promise(self.schedule, timedelta(seconds=self.grace_s), self.fails, self.of, self.wakes_on_ping)

    @property
    def standing(self) -> beats.Standing:
        """Where it stands."""
        return beats.Standing(beats.Status(self.status), self.window, self.expected_at, self.started_at, self.run)

    def stand(self, standing: beats.Standing) -> None:
        """Takes a standing over; the caller saves."""
        self.status, self.window, self.run = standing.status.value, standing.window, standing.run
        self.expected_at, self.started_at = standing.expected_at, standing.started_at

    def shown_at(self, at: datetime) -> Shown:
        """The state as people read it at an instant."""
        return self.Shown.GRACE if beats.is_late(self.standing, at) else self.Shown(self.status)


class Ping(models.Model):
    """One call of the address, with the beginning of what was sent. The last hundred are kept."""

    class Action(models.TextChoices):
        """What it said."""

        SUCCESS = "success", _("Erfolg")
        START = "start", _("Beginn")
        FAIL = "fail", _("Fehlschlag")
        LOG = "log", _("Protokoll")
        IGNORED = "ignored", _("Ohne Wirkung")

    heartbeat = models.ForeignKey(Heartbeat, on_delete=models.CASCADE, related_name="pings")
    n = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=8, choices=Action.choices)
    method = models.CharField(max_length=4)
    exit_status = models.PositiveSmallIntegerField(null=True)
    run = models.CharField(max_length=36, blank=True)
    duration_s = models.FloatField(null=True, help_text="Since the start of the same run.")
    late_s = models.PositiveIntegerField(default=0, help_text="How late a success came.")
    agent = models.CharField(max_length=120, blank=True)
    body = models.TextField(blank=True)
    is_cut = models.BooleanField(default=False, help_text="More was sent than is kept.")

    class Meta:
        ordering = ["-n"]
        constraints = [models.UniqueConstraint(fields=["heartbeat", "n"], name="ping_once")]

    def __str__(self) -> str:
        return f"{self.heartbeat_id}/{self.n} {self.action}"


class Flip(models.Model):
    """A change between up and down, told to the intake once. `is_quiet`: its parent is down, whose incident it is."""

    class Reason(models.TextChoices):
        """Why."""

        SILENT = "silent", _("Nicht gemeldet")
        UNFINISHED = "unfinished", _("Begonnen und nicht beendet")
        FAILED = "failed", _("Fehlschlag gemeldet")
        RECOVERED = "recovered", _("Meldet sich wieder")

    heartbeat = models.ForeignKey(Heartbeat, on_delete=models.CASCADE, related_name="flips")
    at = models.DateTimeField()
    is_down = models.BooleanField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    detail = models.CharField(max_length=200, blank=True)
    is_quiet = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["heartbeat", "id"], condition=Q(told_at__isnull=True), name="flip_untold"),
            models.Index(fields=["heartbeat", "-id"], name="flip_by_heartbeat"),
        ]

    def __str__(self) -> str:
        return f"{self.heartbeat_id} {self.reason}"
