"""Reads of master data: who holds a role and can be reached, which team acts in it, which module is meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import CharField, F, Prefetch, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.functions import Cast
from django.utils.text import slugify

from core.text import clean
from directory.models import ApiKey, Module, Person, RoleHolding, School, Team, in_language


def present(now: datetime) -> Q:
    """The condition under which a person can be reached: active and not absent."""
    return Q(is_active=True) & (Q(absent_until__isnull=True) | Q(absent_until__lte=now))


def holders(role: str, *, now: datetime) -> list[Person]:
    """Who holds `role` and can be reached at `now`, in the order in which they are called (P-5.3)."""
    return list(Person.objects.filter(present(now), holdings__role=role).order_by("holdings__rank", "holdings__id"))


def team_members(team: str, *, now: datetime) -> list[Person]:
    """Who belongs to the team with that key and can be reached at `now`, by name."""
    return list(Person.objects.filter(present(now), teams__key=team))


def named(username: str, *, now: datetime) -> list[Person]:
    """The person of that username, if they can be reached at `now`."""
    return list(Person.objects.filter(present(now), username=username))


def absent_holders(role: str, *, now: datetime) -> list[Person]:
    """Who holds `role` and is away at `now`, in calling order: active people only, whoever left is not awaited."""
    away = Person.objects.filter(is_active=True, absent_until__gt=now, holdings__role=role)
    return list(away.order_by("holdings__rank", "holdings__id"))


def holders_by_role(*, now: datetime | None = None) -> dict[str, list[Person]]:
    """Role → who holds it and can be reached at `now`, in calling order; roles nobody holds are missing. One query.

    Without `now` also those who are away: whoever is active.
    """
    held: dict[str, list[Person]] = {}
    reachable = RoleHolding.objects.filter(person__in=Person.objects.filter(present(now) if now else Q(is_active=True)))
    for holding in reachable.select_related("person"):
        held.setdefault(holding.role, []).append(holding.person)
    return held


def people_with_any_role(roles: Iterable[str], *, now: datetime | None = None) -> list[Person]:
    """Active people who hold at least one of `roles`, each once, by name; with `now` only those who can be reached."""
    reachable = present(now) if now else Q(is_active=True)
    return list(Person.objects.filter(reachable, pk__in=RoleHolding.objects.filter(role__in=roles).values("person_id")))


def holder_counts(*, now: datetime) -> dict[str, int]:
    """Role → how many people hold it and can be reached (P-1.2); roles nobody holds are missing."""
    roles = RoleHolding.objects.filter(person__in=Person.objects.filter(present(now))).values_list("role", flat=True)
    return dict(Counter(roles.order_by()))


def unknown_usernames(names: Collection[str]) -> list[str]:
    """Those of `names` that belong to nobody, in order."""
    return sorted(set(names) - set(Person.objects.filter(username__in=names).values_list("username", flat=True)))


def roles_of(person: Person) -> frozenset[str]:
    """The roles a person holds (P-1.1). Read once per object: ask a fresh object after a change elsewhere."""
    prefetch_related_objects([person], "holdings")
    return frozenset(holding.role for holding in person.holdings.all())


def people(*, active_only: bool = True) -> QuerySet[Person]:
    """People with their roles and teams at hand, by name."""
    rows = Person.objects.prefetch_related("holdings", Prefetch("teams", Team.objects.all()))
    return rows.filter(is_active=True) if active_only else rows


def teams() -> QuerySet[Team]:
    """Teams with their members at hand."""
    return Team.objects.prefetch_related(Prefetch("members", Person.objects.filter(is_active=True)))


def team_for_role(role: str) -> Team | None:
    """The team that acts in a role; the first made when several do."""
    return Team.objects.filter(role=role).order_by("id").first()


def pick_lists() -> dict[str, list[tuple[str, str]]]:
    """What a filter offers, value and words, by name: `module`, `team`, `school`. One query for all three."""
    key, pk = Cast("key", CharField()), Cast("pk", CharField())
    rows = (
        Module.objects.order_by().values_list(Value("module"), key, F("name_de"), F("name_en")),
        Team.objects.order_by().values_list(Value("team"), key, F("name_de"), F("name_en")),
        School.objects.order_by().values_list(Value("school"), pk, F("name"), Value("")),
    )
    lists: dict[str, list[tuple[str, str]]] = {"module": [], "team": [], "school": []}
    for kind, value, german, english in rows[0].union(*rows[1:], all=True):
        lists[kind].append((value, in_language(german, english or german)))
    return {kind: sorted(found, key=lambda entry: entry[1].casefold()) for kind, found in lists.items()}


def schools(*, active_only: bool = True) -> QuerySet[School]:
    """Customers by name, with the project manager at hand."""
    rows = School.objects.select_related("project_manager")
    return rows.filter(is_active=True) if active_only else rows


def find_module(text: str) -> Module | None:
    """The active module that `text` names by key or by either name, whatever its case; None when there is none."""
    wanted = clean(text).strip()[:80]
    if not wanted:
        return None
    keys = {wanted.lower(), slugify(wanted), slugify(wanted).replace("-", "_")}
    return (
        Module.objects.filter(is_active=True)
        .filter(Q(key__in=keys) | Q(name_de__iexact=wanted) | Q(name_en__iexact=wanted))
        .order_by("id")
        .first()
    )


def find_school(text: str) -> School | None:
    """The active school of that name, whatever its case; None when there is none."""
    wanted = clean(text).strip()[:160]
    return School.objects.filter(is_active=True, name__iexact=wanted).first() if wanted else None


def keys_of(owner: Person | None = None) -> QuerySet[ApiKey]:
    """API keys, newest first, of one person or of all."""
    rows = ApiKey.objects.select_related("owner")
    return rows.filter(owner=owner) if owner else rows


def known_modules() -> list[str]:
    """Keys of the active modules."""
    return list(Module.objects.filter(is_active=True).order_by("key").values_list("key", flat=True))
