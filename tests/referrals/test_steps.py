"""What the clock does next: tables of cases around weekends, days off and late rounds; and what always holds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.clock import DEFAULT, Delays, is_working_day, zone_of
from referrals.states import CHASED, State
from referrals.steps import Situation, Step, look_at, next_step

LATE = datetime(2027, 6, 1, tzinfo=UTC)
START, END = (datetime.fromisoformat(text) for text in ("2025-01-01", "2027-01-01"))


def at(text: str) -> datetime:
    """A moment in Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=zone_of("75"))


def said(due):
    return (due.step.value, f"{due.at.astimezone(zone_of('75')):%Y-%m-%d %H:%M}") if due else None


def waiting(put: str, **facts) -> Situation:
    return Situation(State.WAITING, at(put), **facts)


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        # Tuesday: reminded on Wednesday, due on Thursday, lapsed on Friday
        (waiting("2026-11-24 10:00"), ("ask_again", "2026-11-25 09:00")),
        (
            waiting("2026-11-24 10:00", done={Step.ASK_AGAIN: at("2026-11-25 09:00")}),
            ("ask_backup", "2026-11-26 09:00"),
        ),
        (
            waiting(
                "2026-11-24 10:00",
                done={Step.ASK_AGAIN: at("2026-11-25 09:00"), Step.ASK_BACKUP: at("2026-11-26 09:00")},
            ),
            ("lapse", "2026-11-27 09:00"),
        ),
        # Friday evening counts from Monday
        (waiting("2026-11-27 17:30"), ("ask_again", "2026-12-01 09:00")),
        # before Christmas; in Alsace the 26th is a day off as well
        (waiting("2026-12-24 10:00"), ("ask_again", "2026-12-28 09:00")),
        (waiting("2025-12-24 10:00"), ("ask_again", "2025-12-26 09:00")),
        (waiting("2025-12-24 10:00", department="67"), ("ask_again", "2025-12-29 09:00")),
        # the night on which the clock goes back: nine o'clock stays nine o'clock
        (waiting("2026-10-23 10:00"), ("ask_again", "2026-10-26 09:00")),
        # a clock that stood still: the second reminder comes a working day after the first, however late that was
        (
            waiting("2026-11-24 10:00", done={Step.ASK_AGAIN: at("2026-11-27 14:00")}),
            ("ask_backup", "2026-11-30 09:00"),
        ),
        # paused by the adviser until Wednesday: it goes on on Thursday
        (waiting("2026-11-24 10:00", paused_until=date(2026, 12, 2)), ("ask_again", "2026-12-03 09:00")),
        # without a garage it is the adviser who is asked; in the queue nobody
        (waiting("2026-11-24 10:00", is_held=False), ("choose_garage", "2026-11-25 09:00")),
        (waiting("2026-11-24 10:00", is_held=False, is_queued=True), None),
        (Situation(State.REVIEW, at("2026-11-24 10:00")), ("review_late", "2026-11-26 09:00")),
        (Situation(State.ACCEPTED, at("2026-11-24 10:00")), ("no_appointment", "2026-12-01 09:00")),
        (
            Situation(State.ACCEPTED, at("2026-11-24 10:00"), appointment_at=at("2026-12-04 14:00")),
            ("no_quote", "2026-12-08 09:00"),
        ),
        (
            Situation(State.QUOTED, at("2026-11-24 10:00"), valid_until=date(2026, 12, 24)),
            ("call_person", "2026-12-17 09:00"),
        ),
        # valid for five days only: no reminder from before it was made
        (
            Situation(State.QUOTED, at("2026-11-24 10:00"), valid_until=date(2026, 11, 29)),
            ("call_person_last", "2026-11-27 09:00"),
        ),
        (Situation(State.AGREED, at("2026-11-24 10:00")), ("ask_repair", "2026-12-08 09:00")),
        (Situation(State.DRAFT, at("2026-11-24 10:00")), None),
        (Situation(State.COMPLETED, at("2026-11-24 10:00")), None),
    ],
)
def test_what_comes_next_and_when(situation, expected):
    assert said(next_step(situation, DEFAULT, at("2026-11-24 10:00"))) == expected


