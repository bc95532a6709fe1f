"""Months and weeks of Paris, across the changes of hour."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobiliz.lib.periods import PARIS, Month, iso_week_monday

months = st.builds(Month, st.integers(1950, 2100), st.integers(1, 12))


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 2, 28, 22, 59, tzinfo=UTC), "2026-02"),
        (datetime(2026, 2, 28, 23, 0, tzinfo=UTC), "2026-03"),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), "2026-07"),
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "2026-01"),
        (datetime(2026, 3, 1, 0, 30, tzinfo=PARIS), "2026-03"),
    ],
)
def test_a_moment_falls_in_the_month_that_paris_lives(moment, month):
    assert str(Month.of(moment)) == month


def test_a_moment_without_zone_falls_in_no_month():
    with pytest.raises(ValueError, match="time zone"):
        Month.of(datetime(2026, 3, 1))  # noqa: DTZ001 - the case


@pytest.mark.parametrize(
    ("month", "start", "end"),
    [
        ("2026-01", "2025-12-31T23:00", "2026-01-31T23:00"),
        ("2026-03", "2026-02-28T23:00", "2026-03-31T22:00"),
        ("2026-10", "2026-09-30T22:00", "2026-10-31T23:00"),
    ],
)
def test_a_month_begins_and_ends_at_midnight_in_paris(month, start, end):
    bounds = tuple(datetime.fromisoformat(f"{moment}+00:00") for moment in (start, end))
    assert Month.parse(month).bounds == bounds
    assert all(moment.tzinfo is UTC for moment in Month.parse(month).bounds)


@given(months)
def test_months_follow_each_other_without_gap(month):
    _, end = month.bounds
    assert end == month.shift(1).bounds[0]
    assert month.last_day + timedelta(days=1) == month.shift(1).first_day
    assert Month.of(end - timedelta(microseconds=1)) == month < Month.of(end)


@given(months, st.integers(-200, 200))
def test_shifting_back_and_forth_comes_home(month, count):
    assert month.shift(count).shift(-count) == month


@given(months)
def test_a_month_is_read_back_from_its_address(month):
    assert Month.parse(str(month)) == month


@pytest.mark.parametrize("text", ["", "2026", "2026-3", "03/2026", "2026-13", "2026-00", "0000-01", "٢٠٢٦-٠٣"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="mois"):
        Month.parse(text)


def test_a_range_holds_both_its_ends():
    found = Month.range(Month(2025, 11), Month(2026, 2))
    assert [str(month) for month in found] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(Month.range(Month(2026, 2), Month(2026, 1))) == []


@pytest.mark.parametrize(
    ("month", "label", "short", "last"),
    [
        (Month(2026, 3), "mars 2026", "mars", date(2026, 3, 31)),
        (Month(2024, 2), "février 2024", "févr.", date(2024, 2, 29)),
        (Month(2025, 12), "décembre 2025", "déc.", date(2025, 12, 31)),
    ],
)
def test_a_month_says_its_name_in_french(month, label, short, last):
    assert (month.label_fr, month.short_label_fr, month.last_day) == (label, short, last)


def test_months_sort_in_time():
    assert sorted([Month(2026, 1), Month(2025, 12), Month(2025, 2)])[0] == Month.of_day(date(2025, 2, 14))


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 29), date(2026, 11, 23)),
        (date(2027, 1, 1), date(2026, 12, 28)),
    ],
)
def test_a_week_begins_on_monday(day, monday):
    assert iso_week_monday(day) == monday
