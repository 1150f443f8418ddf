"""What is kept while a major is run from its room (§6.2): roles, the situation, the schools that are hit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person, School
from incidents.models.contacts import Comment
from incidents.models.records import Incident


class RoomRole(models.Model):
    """Who leads, communicates or writes down, from when until when. One person per role at a time."""

    class Role(models.TextChoices):
        """What somebody answers for in the room."""

        LEAD = "lead", _("Leitung")
        COMMUNICATIONS = "communications", _("Kommunikation")
        SCRIBE = "scribe", _("Protokoll")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="room_roles")
    role = models.CharField(max_length=14, choices=Role.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "role"], condition=Q(until=None), name="room_role_held_once"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.role}: {self.person_id}"


class SituationNote(models.Model):
    """A line of the situation. Actions and needs are done one day; conditions simply hold."""

    class Kind(models.TextChoices):
        """What the line says."""

        CONDITION = "condition", _("Lage")
        ACTION = "action", _("Massnahme")
        NEED = "need", _("Bedarf")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="situation")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    text = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(help_text="When it was written, which may be before it arrived here.")
    key = models.UUIDField(null=True, unique=True, help_text="Made by the browser: sent twice it is kept once.")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="situation_done_whole",
            ),
        ]
        indexes = [models.Index(fields=["incident", "id"], name="situation_by_incident")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind} #{self.pk}"


class SchoolHit(models.Model):
    """A school that somebody counted in, or out (`is_hit`), whatever record and contacts say."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    is_hit = models.BooleanField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "school"], name="school_hit_once")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.school_id}: {self.is_hit}"
