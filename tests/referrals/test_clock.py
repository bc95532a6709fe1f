"""Working days as people in France count them, where they live."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals import clock
from referrals.clock import DEFAULT, Delays

MONDAY = date(2026, 11, 23)
EVERYWHERE = ("75", "57", "67", "68", "2A", "971", "972", "973", "974", "976")


def at(day, hour, minute=0):
    """A moment of UTC; Paris is one hour ahead in November."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


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
    ("day", "department", "is_worked"),
    [
        (date(2026, 4, 3), "75", True),  # Good Friday
        (date(2026, 4, 3), "67", False),
        (date(2026, 4, 3), "57", False),
        (date(2028, 12, 26), "68", False),  # Saint Stephen's day, a Tuesday
        (date(2028, 12, 26), "75", True),
        (date(2026, 5, 22), "972", False),  # the abolition of slavery: Martinique
        (date(2026, 5, 27), "971", False),  # Guadeloupe
        (date(2026, 6, 10), "973", False),  # Guyane
        (date(2027, 12, 20), "974", False),  # La Réunion
        (date(2026, 4, 27), "976", False),  # Mayotte
        (date(2026, 4, 27), "974", True),
        (date(2026, 5, 14), "976", False),  # Ascension Day, everywhere
        (date(2026, 5, 25), "75", False),  # Whit Monday
        (date(2026, 7, 14), "2A", False),
    ],
)
def test_each_department_keeps_its_own_days_off(day, department, is_worked):
    assert clock.is_working_day(day, department) is is_worked


@pytest.mark.parametrize(
    ("begun_at", "due"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), date(2026, 11, 25)),  # Monday morning
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), date(2026, 11, 25)),  # 16:59 in Paris
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 11, 26)),  # 17:00: counts from Tuesday
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), date(2026, 11, 24)),  # Friday, over the weekend
        (datetime(2026, 11, 20, 17, 0, tzinfo=UTC), date(2026, 11, 25)),  # Friday evening counts from Monday
        (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), date(2026, 11, 25)),  # Saturday counts from Monday
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), date(2026, 11, 25)),  # already Monday in Paris
        (datetime(2026, 12, 24, 9, 0, tzinfo=UTC), date(2026, 12, 29)),  # over Christmas
        (datetime(2026, 5, 13, 8, 0, tzinfo=UTC), date(2026, 5, 18)),  # over Ascension Day
        (datetime(2026, 3, 27, 9, 0, tzinfo=UTC), date(2026, 3, 31)),  # over the night that lost an hour
        (datetime(2026, 10, 23, 14, 59, tzinfo=UTC), date(2026, 10, 27)),  # 16:59 in summer, due in winter
        (datetime(2026, 12, 31, 9, 0, tzinfo=UTC), date(2027, 1, 5)),  # over the new year
    ],
)
def test_something_is_due_two_working_days_after_it_began(begun_at, due):
    assert clock.due_on(begun_at, 2) == due


def test_the_hour_is_that_of_the_place():
    evening_in_reunion = at(MONDAY, 13, 30)  # 17:30 there, 14:30 in Paris
    assert clock.due_on(evening_in_reunion, 1, "974") == MONDAY + timedelta(days=2)
    assert clock.due_on(evening_in_reunion, 1) == MONDAY + timedelta(days=1)
    still_sunday_in_guadeloupe = at(MONDAY, 2)
    assert clock.due_on(still_sunday_in_guadeloupe, 1, "971") == MONDAY + timedelta(days=1)


def test_what_is_due_on_a_day_is_due_at_six_and_what_expires_does_so_at_its_end():
    assert clock.due_at(MONDAY) == at(MONDAY, 17)
    assert clock.expires_at(MONDAY) == at(MONDAY, 23)
    assert clock.due_at(date(2026, 7, 1)) == at(date(2026, 7, 1), 16)
    assert clock.due_at(MONDAY, "974") == at(MONDAY, 14)
    # the day on which summer ends has twenty-five hours
    assert clock.expires_at(date(2026, 10, 25)) - clock.expires_at(date(2026, 10, 24)) == timedelta(hours=25)


def test_a_silent_garage_is_reminded_then_its_back_up_asked_then_the_referral_goes_on():
    steps = clock.chase(at(MONDAY, 9))
    assert steps.reminder_at == at(MONDAY + timedelta(days=1), 8)
    assert steps.backup_at == at(MONDAY + timedelta(days=2), 8)
    assert steps.due_on == MONDAY + timedelta(days=2)
    assert steps.lapse_at == at(MONDAY + timedelta(days=3), 8)


def test_the_programme_may_give_more_days():
    steps = clock.chase(at(MONDAY, 9), Delays(reminder=2, answer=4, lapse=6))
    assert steps.due_on == MONDAY + timedelta(days=4)
    assert steps.lapse_at == at(MONDAY + timedelta(days=8), 8)


def test_days_late_are_counted_in_working_days():
    assert clock.working_days_between(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert clock.working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == 0
    assert clock.working_days_between(date(2026, 4, 2), date(2026, 4, 3), "67") == 0


moments = st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.integers(0, 12), st.sampled_from(EVERYWHERE))
def test_nothing_is_due_on_a_day_off_nor_before_its_days_have_passed(begun_at, days, department):
    due = clock.due_on(begun_at, days, department)
    begun_on = begun_at.astimezone(clock.zone_of(department)).date()
    assert clock.is_working_day(due, department)
    assert days <= clock.working_days_between(begun_on, due, department) <= days + 1
    assert clock.due_at(due, department) > begun_at or days == 0


@given(moments, st.sampled_from(EVERYWHERE))
def test_each_step_of_a_chase_comes_at_least_a_working_day_after_the_one_before(put_at, department):
    steps = clock.chase(put_at, DEFAULT, department)
    days = [one.astimezone(clock.zone_of(department)).date() for one in (put_at, steps.reminder_at, steps.backup_at)]
    assert steps.reminder_at < steps.backup_at < clock.due_at(steps.due_on, department) < steps.lapse_at
    assert all(clock.working_days_between(one, two, department) >= 1 for one, two in pairwise(days))


@given(moments, moments, st.sampled_from(EVERYWHERE))
def test_what_begins_later_is_never_due_earlier(one, other, department):
    first, second = sorted((one, other))
    assert clock.due_on(first, 2, department) <= clock.due_on(second, 2, department)
