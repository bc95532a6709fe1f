"""When people do things: in working hours of the place where they are, some days after."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from referrals.clock import PARIS, add_working_days, is_visiting_day, local, moment_at, next_working_day

FIRST_HOUR, LAST_HOUR = 8, 17


def in_working_days(chance: random.Random, after: datetime, days: tuple[int, int], department: str = PARIS) -> datetime:
    """Some working days on, at some working hour; never before `after`."""
    begun = local(after, department).date()
    day = add_working_days(next_working_day(begun, department), chance.randint(*days), department)
    at = moment_at(day, _hour(chance), department)
    return at if at > after else _soon(chance, after, department)


def _soon(chance: random.Random, after: datetime, department: str) -> datetime:
    """Later on the same working day; on the next, where it is over."""
    later = after + timedelta(minutes=chance.randint(10, 90))
    here = local(later, department)
    if next_working_day(here.date(), department) == here.date() and FIRST_HOUR <= here.hour <= LAST_HOUR:
        return later
    day = next_working_day(here.date() + timedelta(days=here.hour > LAST_HOUR), department)
    return max(moment_at(day, _hour(chance), department), after + timedelta(minutes=10))


def visit(chance: random.Random, after: datetime, department: str) -> datetime:
    """A moment at which a car may be brought, one to nine days on, on the half hour."""
    day = local(after, department).date() + timedelta(days=chance.randint(1, 9))
    while not is_visiting_day(day, department):
        day += timedelta(days=1)
    return moment_at(day, time(chance.randint(9, 16), chance.choice((0, 30))), department)


def _hour(chance: random.Random) -> time:
    return time(chance.randint(FIRST_HOUR, LAST_HOUR), chance.randint(0, 59))
