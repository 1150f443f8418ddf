"""Derived rows: what each incident came to, per day what they add up to, and what running clocks are likely to do.

Nothing here is edited. Rows are written by `figures.services` alone and can be derived again at any time. The database
does not check their incidents: checking locks them, and counting must make nobody wait who works on one.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from incidents.models import Incident


class Dimensions(models.Model):
    """What figures are cut by. Empty means unknown; keys as in the process document and the directory."""

    priority = models.CharField(max_length=8)
    category = models.CharField(max_length=40)
    module = models.CharField(max_length=40, blank=True)
    school = models.CharField(max_length=20, blank=True, help_text="Primary key of the school.")
    canton = models.CharField(max_length=2, blank=True)
    team = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=40)
    kind = models.CharField(max_length=6, help_text="single | major | flood")

    class Meta:
        abstract = True


class Fact(Dimensions):
    """What an incident came to, from its events alone. Days and hours are local ones; durations are seconds."""

    incident = models.OneToOneField(
        Incident, primary_key=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    reported_at = models.DateTimeField()
    reported_day = models.DateField()
    reported_hour = models.PositiveSmallIntegerField()
    acknowledged_day = models.DateField(null=True)
    first_resolved_day = models.DateField(null=True)
    ended_day = models.DateField(null=True, help_text="Of the last end, while it is over.")
    is_open = models.BooleanField()
    is_cancelled = models.BooleanField()
    is_escalated_functional = models.BooleanField()
    is_escalated_management = models.BooleanField()
    is_downgraded_late = models.BooleanField(help_text="Lowered after 75 % of a promise was used up.")
    is_first_contact = models.BooleanField(null=True, help_text="Null: no contact with a person, or not resolved.")
    reopened = models.PositiveSmallIntegerField()
    detect_s = models.PositiveBigIntegerField(null=True)
    ack_s = models.PositiveBigIntegerField(null=True)
    ack_business_s = models.PositiveBigIntegerField(null=True)
    restore_s = models.PositiveBigIntegerField(null=True)
    resolve_s = models.PositiveBigIntegerField(null=True)
    resolve_business_s = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["reported_day"], name="fact_by_report"),
            models.Index(fields=["acknowledged_day"], name="fact_by_acknowledgement"),
            models.Index(fields=["first_resolved_day"], name="fact_by_resolution"),
            models.Index(fields=["ended_day"], name="fact_by_end"),
            models.Index(fields=["school"], name="fact_by_school"),
            models.Index(fields=["priority", "reported_at"], condition=Q(is_open=True), name="fact_oldest"),
            models.Index(fields=["reported_day"], condition=Q(is_open=True), name="fact_open"),
        ]

    def __str__(self) -> str:
        return f"fact of {self.incident_id}"


class ClockFact(Dimensions):
    """How a clock of an incident ended the first time (R10), and whether and why it ever broke (R8)."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    clock = models.CharField(max_length=40)
    outcome = models.CharField(max_length=8, blank=True, help_text="met | breached; empty: still open, or cancelled.")
    decided_at = models.DateTimeField(null=True)
    decided_day = models.DateField(null=True)
    cause = models.CharField(max_length=12, blank=True)
    breached_day = models.DateField(null=True)
    target_s = models.PositiveIntegerField()
    used_s = models.PositiveIntegerField(null=True, help_text="Consumed when it first stopped.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "clock"], name="one_fact_per_clock")]
        indexes = [
            models.Index(fields=["decided_day"], name="clock_fact_by_day"),
            models.Index(fields=["breached_day"], condition=Q(breached_day__isnull=False), name="clock_fact_by_breach"),
            models.Index(fields=["school", "decided_day"], name="clock_fact_by_school"),
        ]

    def __str__(self) -> str:
        return f"{self.clock} of {self.incident_id}"


class Cell(models.Model):
    """A day of one value of one dimension: `dimension` empty is everything; `priority` empty is every priority.

    Schools are many, so they are not split by priority.
    """

    day = models.DateField()
    dimension = models.CharField(max_length=8, blank=True)
    value = models.CharField(max_length=40, blank=True)
    priority = models.CharField(max_length=8, blank=True)

    class Meta:
        abstract = True


KEY = ["dimension", "value", "priority", "day"]


class DayTally(Cell):
    """Counts of a day. Each counts the incidents of the day that matters to it: reported, first resolved, or ended."""

    arrivals = models.PositiveIntegerField()
    hours = ArrayField(models.PositiveIntegerField(), help_text="Arrivals by local hour.")
    still_open = models.PositiveIntegerField()
    escalated_functional = models.PositiveIntegerField()
    escalated_management = models.PositiveIntegerField()
    majors = models.PositiveIntegerField()
    downgraded_late = models.PositiveIntegerField()
    resolved = models.PositiveIntegerField()
    reopened = models.PositiveIntegerField()
    loops = models.PositiveIntegerField()
    contacts = models.PositiveIntegerField()
    first_contact = models.PositiveIntegerField()
    closures = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=KEY, name="one_tally_per_day")]
        indexes = [
            models.Index(fields=["day", "dimension"], name="tally_by_day"),
            models.Index(fields=KEY, condition=Q(still_open__gt=0), name="tally_of_open"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.dimension} {self.value}"


class ClockTally(Cell):
    """Promises decided on a day (R9, R10), and breaches of the day by cause."""

    clock = models.CharField(max_length=40)
    met = models.PositiveIntegerField()
    breached = models.PositiveIntegerField()
    late_start = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField()
    reclassified = models.PositiveIntegerField()
    reopened = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*KEY, "clock"], name="one_clock_tally_per_day")]
        indexes = [models.Index(fields=["day", "dimension"], name="clock_tally_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.clock} {self.dimension} {self.value}"


class Spread(Cell):
    """How long something took on a day, as a histogram of `figures.rules.buckets`."""

    measure = models.CharField(max_length=20)
    n = models.PositiveIntegerField()
    total_s = models.PositiveBigIntegerField()
    histogram = models.BinaryField(help_text="Pairs of bucket (2 bytes) and cases (4 bytes), big end first.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*KEY, "measure"], name="one_spread_per_day")]
        indexes = [models.Index(fields=["day", "dimension"], name="spread_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.dimension} {self.value}"


class Progress(models.Model):
    """How far the facts have followed the sealed log; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0, help_text="The last seal that is in the facts.")
    as_of = models.DateTimeField(help_text="Everything up to this instant is in the facts.")

    def __str__(self) -> str:
        return f"seal {self.seq}"


class Odds(models.Model):
    """Of past clocks like these: how many got how far, and how many broke. `reached` is by twentieths of the target."""

    clock = models.CharField(max_length=40)
    priority = models.CharField(max_length=8, blank=True)
    dimension = models.CharField(max_length=8, blank=True, help_text="category | team; empty: all")
    value = models.CharField(max_length=40, blank=True)
    reached = ArrayField(models.PositiveIntegerField())
    broken = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "priority", "dimension", "value"], name="odds_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.priority} {self.value}"


class Calibration(models.Model):
    """How well the forecast did on history it had not seen; the newest row counts."""

    measured_at = models.DateTimeField()
    trained_until = models.DateTimeField(null=True)
    n = models.PositiveIntegerField()
    brier = models.FloatField(null=True)
    baseline = models.FloatField(null=True, help_text="Brier score of always saying the average.")
    bins = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.measured_at:%d.%m.%Y}"
