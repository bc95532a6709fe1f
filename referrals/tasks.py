"""What happens to referrals by itself: tasks find what is due, call a verb, decide nothing."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.db import transaction

from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from mobiliz.lib.periods import iso_week_monday
from mobiliz.outbox.models import Message
from referrals import attachments, photos, transitions, unfinished
from referrals.clock import Delays
from referrals.delays import delays_on
from referrals.models import Appointment, Assignment, Referral
from referrals.states import End, State
from referrals.transitions.undelivered import ABOUT

log = structlog.get_logger(__name__)

BATCH = 200
LOOKS_AT_ONCE = 50
REMINDED_WITHIN_DAYS = 6  # a call before a long week-end is asked for on its last working day


@shared_task
def look_at_what_is_due() -> int:
    """The clock's round: a batch is claimed, each of it looked at by itself. How many steps were taken."""
    claimed = transitions.claim_due(LOOKS_AT_ONCE)
    delays = delays_on(clock.today()) if claimed else None
    return sum(_look(referral, delays) for referral in claimed)


def _look(referral: Referral, delays: Delays | None) -> bool:
    """One that fails comes back with its attempts counted, and holds up none of the others."""
    try:
        return transitions.look(referral, delays=delays) is not None
    except transitions.Overtaken:
        return False  # someone acted in the meantime
    except Exception:
        log.exception("the clock could not look at a referral")
        return False


@shared_task
def report_what_the_clock_gave_up() -> int:
    """Referrals at which every look failed: a pilot is told of each. How many."""
    rows = Referral.objects.given_up(transitions.MOST_ATTEMPTS)[:BATCH]
    return _each(rows, lambda one: transitions.report_given_up(one, by=SYSTEM))


@shared_task
def tell_of_messages_that_were_lost() -> int:
    """Refused, returned or given up: how many were told of."""
    lost = Message.objects.losses_to_tell(ABOUT)[:LOOKS_AT_ONCE]
    return sum(transitions.tell_undelivered(message) for message in lost)


@shared_task
def move_on_from_garages_that_left() -> int:
    """A garage only changes its status. What waits there goes to the next; once it has closed, so does what it had
    accepted or quoted, and each repair agreed there becomes a pilot's incident. How many were moved or reported."""
    if not Assignment.objects.held_by_inactive().exists():
        return 0  # as nearly always
    waiting = Assignment.objects.waiting_in_vain().with_all()[:BATCH]
    begun = Assignment.objects.held_by_closed(State.ACCEPTED, State.QUOTED).with_all()[:BATCH]
    agreed = Assignment.objects.agreed_at_closed_and_unreported().with_all()[:BATCH]
    return (
        _each(waiting, _unless_in_hand(lambda one: transitions.lapse(one, by=SYSTEM, end=End.GARAGE_LEFT)))
        + _each(begun, _unless_in_hand(lambda one: transitions.give_back_as_closed(one, by=SYSTEM)))
        + _each(agreed, _unless_in_hand(lambda one: transitions.report_closed_garage(one, by=SYSTEM)))
    )


@shared_task
def serve_the_queue() -> int:
    """Each place that has opened goes to the one that waits longest for such a place. How many went to a garage."""
    if not Referral.objects.queued().exists():
        return 0
    waiting = Referral.objects.queued().near_a_place(iso_week_monday(clock.today()))
    rows = waiting.longest_queued_first()[:BATCH]
    return _each(rows, lambda one: transitions.take_place(one, by=SYSTEM) is not None)


@shared_task
def report_long_waits() -> int:
    """Those that wait for a place for longer than the programme allows: a pilot is told. How many."""
    some_days_ago = clock.now() - timedelta(days=delays_on(clock.today()).queue)
    rows = Referral.objects.queued_unreported().queued_before(some_days_ago).longest_queued_first()[:BATCH]
    return _each(rows, lambda one: transitions.report_long_wait(one, by=SYSTEM))


def _each(rows: Iterable[Any], act: Callable[[Any], bool]) -> int:
    """One transaction each, so that none keeps the others from moving. How many did something."""
    done = 0
    for row in rows:
        try:
            done += act(row)
        except transitions.Overtaken:
            continue  # someone acted in the meantime: nothing is left to do
        except Exception:
            log.exception("a referral could not be moved", kind=type(row).__name__, pk=row.pk)
    return done


def _unless_in_hand(act: Callable[[Assignment], Any]) -> Callable[[Assignment], bool]:
    """Passes over a referral to which somebody is doing something now: the next run comes back to it."""

    @transaction.atomic
    def act_if_free(assignment: Assignment) -> bool:
        is_free = Referral.objects.all().free_to_lock(assignment.referral)
        if is_free:
            act(assignment)
        return is_free

    return act_if_free


@shared_task
def forget_what_was_not_submitted() -> int:
    """What was typed at a step and left for two weeks; how many there were."""
    return unfinished.forget_old()


@shared_task
def remove_stray_photo_files() -> int:
    """Files of photos that were taken away, or never came to be. How many were removed."""
    return photos.remove_stray_files()


@shared_task
def remove_stray_attachments() -> int:
    """Files of messages that never came to be. How many were removed."""
    return attachments.remove_stray_files()


@shared_task
def remind_of_appointments() -> int:
    """The day before, once for each: the person is written to, or the adviser asked to call. How many."""
    until = clock.now() + timedelta(days=REMINDED_WITHIN_DAYS)
    rows = Appointment.objects.perhaps_to_remind(until).for_page()[:BATCH]
    return _each((one for one in rows if transitions.is_reminder_due(one)), transitions.remind_of_appointment)


@shared_task
def tell_of_expiring_answers() -> int:
    """In the last two weeks before an answer ends, once for each: a line in the day's message. How many."""
    ending = Referral.objects.with_answers_ending(clock.today())
    return _each(ending.iterator(chunk_size=BATCH), transitions.tell_of_expiry)
