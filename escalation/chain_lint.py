"""What is wrong with the chains today, people and rotas included (P-1.2): said on Zustand and by `process check`.

What a document alone shows is `process.lint`; here stands what needs the directory and the rotas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from directory.models import Person
from directory.selectors import holders_by_role
from escalation.models import Rota
from escalation.on_call import Plan, plans, rotas
from escalation.rules.coverage import AHEAD, Coverage, coverage, gone
from notifications.registry import CHANNELS
from notifications.services import channels_to
from process.rules.findings import Finding, warning
from process.schema import Document, Role

_HOUR = timedelta(hours=1)
_WHEN = "%d.%m.%Y, %H:%M"
Holders = Mapping[str, list[Person]]


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, and the person or the rota by which it is mended (neither: roles are given or the document edited)."""

    finding: Finding
    person: Person | None = None
    rota: Rota | None = None


def remarks(document: Document, *, at: datetime) -> list[Remark]:
    """Everything found for the year from `at` on. The number of queries does not grow with people and rotas."""
    holders = holders_by_role()
    return [
        *_chains_of_one(document, holders),
        *_roles_unknown(document, holders),
        *_out_of_reach(document, holders),
        *_rotas(document, at),
    ]


def _chains_of_one(document: Document, holders: Holders) -> Iterator[Remark]:
    for chain in document.chains:
        people = {person.pk: person for level in chain.levels for person in holders.get(level.role, [])}
        if len(people) == 1:
            [person] = people.values()
            name = person.display_name
            yield Remark(
                warning(
                    "chain_of_one",
                    f"chains[{chain.name.value}]",
                    chain.paragraph,
                    de=f"{chain.label.de}: Auf allen Stufen ist nur {name}. Sonst hört niemand davon.",
                    en=f"{chain.label.en}: there is only {name} on all levels. Nobody else hears of it.",
                )
            )


def _roles_unknown(document: Document, holders: Holders) -> Iterator[Remark]:
    known = {role.key for role in document.roles}
    for key in sorted(holders.keys() - known):
        names = ", ".join(person.display_name for person in holders[key])
        yield Remark(
            warning(
                "role_unknown",
                "roles",
                "",
                de=f"Die Rolle «{key}» kennt der Prozess nicht; niemand wird in ihr gerufen. Noch hat sie: {names}.",
                en=f"The process does not know the role “{key}”; nobody is called in it. Still held by: {names}.",
            )
        )


def _out_of_reach(document: Document, holders: Holders) -> Iterator[Remark]:
    """People on a rung whom no channel reaches unless they look into the app by themselves."""
    said: set[int] = set()
    for chain in document.chains:
        for level in chain.levels:
            for person in holders.get(level.role, []):
                if person.pk in said or any(
                    CHANNELS[channel].connect for channel in channels_to(person, is_urgent=True)
                ):
                    continue
                said.add(person.pk)
                name = person.display_name
                finding = warning(
                    "person_without_address",
                    f"chains[{chain.name.value}].levels[{level.level}]",
                    level.paragraph,
                    de=f"{level.label.de}: {name} ist auf keinem Kanal erreichbar; ein Ruf steht nur in der App.",
                    en=f"{level.label.en}: {name} is reached by no channel; a call only shows in the app.",
                )
                yield Remark(finding, person=person)


def _rotas(document: Document, at: datetime) -> Iterator[Remark]:
    found = plans(since=at)
    roles = {role.key: role for role in document.roles}
    for rota in rotas():
        role, plan = roles.get(rota.role), found.get(rota.role)
        for finding in _of_rota(rota, role, plan, at):
            yield Remark(finding, rota=rota)


def _of_rota(rota: Rota, role: Role | None, plan: Plan | None, at: datetime) -> Iterator[Finding]:
    if role is None:
        yield _about(
            rota.role,
            role,
            "rota_without_role",
            de="der Prozess kennt diese Rolle nicht; niemand wird in ihr gerufen.",
            en="the process does not know this role; nobody is called in it.",
        )
    elif plan is None:
        yield _about(
            rota.role,
            role,
            "rota_empty",
            de="noch ohne Personen; gerufen wird nach Rang.",
            en="without people so far; calls go by rank.",
        )
    else:
        ahead = coverage(plan.rota, at, at + AHEAD)
        yield from _about_gaps(role, plan, ahead)
        yield from _about_people(role, plan, ahead)


def _about_gaps(role: Role, plan: Plan, ahead: Coverage) -> Iterator[Finding]:
    gaps = ahead.gaps
    if not gaps:
        return
    hours = sum((end - start for start, end in gaps), timedelta()) // _HOUR
    start, end = (moment.astimezone(plan.rota.zone).strftime(_WHEN) for moment in gaps[0])
    yield _about(
        role.key,
        role,
        "rota_gap",
        de=f"in den nächsten 52 Wochen hat {len(gaps)} Mal niemand Pikett, zusammen {hours} h; zuerst vom {start} bis "
        f"{end}. Dann wird nach Rang gerufen.",
        en=f"in the next 52 weeks nobody is on call {len(gaps)} times, {hours} h together; first from {start} to "
        f"{end}. Calls then go by rank.",
    )


def _about_people(role: Role, plan: Plan, ahead: Coverage) -> Iterator[Finding]:
    left = ", ".join(plan.people[person].display_name for person in sorted(gone(plan.rota)))
    if left:
        yield _about(
            role.key,
            role,
            "rota_names_somebody_gone",
            de=f"hier stehen noch Personen, die gegangen sind oder die Rolle nicht mehr haben: {left}.",
            en=f"there are still people here who left or lost the role: {left}.",
        )
    carrying = [plan.people[person].display_name for person, carried in ahead.load.items() if carried]
    if len(carrying) == 1:
        yield _about(
            role.key,
            role,
            "rota_of_one",
            de=f"in den nächsten 52 Wochen hat nur {carrying[0]} Pikett.",
            en=f"in the next 52 weeks only {carrying[0]} is on call.",
        )
    for person in ahead.overloaded if len(carrying) > 1 else ():
        name, hours = plan.people[person].display_name, ahead.load[person] // _HOUR
        yield _about(
            role.key,
            role,
            "rota_uneven",
            de=f"{name} trägt in den nächsten 52 Wochen {hours} h, mehr als doppelt so viel wie der Durchschnitt.",
            en=f"{name} carries {hours} h in the next 52 weeks, more than twice the average.",
        )


def _about(key: str, role: Role | None, code: str, *, de: str, en: str) -> Finding:
    german, english = (role.label.de, role.label.en) if role else (key, key)
    paragraph = role.paragraph if role else ""
    return warning(code, f"roles[{key}]", paragraph, de=f"Pikett {german}: {de}", en=f"On call, {english}: {en}")
