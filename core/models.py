"""The log of what happened, its seals, and the pulses of background processes."""

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One thing that happened (G-7). Insert-only: the database itself refuses UPDATE and DELETE (migration 0002).

    `data["set"]` and `data["was"]` hold changed fields of the subject, so its state can be replayed. No personal text
    stands here: it lives in erasable rows (`EventText`, or a record's own), the event keeps their id and digest.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField(help_text="When it happened, as far as the process is concerned.")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=200)
    via = models.CharField(max_length=40, blank=True)
    subject_type = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    rule = models.CharField(max_length=60, blank=True, help_text="Paragraph of the process that caused it.")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"], name="event_by_subject")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class EventText(models.Model):
    """Words somebody typed into a fact of an event, which only points here. Erased, the row stays and the words go."""

    key = models.CharField(max_length=32, primary_key=True)
    salt = models.CharField(max_length=32, blank=True, help_text="Of the digest in the event; goes with the words.")
    body = models.TextField(blank=True)
    subject_type = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    erased_at = models.DateTimeField(null=True, help_text="When the words were replaced.")

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="event_text_by_subject")]

    def __str__(self) -> str:
        return self.key


class EventSeal(models.Model):
    """A link of the hash chain over all events, in the order in which they were sealed, not numbered."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq}: {self.hash[:12]}"


class Pulse(models.Model):
    """The last sign of life of something that must not fall silent (sweeper, sealer, worker)."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
