"""What is due when: working days in France, department by department. Pure: moments in, days and moments out.

What begins after 17:00 or on a day off counts from the next working day; what is due on a day is due at 18:00; what
expires on a day expires at its end. The days and hours are those of the place whose department is given: Alsace and
Moselle have two more days off, the overseas departments days and hours of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

PARIS = "75"
LATEST_START = time(17)
REMINDED_AT = time(9)  # when the day's messages go out
DUE_AT = time(18)

# What `holidays` calls the places with days off of their own.
_CALENDARS = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "976": "976",
}
_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}


@dataclass(frozen=True, slots=True)
class Delays:
    """In working days; the programme's settings may say otherwise from a day on (`referrals.delays`)."""

    reminder: int = 1  # the garage's first contact is reminded
    answer: int = 2  # the garage answers; its back-up contact is asked as well
    lapse: int = 3  # the referral goes to the next garage
    appointment: int = 5  # after accepting, an appointment is fixed
    quote: int = 2  # after the appointment, the quote is issued
    review: int = 2  # a pilot decides on an eligibility
    queue: int = 5  # a referral waits for a place before a pilot takes it
    incident: int = 2  # a pilot answers an incident


DEFAULT = Delays()
ANSWER_WORKING_DAYS = DEFAULT.answer
QUOTE_WORKING_DAYS = DEFAULT.appointment
REVIEW_WORKING_DAYS = DEFAULT.review
QUEUE_WORKING_DAYS = DEFAULT.queue
REPAIR_WORKING_DAYS = 10  # after the person's yes, one asks how far the repair has come
CALL_AGAIN_DAYS, LAST_CALL_DAYS = 7, 2  # days before a quote expires on which the person is called


@dataclass(frozen=True, slots=True)
class Chase:
    """When a garage that says nothing is reminded, its back-up asked, and the referral taken on; aware moments."""

    reminder_at: datetime
    backup_at: datetime
    due_on: date
    lapse_at: datetime


def chase(put_at: datetime, delays: Delays = DEFAULT, department: str = PARIS) -> Chase:
    """The steps of a referral put to a garage of this department at this aware moment."""
    return Chase(
        reminder_at=reminded_at(due_on(put_at, delays.reminder, department), department),
        backup_at=reminded_at(due_on(put_at, delays.answer, department), department),
        due_on=due_on(put_at, delays.answer, department),
        lapse_at=reminded_at(due_on(put_at, delays.lapse, department), department),
    )


def due_on(begun_at: datetime, working_days: int, department: str = PARIS) -> date:
    """The last day on which something begun at this aware moment may be done."""
    begun = local(begun_at, department)
    first = begun.date() if begun.time() < LATEST_START else begun.date() + timedelta(days=1)
    return add_working_days(next_working_day(first, department), working_days, department)


def quote_due_on(accepted_at: datetime, appointment_at: datetime | None, department: str = PARIS) -> date:
    """Two working days after the car is seen; as long as no appointment is fixed, what an appointment itself has."""
    if appointment_at is None:
        return due_on(accepted_at, DEFAULT.appointment, department)
    return due_on(appointment_at, DEFAULT.quote, department)


def due_at(day: date, department: str = PARIS) -> datetime:
    """The moment at which what is due on this day is late: 18:00 there, in UTC."""
    return _moment(day, DUE_AT, department)


def reminded_at(day: date, department: str = PARIS) -> datetime:
    """When the messages of this day go out: 9:00 there, in UTC."""
    return _moment(day, REMINDED_AT, department)


def expires_at(day: date, department: str = PARIS) -> datetime:
    """The end of the last day on which something counts, in UTC."""
    return _moment(day + timedelta(days=1), time(0), department)


def add_working_days(day: date, count: int, department: str = PARIS) -> date:
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1), department)
    return day


def next_working_day(day: date, department: str = PARIS) -> date:
    """The day itself if people work on it."""
    while not is_working_day(day, department):
        day += timedelta(days=1)
    return day


def previous_working_day(day: date, department: str = PARIS) -> date:
    """The last day before it on which people work."""
    day -= timedelta(days=1)
    while not is_working_day(day, department):
        day -= timedelta(days=1)
    return day


def working_days_between(first: date, last: date, department: str = PARIS) -> int:
    """How many working days after the first, the last included; 0 when the last is not after the first."""
    days = (first + timedelta(days=after) for after in range(1, (last - first).days + 1))
    return sum(is_working_day(day, department) for day in days)


def is_working_day(day: date, department: str = PARIS) -> bool:
    return day.weekday() < 5 and day not in public_holidays(day.year, department)


def is_visiting_day(day: date, department: str = PARIS) -> bool:
    """Whether a garage may be open: garages work on Saturdays, not on Sundays nor on public holidays."""
    return day.weekday() < 6 and day not in public_holidays(day.year, department)


def moment_at(day: date, at: time, department: str = PARIS) -> datetime:
    """What the clocks of this department call this time of this day, in UTC."""
    return _moment(day, at, department)


def local(moment: datetime, department: str = PARIS) -> datetime:
    """This moment as the clocks of this department show it."""
    return moment.astimezone(zone_of(department))


def public_holidays(year: int, department: str = PARIS) -> frozenset[date]:
    """The days off of a year, as they are kept in this department."""
    return _days_off(year, _CALENDARS.get(department))


@lru_cache(maxsize=128)
def _days_off(year: int, calendar: str | None) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=calendar, years=year))


def zone_of(department: str) -> ZoneInfo:
    return ZoneInfo(_ZONES.get(department, "Europe/Paris"))


def _moment(day: date, at: time, department: str) -> datetime:
    return datetime.combine(day, at, zone_of(department)).astimezone(UTC)
