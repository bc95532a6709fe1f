"""Which threshold is in force on a day, and how its file is read."""

from datetime import date
from decimal import Decimal

import pytest

from eligibility.thresholds import (
    Threshold,
    ThresholdFileError,
    Thresholds,
    first_day_in_force,
    parse_thresholds_csv,
)
from tests.eligibility.households import THRESHOLD_ROWS, THRESHOLDS

HEADER = "year,level_percent_of_median,monthly_amount_eur,annual_median_eur,published_on,status,source"


@pytest.mark.parametrize(
    ("published_on", "first_day"),
    [
        ("2025-07-07", date(2025, 7, 7)),
        ("2024-07", date(2024, 8, 1)),  # a month alone counts from the next one
        ("2010-12", date(2011, 1, 1)),
        ("", None),
    ],
)
def test_publication_gives_the_first_day_in_force(published_on, first_day):
    assert first_day_in_force(published_on) == first_day


@pytest.mark.parametrize("published_on", ["2024", "2024-13", "2024-7", "20240707", "2024-02-30", "juillet 2024"])
def test_another_way_to_write_a_publication_is_refused(published_on):
    with pytest.raises(ValueError, match=r"day|month|date|isoformat"):
        first_day_in_force(published_on)


@pytest.mark.parametrize(
    ("day", "income_year"),
    [
        ("2010-09-30", None),  # 2008 came out in September 2010, the day is not known
        ("2010-10-01", 2008),
        ("2011-08-29", 2008),
        ("2011-08-30", 2009),
        ("2014-09-08", 2011),
        ("2014-09-09", 2012),
        ("2016-09-30", 2012),  # 2013 has no date, so it is never chosen by date
        ("2016-10-01", 2014),
        ("2021-10-04", 2017),  # nor 2018
        ("2021-10-05", 2019),
        ("2023-11-30", 2019),  # 2020 is disputed
        ("2023-12-01", 2021),
        ("2024-07-31", 2021),
        ("2024-08-01", 2022),
        ("2025-07-06", 2022),
        ("2025-07-07", 2023),
        ("2099-01-01", 2023),
    ],
)
def test_the_highest_published_income_year_is_in_force(day, income_year):
    threshold = THRESHOLDS.in_force_on(date.fromisoformat(day), 60)
    assert (threshold and threshold.income_year) == income_year


def test_levels_are_kept_apart():
    assert THRESHOLDS.in_force_on(date(2026, 1, 1), 50) == THRESHOLDS.for_year(2022, 50)
    assert THRESHOLDS.for_year(2022, 50).monthly_amount_eur == 1014
    assert THRESHOLDS.for_year(2023, 50) is None


def test_a_late_publication_of_an_older_year_does_not_displace_the_newer_one():
    newer = Threshold(2023, 60, Decimal(1288), date(2025, 7, 7), "published", "INSEE")
    older = Threshold(2022, 60, Decimal(1216), date(2025, 9, 1), "published", "INSEE")
    assert Thresholds([older, newer]).in_force_on(date(2026, 1, 1), 60) == newer


def test_a_disputed_figure_is_found_by_its_year_and_never_by_date():
    dated = Threshold(2020, 60, Decimal(1128), date(2022, 1, 1), "disputed", "ERFS")
    assert Thresholds([dated]).for_year(2020, 60) == dated
    assert Thresholds([dated]).in_force_on(date(2026, 1, 1), 60) is None


def test_two_figures_for_one_year_are_refused():
    twice = Threshold(2023, 60, Decimal(1288), None, "published", "INSEE")
    with pytest.raises(ValueError, match="2023 at 60"):
        Thresholds([twice, twice])


def test_the_file_that_ships_is_read_whole_as_published():
    assert len(THRESHOLD_ROWS) == len({(row.income_year, row.level_percent) for row in THRESHOLD_ROWS}) == 25
    newest = THRESHOLD_ROWS[-1]
    assert (newest.income_year, newest.monthly_amount_eur, newest.annual_median_eur) == (2023, 1288, 25760)
    assert newest.published_on == "2025-07-07"
    assert newest.threshold.in_force_from == date(2025, 7, 7)
    assert all(row.source for row in THRESHOLD_ROWS)


WRONG_ROWS = [
    ("23,60,1288,,2025-07-07,published,INSEE", "year"),
    ("2023,sixty,1288,,2025-07-07,published,INSEE", "level_percent_of_median"),
    ("2023,0,1288,,2025-07-07,published,INSEE", "level_percent_of_median"),
    ("2023,60,,,2025-07-07,published,INSEE", "monthly_amount_eur"),
    ("2023,60,1 288,,2025-07-07,published,INSEE", "monthly_amount_eur"),
    ("2023,60,1.3E3,,2025-07-07,published,INSEE", "monthly_amount_eur"),
    ("2023,60,NaN,,2025-07-07,published,INSEE", "monthly_amount_eur"),
    ("2023,60,-1288,,2025-07-07,published,INSEE", "monthly_amount_eur"),
    ("2023,60,1288.005,,2025-07-07,published,INSEE", "monthly_amount_eur"),
    ("2023,60,1288,lots,2025-07-07,published,INSEE", "annual_median_eur"),
    ("2023,60,1288,,07/07/2025,published,INSEE", "published_on"),
    ("2023,60,1288,,2023-11-30,published,INSEE", "published_on"),  # before the year's income was earned
    ("2023,60,1288,,2025-07-07,provisional,INSEE", "status"),
    ("2023,60,1288,,2025-07-07,published,", "source"),
    ("2022,60,1300,,2025-07-07,published,INSEE", "year"),  # already on line 2
    ("2023,60,1288,,2025-07-07,published", None),
]


@pytest.mark.parametrize(("row", "column"), WRONG_ROWS)
def test_a_wrong_cell_is_named_by_line_and_column(row, column):
    with pytest.raises(ThresholdFileError) as refused:
        parse_thresholds_csv([HEADER, "2022,60,1216,24330,2024-07,published,INSEE", row])
    assert (refused.value.line, refused.value.column) == (3, column)
    assert str(refused.value).startswith("Ligne 3")


def test_a_figure_for_elsewhere_is_refused():
    lines = [HEADER + ",geographic_scope", "2022,60,900,,2024-07,published,INSEE,La Réunion"]
    with pytest.raises(ThresholdFileError, match="geographic_scope"):
        parse_thresholds_csv(lines)


def test_missing_columns_are_named_together():
    with pytest.raises(ThresholdFileError, match="published_on, status, source"):
        parse_thresholds_csv(["year,level_percent_of_median,monthly_amount_eur"])
