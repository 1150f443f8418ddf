"""Stored versions of the process document. A version never changes; incidents are pinned to one."""

from django.db import models


class ProcessVersion(models.Model):
    """One version as it was loaded: the text people wrote and the data the rules read."""

    number = models.PositiveIntegerField(unique=True)
    source = models.TextField(help_text="The YAML as it was loaded.")
    data = models.JSONField(help_text="The validated document.")
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=200)
    is_current = models.BooleanField(default=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="one_current_process_version"
            )
        ]

    def __str__(self) -> str:
        return f"v{self.number}"
