"""Stored versions of the law file. A version never changes; cases are pinned to one."""

from django.db import models

LAW_SUBJECT = "law_version"
"""Of events about the law."""


class LawVersion(models.Model):
    """One version as the officer put it in force: the text and the data the rules read."""

    number = models.PositiveIntegerField(unique=True)
    source = models.TextField(help_text="The YAML as it was loaded.")
    data = models.JSONField(help_text="The validated law.")
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=200)
    is_current = models.BooleanField(default=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="one_current_law_version"
            )
        ]

    def __str__(self) -> str:
        return f"v{self.number}"
