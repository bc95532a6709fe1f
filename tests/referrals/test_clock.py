"""Working days as people in France count them."""

from datetime import UTC, date, datetime

import pytest

from referrals import clock


@pytest.mark.parametrize(
    ("year", "easter_monday"),
    [
        (2000, date(2000, 4, 24)),
        (2011, date(2011, 4, 25)),
        (2024, date(2024, 4, 1)),
        (2025, date(2025, 4, 21)),
        (2026, date(2026, 4, 6)),
        (2038, date(2038, 4, 26)),
    ],
)
def test_easter_monday_is_a_day_off(year, easter_monday):
    assert easter_monday in clock.public_holidays(year)
    assert len(clock.public_holidays(year)) >= 10


@pytest.mark.parametrize(
    ("begun_at", "due"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), date(2026, 11, 25)),  # Monday morning
        (datetime(2026, 11, 23, 16, 30, tzinfo=UTC), date(2026, 11, 26)),  # 17:30 in Paris: counts from Tuesday
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), date(2026, 11, 24)),  # Friday, over the weekend
        (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), date(2026, 11, 25)),  # Saturday counts from Monday
        (datetime(2026, 12, 24, 9, 0, tzinfo=UTC), date(2026, 12, 29)),  # over Christmas
        (datetime(2026, 5, 13, 8, 0, tzinfo=UTC), date(2026, 5, 18)),  # over Ascension Day
    ],
)
def test_something_is_due_two_working_days_after_it_began(begun_at, due):
    assert clock.due_on(begun_at, 2) == due


def test_days_late_are_counted_in_working_days():
    assert clock.working_days_between(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert clock.working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == 0
