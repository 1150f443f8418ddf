"""How the law reads on its page: each entry with its facts in words, and where it stands in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from privacy.schema import ROOMS, Authority, Content, Duty, Entry, Law, Regime, ReportRule
from process.schema import Text

ROOM_WORDS = {
    "regimes": gettext_lazy("Regime"),
    "authorities": gettext_lazy("Stellen"),
    "duties": gettext_lazy("Pflichten"),
    "contents": gettext_lazy("Inhalte von Meldungen"),
}
BEARERS = {"escola": gettext_lazy("Escola"), "school": gettext_lazy("Schule")}
PER = {
    "case": gettext_lazy("einmal je Fall"),
    "school": gettext_lazy("je Schule"),
    "authority": gettext_lazy("je Schule und Stelle"),
}
CONDITIONS = {
    "always": gettext_lazy("immer"),
    "confirmed": gettext_lazy("sobald der Vorfall bestätigt ist"),
    "threshold": gettext_lazy("wenn die Schwelle des geltenden Rechts erreicht ist"),
    "cyber_attack": gettext_lazy("bei einem Cyberangriff"),
    "criminal": gettext_lazy("bei Verdacht auf eine Straftat"),
    "sensitive_volume": gettext_lazy("bei besonders schützenswerten Daten in grossem Umfang"),
}
STARTS = {
    "escola_aware": gettext_lazy("Escola hat Kenntnis"),
    "school_aware": gettext_lazy("die Schule hat Kenntnis"),
    "confirmed": gettext_lazy("der Vorfall ist bestätigt"),
    "persons_decided": gettext_lazy("die Information der Personen ist entschieden"),
    "attack_discovered": gettext_lazy("der Angriff ist entdeckt"),
    "crime_suspected": gettext_lazy("eine Straftat wird vermutet"),
}
WEIGHINGS = {
    "confidentiality": gettext_lazy("melden, sobald die Vertraulichkeit verletzt ist"),
    "severity": gettext_lazy("nach der Schwere"),
    "unless_unlikely": gettext_lazy("melden, ausser ein Risiko ist unwahrscheinlich"),
    "ask": gettext_lazy("immer entscheiden lassen"),
}
KINDS = {
    "public": gettext_lazy("öffentliche Schulen"),
    "private": gettext_lazy("private Schulen"),
    "private_mandate": gettext_lazy("private Schulen mit öffentlichem Auftrag"),
    "eu_eea": gettext_lazy("Schulen in EU oder EWR"),
    "own": gettext_lazy("Escola selbst"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the page shows it."""

    room: str
    entry: Any
    title: str
    place: str
    hint: str
    facts: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]
    standing: str
    """`now`, `past` or `later`."""

    @property
    def words(self) -> str:
        """All one may search for."""
        said = (self.title, self.place, self.entry.key, *(value for _name, value in self.facts))
        return " ".join([*said, *(f"{tag} {text}" for tag, text in self.sources)]).casefold()


def shown(law: Law, today: date) -> list[Shown]:
    """Every entry, in the order of the file."""
    regimes = {regime.key: say(regime.label) for regime in law.regimes}
    contents = {content.key: say(content.label) for content in law.contents}
    return [
        Shown(
            room,
            entry,
            _title(entry),
            _place(entry),
            _hint(entry),
            tuple((str(name), value) for name, value in _facts(entry, regimes, contents) if value),
            tuple((source.tag, say(source.text)) for source in law.sources_of(entry)),
            "now" if entry.holds_on(today) else "past" if entry.valid_from < today else "later",
        )
        for room in ROOMS
        for entry in getattr(law, room)
    ]


def say(text: Text | None) -> str:
    """A text of the law in the language of the page."""
    return text.in_(get_language() or "de") if text is not None else ""


def hours(minutes: int | None) -> str:
    """A limit as the law would say it: hours up to three days, days beyond."""
    if minutes is None:
        return ""
    if minutes % 1440 == 0 and minutes > 3 * 1440:
        return _("%(count)s Tage") % {"count": minutes // 1440}
    return ngettext("%(count)s Stunde", "%(count)s Stunden", 1 if minutes == 60 else 2) % {"count": f"{minutes / 60:g}"}


def _hint(entry: Entry) -> str:
    """The one line to know an entry by."""
    match entry:
        case Duty():
            return f"{BEARERS[entry.bearer]}, {CONDITIONS[entry.when]}. {say(entry.deadline)}"
        case Regime() | Authority() if entry.report is not None:
            return f"{say(entry.report.threshold)}. {say(entry.report.deadline)}"
        case Authority():
            return say(entry.channel)
        case Regime() | Content():
            return say(entry.law)
    return ""


def _years(count: int) -> str:
    return ngettext("%(count)s Jahr", "%(count)s Jahre", count) % {"count": count}


def _title(entry: Entry) -> str:
    return f"{entry.code} · {say(entry.label)}" if isinstance(entry, Duty) else say(entry.label)


def _place(entry: Entry) -> str:
    return " · ".join(part for part in (entry.canton, entry.city) if part) if isinstance(entry, Authority) else ""


def _facts(entry: Entry, regimes: dict[str, str], contents: dict[str, str]) -> Iterable[tuple[Any, str]]:
    match entry:
        case Regime():
            yield _("Gilt für"), str(KINDS[entry.applies_to])
            yield _("Recht"), say(entry.law)
            yield _("Verbindet"), ", ".join(regimes[key] for key in entry.combines)
            yield from _report(entry.report)
        case Authority():
            yield _("Zuständig nach"), ", ".join(regimes[key] for key in entry.regimes)
            yield _("Weg der Meldung"), say(entry.channel)
            yield from _report(entry.report)
        case Duty():
            yield _("Recht"), say(entry.law)
            yield _("Wer"), f"{BEARERS[entry.bearer]}, {PER[entry.per]}"
            yield _("Wann"), str(CONDITIONS[entry.when])
            yield _("Frist beginnt"), str(STARTS[entry.starts])
            yield _("Frist im Wortlaut"), say(entry.deadline)
            yield _("Frist des Gesetzes"), hours(entry.limit_min)
            yield _("Eigenes Ziel"), hours(entry.target_min)
            yield _("Ziel beginnt"), str(STARTS[entry.target_from]) if entry.target_from else ""
            yield _("Alarm spätestens nach"), hours(entry.alarm_min)
            yield _("Empfängt"), say(entry.recipient)
            yield _("Nur unter"), ", ".join(regimes[key] for key in entry.regimes)
            yield _("Nur in"), ", ".join(entry.cantons)
            yield _("Inhalt"), ", ".join(contents[key] for key in entry.contents)
            yield _("Aufbewahren"), _years(entry.keep_years) if entry.keep_years else ""
        case Content():
            yield _("Recht"), say(entry.law)
            yield _("Punkte"), "; ".join(say(point.label) for point in entry.points)


def _report(rule: ReportRule | None) -> Iterable[tuple[Any, str]]:
    if rule is None:
        return
    yield _("Recht der Meldung"), say(rule.law)
    yield _("Schwelle"), say(rule.threshold)
    yield _("Frist im Wortlaut"), say(rule.deadline)
    yield _("Frist des Gesetzes"), hours(rule.limit_hours * 60 if rule.limit_hours else None)
    weighing = str(WEIGHINGS[rule.recommend.by])
    if rule.recommend.by == "severity":
        weighing += _(": melden ab %(due)s, entscheiden ab %(decide)s") % {
            "due": f"{rule.recommend.due_from:g}",
            "decide": f"{rule.recommend.decide_from:g}",
        }
    yield _("Empfehlung"), weighing
