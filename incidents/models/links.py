"""How records belong together, and views of their list."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from incidents.models.records import Incident


class Link(models.Model):
    """A directed link between records (§3)."""

    class Kind(models.TextChoices):
        """`source` … `target`."""

        DUPLICATE = "duplicate", _("Duplikat von")
        CAUSED_BY = "caused_by", _("Verursacht durch")
        RELATED = "related", _("Verwandt mit")
        CHILD = "child", _("Untergeordnet zu")

    source = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class SavedView(models.Model):
    """A named filter of a room."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    room = models.CharField(max_length=20, default="incidents", help_text="incidents | sla")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False, help_text="What its owner's room opens with.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "room", "name"], name="view_name_once"),
            models.UniqueConstraint(fields=["owner", "room"], condition=Q(is_default=True), name="one_default_view"),
        ]

    def __str__(self) -> str:
        return self.name
