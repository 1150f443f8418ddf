"""Public pages, their components, what was said about them, and whom it is mailed to. Nothing here has consequences."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Module, Person, in_language
from incidents.models import Incident


class Page(models.Model):
    """The page of a product. Every write moves `version`; the copy on disk follows it."""

    slug = models.SlugField(max_length=40, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    copied_version = models.PositiveIntegerField(default=0, help_text="What the copy on disk shows.")
    copied_at = models.DateTimeField(null=True, help_text="The instant of the copy on disk; null: none yet.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return in_language(self.name_de, self.name_en)


class Component(models.Model):
    """A part of the product as schools know it. Its state is derived from the open notices."""

    class State(models.TextChoices):
        """How a component is; `rules.condition` orders them."""

        OPERATIONAL = "operational", _("In Betrieb")
        MAINTENANCE = "maintenance", _("Wartung")
        DEGRADED = "degraded", _("Beeinträchtigt")
        PARTIAL = "partial", _("Teilweise ausgefallen")
        MAJOR = "major", _("Ausgefallen")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="components")
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    module = models.ForeignKey(Module, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return in_language(self.name_de, self.name_en)


class Notice(models.Model):
    """A disturbance or a maintenance as the public reads of it. The incident behind it is never shown."""

    class Kind(models.TextChoices):
        """What it is about."""

        DISTURBANCE = "disturbance", _("Störung")
        MAINTENANCE = "maintenance", _("Geplante Wartung")

    class State(models.TextChoices):
        """How far we are."""

        PLANNED = "planned", _("Geplant")
        INVESTIGATING = "investigating", _("Wird untersucht")
        IDENTIFIED = "identified", _("Ursache gefunden")
        MONITORING = "monitoring", _("Behoben, wird beobachtet")
        RESOLVED = "resolved", _("Abgeschlossen")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=11, choices=Kind.choices, default=Kind.DISTURBANCE)
    title_de = models.CharField(max_length=140)
    title_en = models.CharField(max_length=140, blank=True)
    state = models.CharField(max_length=13, choices=State.choices)
    started_at = models.DateTimeField(help_text="Ahead for a maintenance that is planned.")
    planned_until = models.DateTimeField(null=True, help_text="When a maintenance should be over.")
    ended_at = models.DateTimeField(null=True)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.SET_NULL, related_name="+")
    components = models.ManyToManyField(Component, through="Affected", related_name="+")

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="resolved", ended_at__isnull=False) | ~Q(state="resolved") & Q(ended_at=None),
                name="notice_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["page", "-started_at"], name="notice_by_page"),
            models.Index(fields=["page"], condition=Q(ended_at=None), name="notice_open"),
        ]

    def __str__(self) -> str:
        return in_language(self.title_de, self.title_en or self.title_de)


class Affected(models.Model):
    """How a notice says that a component is."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="affected")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=11, choices=Component.State.choices)

    class Meta:
        ordering = ["component__position", "component_id"]
        constraints = [models.UniqueConstraint(fields=["notice", "component"], name="affected_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.component_id}: {self.state}"


class Update(models.Model):
    """A word to the public. `by` is for the house alone."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="updates")
    state = models.CharField(max_length=13, choices=Notice.State.choices)
    text_de = models.TextField()
    text_en = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return in_language(self.text_de, self.text_en or self.text_de)


class Subscriber(models.Model):
    """An address that asked for mails. Without `confirmed_at` nothing but the confirmation is sent to it."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="subscribers")
    email = models.EmailField()
    language = models.CharField(max_length=2, default="de")
    components = models.ManyToManyField(Component, related_name="+", blank=True)
    asked_at = models.DateTimeField(help_text="When the last confirmation was sent.")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["page", "email"], name="subscriber_once_per_page")]

    def __str__(self) -> str:
        return f"#{self.pk}"
