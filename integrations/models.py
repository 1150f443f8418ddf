"""Configured sources and what they delivered."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A configured ear: /hooks/<kind>/<name>/."""

    class Mode(models.TextChoices):
        """What becomes of deliveries."""

        LIVE = "live", _("Aktiv")
        RECORD_ONLY = "record_only", _("Nur aufzeichnen")
        PAUSED = "paused", _("Pausiert")

    kind = models.CharField(max_length=40)
    name = models.SlugField(max_length=40)
    title = models.CharField(max_length=80)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.LIVE)
    secret = models.TextField(help_text="Encrypted.")
    previous_secret = models.TextField(blank=True, help_text="Encrypted; valid until `previous_valid_until`.")
    previous_valid_until = models.DateTimeField(null=True)
    settings = models.JSONField(default=dict, help_text="Public settings: base_url, organization, poll …")
    api_token = models.TextField(blank=True, help_text="Encrypted.")
    expected_every_min = models.PositiveIntegerField(default=0, help_text="Set by hand; 0: as it was learned.")
    learned_every_min = models.PositiveIntegerField(default=0, help_text="0: too little was heard to learn from.")
    learned_at = models.DateTimeField(null=True)
    is_watched = models.BooleanField(default=True, help_text="Its silence is an incident.")
    deaf_since = models.DateTimeField(null=True, help_text="When its silence was told; null while it hears.")
    created_at = models.DateTimeField()
    last_delivery_at = models.DateTimeField(null=True)
    last_poll_at = models.DateTimeField(null=True)
    poll_failing_since = models.DateTimeField(null=True)
    last_poll_error = models.CharField(max_length=500, blank=True)
    next_poll_at = models.DateTimeField(null=True)
    cursor = models.JSONField(default=dict)
    refused_count = models.PositiveBigIntegerField(default=0, help_text="Requests without a valid signature.")
    last_refused_at = models.DateTimeField(null=True)
    late_count = models.PositiveBigIntegerField(
        default=0, help_text="Sent at a time more than two minutes away from ours (R16)."
    )

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="source_once")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class Delivery(models.Model):
    """What arrived, verbatim. `delivery_id` makes a repeated delivery the same one."""

    class State(models.TextChoices):
        """What became of it."""

        PENDING = "pending", _("Wartet")
        DONE = "done", _("Verarbeitet")
        IGNORED = "ignored", _("Ohne Wirkung")
        RECORDED = "recorded", _("Nur aufgezeichnet")
        FLAGGED = "flagged", _("Nicht lesbar")
        DEAD = "dead", _("Gescheitert")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="deliveries")
    delivery_id = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    headers = models.JSONField(default=dict, help_text="Those the source reads; never secrets.")
    body = models.BinaryField()
    via = models.CharField(max_length=8, default="hook", help_text="hook | poll | replay")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    outcome = models.JSONField(default=list, help_text="Per signal: fingerprint, effect, incident number.")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["source", "delivery_id"], name="delivery_once")]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="pending"), name="delivery_pending"),
            models.Index(fields=["source", "-id"], name="delivery_by_source"),
            BrinIndex(fields=["received_at"], autosummarize=True, name="delivery_by_time"),
            models.Index(fields=["state", "-id"], condition=Q(state__in=["dead", "flagged"]), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.delivery_id}"
