"""The schools a breach affects, and what each was told (P-7.3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person, School
from privacy.models.cases import Case

NOTICE_LANGUAGES = [("de", "Deutsch"), ("fr", "Français"), ("it", "Italiano"), ("en", "English")]


class AffectedSchool(models.Model):
    """A school with its own numbers; without a number it is not known yet."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="schools")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    persons = models.PositiveBigIntegerField(null=True)
    records = models.PositiveBigIntegerField(null=True)
    language = models.CharField(max_length=2, choices=NOTICE_LANGUAGES)
    added_at = models.DateTimeField()
    aware_at = models.DateTimeField(null=True, help_text="When it learned of the breach, as a rule by our notice.")
    persons_decided_at = models.DateTimeField(null=True, help_text="When it was decided that persons are told.")
    reminders = models.PositiveSmallIntegerField(default=0)
    next_reminder_at = models.DateTimeField(null=True)
    report_id = models.CharField(max_length=100, blank=True, help_text="What its authority calls the report.")
    reported_at = models.DateTimeField(null=True, help_text="When the school reported to its authority.")

    class Meta:
        ordering = ["school__name"]
        constraints = [models.UniqueConstraint(fields=["case", "school"], name="school_affected_once")]
        indexes = [
            models.Index(
                fields=["next_reminder_at"], condition=Q(next_reminder_at__isnull=False), name="notice_reminder_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.case_id}"


class Notice(models.Model):
    """One version of what a school is told (form F2): whole and unchanged from the moment it is sent."""

    class State(models.TextChoices):
        """How far it is; what the mail server and the school did stands beside it."""

        DRAFT = "draft", _("Entwurf")
        REVIEWED = "reviewed", _("Geprüft")
        SENT = "sent", _("Versendet")
        ACKNOWLEDGED = "acknowledged", _("Bestätigt")

    affected = models.ForeignKey(AffectedSchool, on_delete=models.CASCADE, related_name="notices")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    sealed = models.TextField(help_text="Encrypted JSON of the paper as the school reads it.")
    digest = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=254, blank=True)
    message_key = models.CharField(max_length=255, blank=True, help_text="Of the newest mail with its link.")
    link = models.CharField(max_length=24, blank=True, help_text="What makes the newest link differ from the last.")
    links_sent = models.PositiveSmallIntegerField(default=0)
    link_sent_at = models.DateTimeField(null=True)
    link_until = models.DateTimeField(null=True)
    link_used_at = models.DateTimeField(null=True, help_text="A link opens once.")
    code = models.TextField(blank=True, help_text="Encrypted. Told by another way.")
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, help_text="When it was first read.")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(blank=True, help_text="Encrypted: who did, for the school.")

    class Meta:
        ordering = ["affected_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["affected", "number"], name="notice_version_once"),
            models.CheckConstraint(
                condition=~Q(state__in=("sent", "acknowledged")) | Q(sent_at__isnull=False, reviewed_at__isnull=False),
                name="notice_sent_after_review",
            ),
        ]

    def __str__(self) -> str:
        return f"F2 v{self.number} ({self.affected_id})"


class Visit(models.Model):
    """Something done behind the link of a notice. Append-only, without an address: the link says whose it was."""

    class What(models.TextChoices):
        """What was done."""

        WRONG_CODE = "wrong_code", _("Falscher Code")
        OPENED = "opened", _("Gelesen")
        DOWNLOADED = "downloaded", _("Heruntergeladen")
        ACKNOWLEDGED = "acknowledged", _("Bestätigt")
        REPORTED = "reported", _("Meldung an die Behörde genannt")
        NEW_LINK = "new_link", _("Neuen Link verlangt")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="visits")
    what = models.CharField(max_length=12, choices=What.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.what} {self.notice_id}"
