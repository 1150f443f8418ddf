"""What each figure means, in words that are shown on the figure itself (KPIs of the dossier, B3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from figures.vocabulary import CLOCKS
from process.schema import ClockKind

Unit = Literal["ratio", "seconds", "count", "days"]
Good = Literal["up", "down", "none"]


@dataclass(frozen=True, slots=True)
class Formula:
    """`good` says which way is better; `day` on which day a case counts."""

    key: str
    label: Any
    text: Any
    unit: Unit
    good: Good
    paragraph: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Two translated texts behind each other, in the language of whoever reads."""

    parts: tuple[Any, ...]
    between: str = " "

    def __str__(self) -> str:
        return self.between.join(str(part) for part in self.parts)


def _f(key: str, label: Any, text: Any, unit: Unit, good: Good, paragraph: str = "§9") -> Formula:
    return Formula(key, label, text, unit, good, paragraph)


_ATTAINMENT = _(
    "Eingehalten ÷ (eingehalten + verletzt). Laufende und entfallene Uhren zählen nicht. Es zählt der erste Durchgang: "
    "was nach dem Wiedereröffnen geschieht, ändert ihn nicht. Gezählt am Tag, an dem sich die Zusage entschied."
)
_KEPT = {"response": _("Reaktion eingehalten"), "resolution": _("Lösung eingehalten")}
_COUNTS = (
    _f("attainment", _("Zusagen eingehalten"), _ATTAINMENT, "ratio", "up"),
    *(
        _f(
            f"attainment_{kind.value}",
            _KEPT.get(kind.value) or Joined((_("Eingehalten:"), CLOCKS.get(kind.value, kind.value))),
            _ATTAINMENT,
            "ratio",
            "up",
        )
        for kind in ClockKind
    ),
    _f("arrivals", _("Eingang"), _("Incidents, die im Zeitraum gemeldet wurden."), "count", "none", "§2"),
    _f(
        "closures",
        _("Abgang"),
        _("Incidents, die im Zeitraum gelöst oder storniert wurden und es heute noch sind."),
        "count",
        "none",
        "§14/8",
    ),
    _f("backlog_change", _("Veränderung des Bestands"), _("Eingang − Abgang."), "count", "down", "§14/8"),
    _f("backlog", _("Offen"), _("Incidents, die jetzt offen sind: neu, in Bearbeitung oder wartend."), "count", "down"),
    _f(
        "oldest_age",
        _("Ältester offener Incident"),
        _("Arbeitstage (Montag bis Freitag ohne Feiertage des Kantons Zürich) seit dem Tag der Meldung."),
        "days",
        "down",
    ),
    _f(
        "escalated_functional",
        _("Funktional eskaliert"),
        _("Incidents, die auf der funktionalen Kette stiegen ÷ alle gemeldeten. Mehrmals zählt einmal."),
        "ratio",
        "down",
        "§5.1",
    ),
    _f(
        "escalated_management",
        _("Hierarchisch eskaliert"),
        _("Incidents, die auf der Führungskette stiegen ÷ alle gemeldeten. Mehrmals zählt einmal."),
        "ratio",
        "down",
        "§5.2",
    ),
    _f(
        "reopened",
        _("Wiedereröffnet"),
        _("Mindestens einmal wiedereröffnete Incidents ÷ alle, die im Zeitraum zum ersten Mal gelöst wurden."),
        "ratio",
        "down",
        "§14/8",
    ),
    _f(
        "first_contact",
        _("Beim ersten Kontakt gelöst"),
        _(
            "Gelöst von der ersten Person, ohne Eskalation, Weitergabe, Warten oder Rückfrage und nie wiedereröffnet ÷ "
            "alle im Zeitraum zum ersten Mal gelösten, die nicht aus der Überwachung stammen."
        ),
        "ratio",
        "up",
        "§14/2",
    ),
    _f("majors", _("Major Incidents"), _("Gemeldete Incidents, die Major Incidents sind."), "count", "down", "§6"),
    _f(
        "downgraded_late",
        _("Spät heruntergestuft"),
        _("Gemeldete Incidents, deren Priorität sank, als eine offene Zusage schon zu 75 % verbraucht war."),
        "count",
        "down",
        "§4",
    ),
    _f(
        "loops",
        _("Gelöst und wiedereröffnet, mehrmals"),
        _("Im Zeitraum zum ersten Mal gelöste Incidents, die mindestens zweimal wiedereröffnet wurden."),
        "count",
        "down",
        "§14/8",
    ),
)
_DURATIONS = (
    _f(
        "mttd",
        _("Bis zur Erkennung"),
        _("Erfasst − Beginn, wie ihn die Überwachung gemeldet hat; nur wo sie ihn meldete. Echte Zeit."),
        "seconds",
        "down",
        "§2",
    ),
    _f(
        "mtta",
        _("Bis zur Übernahme"),
        _("Übernommen − gemeldet, echte Zeit. Nur Personen übernehmen, keine automatischen Antworten."),
        "seconds",
        "down",
        "§5.1/1",
    ),
    _f(
        "mtta_business",
        _("Bis zur Übernahme, Servicezeit"),
        _("Servicezeit, die bis zur ersten Antwort verbraucht war; nur übernommene Incidents."),
        "seconds",
        "down",
        "§5.1/1",
    ),
    _f(
        "time_to_restore",
        _("Bis zur Wiederherstellung"),
        _("Wiederhergestellt − Beginn, nur Major Incidents, echte Zeit. Beginn: Überwachung oder Meldung."),
        "seconds",
        "down",
        "§8",
    ),
    _f(
        "time_to_resolve",
        _("Bis zur Lösung"),
        _("Zuletzt gelöst − gemeldet − Wartezeit, welche die Uhr anhielt; echte Zeit."),
        "seconds",
        "down",
    ),
    _f(
        "time_to_resolve_business",
        _("Bis zur Lösung, Servicezeit"),
        _("Servicezeit, welche die Lösungsuhr bis zur letzten Lösung verbraucht hat."),
        "seconds",
        "down",
    ),
)
MEASURES = {
    "mttd": "detect",
    "mtta": "ack",
    "mtta_business": "ack_business",
    "time_to_restore": "restore",
    "time_to_resolve": "resolve",
    "time_to_resolve_business": "resolve_business",
}
"""Figure → measure of `figures.models.Spread`."""
STATISTICS = {"mean": _("Mittel"), "median": _("Median"), "p90": _("P90")}
_HOW = {
    "mean": _("Mittel aller Fälle."),
    "median": _("Median: die Hälfte der Fälle war nicht langsamer."),
    "p90": _("P90: neun von zehn Fällen waren nicht langsamer."),
}


FORMULAS: dict[str, Formula] = {
    **{formula.key: formula for formula in _COUNTS},
    **{
        f"{formula.key}.{name}": replace(
            formula,
            key=f"{formula.key}.{name}",
            label=Joined((formula.label, label), ", "),
            text=Joined((formula.text, _HOW[name])),
        )
        for formula in _DURATIONS
        for name, label in STATISTICS.items()
    },
}
"""Every figure of the room, in the order in which they are shown."""


def formula(key: str) -> Formula:
    """The formula of a figure; KeyError for one that does not exist."""
    return FORMULAS[key]
