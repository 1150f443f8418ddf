"""Roles nobody holds, rungs nobody can be reached for, roles without a part (P-1.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

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
            if holders.get(level.role):
                continue
            if level.level == chain.top:
                yield error(
                    "dead_end",
                    f"chains[{chain.name.value}].levels[{level.level}]",
                    level.paragraph,
                    de=f"{chain.label.de}, {level.label.de}: niemand ist erreichbar; hier endet die Kette im Leeren.",
                    en=f"{chain.label.en}, {level.label.en}: nobody can be reached; the chain ends here in nothing.",
                )
            else:
                yield error(
                    "level_without_holder",
                    f"chains[{chain.name.value}].levels[{level.level}]",
                    level.paragraph,
                    de=f"{chain.label.de}, {level.label.de}: niemand ist erreichbar; ein Aufruf bliebe ungehört.",
                    en=f"{chain.label.en}, {level.label.en}: nobody can be reached; a call would go unheard.",
                )


def check_reach(document: Document, manned: Collection[str]) -> Iterator[Finding]:
    """Chains on which no call can ever be heard: `manned` are the roles somebody holds, away or not."""
    for chain in document.chains:
        roles = list(dict.fromkeys(level.role for level in chain.levels))
        if not set(roles) & set(manned):
            names = ", ".join(roles)
            yield error(
                "chain_reaches_nobody",
                f"chains[{chain.name.value}]",
                chain.paragraph,
                de=f"{chain.label.de}: Niemand hat eine Rolle dieser Kette ({names}); ein Ruf erreicht niemanden. "
                "Geben Sie zuerst jemandem eine davon. Eine neue Rolle wird erst geladen, dann vergeben, dann in die "
                "Kette gesetzt.",
                en=f"{chain.label.en}: nobody holds a role of this chain ({names}), so a call reaches nobody. Give "
                "somebody one of them first. A new role is loaded first, then given to people, then put into the "
                "chain.",
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