def test_a_quote_expires_on_its_day_whatever_was_paused_or_not_done():
    quoted = Situation(
        State.QUOTED, at("2026-11-01 10:00"), valid_until=date(2026, 11, 30), paused_until=date(2026, 12, 10)
    )
    assert said(next_step(quoted, DEFAULT, LATE)) == ("expire_quote", "2026-12-01 00:00")


def test_a_week_before_is_not_said_two_days_before():
    quoted = Situation(State.QUOTED, at("2026-11-01 10:00"), valid_until=date(2026, 11, 30))
    assert next_step(quoted, DEFAULT, at("2026-11-28 10:00")).step == Step.CALL_PERSON_LAST


def test_the_programmes_own_delays_are_those_that_count():
    slow = Delays(reminder=2, answer=4, lapse=5)
    assert said(next_step(waiting("2026-11-24 10:00"), slow, at("2026-11-24 10:00"))) == (
        "ask_again",
        "2026-11-26 09:00",
    )


SITUATIONS = st.builds(
    Situation,
    state=st.sampled_from(sorted(CHASED)),
    since=st.datetimes(START, END, timezones=st.just(UTC)),
    department=st.sampled_from(["75", "67", "971", "974", "976"]),
    is_held=st.booleans(),
    is_queued=st.booleans(),
    appointment_at=st.none() | st.datetimes(START, END, timezones=st.just(UTC)),
    valid_until=st.none() | st.dates(date(2025, 1, 1), date(2027, 2, 1)),
    paused_until=st.none() | st.dates(date(2025, 1, 1), date(2027, 2, 1)),
)


@given(SITUATIONS)
def test_the_clock_goes_through_each_step_once_and_comes_to_an_end(situation):
    done, days, now = {}, [], situation.since
    for _ in range(10):
        due = next_step(Situation(**{**_facts(situation), "done": done}), DEFAULT, now)
        if due is None:
            break
        assert due.step not in done
        now = max(now, due.at)
        done[due.step] = now
        if due.step != Step.EXPIRE_QUOTE:
            days.append(now.astimezone(zone_of(situation.department)).date())
    assert next_step(Situation(**{**_facts(situation), "done": done}), DEFAULT, now) is None
    # at most one step a working day, and a reminder of the clock's own never on a day off
    assert len(days) == len(set(days))


@given(SITUATIONS, st.datetimes(START, END, timezones=st.just(UTC)))
def test_there_is_always_a_next_look_and_no_reminder_is_written_during_a_pause(situation, now):
    assert look_at(situation, DEFAULT, now)
    due = next_step(situation, DEFAULT, now)
    if due and situation.paused_until and due.step != Step.EXPIRE_QUOTE:
        assert due.at.astimezone(zone_of(situation.department)).date() > situation.paused_until


@given(SITUATIONS)
def test_a_garage_that_says_nothing_is_asked_twice_before_it_loses_the_case(situation):
    if situation.state != State.WAITING or not situation.is_held:
        return
    steps, done, now = [], {}, situation.since + timedelta(days=40)
    while due := next_step(Situation(**{**_facts(situation), "done": done}), DEFAULT, now):
        now = max(now, due.at)
        assert is_working_day(due.at.astimezone(zone_of(situation.department)).date(), situation.department)
        done[due.step] = now
        steps.append(due.step)
    assert steps == [Step.ASK_AGAIN, Step.ASK_BACKUP, Step.LAPSE]


def _facts(situation):
    return {name: getattr(situation, name) for name in Situation.__dataclass_fields__}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-26 15:00", "2026-11-25 09:00"),  # late by a day, and people work: now
        ("2026-11-26 19:30", "2026-11-27 09:00"),  # in the evening: the next morning
        ("2026-11-28 11:00", "2026-11-30 09:00"),  # on a Saturday: on Monday
        ("2026-11-27 05:00", "2026-11-27 09:00"),  # before dawn: the same morning
    ],
)
def test_what_is_long_due_waits_for_the_hours_in_which_people_work(now, expected):
    due = next_step(waiting("2026-11-24 10:00"), DEFAULT, at(now))
    assert said(due) == ("ask_again", expected)
