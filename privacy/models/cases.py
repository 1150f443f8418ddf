"""The case behind an incident (§7), what it keeps back, who may read it, and who did."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from incidents.models import Incident
from privacy.models.law import LawVersion

SUBJECT = "privacy_case"
"""Of its events and messages."""


class Case(models.Model):
    """A data-protection case. It lives beside its incident, which knows nothing of it (P-7.5)."""

    class State(models.TextChoices):
        """Where the case stands."""

        SUSPECTED = "suspected", _("Verdacht")
        DPO_NOTIFIED = "dpo_notified", _("Übernommen")
        ASSESSING = "assessing", _("Erstbeurteilung")
        CONFIRMED = "confirmed", _("Bestätigt")
        DISMISSED = "dismissed", _("Kein Datenschutzvorfall")
        NOTIFYING_SCHOOLS = "notifying_schools", _("Schulen werden informiert")
        REPORTING = "reporting", _("Meldungen")
        MONITORING = "monitoring", _("Beobachtung")
        CLOSED = "closed", _("Abgeschlossen")

    number = models.CharField(max_length=20, unique=True)
    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.SUSPECTED)
    version = models.PositiveIntegerField(default=1)
    suspected_at = models.DateTimeField(help_text="When we became aware: every duty counts from here.")
    suspected_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledge_by = models.DateTimeField(help_text="From then on the executive board is called too (P-7.1).")
    next_call_at = models.DateTimeField(null=True, help_text="When whoever has not answered is called again.")
    calls_made = models.PositiveSmallIntegerField(default=0)
    board_called_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    officer = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    dismissed_at = models.DateTimeField(null=True)
    law = models.ForeignKey(
        LawVersion, null=True, on_delete=models.PROTECT, related_name="+", help_text="It keeps the law it began under."
    )
    severity = models.FloatField(null=True, help_text="Score after ENISA of the newest assessment.")
    confirmed_at = models.DateTimeField(null=True)
    crime_suspected_at = models.DateTimeField(null=True, help_text="When the assessment first said so (P-7.4).")
    review_done_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True, help_text="The register keeps it at least so long; set when it ends.")
    emptied_at = models.DateTimeField(null=True, help_text="When retention took what was in it.")
    hold_since = models.DateTimeField(null=True, help_text="Legal hold: nothing of it is deleted.")
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, officer__isnull=True)
                | Q(acknowledged_at__isnull=False, officer__isnull=False, next_call_at__isnull=True),
                name="case_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="suspected") | Q(next_call_at__isnull=False), name="case_calls_until_answered"
            ),
        ]
        indexes = [models.Index(fields=["next_call_at"], condition=Q(next_call_at__isnull=False), name="case_call_due")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done."""
        return self.state not in OVER


OVER = (Case.State.DISMISSED, Case.State.CLOSED)


class Note(models.Model):
    """A text about a case. Its event keeps only id and digest."""

    class Kind(models.TextChoices):
        """What it is."""

        GROUNDS = "grounds", _("Worum es geht")
        REASON = "reason", _("Begründung")
        NOTE = "note", _("Notiz")
        DUTY = "duty", _("Entscheid zu einer Pflicht")
        LATE = "late", _("Grund der Verspätung")
        REVIEW = "review", _("Nachbetrachtung")
        HOLD = "hold", _("Aufbewahrung")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    sealed = models.TextField(help_text="Encrypted.")
    author_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Withheld(models.Model):
    """A text or file that was taken out of the incident's record into the case. What stood there is `sealed`."""

    class Place(models.TextChoices):
        """Where it stood."""

        INCIDENT = "incident", _("Incident")
        CONTACT = "contact", _("Kontakt")
        COMMENT = "comment", _("Notiz oder Nachricht")
        ATTACHMENT = "attachment", _("Datei")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="withheld")
    place = models.CharField(max_length=12, choices=Place.choices)
    row = models.BigIntegerField(help_text="Key of the row it stood in.")
    field = models.CharField(max_length=20)
    sealed = models.TextField(help_text="Encrypted.")
    label = models.CharField(max_length=200, blank=True, help_text="Whose it is, as readers of the case see it.")
    written_at = models.DateTimeField()
    withheld_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "row", "field"], condition=Q(returned_at__isnull=True), name="withheld_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} #{self.row} {self.field}"


class Reader(models.Model):
    """Somebody who needs to know (P-7.5), for as long as `until` is empty."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(until__isnull=True), name="reader_once_per_case"
            )
        ]
        indexes = [models.Index(fields=["person"], condition=Q(until__isnull=True), name="reader_by_person")]

    def __str__(self) -> str:
        return f"{self.person_id} reads {self.case_id}"


class Reading(models.Model):
    """Somebody read something of a case. Append-only like the log, and apart from it (P-7.5)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=120)
    via = models.CharField(max_length=20)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["case", "-id"], name="reading_by_case")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.what}"
