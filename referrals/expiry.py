"""When whoever follows a case hears that the answer it rests on comes to its end. Pure: days in, yes or no out.

A quote is first issued on an answer that still counts: until there is one, it can be made again, and somebody has to.
"""

from __future__ import annotations

from datetime import date, timedelta

from referrals.clock import PARIS, is_working_day
from referrals.states import State

TOLD_DAYS = (
    14  # the last so many days, on the desk; and one line in the day's message, on the first working day of them
)
# While no quote is issued and no pilot examines: the sender's side may make the answer again
RENEWABLE = frozenset({State.DRAFT, State.WAITING, State.ACCEPTED})


def ends_soon(state: str, valid_until: date | None, today: date) -> bool:
    """Whether it is in its last days, itself included; what has ended already is told as ended."""
    if valid_until is None or State(state) not in RENEWABLE:
        return False
    return today <= valid_until <= last_told(today)


def is_over(state: str, valid_until: date | None, today: date) -> bool:
    """Whether no quote can be issued on it any more; once there is one, its end changes nothing."""
    return State(state) in RENEWABLE and valid_until is not None and valid_until < today


def last_told(today: date) -> date:
    """The latest end of which one hears today."""
    return today + timedelta(days=TOLD_DAYS)


def is_to_be_told(
    state: str,
    *,
    made_on: date,
    valid_until: date | None,
    today: date,
    paused_until: date | None = None,
    department: str = PARIS,
) -> bool:
    """Whether to write today: people work, it was not made today, and nobody waits on purpose."""
    if not ends_soon(state, valid_until, today) or today <= made_on:
        return False
    return is_working_day(today, department) and (paused_until is None or paused_until < today)
