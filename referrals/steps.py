"""What the clock does next with a referral, and when: reminders, the back-up, the next garage, an offer's end. Pure.

One step at a time, and at most one a working day: whoever was not reached by the first still gets the second, and a
clock that stood still for two days catches up without a storm. What the law or a paper dates does not wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from referrals.clock import (
    CALL_AGAIN_DAYS,
    DUE_AT,
    LAST_CALL_DAYS,
    PARIS,
    REMINDED_AT,
    REPAIR_WORKING_DAYS,
    Delays,
    chase,
    due_on,
    expires_at,
    is_working_day,
    next_working_day,
    reminded_at,
    zone_of,
)
from referrals.states import State


class Step(StrEnum):
    ASK_AGAIN = "ask_again"  # the garage's first contact
    ASK_BACKUP = "ask_backup"  # due today: its back-up, and the adviser is told
    LAPSE = "lapse"  # the next garage
    CHOOSE_GARAGE = "choose_garage"  # nobody was asked: the adviser chooses
    CHOOSE_GARAGE_AGAIN = "choose_garage_again"
    REVIEW_LATE = "review_late"  # a pilot has not decided
    NO_APPOINTMENT = "no_appointment"
    NO_QUOTE = "no_quote"  # two days after the appointment
    CALL_PERSON = "call_person"  # a week before the quote expires
    CALL_PERSON_LAST = "call_person_last"
    EXPIRE_QUOTE = "expire_quote"
    ASK_REPAIR = "ask_repair"  # how far has it come?
    ASK_REPAIR_AGAIN = "ask_repair_again"


# What is done on its day, whatever was done the day before and whoever paused the reminders
ON_ITS_DAY = frozenset({Step.EXPIRE_QUOTE})
# Of these, one that comes too late for its purpose gives way to the next
OVERTAKEN_BY_THE_NEXT = frozenset({Step.CALL_PERSON})
LOOK_AGAIN_DAYS = 7  # where nothing is to be done by itself


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a referral stands; moments are aware.

    `since`: put to the garage, accepted, agreed, sent for review, or left without a garage. `department`: whose working
    days count, the garage's or, without one, the person's. `done`: which steps were taken since then, and when.
    """

    state: State
    since: datetime
    department: str = PARIS
    is_held: bool = True
    is_queued: bool = False
    appointment_at: datetime | None = None
    valid_until: date | None = None
    paused_until: date | None = None
    done: Mapping[Step, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    step: Step
    at: datetime


def next_step(situation: Situation, delays: Delays, now: datetime) -> Due | None:
    """The next thing that the clock does by itself, perhaps long due; None where only people act."""
    left = [one for one in _plan(situation, delays) if one.step not in situation.done]
    while len(left) > 1 and left[0].step in OVERTAKEN_BY_THE_NEXT and left[1].at <= now:
        left.pop(0)
    if not left:
        return None
    first = left[0]
    if first.step in ON_ITS_DAY:
        return first
    at = max([first.at, *_not_before(situation)])
    soonest = Due(first.step, _while_people_work(at, now, situation.department))
    dated = next((one for one in left[1:] if one.step in ON_ITS_DAY), None)
    return dated if dated and dated.at <= soonest.at else soonest


def look_at(situation: Situation, delays: Delays, now: datetime) -> datetime:
    """When the clock has to look at it again."""
    due = next_step(situation, delays, now)
    return due.at if due else now + timedelta(days=LOOK_AGAIN_DAYS)


def _plan(situation: Situation, delays: Delays) -> list[Due]:
    """The steps of this state in their order, with the moments for which they were meant."""
    match situation.state:
        case State.WAITING if situation.is_held:
            meant = chase(situation.since, delays, situation.department)
            return [
                Due(Step.ASK_AGAIN, meant.reminder_at),
                Due(Step.ASK_BACKUP, meant.backup_at),
                Due(Step.LAPSE, meant.lapse_at),
            ]
        case State.WAITING if not situation.is_queued:
            return [
                Due(Step.CHOOSE_GARAGE, _morning(situation, delays.reminder)),
                Due(Step.CHOOSE_GARAGE_AGAIN, _morning(situation, delays.lapse)),
            ]
        case State.REVIEW:
            return [Due(Step.REVIEW_LATE, _morning(situation, delays.review))]
        case State.ACCEPTED:
            return _until_a_quote(situation, delays)
        case State.QUOTED if situation.valid_until:
            return _until_an_answer(situation, situation.valid_until)
        case State.AGREED:
            return [
                Due(Step.ASK_REPAIR, _morning(situation, REPAIR_WORKING_DAYS)),
                Due(Step.ASK_REPAIR_AGAIN, _morning(situation, 2 * REPAIR_WORKING_DAYS)),
            ]
    return []


def _until_a_quote(situation: Situation, delays: Delays) -> list[Due]:
    if situation.appointment_at is None:
        return [Due(Step.NO_APPOINTMENT, _morning(situation, delays.appointment))]
    day = due_on(situation.appointment_at, delays.quote, situation.department)
    return [Due(Step.NO_QUOTE, reminded_at(day, situation.department))]


def _until_an_answer(situation: Situation, valid_until: date) -> list[Due]:
    """A reminder that would come before the quote itself is none."""
    calls = [(Step.CALL_PERSON, CALL_AGAIN_DAYS), (Step.CALL_PERSON_LAST, LAST_CALL_DAYS)]
    meant = [
        Due(step, reminded_at(valid_until - timedelta(days=before), situation.department)) for step, before in calls
    ]
    end = Due(Step.EXPIRE_QUOTE, expires_at(valid_until, situation.department))
    return [*(one for one in meant if one.at > situation.since), end]


def _morning(situation: Situation, working_days: int) -> datetime:
    return reminded_at(due_on(situation.since, working_days, situation.department), situation.department)


def _while_people_work(at: datetime, now: datetime, department: str) -> datetime:
    """What is long due waits for the hours in which somebody can act on it: nobody is written to on a Sunday."""
    local = now.astimezone(zone_of(department))
    is_open = is_working_day(local.date(), department) and REMINDED_AT <= local.time() < DUE_AT
    if at > now or is_open:
        return at
    day = local.date() if local.time() < REMINDED_AT else local.date() + timedelta(days=1)
    return reminded_at(next_working_day(day, department), department)


def _not_before(situation: Situation) -> list[datetime]:
    """The morning of the working day after the last step, and after a pause."""
    zone = zone_of(situation.department)
    last = [max(situation.done.values()).astimezone(zone).date()] if situation.done else []
    ended = [situation.paused_until] if situation.paused_until else []
    return [
        reminded_at(next_working_day(day + timedelta(days=1), situation.department), situation.department)
        for day in (*last, *ended)
    ]
