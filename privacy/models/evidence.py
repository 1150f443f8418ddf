"""Law enforcement (P-7.4): what it was told, what is kept as evidence, who consented to its leaving the house."""

from django.db import models

from directory.models import Person
from privacy.models.cases import Case


class PoliceReport(models.Model):
    """Law enforcement was informed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="police_reports")
    sealed = models.TextField(
        help_text="Encrypted JSON: offence, station, case number, who informed, who secured traces."
    )
    informed_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"F6 {self.case_id}"


class Evidence(models.Model):
    """Something that may prove what happened, known again by its SHA-256."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="evidence")
    sealed = models.TextField(help_text="Encrypted JSON: what it is, where it lies.")
    sha256 = models.CharField(max_length=64)
    file = models.CharField(
        max_length=200, blank=True, help_text="Of our store, encrypted; empty where it lies elsewhere."
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.sha256[:12]


class Custody(models.Model):
    """A piece of evidence passed from hand to hand."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="custody")
    sealed = models.TextField(help_text="Encrypted JSON: from whom, to whom, what for.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"custody of {self.evidence_id}"


class Consent(models.Model):
    """The superior authority let something out that falls under official secrecy (Art. 320 StGB)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="consents")
    sealed = models.TextField(help_text="Encrypted JSON: document, scope, signer.")
    signed_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"consent {self.case_id}"
