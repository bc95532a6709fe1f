"""Months and weeks as people in Paris count them, with their bounds as moments in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
FIRST_YEAR, LAST_YEAR = 1900, 2199

_NAMES = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_SHORT_NAMES = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in Europe/Paris; months compare and sort in time."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (FIRST_YEAR <= self.year <= LAST_YEAR and 1 <= self.month <= 12):
            raise ValueError(f"Ce mois n’existe pas : {self.year}-{self.month}.")

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The month in which this aware moment falls in Paris."""
        if moment.tzinfo is None:
            raise ValueError("A moment has its time zone.")
        return cls.of_day(moment.astimezone(PARIS).date())

    @classmethod
    def of_day(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """ "2026-03", as in addresses and month fields."""
        found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text.strip())
        if found is None:
            raise ValueError("Écrivez le mois comme 2026-03.")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def range(cls, first: Month, last: Month) -> Iterator[Self]:
        """Every month from the first to the last, both included; none when the last comes first."""
        for count in range(first.ordinal, last.ordinal + 1):
            yield cls(*_year_and_month(count))

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return (self.first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """First moment of the month and first moment after it, in UTC: `start <= moment < end`."""
        return _midnight(self.first_day), _midnight(self.last_day + timedelta(days=1))

    @property
    def label_fr(self) -> str:
        """ "mars 2026"."""
        return f"{_NAMES[self.month - 1]} {self.year}"

    @property
    def short_label_fr(self) -> str:
        """ "janv.", for the axis of a chart."""
        return _SHORT_NAMES[self.month - 1]

    def shift(self, months: int) -> Month:
        """So many months later, or earlier when negative."""
        return Month(*_year_and_month(self.ordinal + months))

    @property
    def ordinal(self) -> int:
        """Months since year 0, to count with."""
        return self.year * 12 + self.month - 1

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


def _year_and_month(count: int) -> tuple[int, int]:
    return count // 12, count % 12 + 1


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(UTC)


def iso_week_monday(day: date) -> date:
    """The Monday of the ISO week in which the day falls: weekly caps count from it."""
    return day - timedelta(days=day.weekday())


def age_on(born: date, on: date) -> int:
    """Whole years; who was born on 29 February grows older on 1 March. Negative before the birth."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_fr(born: date, on: date) -> str:
    """ "41 ans", "1 an", "5 mois", "moins d’un mois"; nothing before the birth."""
    if born > on:
        return ""
    years = age_on(born, on)
    if years:
        return f"{years} ans" if years > 1 else "1 an"
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    return f"{months} mois" if months else "moins d’un mois"
