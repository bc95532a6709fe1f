"""The day before: the person is reminded of the appointment, by e-mail where they have an address, else by a call."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from mobiliz.accounts.actors import SYSTEM, Actor
from mobiliz.lib import clock
from referrals import notifications
from referrals.clock import local, previous_working_day, reminded_at
from referrals.models import Appointment, Assignment, Referral
from referrals.states import State, Verb
from referrals.transitions.core import begin_assignment, finish, overtaken


def is_due(appointment: Appointment) -> bool:
    """From nine in the morning, there, of the day before; a call is asked for on a day on which advisers work."""
    department = appointment.department
    day = local(appointment.starts_at, department).date()
    before = date.fromordinal(day.toordinal() - 1)
    has_address = bool(appointment.assignment.referral.beneficiary.email)
    on = before if has_address else previous_working_day(day, department)
    return reminded_at(on, department) <= clock.now() < appointment.starts_at


@transaction.atomic
def remind_of_appointment(appointment: Appointment) -> bool:
    """Once for each appointment: a message to the person, or a call for the adviser. Whether anything was written."""
    referral, held, live = _begin(appointment, SYSTEM)
    if not live.is_booked or live.reminded_for is not None or not is_due(live):
        return False
    live.reminded_for = local(live.starts_at, live.department).date()
    if referral.beneficiary.email:
        notifications.tell_person_of_appointment(live)
        _told(referral, held, live, "email", SYSTEM)
    else:
        live.save(update_fields=["reminded_for"])
        notifications.ask_for_a_call(live)
    return True


@transaction.atomic
def remind_person(appointment: Appointment, *, by: Actor) -> None:
    """An adviser had the person on the telephone: the call that was asked for is done."""
    referral, held, live = _begin(appointment, by)
    if not live.is_booked or live.has_begun or live.person_told_at is not None:
        raise overtaken(referral, held)
    live.reminded_for = local(live.starts_at, live.department).date()
    _told(referral, held, live, "telephone", by)


def _told(referral: Referral, held: Assignment, live: Appointment, how: str, by: Actor) -> None:
    live.person_told_at = clock.now()
    live.save(update_fields=["reminded_for", "person_told_at"])
    detail = {"appointment": str(live.status), "starts_at": live.starts_at.isoformat(), "how": how}
    finish(referral, Verb.REMIND_PERSON, State(referral.state), by=by, assignment=held, detail=detail)


def _begin(appointment: Appointment, by: Actor) -> tuple[Referral, Assignment, Appointment]:
    referral, held = begin_assignment(appointment.assignment, Verb.REMIND_PERSON, by=by)
    live = Appointment.objects.of_assignment(held).of_key(appointment.pk)
    live.assignment = held
    held.referral = referral
    return referral, held, live
