"""Shared by the tests of the pure engine: the published thresholds, the worked cases, a usual household."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import eligibility
from eligibility.facts import Facts
from eligibility.thresholds import Thresholds, parse_thresholds_csv

DAY = date(2026, 3, 15)
ADULT = date(1986, 5, 1)
TEENAGER = date(2010, 11, 2)
CHILD = date(2017, 7, 21)

CASES_FILE = Path(__file__).with_name("data") / "eligibility_cases.csv"
THRESHOLDS_FILE = Path(eligibility.__file__).with_name("data") / "poverty_thresholds.csv"

CASES = list(csv.DictReader(CASES_FILE.read_text(encoding="utf-8").splitlines()))
THRESHOLD_ROWS = parse_thresholds_csv(THRESHOLDS_FILE.read_text(encoding="utf-8").splitlines())
THRESHOLDS = Thresholds(row.threshold for row in THRESHOLD_ROWS)


def facts(**known) -> Facts:
    """A person living alone with 12,000 euros a year on the mainland, but for what is given."""
    usual = {
        "birth_dates": (ADULT,),
        "annual_disposable_income_eur": Decimal("12000.00"),
        "territory": "mainland",
        "dwelling": "ordinary",
    }
    return Facts(**usual | known)
