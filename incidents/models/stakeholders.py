"""Messages to those who wait outside: written by one person, released by another (§5.1/1d)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from incidents.models.records import Incident


class StakeholderMessage(models.Model):
    """A message to many about a major. Its texts are erasable; the log keeps a digest. Receipts are in the outbox."""

    class State(models.TextChoices):
        """How far it is."""

        IN_REVIEW = "in_review", _("Wartet auf Freigabe")
        RETURNED = "returned", _("Zurückgegeben")
        SENT = "sent", _("Versendet")
        WITHDRAWN = "withdrawn", _("Zurückgezogen")

    class Audience(models.TextChoices):
        """Whom it goes to."""

        SCHOOLS = "schools", _("Betroffene Schulen")
        REPORTERS = "reporters", _("Alle, die es gemeldet haben")
        STAFF = "staff", _("Mitarbeitende nach §14")
        PUBLIC = "public", _("Öffentliche Statusseite")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="stakeholder_messages")
    subject_de = models.CharField(max_length=150)
    body_de = models.TextField()
    subject_en = models.CharField(max_length=150, blank=True)
    body_en = models.TextField(blank=True)
    audiences = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State.choices, default=State.IN_REVIEW)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(help_text="When it was handed in for review.")
    reviewer = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    returned_because = models.CharField(max_length=500, blank=True)
    recipients = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("author")), name="stakeholder_message_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(reviewer__isnull=False, reviewed_at__isnull=False),
                name="stakeholder_message_reviewed",
            ),
        ]
        indexes = [
            models.Index(fields=["incident", "id"], condition=Q(state="in_review"), name="stakeholder_in_review"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.state} #{self.pk}"

    @property
    def audience_words(self) -> list[str]:
        """Whom it goes to, in words."""
        return [str(self.Audience(key).label) for key in self.audiences if key in self.Audience.values]
