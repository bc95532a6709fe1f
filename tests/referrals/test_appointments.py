"""When the car is seen: slots published and held, moments proposed, confirmed, moved, kept or missed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from referrals import transitions
from referrals.clock import is_visiting_day, local, moment_at
from referrals.models import Appointment, LogEntry, Slot
from referrals.states import DeclineReason, Outcome
from referrals.transitions import Overtaken, Refused
from tests.cast import actor
from tests.factories import journey
from tests.factories.journey import fresh, opening

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_monday_morning():
    """Friday is no day off, and the clock goes back two weeks before: what is tested does not depend on the day."""
    with clock.moved_to(datetime(2026, 11, 16, 8, tzinfo=UTC)):
        yield


def later(**delta):
    return clock.moved_to(clock.now() + timedelta(**delta))


def last_detail(assignment):
    return LogEntry.objects.of_assignment(assignment).latest_first().first().detail


# --- days and hours ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "department", "is_one"),
    [
        (date(2026, 11, 21), "42", True),  # a Saturday
        (date(2026, 11, 22), "42", False),  # a Sunday
        (date(2026, 12, 25), "42", False),
        (date(2026, 12, 26), "42", True),
        (date(2026, 12, 26), "67", False),  # Saint Stephen's in Alsace
        (date(2027, 12, 20), "42", True),
        (date(2027, 12, 20), "974", False),  # the abolition of slavery
    ],
)
def test_a_garage_may_be_open_on_saturdays_and_not_on_days_off(day, department, is_one):
    assert is_visiting_day(day, department) is is_one


@pytest.mark.parametrize(
    ("day", "department", "utc_hour"),
    [
        (date(2026, 10, 23), "42", 8),  # the last working day of summer time
        (date(2026, 10, 26), "42", 9),
        (date(2027, 3, 26), "42", 9),
        (date(2027, 3, 29), "42", 8),
        (date(2026, 10, 26), "974", 6),  # La Réunion keeps its time
        (date(2026, 10, 26), "971", 14),
    ],
)
def test_ten_in_the_morning_is_ten_in_the_morning_on_both_sides_of_a_change_of_time(day, department, utc_hour):
    moment = moment_at(day, time(10), department)
    assert (moment.hour, local(moment, department).time()) == (utc_hour, time(10))


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2026, 11, 22, 9, tzinfo=UTC), "day_off"),
        (datetime(2026, 12, 25, 9, tzinfo=UTC), "day_off"),
        (datetime(2026, 11, 17, 3, tzinfo=UTC), "garage_shut"),
        (datetime(2026, 11, 13, 9, tzinfo=UTC), "past"),
        (datetime(2027, 4, 13, 9, tzinfo=UTC), "too_far"),
    ],
)
def test_a_moment_at_which_nobody_is_there_is_refused_in_words(adviser, workshop, moment, code):
    assignment = journey.accepted(adviser, workshop)
    with pytest.raises(Refused) as refused:
        transitions.propose_appointment(assignment, starts_at=moment, by=actor(workshop))
    assert (refused.value.code, refused.value.field) == (code, "starts_at")


def test_the_hours_that_a_garage_has_given_are_kept(adviser, workshop, garage):
    garage.opening_hours = {"1": [["14:00", "18:00"]]}
    garage.save(update_fields=["opening_hours"])
    assignment = journey.accepted(adviser, workshop)
    with pytest.raises(Refused, match=r"est fermé le mardi.17.novembre à 10"):
        transitions.propose_appointment(
            assignment, starts_at=moment_at(date(2026, 11, 17), time(10)), by=actor(workshop)
        )
    made = transitions.propose_appointment(
        assignment, starts_at=moment_at(date(2026, 11, 17), time(14)), by=actor(workshop)
    )
    assert made.status == "proposed"


# --- slots ------------------------------------------------------------------------------------------------
def test_a_garage_publishes_moments_and_twice_is_once(workshop, garage):
    moments = [opening(1), opening(1, 11), opening(2)]
    assert transitions.publish_slots(garage, moments=moments, note="diagnostic", by=actor(workshop)) == 3
    assert transitions.publish_slots(garage, moments=[*moments, opening(3)], by=actor(workshop)) == 1
    assert Slot.objects.published().of_garage(garage.pk).count() == 4


def test_one_bad_moment_publishes_nothing(workshop, garage):
    with pytest.raises(Refused):
        transitions.publish_slots(
            garage, moments=[opening(1), datetime(2026, 11, 22, 9, tzinfo=UTC)], by=actor(workshop)
        )
    assert not Slot.objects.exists()


@pytest.mark.parametrize(
    ("who", "may"),
    [("reception", True), ("owner", True), ("other_garage_workshop", False), ("adviser", False), ("pilot", False)],
)
def test_only_the_garage_itself_publishes(garage, member, who, may):
    act = lambda: transitions.publish_slots(garage, moments=[opening(1)], by=actor(member(who)))  # noqa: E731
    if may:
        assert act() == 1
    else:
        with pytest.raises(PermissionDenied):
            act()


def test_a_slot_held_while_sending_is_free_again_when_nothing_was_sent(adviser, colleague, workshop):
    slot, referral = journey.slot(workshop), journey.ready(adviser)
    transitions.hold_slot(referral, slot=slot, by=actor(adviser))
    other = journey.ready(colleague, last_name="Diallo")
    with pytest.raises(Refused, match="n’est plus libre chez Garage de la Loire"):
        transitions.hold_slot(other, slot=slot, by=actor(colleague))
    with later(minutes=31):
        transitions.hold_slot(other, slot=slot, by=actor(colleague))
    assert fresh(slot).taken_for == other


def test_another_slot_held_lets_the_first_go(adviser, workshop):
    referral, first, second = journey.ready(adviser), journey.slot(workshop), journey.slot(workshop, opening(5))
    transitions.hold_slot(referral, slot=first, by=actor(adviser))
    transitions.hold_slot(referral, slot=second, by=actor(adviser))
    assert (fresh(first).taken_for, fresh(second).taken_for) == (None, referral)
    transitions.hold_slot(referral, slot=None, by=actor(adviser))
    assert fresh(second).taken_for is None


def test_a_slot_sent_with_is_held_until_the_garage_answers(adviser, workshop, garage):
    slot = journey.slot(workshop)
    assignment = transitions.send(journey.ready(adviser), garage=garage, slot=slot, by=actor(adviser))
    with later(days=2):
        assert not fresh(slot).is_free
    assert last_detail(assignment)["slot"] == slot.starts_at.isoformat()


ENDS = {
    "decline": lambda held, by, _a: transitions.decline(held, reason=DeclineReason.NO_CAPACITY, by=by),
    "unsend": lambda held, _b, adviser: transitions.unsend(held.referral, by=adviser),
    "lapse": lambda held, _b, _a: transitions.lapse(held, by=SYSTEM),
    "withdraw": lambda held, _b, adviser: transitions.withdraw(held.referral, reason="Non", by=adviser),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_slot_is_free_again_when_the_garage_does_not_take_it(adviser, workshop, garage, end):
    slot = journey.slot(workshop)
    held = transitions.send(journey.ready(adviser), garage=garage, slot=slot, by=actor(adviser))
    ENDS[end](held, actor(workshop), actor(adviser))
    assert fresh(slot).is_free


def test_a_slot_of_another_garage_is_not_held(adviser, garage, other_garage_workshop):
    slot = journey.slot(other_garage_workshop)
    with pytest.raises(Refused, match="pas celui de ce garage"):
        transitions.send(journey.ready(adviser), garage=garage, slot=slot, by=actor(adviser))


def test_a_slot_that_somebody_has_is_not_withdrawn(adviser, workshop, garage):
    slot = journey.slot(workshop)
    transitions.send(journey.ready(adviser), garage=garage, slot=slot, by=actor(adviser))
    with pytest.raises(Refused, match="est pris"):
        transitions.withdraw_slot(slot, by=actor(workshop))


def test_a_slot_withdrawn_can_be_published_again(workshop, garage):
    slot = journey.slot(workshop)
    transitions.withdraw_slot(slot, by=actor(workshop))
    transitions.withdraw_slot(slot, by=actor(workshop))
    again = journey.slot(workshop, slot.starts_at)
    assert again.pk != slot.pk


# --- with the garage's answer -----------------------------------------------------------------------------
def test_accepting_without_a_word_books_the_slot_that_was_held(adviser, workshop, garage):
    slot = journey.slot(workshop, minutes=60)
    assignment = transitions.send(journey.ready(adviser), garage=garage, slot=slot, by=actor(adviser))
    transitions.accept(assignment, by=actor(workshop))
    [made] = assignment.appointments.all()
    assert (made.status, made.starts_at, made.minutes, made.slot) == ("booked", slot.starts_at, 60, slot)
    assert last_detail(assignment)["appointment"] == "booked"


def test_accepting_at_another_moment_proposes_it_and_frees_the_slot(adviser, workshop, garage):
    slot = journey.slot(workshop)
    assignment = transitions.send(journey.ready(adviser), garage=garage, slot=slot, by=actor(adviser))
    transitions.accept(assignment, slot=opening(6), by=actor(workshop))
    [made] = assignment.appointments.all()
    assert (made.status, made.starts_at, made.proposed_side) == ("proposed", opening(6), "garage")
    assert fresh(slot).is_free


def test_accepting_without_slot_nor_moment_fixes_nothing(adviser, workshop):
    assert not journey.accepted(adviser, workshop).appointments.exists()


def test_a_bad_moment_does_not_accept(adviser, workshop, garage):
    assignment = journey.sent(adviser, garage)
    with pytest.raises(Refused):
        transitions.accept(assignment, slot=clock.now() - timedelta(hours=1), by=actor(workshop))
    assert fresh(assignment).accepted_at is None


def test_a_held_slot_whose_time_has_passed_is_not_booked(adviser, workshop, garage):
    slot = journey.slot(workshop, opening(1))
    assignment = transitions.send(journey.ready(adviser), garage=garage, slot=slot, by=actor(adviser))
    with later(days=2):
        transitions.accept(assignment, by=actor(workshop))
    assert not assignment.appointments.exists()


# --- both sides say yes -----------------------------------------------------------------------------------
def test_what_a_garage_proposes_the_adviser_confirms(adviser, workshop):
    proposed = journey.appointment(journey.accepted(adviser, workshop), workshop, is_agreed=False)
    booked = transitions.confirm_appointment(proposed, needs_accompaniment=True, by=actor(adviser))
    assert (booked.status, booked.needs_accompaniment) == ("booked", True)


def test_confirmed_twice_says_by_whom(adviser, workshop):
    proposed = journey.appointment(journey.accepted(adviser, workshop), workshop, is_agreed=False)
    transitions.confirm_appointment(proposed, by=actor(adviser))
    with pytest.raises(Overtaken, match="rendez-vous confirmé par Aline Dubois"):
        transitions.confirm_appointment(proposed, by=actor(adviser))


def test_an_adviser_books_a_published_slot_at_once_and_proposes_any_other_moment(adviser, workshop):
    slot, assignment = journey.slot(workshop), journey.accepted(adviser, workshop)
    booked = transitions.propose_appointment(assignment, starts_at=slot.starts_at, by=actor(adviser))
    assert (booked.status, booked.slot) == ("booked", slot)
    moved = transitions.move_appointment(booked, starts_at=opening(8, 15), by=actor(adviser))
    assert (moved.status, moved.slot, moved.proposed_side) == ("proposed", None, "sender")
    assert fresh(slot).is_free


def test_moved_it_is_the_same_event_one_number_further(adviser, workshop):
    first = journey.appointment(journey.accepted(adviser, workshop), workshop)
    moved = transitions.move_appointment(first, starts_at=opening(9), is_agreed=True, by=actor(workshop))
    assert (moved.event_uid, moved.sequence, moved.replaces) == (first.event_uid, 1, first)
    assert fresh(first).status == "moved"
    assert last_detail(moved.assignment)["before"] == first.starts_at.isoformat()


def test_one_appointment_at_a_time(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    journey.appointment(assignment, workshop)
    with pytest.raises(Refused, match=r"déjà prévu le lundi.23.novembre à 10"):
        transitions.propose_appointment(assignment, starts_at=opening(9), by=actor(adviser))
    with pytest.raises(Overtaken):
        transitions.propose_appointment(assignment, starts_at=opening(7), by=actor(workshop))


def test_a_proposal_left_until_it_passed_gives_way_to_another(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    old = journey.appointment(assignment, workshop, is_agreed=False)
    with later(days=8):
        transitions.propose_appointment(assignment, starts_at=opening(3), by=actor(workshop))
        with pytest.raises(Overtaken):
            transitions.confirm_appointment(old, by=actor(adviser))
    assert fresh(old).status == "cancelled"


def test_a_moment_that_passed_is_not_confirmed(adviser, workshop):
    proposed = journey.appointment(journey.accepted(adviser, workshop), workshop, is_agreed=False)
    with later(days=8), pytest.raises(Refused, match="est passé"):
        transitions.confirm_appointment(proposed, by=actor(adviser))


def test_cancelled_it_leaves_room_for_another(adviser, workshop):
    slot, assignment = journey.slot(workshop), journey.accepted(adviser, workshop)
    made = transitions.propose_appointment(assignment, starts_at=slot.starts_at, by=actor(adviser))
    transitions.cancel_appointment(made, why="Travaille ce jour-là", by=actor(adviser))
    assert fresh(slot).is_free
    assert journey.appointment(assignment, workshop).is_live


@pytest.mark.parametrize("who", ["other_adviser", "other_garage_workshop", "pilot", "volunteer", "administrator"])
def test_nobody_else_moves_it(adviser, workshop, member, who):
    made = journey.appointment(journey.accepted(adviser, workshop), workshop)
    with pytest.raises(PermissionDenied):
        transitions.move_appointment(made, starts_at=opening(9), by=actor(member(who)))


# --- afterwards -------------------------------------------------------------------------------------------
def test_the_person_came_is_said_after_the_hour_and_once(adviser, workshop):
    made = journey.appointment(journey.accepted(adviser, workshop), workshop)
    with pytest.raises(Refused, match="revenez après cette heure"):
        transitions.keep_appointment(made, by=actor(workshop))
    with later(days=8):
        transitions.keep_appointment(made, by=actor(workshop))
        with pytest.raises(Overtaken):
            transitions.keep_appointment(made, by=actor(workshop))
    assert fresh(made).status == "kept"


def test_nobody_is_missing_before_the_hour(adviser, workshop):
    made = journey.appointment(journey.accepted(adviser, workshop), workshop)
    with pytest.raises(Refused, match="revenez après cette heure"):
        transitions.no_show(made.assignment, by=actor(workshop))
    assert fresh(made).status == "booked"


def test_nobody_is_missing_who_was_not_told(adviser, workshop):
    made = journey.appointment(journey.accepted(adviser, workshop), workshop, is_agreed=False)
    with later(days=8), pytest.raises(Refused, match="n’a pas été confirmé"):
        transitions.no_show(made.assignment, by=actor(workshop))


def test_a_no_show_marks_the_appointment_and_the_second_closes(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    first = journey.appointment(assignment, workshop)
    with later(days=8):
        transitions.no_show(assignment, by=actor(workshop))
        second = journey.appointment(assignment, workshop, starts_at=opening(3))
    with later(days=15):
        transitions.no_show(assignment, by=actor(workshop))
    assert {fresh(first).status, fresh(second).status} == {"missed"}
    referral = fresh(assignment).referral
    assert (referral.state, referral.outcome) == ("closed", Outcome.UNREACHABLE)


def test_a_quote_after_the_hour_says_that_the_person_came(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    made = journey.appointment(assignment, workshop)
    with later(days=8):
        transitions.issue_quote(assignment, lines=journey.LINES, by=actor(workshop))
    assert fresh(made).status == "kept"


def test_what_is_to_come_is_off_when_the_garage_gives_the_referral_back(adviser, workshop):
    made = journey.appointment(journey.accepted(adviser, workshop), workshop)
    transitions.give_back(made.assignment, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    assert fresh(made).status == "cancelled"


# --- what the database itself refuses ---------------------------------------------------------------------
def _copy(appointment, **changes):
    names = ("assignment", "starts_at", "status", "slot", "proposed_side")
    return Appointment(**{**{name: getattr(appointment, name) for name in names}, **changes})


def test_the_database_knows_one_live_appointment_an_assignment(adviser, workshop):
    made = journey.appointment(journey.accepted(adviser, workshop), workshop)
    with pytest.raises(IntegrityError, match="appointment_one_live"), transaction.atomic():
        _copy(made, starts_at=opening(9)).save()


def test_the_database_books_a_slot_once(adviser, workshop):
    slot, assignment = journey.slot(workshop), journey.accepted(adviser, workshop)
    made = transitions.propose_appointment(assignment, starts_at=slot.starts_at, by=actor(adviser))
    other = journey.accepted(adviser, workshop, last_name="Diallo")
    with pytest.raises(IntegrityError, match="appointment_slot_once"), transaction.atomic():
        _copy(made, assignment=other).save()


def test_the_database_judges_no_appointment_before_its_time(adviser, workshop):
    made = journey.appointment(journey.accepted(adviser, workshop), workshop)
    with pytest.raises(IntegrityError, match="appointment_judged_afterwards"), transaction.atomic():
        _copy(made, status="missed").save()


# --- who sees it ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "sees"),
    [("adviser", True), ("other_adviser", False), ("workshop", True), ("reception", True), ("pilot", True),
     ("other_garage_workshop", False), ("other_regional_pilot", False), ("volunteer", False), ("stranger", False),
     ("administrator", False)],
)  # fmt: skip
def test_an_appointment_is_seen_by_both_sides(adviser, workshop, member, who, sees):
    journey.appointment(journey.accepted(adviser, workshop), workshop)
    assert Appointment.objects.visible_to(actor(member(who))).exists() is sees


def test_after_a_hand_over_the_garage_sees_no_appointment(adviser, workshop):
    made = journey.appointment(journey.accepted(adviser, workshop), workshop)
    transitions.give_back(made.assignment, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    assert not Appointment.objects.visible_to(actor(workshop)).exists()


@pytest.mark.parametrize(
    ("who", "sees"),
    [("adviser", True), ("other_adviser", True), ("workshop", True), ("other_garage_workshop", False),
     ("administrator", False), ("stranger", False)],
)  # fmt: skip
def test_slots_are_open_to_whoever_sends(workshop, member, who, sees):
    journey.slot(workshop)
    assert Slot.objects.visible_to(actor(member(who))).exists() is sees
