"""How events read: the fact, the sentence people see, and the text behind it where somebody wrote one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Instant
from core.audit import kind_of
from core.models import Event
from core.said import with_words
from incidents.models import Comment


def events_of(incident_id: int) -> QuerySet[Event]:
    """The events of an incident."""
    return Event.objects.filter(subject_type="incident", subject_id=incident_id)


class ActorOut(serializers.Serializer[Any]):
    """Who did it."""

    kind = serializers.ChoiceField(["person", "system", "source"], source="actor_kind")
    id = serializers.CharField(source="actor_id")
    label = serializers.CharField(source="actor_label")  # type: ignore[assignment]


class CommentOut(serializers.Serializer[Any]):
    """A note or message; erasable, while the event that points to it is not."""

    kind = serializers.ChoiceField(Comment.Kind.values)
    body = serializers.CharField()
    author = serializers.CharField(source="author_label")
    at = Instant()


class EventOut(serializers.Serializer[Any]):
    """One thing that happened. `rule` is the paragraph of the process that caused it."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    text = serializers.SerializerMethodField()
    at = Instant()
    recorded_at = Instant()
    actor = ActorOut(source="*")
    via = serializers.CharField()
    rule = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]
    comment = serializers.SerializerMethodField()

    @classmethod
    def of(cls, events: list[Event]) -> Any:
        """A page of events; notes and messages come in one query, other words in another."""
        ids = [event.data["comment"] for event in events if isinstance(event.data.get("comment"), int)]
        return cls(with_words(events), many=True, context={"comments": Comment.objects.in_bulk(ids)}).data

    def get_text(self, event: Event) -> str:
        """The sentence of the timeline; facts that are missing stay visible as a dash."""
        try:
            sentence = str(kind_of(event.kind).text)
        except KeyError:
            return event.kind
        return sentence % defaultdict(lambda: "–", event.data)

    @extend_schema_field(CommentOut(allow_null=True))
    def get_comment(self, event: Event) -> Any:
        """The text somebody wrote, null for other events and erased texts."""
        comment = self.context["comments"].get(event.data.get("comment"))
        return CommentOut(comment).data if comment else None
