"""The outbox: every message to a person is a row before it is anything else (D2.2)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person


class Enclosure(models.Model):
    """What goes with a mail: an HTML part of its own and a file. Several messages may share one."""

    html = models.TextField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    content = models.BinaryField(default=bytes)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class Message(models.Model):
    """One message to one person by one channel. Leased, sent, then marked; the key makes it exist once."""

    class State(models.TextChoices):
        """The receipt."""

        QUEUED = "queued", _("Wartet")
        SENT = "sent", _("Versendet")
        SKIPPED = "skipped", _("Übersprungen")
        DEAD = "dead", _("Nicht zustellbar")

    key = models.CharField(max_length=255, unique=True)
    channel = models.CharField(max_length=20)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2, default="de")
    kind = models.CharField(max_length=60, help_text="Template: notifications/<kind>.{subject,txt}")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True, help_text="Path inside the console.")
    is_urgent = models.BooleanField(default=False)
    needs_ack = models.BooleanField(default=False)
    topic_type = models.CharField(max_length=30, blank=True)
    topic_id = models.BigIntegerField(null=True)
    thread = models.CharField(max_length=120, blank=True, help_text="Message-ID local part of the conversation.")
    enclosure = models.ForeignKey(Enclosure, null=True, on_delete=models.SET_NULL, related_name="+")

    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, help_text="While leased: when the lease ends.")
    held_until = models.DateTimeField(null=True, help_text="End of the person's quiet hours, if it waited for that.")
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True, help_text="When the channel said that it arrived.")
    read_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="queued"), name="message_due"),
            models.Index(fields=["person", "-id"], condition=Q(channel="in_app"), name="message_bell"),
            models.Index(fields=["person"], condition=Q(channel="in_app", read_at__isnull=True), name="message_unread"),
            models.Index(fields=["-id"], condition=Q(state="dead"), name="message_dead"),
            models.Index(fields=["topic_type", "topic_id", "id"], name="message_by_topic"),
        ]

    def __str__(self) -> str:
        return self.key


class Webhook(models.Model):
    """The address a person's messages are posted to, signed. One per person."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=500)
    secret = models.TextField(help_text="Encrypted.")
    previous_secret = models.TextField(blank=True, help_text="Encrypted; signs too until `previous_valid_until`.")
    previous_valid_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.url


class PushDevice(models.Model):
    """A browser that takes web push: where its push service listens, and the keys only it can open messages with."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=700, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label or f"#{self.pk}"


class Drill(models.Model):
    """A test call to a person: weekly, once per ISO week, or asked for by hand."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    week = models.CharField(max_length=8, blank=True, help_text="2026-W48; empty when asked for by hand.")
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_via = models.CharField(max_length=20, blank=True, help_text="Channel of the answer, or the console.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "week"], condition=~Q(week=""), name="one_drill_a_week")
        ]
        indexes = [models.Index(fields=["person", "-sent_at", "-id"], name="drill_newest")]

    def __str__(self) -> str:
        return f"{self.person} {self.week}"


class ReportPlan(models.Model):
    """A report that goes out by the calendar, to whoever holds one of its roles then."""

    class Rhythm(models.TextChoices):
        """The period a report is about; it goes out once that is over."""

        WEEKLY = "weekly", _("Wöchentlich, am Montag")
        MONTHLY = "monthly", _("Monatlich, am Ersten")

    rhythm = models.CharField(max_length=7, choices=Rhythm.choices)
    roles = ArrayField(models.CharField(max_length=40))
    query = models.CharField(max_length=1000, blank=True, help_text="Filters of the figures, without the period.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    wanted_at = models.DateTimeField(null=True, help_text="Somebody asked for it now; empty once it went out.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.rhythm} {', '.join(self.roles)}"


class ReportIssue(models.Model):
    """A report that went out: once per plan and period, and once per time somebody asked for it."""

    plan = models.ForeignKey(ReportPlan, on_delete=models.CASCADE, related_name="issues")
    first_day = models.DateField()
    last_day = models.DateField()
    wanted_at = models.DateTimeField(null=True, help_text="Asked for by hand; empty when due.")
    sent_at = models.DateTimeField()
    messages = models.PositiveIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "first_day", "wanted_at"], nulls_distinct=False, name="one_issue_a_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.first_day}"
