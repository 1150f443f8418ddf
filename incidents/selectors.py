"""Reads. `visible_to` is the only way in: list, detail, search, export, feed and API start from it."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import reduce
from operator import add

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Right

from core.models import Event
from core.said import with_words
from directory.models import Person
from directory.selectors import roles_of
from incidents.models import (
    OPEN_VALUES,
    TAIL,
    Alert,
    Consultation,
    Contact,
    DutyDone,
    Incident,
    Link,
    PriorityProposal,
    Review,
    SearchDocument,
    StatusChoice,
)
from incidents.rules.search import fold

CANDIDATES = 300
SHORTEST_LIKENESS = 4
WORDS_SHARED = 2
_WORD = re.compile(r"\w+")
_LIKENESS = """
WITH meant AS (
  SELECT DISTINCT alike.word FROM unnest(%s::text[]) AS given (word) CROSS JOIN LATERAL (
    SELECT known.word FROM incidents_searchword AS known WHERE known.word %% given.word
    GROUP BY known.word ORDER BY similarity(known.word, given.word) DESC, known.word LIMIT 3
  ) AS alike
), wanted AS (
  SELECT to_tsquery('german', words) || to_tsquery('english', words) AS query
  FROM (SELECT string_agg(word, ' | ') AS words FROM meant) AS any_of
), matching AS MATERIALIZED (
  SELECT text.incident_id FROM incidents_searchdocument AS text JOIN wanted ON text.vector @@ wanted.query
), newest AS (
  SELECT incident_id FROM matching WHERE {visible} ORDER BY incident_id DESC LIMIT %s
)
SELECT text.incident_id FROM incidents_searchdocument AS text CROSS JOIN wanted
WHERE text.incident_id IN (SELECT incident_id FROM newest)
ORDER BY ts_rank(text.vector, wanted.query) DESC, text.incident_id DESC
"""


def sees_everything(person: Person) -> bool:
    """Whether no incident is kept from a person: they hold a role."""
    return bool(roles_of(person))


def visible_to(person: Person | None) -> QuerySet[Incident]:
    """The incidents a person may know of: all for holders of a role, otherwise those they reported themselves."""
    if person is None or not person.is_active:
        return Incident.objects.none()
    if sees_everything(person):
        return Incident.objects.all()
    return Incident.objects.filter(reporter=person)


def proposal_for(incident: Incident) -> PriorityProposal | None:
    """The lower priority that waits for a second person (R8)."""
    proposal: PriorityProposal | None = getattr(incident, "priority_proposal", None)
    return proposal


def review_for(incident: Incident) -> Review | None:
    """The post-incident review of an incident, owed or held. No query when it was read along."""
    review: Review | None = getattr(incident, "review", None)
    return review


def majors_visible_to(person: Person | None) -> QuerySet[Incident]:
    """What was declared a major incident, of what a person may know of; reviews are read along."""
    majors = visible_to(person).filter(major_state__in=["declared", "demoted"])
    return majors.select_related("review__owner", "review__done_by")


def duties_done(incident: Incident) -> dict[tuple[str, int, str], DutyDone]:
    """Ticked duties by chain, level and key, with who ticked them. One query."""
    done = DutyDone.objects.filter(incident=incident).select_related("by")
    return {(tick.chain, tick.level, tick.key): tick for tick in done}


def consultations_of(incident: Incident) -> list[Consultation]:
    """Questions to roles that §14 consults, with their answers, oldest first. One query."""
    rows = Consultation.objects.filter(incident=incident)
    return list(rows.select_related("question", "answer", "asked_by", "answered_by"))


def questions_to(person: Person) -> QuerySet[Consultation]:
    """Questions that wait for an answer of somebody in this person's roles, but for their own; oldest first."""
    waiting = Consultation.objects.filter(answered_at=None, role__in=roles_of(person)).exclude(asked_by=person)
    return waiting.exclude(incident__status=StatusChoice.CANCELLED).select_related("incident", "question", "asked_by")


def links_known_to(person: Person) -> QuerySet[Link]:
    """The links both ends of which somebody may know of: a number alone already tells of a record."""
    if sees_everything(person):
        return Link.objects.order_by("id")
    known = visible_to(person).values("pk")
    return Link.objects.filter(source__in=known, target__in=known).order_by("id")


def contacts_visible_to(person: Person | None) -> QuerySet[Contact]:
    """The contacts a person may know of, by the same rule."""
    if person is None or not person.is_active:
        return Contact.objects.none()
    if sees_everything(person):
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
    for stage in (_by_number, _by_words, _by_fragments, _by_likeness):
        if stage is _by_likeness and found:
            break
        found.update(dict.fromkeys(stage(visible.order_by(), needle)))
        if len(found) >= limit or (found and stage is _by_words):
            break
    return list(found)[:limit]


def _by_number(visible: QuerySet[Incident], needle: str) -> list[int]:
    if needle.startswith("inc-"):
        rows = visible.filter(number__startswith=needle.upper()).order_by("-pk")
        return list(rows.values_list("pk", flat=True)[:CANDIDATES])
    if needle.isascii() and needle.isdigit() and len(needle) <= TAIL:
        tail = f"-{int(needle):06d}"[-TAIL:]
        return list(visible.alias(tail=Right("number", TAIL)).filter(tail=tail).values_list("pk", flat=True)[:5])
    return []


