"""Filters of the list of escalations. An unknown value is an error beside its name."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from escalation.models import Call, Step
from process.schema import ChainName


class StepFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library carries no types
    """Query parameters of `/api/v1/escalations/`."""

    chain = django_filters.ChoiceFilter(choices=[(name.value, name.value) for name in ChainName])
    state = django_filters.ChoiceFilter(choices=Step.State.choices)
    level = django_filters.NumberFilter(field_name="to_level", min_value=1, max_value=9)
    incident = django_filters.CharFilter(method="by_incident", label=_("Nummer des Incidents"))
    called = django_filters.CharFilter(method="by_called", label=_("Benutzername von jemandem, der gerufen wurde"))

    class Meta:
        model = Step
        fields: list[str] = []

    def by_incident(self, queryset: QuerySet[Step], name: str, value: str) -> QuerySet[Step]:
        """By number, in whatever case it is written."""
        return queryset.filter(incident__number=value.upper())

    def by_called(self, queryset: QuerySet[Step], name: str, value: str) -> QuerySet[Step]:
        """Steps that called this person."""
        return queryset.filter(pk__in=Call.objects.filter(person__username=value).values("step"))
