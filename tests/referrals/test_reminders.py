"""The day before an appointment the person is reminded of it: once, by e-mail, or by a call that the adviser notes."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import PermissionDenied

from mobiliz.lib import clock
from mobiliz.outbox.actions import letter_of
from mobiliz.outbox.models import Message
from referrals import transitions
from referrals.clock import moment_at, previous_working_day
from referrals.models import LogEntry
from referrals.tasks import remind_of_appointments
from referrals.transitions import Overtaken
from tests.cast import actor
from tests.factories import journey
from tests.factories.journey import fresh

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)


@pytest.fixture(autouse=True)
def _on_a_monday_morning():
    with clock.moved_to(datetime(2026, 11, 16, 8, tzinfo=UTC)):
        yield


@pytest.fixture
def booked(adviser, workshop):
    """On Wednesday at 10:00, for someone with an e-mail address."""
    return _booked(adviser, workshop, email="nadia@exemple.example")


def _booked(adviser, workshop, day=WEDNESDAY, **person):
    held = journey.accepted(adviser, workshop, **person)
    return journey.appointment(held, workshop, starts_at=moment_at(day, time(10)))


def at(day, hour, minute=0):
    return clock.moved_to(moment_at(day, time(hour, minute)))


def run(day, hour):
    with at(day, hour):
        return remind_of_appointments()


def letters():
    return list(Message.objects.filter(template="referrals/appointment_tomorrow"))


def calls():
    return list(Message.objects.filter(key__startswith="call:"))


TUESDAY = date(2026, 11, 17)


def test_the_day_before_from_nine_on_and_once(booked):
    assert run(TUESDAY, 8) == 0
    assert run(TUESDAY, 9) == 1
    assert run(TUESDAY, 10) == 0
    [message] = letters()
    assert message.recipient_email == "nadia@exemple.example"
    assert fresh(booked).person_told_at


def test_the_letter_says_when_where_and_whom_to_call(booked, garage):
    run(TUESDAY, 9)
    letter = letter_of(letters()[0])
    text = letter.text.replace("\u00a0", " ")
    for said in ("Nadia", "mercredi 18 novembre à 10 h", garage.address, "Aline Dubois (Wimoov)", "carte grise"):
        assert said in text
    assert "Rappel : votre rendez-vous au garage" in letter.subject.replace("\u00a0", " ")
    assert "Benali" not in text


def test_the_log_knows_and_both_sides_may_read_it(booked):
    run(TUESDAY, 9)
    entry = LogEntry.objects.of_assignment(booked.assignment).latest_first().first()
    assert (entry.verb, entry.detail["how"], entry.actor_kind) == ("remind_person", "email", "system")


def test_missed_by_a_day_it_still_goes_before_the_hour_and_not_after(booked):
    assert run(WEDNESDAY, 11) == 0
    assert run(WEDNESDAY, 8) == 1


def test_moved_the_reminder_moves_too(booked, workshop):
    run(TUESDAY, 9)
    later = moment_at(date(2026, 11, 20), time(14))
    transitions.move_appointment(booked, starts_at=later, is_agreed=True, by=actor(workshop))
    assert run(WEDNESDAY, 9) == 0
    assert run(date(2026, 11, 19), 9) == 1
    assert "vendredi 20 novembre à 14 h" in letter_of(letters()[-1]).text.replace("\u00a0", " ")


@pytest.mark.parametrize("what", ["proposed", "cancelled", "withdrawn"])
def test_what_is_not_certain_or_off_is_not_reminded_of(adviser, workshop, booked, what):
    if what == "proposed":
        transitions.move_appointment(
            booked, starts_at=moment_at(WEDNESDAY, time(14)), by=actor(adviser)
        )  # the garage has not said yes
    elif what == "cancelled":
        transitions.cancel_appointment(booked, why="Malade", by=actor(adviser))
    else:
        transitions.withdraw(booked.assignment.referral, reason="Non", by=actor(adviser), withdraws_consent=True)
    assert run(TUESDAY, 9) == 0
    assert not letters()


# --- by telephone -----------------------------------------------------------------------------------------
def test_without_an_address_the_adviser_is_asked_to_call(adviser, workshop):
    made = _booked(adviser, workshop, email="")
    assert run(TUESDAY, 9) == 1
    assert run(TUESDAY, 10) == 0
    [message] = calls()
    assert message.recipient_email == adviser.user.email
    assert message.digest_on is None  # tomorrow would be too late
    assert "Benali" not in str(message.context)
    assert fresh(made).person_told_at is None


def test_the_call_is_noted_once(adviser, colleague, workshop):
    made = _booked(adviser, workshop, email="")
    run(TUESDAY, 9)
    with at(TUESDAY, 10):
        transitions.remind_person(made, by=actor(adviser))
        with pytest.raises(Overtaken, match="rendez-vous rappelé à la personne par Aline Dubois"):
            transitions.remind_person(made, by=actor(colleague))
    assert fresh(made).person_told_at


def test_a_call_before_a_monday_is_asked_for_on_friday(adviser, workshop):
    _booked(adviser, workshop, day=date(2026, 11, 23), email="")
    assert run(date(2026, 11, 19), 18) == 0
    assert run(date(2026, 11, 20), 9) == 1


def test_a_garage_notes_no_call(adviser, workshop):
    made = _booked(adviser, workshop, email="")
    with pytest.raises(PermissionDenied):
        transitions.remind_person(made, by=actor(workshop))


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 11, 18), date(2026, 11, 17)),
        (date(2026, 11, 23), date(2026, 11, 20)),
        (date(2026, 11, 12), date(2026, 11, 10)),  # the day after the eleventh of November
        (date(2026, 12, 28), date(2026, 12, 24)),
    ],
)
def test_the_working_day_before(day, before):
    assert previous_working_day(day) == before


# --- many at once -----------------------------------------------------------------------------------------
def test_each_person_is_written_to_and_one_whose_appointment_is_off_is_not(adviser, workshop, garage):
    garage.weekly_cap = 10
    garage.save(update_fields=["weekly_cap"])
    made = [_booked(adviser, workshop, last_name=name, email=f"{name}@x.example") for name in ("Un", "Deux", "Trois")]
    with at(TUESDAY, 9):
        transitions.cancel_appointment(made[1], why="Malade", by=actor(adviser))
        assert remind_of_appointments() == 2
    assert {message.recipient_email for message in letters()} == {"Un@x.example", "Trois@x.example"}


def test_the_time_of_the_place_decides(adviser, workshop, garage):
    """Nine o'clock in Guadeloupe is two in the afternoon in Paris."""
    held = journey.accepted(adviser, workshop, email="nadia@exemple.example")
    made = journey.appointment(held, workshop, starts_at=moment_at(WEDNESDAY, time(10), "42"))
    made.assignment.garage.commune.department_id = "971"
    with clock.moved_to(datetime(2026, 11, 17, 9, tzinfo=UTC)):
        assert not transitions.is_reminder_due(made)
    with clock.moved_to(datetime(2026, 11, 17, 13, 1, tzinfo=UTC)):
        assert transitions.is_reminder_due(made)


def test_the_hour_of_winter_is_kept(adviser, workshop):
    with clock.moved_to(datetime(2026, 10, 20, 8, tzinfo=UTC)):
        held = journey.accepted(adviser, workshop, email="nadia@exemple.example")
        journey.appointment(held, workshop, starts_at=moment_at(date(2026, 10, 26), time(10)))
        assert run(date(2026, 10, 25), 8) == 0
        assert run(date(2026, 10, 25), 9) == 1
