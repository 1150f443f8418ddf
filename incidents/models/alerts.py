"""What monitoring keeps telling."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.records import Incident


class Alert(models.Model):
    """What a source keeps telling under one fingerprint. Counting lives here: a storm does not touch incidents."""

    class State(models.TextChoices):
        """As the source last said."""

        FIRING = "firing", _("Aktiv")
        CLEARED = "cleared", _("Behoben")
        MUTED = "muted", _("Stumm")

    fingerprint = models.CharField(max_length=255, unique=True)
    source = models.CharField(max_length=80, help_text="kind/name of the source")
    state = models.CharField(max_length=8, choices=State.choices)
    title = models.CharField(max_length=160)
    url = models.CharField(max_length=1000, blank=True)
    severity = models.CharField(max_length=8)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="alerts")
    count = models.PositiveBigIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="Observation time of the newest state applied; older ones do not move it.")
    opened_at = models.DateTimeField(
        null=True, help_text="When it last opened an incident; counts for the flood guard."
    )
    changes = models.JSONField(default=list, help_text="Instants of the latest state changes, for the flap guard.")
    is_flapping = models.BooleanField(default=False)
    resolve_at = models.DateTimeField(null=True, help_text="When a recovery resolves the incident by rule.")

    class Meta:
        indexes = [
            models.Index(fields=["resolve_at"], condition=Q(resolve_at__isnull=False), name="alert_resolve_at"),
            models.Index(fields=["source", "opened_at"], name="alert_by_opening"),
            models.Index(fields=["incident"], name="alert_by_incident"),
        ]

    def __str__(self) -> str:
        return self.fingerprint
