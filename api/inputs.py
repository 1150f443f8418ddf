"""What requests may say: strict bodies (an unknown field is an error, never dropped) and the fields they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Wrong
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from directory.models import Person, School, Team
from directory.selectors import find_module, find_school, known_modules

LONG = 50_000
KEY = 40
MAX_ID = 2**63 - 1


class In(serializers.Serializer[Any]):
    """A request body. `aliases` maps a further name of a field, as answers call it, to its own."""

    aliases: ClassVar[dict[str, str]] = {}

    def to_internal_value(self, data: Any) -> Any:
        """The cleaned facts; every unknown field is named."""
        if isinstance(data, Mapping):
            data = {self.aliases.get(name, name): value for name, value in data.items()}
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                allowed = ", ".join(self.fields)
                text = _("Dieses Feld gibt es hier nicht. Erlaubt sind: %(fields)s.") % {"fields": allowed}
                raise ValidationError({name: [text] for name in unknown})
        return super().to_internal_value(data)


class Versioned(In):
    """A change that may say which version of the record it was made against."""

    version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="Version the change was made against; 409 if stale."
    )


def facts_of(serializer: type[In], request: Request) -> dict[str, Any]:
    """The cleaned facts of a body; ValidationError (400) names every wrong field."""
    body = serializer(data=request.data, context={"request": request})
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def text(limit: int = LONG, **kwargs: Any) -> serializers.CharField:
    """A text of people. Longer than `limit` is refused rather than cut."""
    return serializers.CharField(max_length=limit, **kwargs)


def key(**kwargs: Any) -> serializers.CharField:
    """A key of the process document."""
    return serializers.CharField(max_length=KEY, **kwargs)


def keys(**kwargs: Any) -> serializers.ListField:
    """Keys of the process document."""
    return serializers.ListField(child=key(), max_length=50, **kwargs)


def level(**kwargs: Any) -> serializers.ChoiceField:
    """Urgency or impact."""
    return serializers.ChoiceField(["high", "medium", "low"], **kwargs)


def late_reason() -> serializers.CharField:
    """Why something is recorded only now (R4)."""
    return text(500, required=False, allow_blank=True, help_text="Needed when the time lies more than 15 minutes back.")


class ReporterIn(In):
    """Who reported it."""

    name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    school = serializers.CharField(max_length=160, required=False, allow_null=True, help_text="Name of the school.")


REPORTER_SCHEMA = {
    "oneOf": [
        {"type": "string", "maxLength": 160, "description": "A name, or an e-mail address."},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "maxLength": 160},
                "email": {"type": "string", "maxLength": 254},
                "phone": {"type": "string", "maxLength": 40},
                "school": {"type": ["string", "null"], "maxLength": 160},
            },
        },
    ]
}


@extend_schema_field(REPORTER_SCHEMA)
class ReporterField(serializers.Field[Any, Any, Any, Any]):
    """`{name, email, phone, school}` with what is known, or just a name or an e-mail address."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The facts as the verbs name them; only those that were given."""
        if isinstance(data, str):
            data = {"email": data.strip()} if _is_address(data) else {"name": data}
        inner = ReporterIn(data=data)
        inner.is_valid(raise_exception=True)
        given = dict(inner.validated_data)
        facts: dict[str, Any] = {}
        if "school" in given:
            name = given.pop("school")
            facts["school_id"] = school_named(name, field="school") if name else None
        return {f"reporter_{name}": value for name, value in given.items()} | facts

    def to_representation(self, value: Any) -> Any:
        """Requests are never shown."""
        raise NotImplementedError


def _is_address(text: str) -> bool:
    try:
        validate_email(text.strip())
    except Wrong:
        return False
    return True


def school_named(name: str, *, field: str) -> int:
    """Primary key of the school; 400 when there is none of that name."""
    school = find_school(name)
    if school is None:
        raise ValidationError({field: [_("Diese Schule gibt es nicht.")]})
    return school.pk


@extend_schema_field({"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]})
class SchoolField(serializers.Field[Any, Any, Any, Any]):
    """A school by number or name; the cleaned value is the number."""

    def to_internal_value(self, data: Any) -> int:
        """Primary key of an active school; 400 when there is none."""
        if isinstance(data, int) and not isinstance(data, bool) and 0 < data <= MAX_ID:
            found = School.objects.filter(pk=data, is_active=True).first()
        else:
            found = find_school(data) if isinstance(data, str) else None
        if found is None:
            raise ValidationError([_("Diese Schule gibt es nicht.")])
        return found.pk

    def to_representation(self, value: Any) -> Any:
        """Requests are never shown."""
        raise NotImplementedError


class Reference(serializers.Field[Any, Any, Any, Any]):
    """Something named by a text; the cleaned value is its primary key."""

    def to_internal_value(self, data: Any) -> int:
        """The primary key; 400 when there is no such thing."""
        if not isinstance(data, str) or not 0 < len(data) <= 150:
            raise ValidationError([_("Erwartet wird ein Text von höchstens 150 Zeichen.")])
        return self.find(data)

    def find(self, name: str) -> int:
        """The primary key behind `name`; ValidationError when there is none."""
        raise NotImplementedError

    def to_representation(self, value: Any) -> Any:
        """Requests are never shown."""
        raise NotImplementedError


NAME = {"type": "string", "minLength": 1, "maxLength": 150}  # `allow_null` adds null by itself


@extend_schema_field(NAME)
class ModuleField(Reference):
    """A module by key or name."""

    def find(self, name: str) -> int:
        """Primary key of an active module; the refusal lists the keys there are."""
        found = find_module(name)
        if found is None:
            allowed = ", ".join(known_modules())
            raise ValidationError([_("Dieses Modul gibt es nicht. Erlaubt sind: %(keys)s.") % {"keys": allowed}])
        return found.pk


@extend_schema_field(NAME)
class PersonField(Reference):
    """A person by username, or `me`."""

    def find(self, name: str) -> int:
        """Primary key of an active person."""
        if name == "me":
            caller: int = self.context["request"].user.pk
            return caller
        found = Person.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise ValidationError([_("Diese Person gibt es nicht.")])
        return found.pk


@extend_schema_field(NAME)
class TeamField(Reference):
    """A team by key."""

    def find(self, name: str) -> int:
        """Primary key of a team."""
        found = Team.objects.filter(key=name).first()
        if found is None:
            raise ValidationError([_("Dieses Team gibt es nicht.")])
        return found.pk
