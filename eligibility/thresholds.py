"""INSEE's poverty thresholds and the rule that says which one is in force on a day.

Pure: no Django, no clock, no database. Amounts are euros a month for one consumption unit, kept as published
and never recomputed from a median (2022: 1,216.50 by the median, 1,216 as published).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from eligibility.tables import YEARS, Row, TableError, read_rows

Status = Literal["published", "disputed"]
STATUSES = ("published", "disputed")
COLUMNS = ("year", "level_percent_of_median", "monthly_amount_eur", "published_on", "status", "source")
# What INSEE's figure covers. A figure for elsewhere must not slip in as if it held for the mainland.
SCOPE = "metropolitan France, ordinary dwellings"


class ThresholdFileError(TableError):
    """A thresholds file that cannot be read: which line, which column, what to do."""


@dataclass(frozen=True, slots=True)
class Threshold:
    income_year: int
    level_percent: int
    monthly_amount_eur: Decimal
    in_force_from: date | None
    """None: the day of publication is not known, so this figure serves only where its year is named."""
    status: Status
    source: str


class Thresholds:
    """The known thresholds, at most one for an income year and level."""

    def __init__(self, thresholds: Iterable[Threshold]) -> None:
        self._by_year: dict[tuple[int, int], Threshold] = {}
        for threshold in thresholds:
            key = (threshold.income_year, threshold.level_percent)
            if key in self._by_year:
                raise ValueError(f"two thresholds for income year {key[0]} at {key[1]} %")
            self._by_year[key] = threshold
        self._newest_first = [
            (threshold.in_force_from, threshold)
            for _, threshold in sorted(self._by_year.items(), reverse=True)
            if threshold.status == "published" and threshold.in_force_from is not None
        ]

    def for_year(self, year: int, level_percent: int) -> Threshold | None:
        """The figure of a named income year, whenever it was published; it may be disputed."""
        return self._by_year.get((year, level_percent))

    def in_force_on(self, day: date, level_percent: int) -> Threshold | None:
        """The highest income year published on or before the day; never one that is undated or disputed."""
        for first_day, threshold in self._newest_first:
            if first_day <= day and threshold.level_percent == level_percent:
                return threshold
        return None


def first_day_in_force(published_on: str) -> date | None:
    """'2025-07-07' counts from that day, '2024-07' from 1 August 2024, '' from no day. Else ValueError."""
    if not published_on:
        return None
    if month := re.fullmatch(r"([0-9]{4})-([0-9]{2})", published_on):
        year, number = int(month[1]), int(month[2])
        date(year, number, 1)  # refuses a thirteenth month
        return date(year + number // 12, number % 12 + 1, 1)
    day = date.fromisoformat(published_on)
    if day.isoformat() != published_on:
        raise ValueError(f"not a day: {published_on!r}")
    return day


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """One row of the file, as published; `threshold` is what the engine needs of it."""

    income_year: int
    level_percent: int
    monthly_amount_eur: Decimal
    annual_median_eur: Decimal | None
    published_on: str
    status: Status
    geographic_scope: str
    series: str
    source: str

    @property
    def threshold(self) -> Threshold:
        return Threshold(
            income_year=self.income_year,
            level_percent=self.level_percent,
            monthly_amount_eur=self.monthly_amount_eur,
            in_force_from=first_day_in_force(self.published_on),
            status=self.status,
            source=self.source,
        )


def parse_thresholds_csv(lines: Iterable[str]) -> list[ThresholdRow]:
    """The rows of a file like data/poverty_thresholds.csv; ThresholdFileError at the first wrong cell."""
    parsed: dict[tuple[int, int], ThresholdRow] = {}
    for row in read_rows(lines, COLUMNS, ThresholdFileError):
        threshold = _threshold_row(row)
        key = (threshold.income_year, threshold.level_percent)
        if key in parsed:
            raise row.wrong("year", f"{key[0]} à {key[1]} % figure déjà plus haut. Gardez une seule ligne.")
        parsed[key] = threshold
    return list(parsed.values())


def _threshold_row(row: Row) -> ThresholdRow:
    if row.text("geographic_scope") not in ("", SCOPE):
        raise row.wrong("geographic_scope", f"seul le champ « {SCOPE} » est prévu. Retirez cette ligne.")
    income_year = row.integer("year", YEARS)
    return ThresholdRow(
        income_year=income_year,
        level_percent=row.integer("level_percent_of_median", range(1, 101)),
        monthly_amount_eur=_amount(row, "monthly_amount_eur"),
        annual_median_eur=_amount(row, "annual_median_eur") if row.text("annual_median_eur") else None,
        published_on=_published_on(row, income_year),
        status=cast(Status, row.choice("status", STATUSES)),
        geographic_scope=row.text("geographic_scope") or SCOPE,
        series=row.text("series"),
        source=row.required("source"),
    )


def _amount(row: Row, column: str) -> Decimal:
    amount = row.amount(column)
    if not 0 < amount < 1_000_000 or amount != round(amount, 2):
        raise row.wrong(column, f"« {amount} » doit être positif, avec deux décimales au plus. Corrigez-le.")
    return amount


def _published_on(row: Row, income_year: int) -> str:
    text = row.text("published_on")
    try:
        day = first_day_in_force(text)
    except ValueError:
        hint = "Écrivez 2025-07-07, ou 2024-07 si seul le mois est connu, ou rien."
        raise row.wrong("published_on", f"« {text} » n’est pas une date de publication. {hint}") from None
    if day and day.year <= income_year:
        hint = "Corrigez l’une des deux."
        raise row.wrong("published_on", f"« {text} » précède la fin de l’année de revenus. {hint}")
    return text
