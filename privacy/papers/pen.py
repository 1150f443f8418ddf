"""Writes answers, instants, numbers and law in one language, and puts sections together into a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from privacy.papers.paper import Contents, Filling, Form, Language, Paper, Phrase, Point, Row, Section, findings, worst
from privacy.papers.record import Head
from privacy.papers.wording import Wording, wording
from privacy.rules.assessment import Answer, Unknown
from privacy.schema import Law, in_force
from process.schema import Text

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Pen:
    """A language, the words of it, and the law a paper is written by."""

    language: Language
    words: Wording
    law: Law
    head: Head

    @classmethod
    def of(cls, language: str, law: Law, head: Head) -> Pen:
        """The pen for a language code such as `fr` or `de-ch`; ValueError for a language we have no words of."""
        chosen = Language(language.lower().partition("-")[0])
        return cls(chosen, wording(chosen), law, head)

    def day(self, day: date) -> str:
        """A day such as «23. November 2026»."""
        writing = self.words.writing
        first = writing.first_day if day.day == 1 else f"{day.day}{'.' if writing.first_day == '1.' else ''}"
        return writing.date.format(day=first, month=writing.months[day.month - 1], year=day.year)

    def moment(self, at: datetime) -> str:
        """An instant in Swiss time; in the hour that comes twice it says which of the two."""
        local, writing = at.astimezone(ZoneInfo(self.law.time_zone)), self.words.writing
        text = writing.moment.format(date=self.day(local), hour=f"{local:%H}", minute=f"{local:%M}")
        if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
            return text
        return f"{text} ({writing.winter if local.fold else writing.summer})"

    def number(self, number: int) -> str:
        """A whole number in groups of three."""
        return f"{number:,}".replace(",", self.words.writing.thousands)

    def about(self, number: int) -> str:
        """A number that is approximate by law; none is none."""
        return self.words.writing.approximately.format(count=self.number(number)) if number else self.words.common.none

    def yes_no(self, value: bool) -> str:
        """Yes or no."""
        return self.words.common.yes if value else self.words.common.no

    def all_of(self, words: Mapping[Choice, str]) -> Callable[[Iterable[Choice]], str]:
        """A writer of several choices, a line each."""
        return lambda chosen: "\n".join(words[entry] for entry in chosen)

    def of_law(self, text: Text, *, url: str | None = None) -> Phrase:
        """What the law says: there is German and English of it, and French and Italian papers quote the German."""
        lang = None if self.language in (Language.DE, Language.EN) else "de"
        return Phrase(text=text.in_(self.language), lang=lang, url=url)

    def row(
        self, label: str, answer: Answer[Value], how: Callable[[Value], str] = str, *, points: Sequence[str] = ()
    ) -> Row:
        """A row that is always there: the answer, «noch unbekannt», or that it is missing."""
        said, filling = lines(self.words.common.missing), Filling.MISSING
        if isinstance(answer, Unknown):
            said, filling = lines(self.words.common.unknown), Filling.UNKNOWN
        elif answer is not None and (told := lines(how(answer))):
            said, filling = told, Filling.FILLED
        return Row(label=label, said=said, points=tuple(points), filling=filling)

    def known(self, label: str, answer: Answer[Value], how: Callable[[Value], str] = str) -> tuple[Row, ...]:
        """The row of something that nobody has to say: none where it is empty; unknown it leaves nothing open."""
        row = self.row(label, answer, how)
        return () if row.filling is Filling.MISSING else (row.model_copy(update={"filling": Filling.FILLED}),)

    def quoted(self, label: str, text: Text | None, *, url: str | None = None) -> tuple[Row, ...]:
        """The row of what the law says, where it says something."""
        return (Row(label=label, said=(self.of_law(text, url=url),)),) if text else ()

    def paper(
        self,
        form: Form,
        *,
        lists: Sequence[str],
        title: str,
        sections: Iterable[Section],
        facts: dict[str, Any],
        **rest: Any,
    ) -> Paper:
        """The finished paper. `lists` are the lists of contents it has to satisfy."""
        head, common = self.head, self.words.common
        asked = tuple(self._contents(lists))
        parts = [*sections]
        parts += self._further(asked, parts)
        lacking = [found.label for found in findings(asked, parts) if found.blocks]
        rest = {"sender": (head.company.name, *head.company.address), "marking": common.confidential, **rest}
        return Paper(
            form=form,
            language=self.language,
            case_number=head.case_number,
            made_at=head.made_at,
            reference=common.case.format(number=head.case_number),
            title=title,
            date=self.day(head.made_at.astimezone(ZoneInfo(self.law.time_zone)).date()),
            warning=common.draft.format(points="; ".join(dict.fromkeys(lacking))) if lacking else None,
            sections=tuple(parts),
            footer=tuple(self._footer(asked, parts)),
            lists=asked,
            facts={"case_number": head.case_number, "made_at": head.made_at, **facts},
            **rest,
        )

    def _contents(self, keys: Sequence[str]) -> Iterator[Contents]:
        day = self.law.day_of(self.head.aware_at)
        there = {entry.key: entry for entry in in_force(self.law.contents, day)}
        for key in keys:
            entry = there.get(key)
            points = tuple(Point(key=one.key, label=self.of_law(one.label)) for one in entry.points) if entry else ()
            yield Contents(key=key, law=self.of_law(entry.law) if entry else Phrase(text=key), points=points)

    def _further(self, asked: Iterable[Contents], parts: Iterable[Section]) -> list[Section]:
        """A section for each point the law has gained and somebody answered in own words."""
        answered = {point for section in parts for point in section.points}
        wanted = [(f"{entry.key}/{point.key}", point) for entry in asked for point in entry.points]
        return [
            Section(heading=point.label.text, points=(name,), paragraphs=lines(self.head.further[name]))
            for name, point in wanted
            if name not in answered and self.head.further.get(name, "").strip()
        ]

    def _footer(self, asked: Iterable[Contents], parts: Sequence[Section]) -> Iterator[Phrase]:
        common = self.words.common
        law = [entry.law for entry in asked]
        basis = common.legal_basis.format(law="; ".join(phrase.text for phrase in law))
        yield Phrase(text=basis)
        yield Phrase(text=common.counsel)
        if any(phrase.lang for phrase in [*law, *_phrases(parts)]):
            yield Phrase(text=common.law_in_german)
        if any(section.filling is Filling.UNKNOWN for section in parts):
            yield Phrase(text=common.own_words)


def section(
    heading: str,
    rows: Sequence[Row] = (),
    *,
    points: Sequence[str] = (),
    paragraphs: Sequence[str | Phrase] = (),
    **rest: Any,
) -> Section:
    """A section that is as full as the emptiest of its rows."""
    said = tuple(phrase for text in paragraphs for phrase in ((text,) if isinstance(text, Phrase) else lines(text)))
    rest.setdefault("filling", worst(row.filling for row in rows))
    return Section(heading=heading, points=tuple(points), paragraphs=said, rows=tuple(rows), **rest)


def told(heading: str, row: Row, *, points: Sequence[str]) -> Section:
    """A section of one answer, which needs no label."""
    return section(heading, points=points, paragraphs=row.said, filling=row.filling)


def lines(text: str) -> tuple[Phrase, ...]:
    """What somebody wrote, line by line; blank lines go."""
    return tuple(Phrase(text=line.strip()) for line in text.splitlines() if line.strip())


def _phrases(parts: Iterable[Section]) -> Iterator[Phrase]:
    for part in parts:
        yield from part.paragraphs
        for row in part.rows:
            yield from row.said
        for cells in part.table.rows if part.table else ():
            for cell in cells:
                yield from cell
