"""Filters of the incident list, shared by console and API. An unknown value is an error beside its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.models import Module, School, Team
from incidents.models import OPEN_VALUES, Impact, Incident, PriorityChoice, StatusChoice
from incidents.selectors import search
from process.schema import Document
from process.selectors import current_document

MAJOR_STATES = [
    ("candidate", _("Vorgeschlagen")),
    ("declared", _("Erklärt")),
    ("rejected", _("Abgelehnt")),
    ("demoted", _("Zurückgestuft")),
]
OF_THE_PROCESS = {"category": "categories", "channel": "channels"}
"""Filters whose choices the process names, and where it does."""


def _in_force() -> Document:
    return current_document()[1]


def _choices(room: str, document: Callable[[], Document] = _in_force) -> list[tuple[str, str]]:
    return [(entry.key, entry.label.in_(get_language() or "de")) for entry in getattr(document(), room)]


class YesNoField(forms.NullBooleanField):
    """True, false or nothing; Django's own takes what it does not know for nothing."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError for anything else."""
        found = super().to_python(value)
        if found is None and value not in self.empty_values:
            raise forms.ValidationError(_("Erlaubt sind true und false."))
        return found


class YesNoFilter(django_filters.BooleanFilter):  # type: ignore[misc]  # the library carries no types
    """A filter that says so when its value is neither true nor false."""

    field_class = YesNoField


class IncidentFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library carries no types
    """Query parameters of `/incidents/` and `/api/v1/incidents/`."""

    q = django_filters.CharFilter(method="by_text", label=_("Suche"))
    open = YesNoFilter(method="by_open", label=_("Offen"))
    status = django_filters.MultipleChoiceFilter(choices=StatusChoice.choices, label=_("Status"))
    priority = django_filters.MultipleChoiceFilter(choices=PriorityChoice.choices, label=_("Priorität"))
    urgency = django_filters.ChoiceFilter(choices=Impact.choices, label=_("Dringlichkeit"))
    impact = django_filters.ChoiceFilter(choices=Impact.choices, label=_("Auswirkung"))
    category = django_filters.ChoiceFilter(choices=partial(_choices, OF_THE_PROCESS["category"]), label=_("Kategorie"))
    channel = django_filters.ChoiceFilter(choices=partial(_choices, OF_THE_PROCESS["channel"]), label=_("Kanal"))
    module = django_filters.ModelChoiceFilter(queryset=Module.objects.all(), to_field_name="key", label=_("Modul"))
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.all(), to_field_name="key", label=_("Team"))
    school = django_filters.ModelChoiceFilter(queryset=School.objects.all(), label=_("Schule"))
    assignee = django_filters.CharFilter(method="by_assignee", label=_("Zuständig"))
    is_major = YesNoFilter(label=_("Major Incident"))
    major_state = django_filters.ChoiceFilter(choices=MAJOR_STATES, label=_("Major Incident, Stand"))
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
        document = cache(_in_force)  # asked once, and only if a choice is looked at
        for name, room in OF_THE_PROCESS.items():
            self.filters[name].extra["choices"] = partial(_choices, room, document)

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


class MajorFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library carries no types
    """Query parameters of `/api/v1/majors/`."""

    open = YesNoFilter(method="by_open", label=_("Offen"))

    class Meta:
        model = Incident
        fields: list[str] = []

    def by_open(self, queryset: QuerySet[Incident], name: str, value: bool) -> QuerySet[Incident]:
        """Open majors are those nobody has demoted, resolved or closed yet."""
        is_open = Q(is_major=True, status__in=OPEN_VALUES)
        return queryset.filter(is_open) if value else queryset.exclude(is_open)
