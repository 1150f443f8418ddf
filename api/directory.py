"""`people/`, `teams/`, `schools/`, `modules/`: master data to read, for those who hold a role."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.fields import Instant
from api.pages import OLDEST
from directory.models import Module, Person, School, Team
from directory.selectors import people, roles_of, schools, teams


class PersonOut(serializers.Serializer[Any]):
    """Somebody who works with the system."""

    username = serializers.CharField()
    name = serializers.CharField(source="display_name")
    email = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.ChoiceField(["de", "en"])
    roles = serializers.SerializerMethodField()
    teams = serializers.SerializerMethodField()
    absent_until = Instant(allow_null=True)

    def get_roles(self, person: Person) -> list[str]:
        """Role keys of the process (P-1.1)."""
        return sorted(roles_of(person))

    def get_teams(self, person: Person) -> list[str]:
        """Keys of the person's teams."""
        return [team.key for team in person.teams.all()]


class TeamOut(serializers.Serializer[Any]):
    """A group that holds incidents, and the role its members act in."""

    key = serializers.CharField()
    name_de = serializers.CharField()
    name_en = serializers.CharField()
    role = serializers.CharField()
    members = serializers.SerializerMethodField()

    def get_members(self, team: Team) -> list[str]:
        """Usernames."""
        return [member.username for member in team.members.all()]


class SchoolOut(serializers.Serializer[Any]):
    """A customer."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    canton = serializers.CharField(help_text="Empty only in the EU or EEA.")
    city = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.ChoiceField(["de", "en"], help_text="Of messages to the school.")
    project_manager = serializers.CharField(source="project_manager.username", allow_null=True, default=None)
    legal_kind = serializers.ChoiceField(
        ["", *School.LegalKind.values], help_text="Decides with canton and city on the law; empty: not found out yet."
    )
    legal_note = serializers.CharField()
    privacy_email = serializers.CharField(help_text="For data-protection notices; empty: `email`.")
    privacy_phone = serializers.CharField(help_text="Where the code of a notice is told; empty: `phone`.")


class ModuleOut(serializers.Serializer[Any]):
    """A part of the product."""

    key = serializers.CharField()
    name_de = serializers.CharField()
    name_en = serializers.CharField()


class MasterData(ApiViewSet):
    """What the four resources share: reading, oldest entry first, only for holders of a role."""

    scope = "directory"
    orders = {"oldest": OLDEST}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses people without a role: names and numbers of others are not theirs to see."""
        super().initial(request, *args, **kwargs)
        if not roles_of(self.person):
            raise PermissionDenied(_("Dafür fehlt Ihnen die nötige Rolle."))

    def list(self, request: Request) -> Response:
        """A page."""
        rows = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        """One entry."""
        found = self.get_queryset().filter(**kwargs).first()
        if found is None:
            raise Http404
        return Response(self.get_serializer(found).data)


@extend_schema_view(
    list=extend_schema(summary="Active people."), retrieve=extend_schema(summary="One person, by username.")
)
class People(MasterData):
    """People and their roles."""

    serializer_class = PersonOut
    lookup_field = "username"
    lookup_value_regex = r"[\w.@+-]{1,150}"
    queryset = Person.objects.none()

    def get_queryset(self) -> QuerySet[Person]:
        """Active people with roles and teams."""
        return people()


@extend_schema_view(list=extend_schema(summary="Teams."), retrieve=extend_schema(summary="One team, by key."))
class Teams(MasterData):
    """Teams and their members."""

    serializer_class = TeamOut
    lookup_field = "key"
    lookup_value_regex = r"[\w-]{1,40}"
    queryset = Team.objects.none()

    def get_queryset(self) -> QuerySet[Team]:
        """All teams."""
        return teams()


@extend_schema_view(list=extend_schema(summary="Active schools."), retrieve=extend_schema(summary="One school."))
class Schools(MasterData):
    """Customers."""

    serializer_class = SchoolOut
    lookup_field = "id"
    lookup_value_regex = r"\d{1,18}"
    queryset = School.objects.none()

    def get_queryset(self) -> QuerySet[School]:
        """Active schools."""
        return schools()


@extend_schema_view(list=extend_schema(summary="Modules."), retrieve=extend_schema(summary="One module, by key."))
class Modules(MasterData):
    """Parts of the product."""

    serializer_class = ModuleOut
    lookup_field = "key"
    lookup_value_regex = r"[\w-]{1,40}"
    queryset = Module.objects.none()

    def get_queryset(self) -> QuerySet[Module]:
        """Active modules."""
        return Module.objects.filter(is_active=True)
