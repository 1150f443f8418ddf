"""Roles nobody holds, rungs nobody can be reached for, roles without a part (P-1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from process.rules.findings import Finding, error, notice, warning
from process.schema import Document


def check_people(document: Document, holders: Mapping[str, int]) -> Iterator[Finding]:
    """`holders` is how many people can be reached per role right now; a role it does not name has none."""
    on_a_rung = {level.role for chain in document.chains for level in chain.levels}
    for role in document.roles:
        if not holders.get(role.key) and role.key not in on_a_rung:
            yield warning(
                "role_without_holder",
                f"roles[{role.key}]",
                role.paragraph,
                de=f"Die Rolle {role.label.de} hat niemand, der erreichbar ist.",
                en=f"Nobody who can be reached holds the role {role.label.en}.",
            )
    for chain in document.chains:
        for level in chain.levels:
            if not holders.get(level.role):
                yield error(
                    "level_without_holder",
                    f"chains[{chain.name.value}].levels[{level.level}]",
                    level.paragraph,
                    de=f"{chain.label.de}, {level.label.de}: niemand ist erreichbar; ein Aufruf bliebe ungehört.",
                    en=f"{chain.label.en}, {level.label.en}: nobody can be reached; a call would go unheard.",
                )


def check_parts(document: Document) -> Iterator[Finding]:
    """Roles that stand in no chain, no duty and no row of the RACI table."""
    used = {level.role for chain in document.chains for level in chain.levels}
    used |= {role for row in document.raci for role in row.roles}
    used |= {duty.role for duty in document.data_protection}
    for role in document.roles:
        if role.key not in used:
            yield notice(
                "role_without_part",
                f"roles[{role.key}]",
                role.paragraph,
                de=f"Die Rolle {role.label.de} steht in keiner Eskalationskette und in keiner Zeile der RACI-Tabelle.",
                en=f"The role {role.label.en} stands in no chain and in no row of the RACI table.",
            )
