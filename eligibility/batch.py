"""Many decisions from a CSV to a CSV, row by row (the pure part of `manage assess`).

A fact left empty gives needs_review. A row that cannot be read is a BatchError with its line and column: it stops the
batch, or is handed over and passed by.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import cast, get_args

from eligibility.facts import Dwelling, Facts, Territory, amount_text
from eligibility.income import THRESHOLD_RULE, Decision, decide
from eligibility.tables import YEARS, Row, Skip, TableError, read_rows
from eligibility.thresholds import Thresholds

COLUMNS_IN = (
    "case_id",
    "reference_date",
    "threshold_year",
    "level_percent_of_median",
    "household_birth_dates",
    "annual_disposable_income_eur",
)
COLUMNS_OUT = (
    "case_id",
    "outcome",
    "reason_code",
    "consumption_units",
    "threshold_monthly_eur",
    "margin_annual_eur",
)


class BatchError(TableError):
    """A batch file that cannot be read: which line, which column, what to do."""


def assess_csv(lines: Iterable[str], thresholds: Thresholds, skip: Skip | None = None) -> Iterator[str]:
    """The lines of the answer, header first, each ending in a newline. Columns: COLUMNS_IN, COLUMNS_OUT.

    skip: takes the BatchError of each bad row, and the others are answered; without it the first one is raised.
    """
    yield _csv_line(COLUMNS_OUT)
    for row in read_rows(lines, COLUMNS_IN, BatchError, skip):
        try:
            answer = _answer(_decide(row, thresholds))
        except BatchError as bad:
            if skip is None:
                raise
            skip(bad)
            continue
        yield _csv_line((row.text("case_id"), *answer))


def _decide(row: Row, thresholds: Thresholds) -> Decision:
    level = row.integer("level_percent_of_median", range(1, 101))
    named_year = row.integer("threshold_year", YEARS) if row.text("threshold_year") else None
    income = row.amount("annual_disposable_income_eur") if row.text("annual_disposable_income_eur") else None
    facts = Facts(
        birth_dates=row.days("household_birth_dates"),
        annual_disposable_income_eur=income,
        # A batch without these two columns is about ordinary dwellings of the mainland.
        territory=cast(Territory, _choice_or(row, "territory", get_args(Territory), "mainland")),
        dwelling=cast(Dwelling, _choice_or(row, "dwelling", get_args(Dwelling), "ordinary")),
        threshold_year=named_year,
    )
    rule_set = replace(THRESHOLD_RULE, level_percent=level)
    return decide(facts, rule_set, thresholds, row.day("reference_date"))


def _choice_or(row: Row, column: str, allowed: tuple[str, ...], default: str) -> str:
    return row.choice(column, allowed) if row.text(column) else default


def _answer(decision: Decision) -> tuple[str, ...]:
    units, threshold = decision.consumption_units, decision.threshold
    return (
        decision.outcome,
        decision.reason,
        str(units) if units is not None else "",
        _published(threshold.monthly_amount_eur) if threshold else "",
        amount_text(decision.margin_annual_eur) if decision.margin_annual_eur is not None else "",
    )


def _published(amount: Decimal) -> str:
    """INSEE prints whole euros: 1288, not 1288.00."""
    return amount_text(amount).removesuffix(".00")


def _csv_line(cells: Iterable[str]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
