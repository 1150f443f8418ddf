"""What full-text search reads."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from incidents.models.records import Incident


class SearchDocument(models.Model):
    """What full-text search reads of an incident. Apart from the record, so that moves do not touch GIN indexes."""

    incident = models.OneToOneField(Incident, primary_key=True, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(help_text="Folded: case and accents removed.")
    vector = models.GeneratedField(
        expression=SearchVector("text", config="german") + SearchVector("text", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="search_vector"),
            GinIndex(fields=["text"], opclasses=["gin_trgm_ops"], name="search_trigram"),
        ]

    def __str__(self) -> str:
        return f"search #{self.pk}"


class SearchWord(models.Model):
    """A word that stands in some document: what a mistyped one may have meant.

    Not unique on purpose: two transactions that learn the same words must not wait for each other. Few are doubled.
    """

    word = models.CharField(max_length=40)

    class Meta:
        indexes = [
            models.Index(fields=["word"], name="search_word"),
            GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_trigram"),
        ]

    def __str__(self) -> str:
        return self.word
