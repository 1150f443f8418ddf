"""What the tool keeps about its own handling of personal data: holds, deeds, and what is still to be removed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from incidents.models import Incident


class LegalHold(models.Model):
    """An incident of which nothing may be deleted, for as long as `until` is empty."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["incident"], condition=Q(until=None), name="legal_hold_once"),
            models.CheckConstraint(
                condition=Q(until=None, ended_by=None) | Q(until__isnull=False, ended_by__isnull=False),
                name="legal_hold_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"hold on {self.incident_id}"


class PersonalDeed(models.Model):
    """Somebody searched, exported or erased a person's data. Append-only, and without a word about the person."""

    class Kind(models.TextChoices):
        """What was done."""

        SEARCH = "search", _("Gesucht")
        EXPORT = "export", _("Auskunft erstellt")
        ERASE = "erase", _("Gelöscht")

    kind = models.CharField(max_length=6, choices=Kind.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    via = models.CharField(max_length=20)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    counts = models.JSONField(default=dict, help_text="Kind of record → how many were found or erased.")
    held = models.JSONField(default=dict, help_text="Reason → how many records stayed.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class DoomedFile(models.Model):
    """A file whose record is gone. Written with that change, so that a crash cannot leave the file behind."""

    stored_name = models.CharField(max_length=100, unique=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.stored_name


class RetentionReport(models.Model):
    """What a night's run of the retention did about one type of record."""

    type = models.CharField(max_length=40)
    at = models.DateTimeField()
    cutoff = models.DateTimeField(help_text="Older records were due.")
    process_version = models.PositiveIntegerField(help_text="The version of the document that said so.")
    found = models.PositiveIntegerField()
    erased = models.PositiveIntegerField()
    held = models.JSONField(default=dict, help_text="Reason → how many records stayed.")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["type", "-at"], name="retention_by_type")]

    def __str__(self) -> str:
        return f"{self.type} {self.at:%Y-%m-%d}"

    @property
    def stayed(self) -> int:
        """How many records were due and stayed."""
        return self.found - self.erased
