"""What reaches the service desk, and what was written and attached about an incident."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person, School
from incidents.models.records import Incident


class Contact(models.Model):
    """Anything that reached the service desk, whatever its channel (P-2.1). Never deleted, always re-classifiable."""

    class State(models.TextChoices):
        """What became of it."""

        NEW = "new", _("Neu")
        HANDED_ON = "handed_on", _("Weitergegeben")
        INCIDENT = "incident", _("Incident")
        ANSWERED = "answered", _("Beantwortet")

    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    version = models.PositiveIntegerField(default=1)
    channel = models.CharField(max_length=40)
    kind = models.CharField(max_length=24, blank=True, help_text="Empty until classified (P-2.2).")
    reporter_name = models.CharField(max_length=160, blank=True)
    reporter_email = models.EmailField(blank=True)
    reporter_phone = models.CharField(max_length=40, blank=True)
    reporter = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")
    feedback_channel = models.CharField(max_length=40, blank=True)
    callback_wanted = models.BooleanField(default=False)
    subject = models.CharField(max_length=160)
    body = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    taken_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    handed_to = models.CharField(max_length=40, blank=True, help_text="Role that answers it.")
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="contacts")
    source_key = models.CharField(max_length=255, null=True, unique=True, help_text="Idempotency key of a source.")
    received_at = models.DateTimeField()
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="new", kind="") | (~Q(state="new") & ~Q(kind="")), name="classified_has_kind"
            ),
            models.CheckConstraint(
                condition=~Q(state="incident") | Q(incident__isnull=False), name="incident_contact_has_incident"
            ),
        ]
        indexes = [
            models.Index(fields=["received_at", "id"], condition=Q(state="new"), name="contact_inbox"),
            models.Index(fields=["state", "-id"], name="contact_by_state"),
        ]

    def __str__(self) -> str:
        return self.number


class Comment(models.Model):
    """A note among staff or a message to or from the reporter. Erasable; its event keeps only id and digest."""

    class Kind(models.TextChoices):
        """Who may read it."""

        NOTE = "note", _("Interne Notiz")
        OUT = "message_out", _("Nachricht an Meldende")
        IN = "message_in", _("Nachricht von Meldenden")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="comments")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    body = models.TextField()
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["incident", "id"], name="comment_by_incident")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Attachment(models.Model):
    """A file kept outside the web root, served only as a download through the permission check."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=160)
    stored_name = models.CharField(max_length=80, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
