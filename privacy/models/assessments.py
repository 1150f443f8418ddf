"""The first assessment F1, as it was each time somebody saved it (P-7.2)."""

from django.db import models

from privacy.models.cases import Case


class AssessmentVersion(models.Model):
    """One save. The database refuses to change it; the newest holds."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assessments")
    number = models.PositiveIntegerField()
    sealed = models.TextField(help_text="Encrypted JSON of privacy.rules.assessment.Assessment.")
    digest = models.CharField(max_length=64)
    score = models.FloatField(null=True, help_text="Severity after ENISA, where everything it needs was said.")
    author_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="assessment_version_once")]

    def __str__(self) -> str:
        return f"F1 v{self.number}"
