"""Filters of the incident list, shared by console and API. An unknown value is an error beside its name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.models import Module, School, Team
from incidents.models import OPEN_VALUES, Impact, Incident, PriorityChoice, StatusChoice
from incidents.selectors import search
from process.schema import Document, Labelled
from process.selectors import current_document

SORTS = {
    "queue": ("priority_rank", F("next_due_at").asc(nulls_last=True), "id"),
    "newest": ("-id",),
    "oldest": ("id",),
}


def _choices(entries: Iterable[Labelled]) -> list[tuple[str, str]]:
    return [(entry.key, entry.label.in_(get_language() or "de")) for entry in entries]


def _categories(document: Document | None = None) -> list[tuple[str, str]]:
    return _choices((document or current_document()[1]).categories)


def _channels(document: Document | None = None) -> list[tuple[str, str]]:
    return _choices((document or current_document()[1]).channels)


class IncidentFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library carries no types
    """Query parameters of `/incidents/` and `/api/v1/incidents/`."""

    q = django_filters.CharFilter(method="by_text", label=_("Suche"))
    open = django_filters.BooleanFilter(method="by_open", label=_("Offen"))
    status = django_filters.MultipleChoiceFilter(choices=StatusChoice.choices, label=_("Status"))
    priority = django_filters.MultipleChoiceFilter(choices=PriorityChoice.choices, label=_("Priorität"))
    urgency = django_filters.ChoiceFilter(choices=Impact.choices, label=_("Dringlichkeit"))
    impact = django_filters.ChoiceFilter(choices=Impact.choices, label=_("Auswirkung"))
    category = django_filters.ChoiceFilter(choices=_categories, label=_("Kategorie"))
    channel = django_filters.ChoiceFilter(choices=_channels, label=_("Kanal"))
    module = django_filters.ModelChoiceFilter(queryset=Module.objects.all(), to_field_name="key", label=_("Modul"))
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.all(), to_field_name="key", label=_("Team"))
    school = django_filters.ModelChoiceFilter(queryset=School.objects.all(), label=_("Schule"))
    assignee = django_filters.CharFilter(method="by_assignee", label=_("Zuständig"))
    is_major = django_filters.BooleanFilter(label=_("Major Incident"))
    reported_after = django_filters.IsoDateTimeFilter(
        field_name="reported_at", lookup_expr="gte", label=_("Gemeldet ab")
    )
    reported_before = django_filters.IsoDateTimeFilter(
        field_name="reported_at", lookup_expr="lt", label=_("Gemeldet vor")
    )

    class Meta:
        model = Incident
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        document = cache(lambda: current_document()[1])  # asked once, and only if a choice is looked at
        self.filters["category"].extra["choices"] = lambda: _categories(document())
        self.filters["channel"].extra["choices"] = lambda: _channels(document())

    def by_text(self, queryset: QuerySet[Incident], name: str, value: str) -> QuerySet[Incident]:
        """Matches in order of relevance are kept on `self.found` for a caller that sorts by them."""
        self.found = search(queryset, value)
        return queryset.filter(pk__in=self.found)

    def by_open(self, queryset: QuerySet[Incident], name: str, value: bool) -> QuerySet[Incident]:
        """Open means new, in progress or on hold."""
        return queryset.filter(status__in=OPEN_VALUES) if value else queryset.exclude(status__in=OPEN_VALUES)

    def by_assignee(self, queryset: QuerySet[Incident], name: str, value: str) -> QuerySet[Incident]:
        """`me`, `none` or a user name."""
        if value == "none":
            return queryset.filter(assignee__isnull=True)
        if value == "me":
            person: Any = getattr(self.request, "user", None)
            return queryset.filter(assignee=person) if person else queryset.none()
        return queryset.filter(assignee__username=value)
