"""P-9.2: service hours as data. Weekly hours, other ones for a time, exceptional days, holidays per canton."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, WithJsonSchema, field_validator, model_validator

from process.schema.base import CalendarKey, Paragraph, Strict, Text
from process.schema.policy import Canton

LocalTime = Annotated[time, WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DayOfYear = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
_LEAP_YEAR = 2028


class DayHours(Strict):
    """Opening hours of one weekday: half-open local intervals [open, close)."""

    open: LocalTime
    close: LocalTime

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.open.tzinfo or self.close.tzinfo:
            raise ValueError("expected local times such as 08:00, without a time zone")
        if self.close != time(0) and self.open >= self.close:
            raise ValueError("expected a day to open before it closes (close 00:00 means midnight)")
        return self


class CalendarException(Strict):
    """A day that differs: closed when `hours` is empty (P-9.2). It counts whatever else the day is."""

    date: date
    label: Text
    hours: list[DayHours] = Field(default_factory=list)


class YearlyException(Strict):
    """A day that differs every year, such as the afternoon of 24 December. It opens no day that is closed anyway."""

    day: DayOfYear = Field(description="Month and day, such as 12-24.")
    label: Text
    hours: list[DayHours] = Field(default_factory=list)

    @field_validator("day")
    @classmethod
    def _is_a_day(cls, text: str) -> str:
        month, day = (int(part) for part in text.split("-"))
        try:
            date(_LEAP_YEAR, month, day)
        except ValueError:
            raise ValueError(f"expected a day that exists, such as 12-24, found '{text}'") from None
        return text


class HolidayCorrection(Strict):
    """Where the library of public holidays and the agreement differ: one more, or one less, in a canton or in all."""

    date: date
    label: Text
    canton: Canton | None = Field(None, description="Without one it holds in every canton.")
    is_holiday: bool = True


class SchoolHolidays(Strict):
    """School holidays of a canton, first and last day. They close a calendar that lists them, and stop nothing else."""

    canton: Canton
    first: date
    last: date
    label: Text

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last < self.first:
            raise ValueError("expected the last day not before the first")
        return self


class Period(Strict):
    """Other weekly hours from a day on, to the last day or for good: what was counted before stays (R13)."""

    valid_from: date
    valid_until: date | None = None
    label: Text
    weekly: dict[Weekday, list[DayHours]]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("expected valid_until not before valid_from")
        return self


class Calendar(Strict):
    """Service hours (P-9.2). `always` means 24×7 and knows no holidays and no local time."""

    key: CalendarKey
    label: Text
    paragraph: Paragraph
    time_zone: str = "Europe/Zurich"
    always: bool = False
    weekly: dict[Weekday, list[DayHours]] = Field(default_factory=dict)
    periods: list[Period] = Field(default_factory=list, description="In order; each ends where the next one begins.")
    public_holidays: bool = Field(True, description="Closed on public holidays of the incident's canton.")
    holiday_corrections: list[HolidayCorrection] = Field(default_factory=list)
    school_holidays: list[SchoolHolidays] = Field(default_factory=list)
    default_canton: Canton = "ZH"
    exceptions: list[CalendarException] = Field(default_factory=list)
    yearly: list[YearlyException] = Field(default_factory=list)

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("expected an IANA time zone such as Europe/Zurich") from None
        return name

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if not self.always and not any(self.weekly.values()):
            raise ValueError("expected some working time; without it every promise would wait for ever")
        for day, spans in self._days():
            ordered = sorted(spans, key=lambda span: span.open)
            for before, after in pairwise(ordered):
                if before.close == time(0) or after.open < before.close:
                    raise ValueError(f"expected opening hours of {day} that do not overlap")
        return self

    @model_validator(mode="after")
    def _periods_follow_each_other(self) -> Self:
        for before, after in pairwise(self.periods):
            if after.valid_from <= (before.valid_until or before.valid_from):
                raise ValueError(
                    f"expected periods in order, without overlap; {after.valid_from} lies in the one before"
                )
        return self

    def weekly_on(self, day: date) -> dict[Weekday, list[DayHours]]:
        """The weekly hours that hold on a local day: those of the last period that began and is not over (R13)."""
        begun = [period for period in self.periods if period.valid_from <= day]
        if begun and (begun[-1].valid_until is None or day <= begun[-1].valid_until):
            return begun[-1].weekly
        return self.weekly

    def _days(self) -> Iterator[tuple[str, Sequence[DayHours]]]:
        yield from self.weekly.items()
        for period in self.periods:
            yield from ((f"{day} from {period.valid_from}", spans) for day, spans in period.weekly.items())
        yield from ((str(entry.date), entry.hours) for entry in self.exceptions)
        yield from ((entry.day, entry.hours) for entry in self.yearly)
