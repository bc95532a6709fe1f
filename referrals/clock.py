"""What is due when: working days in France. Pure: moments in, days out.

What begins after 17:00 or on a day off counts from the next working day; what is due on a day is due at 18:00.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
LATEST_START = time(17)
ANSWER_WORKING_DAYS = 2  # a garage answers an orientation
QUOTE_WORKING_DAYS = 5  # and once it has accepted, sees the car and proposes a quote
REVIEW_WORKING_DAYS = 2  # a pilot decides on an eligibility

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# after Easter: its Monday, Ascension Day, Whit Monday (Code du travail, L. 3133-1)
_AFTER_EASTER = (1, 39, 50)


def due_on(begun_at: datetime, working_days: int) -> date:
    """The last day on which something begun at this aware moment may be done."""
    local = begun_at.astimezone(PARIS)
    first = local.date() if local.time() < LATEST_START else local.date() + timedelta(days=1)
    return add_working_days(next_working_day(first), working_days)


def add_working_days(day: date, count: int) -> date:
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day


def next_working_day(day: date) -> date:
    """The day itself if people work on it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days after the first, the last included; 0 when the last is not after the first."""
    return sum(is_working_day(first + timedelta(days=after)) for after in range(1, (last - first).days + 1))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in public_holidays(day.year)


@lru_cache(maxsize=32)
def public_holidays(year: int) -> frozenset[date]:
    """Those of the whole country; Alsace, Moselle and overseas have more."""
    easter = _easter(year)
    return frozenset(
        {date(year, month, day) for month, day in _FIXED} | {easter + timedelta(days=after) for after in _AFTER_EASTER}
    )


def _easter(year: int) -> date:
    """The Gregorian computus, as New Scientist printed it in 1961."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (8 * b + 13) // 25
    g = (19 * a + b - d - f + 15) % 30
    h = (a + 11 * g) // 319
    i, k = divmod(c, 4)
    m = (2 * e + 2 * i - k - g + h + 32) % 7
    month = (g - h + m + 90) // 25
    return date(year, month, (g - h + m + month + 19) % 32)