def _by_words(visible: QuerySet[Incident], needle: str) -> list[int]:
    german, english = (SearchQuery(needle, config=config, search_type="websearch") for config in ("german", "english"))
    return _ranked(visible, german | english)


def _ranked(visible: QuerySet[Incident], query: SearchQuery) -> list[int]:
    matching = SearchDocument.objects.filter(vector=query, incident__in=visible.values("pk"))
    newest = SearchDocument.objects.filter(pk__in=matching.order_by("-pk").values("pk")[:CANDIDATES])
    ranked = newest.annotate(rank=SearchRank(F("vector"), query)).order_by("-rank", "-pk")
    return list(ranked.values_list("pk", flat=True))


def _by_fragments(visible: QuerySet[Incident], needle: str) -> list[int]:
    words = [word for word in needle.split() if len(word) >= 3][:6]
    if not words:
        return []
    condition = Q()
    for word in words:
        condition &= Q(text__contains=word)
    matching = SearchDocument.objects.filter(condition, incident__in=visible.values("pk"))
    return list(matching.order_by("-pk").values_list("pk", flat=True)[:CANDIDATES])


def _by_likeness(visible: QuerySet[Incident], needle: str) -> list[int]:
    """Every word may be mistyped: the three words we know that are most like it stand in for it.

    Asked of the words and not of the texts, because there are far fewer: reading every text takes a second. The last
    resort, so any of the words will do; what has more of them stands first.
    """
    given = [word for word in _WORD.findall(needle) if len(word) >= SHORTEST_LIKENESS][:6]
    if not given:
        return []
    try:
        seen, params = visible.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    # who sees everything is not asked about each of many thousand matches
    is_visible = f"incident_id IN ({seen})" if visible.query.has_filters() else "TRUE"
    with connection.cursor() as cursor:
        cursor.execute(_LIKENESS.format(visible=is_visible), [given, *params, CANDIDATES])
        return [pk for (pk,) in cursor.fetchall()]


def similar_to(visible: QuerySet[Incident], text: str, *, limit: int = 5) -> list[Incident]:
    """Incidents that speak of the same thing as `text`, open ones first: shown beside a new contact.

    Of the eight longest words they share at least two: one alone, like the name of a module, is in half of all reports.
    """
    found = {word for word in _WORD.findall(fold(text)) if len(word) >= SHORTEST_LIKENESS}
    words = sorted(found, key=lambda word: (-len(word), word))[:8]
    if len(words) < WORDS_SHARED:
        return []
    query = SearchQuery(" or ".join(words), config="german", search_type="websearch")
    each = [Case(When(vector=SearchQuery(word, config="german"), then=1), default=0) for word in words]
    newest = SearchDocument.objects.filter(vector=query).order_by("-pk").values("pk")[:CANDIDATES]
    ranked = list(
        SearchDocument.objects.filter(pk__in=newest)
        .annotate(shared=reduce(add, each), rank=SearchRank(F("vector"), query))
        .filter(shared__gte=WORDS_SHARED)
        .order_by("-rank", "-pk")
        .values_list("pk", flat=True)[: limit * 3]
    )
    rows = {row.pk: row for row in visible.filter(pk__in=ranked).select_related("assignee", "team")}
    ordered = [rows[pk] for pk in ranked if pk in rows]
    ordered.sort(key=lambda row: row.status not in OPEN_VALUES)
    return ordered[:limit]


def firing_alerts(incident_ids: list[int]) -> dict[int, list[Alert]]:
    """Alerts per incident, newest first."""
    result: dict[int, list[Alert]] = {}
    for alert in Alert.objects.filter(incident_id__in=incident_ids).order_by("-last_at"):
        result.setdefault(alert.incident_id or 0, []).append(alert)
    return result


def majors_decided(incident_ids: Collection[int]) -> dict[int, set[str]]:
    """Incident → triggers of §6.1 about which people decided that they make no major: rejected or demoted (P-6.1)."""
    decided: dict[int, set[str]] = {}
    if incident_ids:
        kinds = ("incident.major_rejected", "incident.major_demoted")
        events = Event.objects.filter(subject_type="incident", subject_id__in=incident_ids, kind__in=kinds)
        for pk, data in events.values_list("subject_id", "data"):
            decided.setdefault(pk, set()).add(data["trigger"])
    return decided


def major_events(incident_ids: Collection[int]) -> dict[int, dict[str, Event]]:
    """Incident → kind → the newest event about its being a major: who declared, rejected or demoted it, when, why."""
    found: dict[int, dict[str, Event]] = {}
    events = Event.objects.filter(
        subject_type="incident", subject_id__in=incident_ids, kind__startswith="incident.major_"
    )
    for event in with_words(events.order_by("id")):
        found.setdefault(event.subject_id, {})[event.kind.removeprefix("incident.major_")] = event
    return found


def schools_hit(incident: Incident) -> int:
    """How many different schools an incident, what hangs on it and the contacts about it come from. One query."""
    own = Incident.objects.filter(pk=incident.pk).order_by().values_list("school")
    below = incident.children.exclude(status="cancelled").order_by().values_list("school")
    contacts = incident.contacts.order_by().values_list("school")
    return sum(school is not None for (school,) in own.union(below, contacts))
