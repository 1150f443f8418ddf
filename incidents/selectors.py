"""Reads. `visible_to` is the only way in: list, detail, search, export, feed and API start from it."""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Right

from directory.models import Person
from directory.selectors import roles_of
from incidents.models import TAIL, Alert, Contact, Incident, SearchDocument
from incidents.rules.search import fold

CANDIDATES = 300


def visible_to(person: Person | None) -> QuerySet[Incident]:
    """The incidents a person may know of: all for holders of a role, otherwise those they reported themselves."""
    if person is None or not person.is_active:
        return Incident.objects.none()
    if roles_of(person):
        return Incident.objects.all()
    return Incident.objects.filter(reporter=person)


def contacts_visible_to(person: Person | None) -> QuerySet[Contact]:
    """The contacts a person may know of, by the same rule."""
    if person is None or not person.is_active:
        return Contact.objects.none()
    if roles_of(person):
        return Contact.objects.all()
    return Contact.objects.filter(reporter=person)


def with_record(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """Joins everything a row of a list or the record shows, so that no page asks again per row.

    The text and data of process versions stay where they are: tens of kilobytes per row that no page reads from there.
    """
    joined = incidents.select_related("team", "assignee", "school", "module", "process_version", "service_desk_agent")
    return joined.defer("process_version__source", "process_version__data")


def search(visible: QuerySet[Incident], text: str, *, limit: int = 100) -> list[int]:
    """Ids of visible incidents that match, best first: number, then words (stemmed), then fragments, then typos.

    Each stage looks at the newest `CANDIDATES` matches only, so a common word costs no more than a rare one.
    """
    needle = fold(text.strip())[:200]
    if not needle:
        return []
    found: dict[int, None] = {}
    stages = (_by_number, _by_words, _by_fragments, _by_similarity)
    for stage in stages:
        if stage is _by_similarity and found:
            break
        fresh = [pk for pk in stage(needle) if pk not in found]
        if fresh:
            allowed = set(visible.filter(pk__in=fresh).values_list("pk", flat=True))
            found.update(dict.fromkeys(pk for pk in fresh if pk in allowed))
        if len(found) >= limit or (found and stage is _by_words):
            break
    return list(found)[:limit]


def _by_number(needle: str) -> list[int]:
    if needle.startswith("inc-"):
        return list(
            Incident.objects.filter(number__startswith=needle.upper())
            .order_by("-pk")
            .values_list("pk", flat=True)[:CANDIDATES]
        )
    if needle.isascii() and needle.isdigit() and len(needle) <= TAIL:
        tail = f"-{int(needle):06d}"[-TAIL:]
        return list(
            Incident.objects.alias(tail=Right("number", TAIL)).filter(tail=tail).values_list("pk", flat=True)[:5]
        )
    return []


def _by_words(needle: str) -> list[int]:
    query = SearchQuery(needle, config="german", search_type="websearch") | SearchQuery(
        needle, config="english", search_type="websearch"
    )
    newest = SearchDocument.objects.filter(vector=query).order_by("-pk").values("pk")[:CANDIDATES]
    return list(
        SearchDocument.objects.filter(pk__in=newest)
        .annotate(rank=SearchRank(F("vector"), query))
        .order_by("-rank", "-pk")
        .values_list("pk", flat=True)
    )


def _by_fragments(needle: str) -> list[int]:
    words = [word for word in needle.split() if len(word) >= 3][:6]
    if not words:
        return []
    condition = Q()
    for word in words:
        condition &= Q(text__contains=word)
    return list(SearchDocument.objects.filter(condition).order_by("-pk").values_list("pk", flat=True)[:CANDIDATES])


def _by_similarity(needle: str) -> list[int]:
    if len(needle) < 4:
        return []
    return list(
        SearchDocument.objects.filter(text__trigram_word_similar=needle)
        .annotate(nearness=TrigramWordSimilarity(needle, "text"))
        .order_by("-nearness", "-pk")
        .values_list("pk", flat=True)[:50]
    )


def similar_to(visible: QuerySet[Incident], text: str, *, limit: int = 5) -> list[Incident]:
    """Incidents that speak of the same thing as `text`, open ones first: shown beside a new contact."""
    words = sorted({word for word in fold(text).split() if len(word) >= 4}, key=len, reverse=True)[:8]
    if not words:
        return []
    query = SearchQuery(" or ".join(words), config="german", search_type="websearch")
    newest = SearchDocument.objects.filter(vector=query).order_by("-pk").values("pk")[:CANDIDATES]
    ranked = list(
        SearchDocument.objects.filter(pk__in=newest)
        .annotate(rank=SearchRank(F("vector"), query))
        .order_by("-rank", "-pk")
        .values_list("pk", flat=True)[: limit * 3]
    )
    rows = {row.pk: row for row in visible.filter(pk__in=ranked).select_related("assignee", "team")}
    ordered = [rows[pk] for pk in ranked if pk in rows]
    ordered.sort(key=lambda row: row.status not in ("new", "in_progress", "on_hold"))
    return ordered[:limit]


def firing_alerts(incident_ids: list[int]) -> dict[int, list[Alert]]:
    """Alerts per incident, newest first."""
    result: dict[int, list[Alert]] = {}
    for alert in Alert.objects.filter(incident_id__in=incident_ids).order_by("-last_at"):
        result.setdefault(alert.incident_id or 0, []).append(alert)
    return result
