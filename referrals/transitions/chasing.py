"""The clock looks at a referral: whoever owes the next act is reminded, a silent garage loses it, an offer ends.

Each look is one transaction that takes at most one step. It is claimed first, with its attempt counted, in a
transaction of its own: one that fails comes back after a while, and after five is left for a pilot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import SYSTEM, Actor
from mobiliz.lib import clock
from referrals.clock import PARIS, Delays
from referrals.delays import delays_on
from referrals.models import Appointment, Assignment, IncidentKind, LogEntry, Referral
from referrals.states import CHASED, State, Verb
from referrals.steps import Due, Situation, Step, look_at, next_step
from referrals.transitions.answering import lapse
from referrals.transitions.core import Refused, begin, finish, open_assignment
from referrals.transitions.incidents import report_incident
from referrals.transitions.quoting import expire_quote, latest_version

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
PARKED_FOR = timedelta(days=1)
LONGEST_PAUSE_DAYS = 30


@transaction.atomic
def claim_due(limit: int) -> list[Referral]:
    """Take so many referrals that are to be looked at, each with one attempt more; nobody else looks meanwhile."""
    now = clock.now()
    due = list(Referral.objects.select_for_update(skip_locked=True, of=("self",), no_key=True).to_look_at(now)[:limit])
    tried = [referral for referral in due if referral.look_attempts < MOST_ATTEMPTS]
    given_up = [referral for referral in due if referral.look_attempts >= MOST_ATTEMPTS]
    for claimed, until in ((tried, now + LEASE), (given_up, now + PARKED_FOR)):
        if claimed:
            Referral.objects.count_attempt(claimed, until=until)
    for referral in given_up:
        log.error("the clock failed five times at a referral", referral=str(referral.uid))
    return tried


@transaction.atomic
def report_given_up(referral: Referral, *, by: Actor) -> bool:
    """A pilot sees to what the clock could not look at; said once, and tried anew once it was answered."""
    if not Referral.objects.given_up(MOST_ATTEMPTS).free_to_lock(referral):
        return False
    report_incident(referral, kind=IncidentKind.CLOCK_STOPPED, by=by)
    return True


@transaction.atomic
def look(referral: Referral, *, by: Actor = SYSTEM, delays: Delays | None = None) -> Step | None:
    """Take the step that is due, if one is, and say when to look again; which step it was. `delays`: of today, where
    the caller has them."""
    fresh = Referral.objects.lock_row(referral.pk)  # alone: most looks find nothing to do, and need no names
    if State(fresh.state) not in CHASED:
        return None
    held, now, delays = open_assignment(fresh), clock.now(), delays or delays_on(clock.today())
    if held is not None:
        held.referral = fresh
    situation = situation_of(fresh, held)
    due = next_step(situation, delays, now)
    taken = due.step if due and due.at <= now else None
    if taken:
        situation = _take(taken, situation, fresh, held, by)
    if State(fresh.state) in CHASED:
        fresh.next_look_at = max(look_at(situation, delays, now), now + timedelta(seconds=1))
    fresh.look_attempts = 0
    fresh.save(update_fields=["next_look_at", "look_attempts"])
    return taken


@transaction.atomic
def pause_reminders(referral: Referral, *, until: date, by: Actor) -> None:
    """Nobody is reminded and no garage loses the case up to and including this day: the adviser knows why it waits."""
    referral, _nothing = begin(referral, Verb.PAUSE_REMINDERS, by=by)
    if not clock.today() <= until <= clock.today() + timedelta(days=LONGEST_PAUSE_DAYS):
        message = _("Choisissez un jour d’ici à %(days)d jours.") % {"days": LONGEST_PAUSE_DAYS}
        raise Refused(message, field="until")
    referral.reminders_paused_until = until
    detail = {"until": until.isoformat()}
    _stay(referral, Verb.PAUSE_REMINDERS, by, detail, also=("reminders_paused_until",))


@transaction.atomic
def resume_reminders(referral: Referral, *, by: Actor) -> None:
    referral, _nothing = begin(referral, Verb.RESUME_REMINDERS, by=by)
    referral.reminders_paused_until = None
    _stay(referral, Verb.RESUME_REMINDERS, by, {}, also=("reminders_paused_until",))


def situation_of(referral: Referral, held: Assignment | None) -> Situation:
    """Where it stands, as the clock reads it."""
    since = _since(referral, held)
    version = latest_version(held) if held and referral.state == State.QUOTED else None
    return Situation(
        state=State(referral.state),
        since=since,
        department=held.garage.commune.department_id if held else (referral.department_id or PARIS),
        is_held=held is not None,
        is_queued=referral.queued_at is not None,
        appointment_at=_appointment_at(held) if held and referral.state == State.ACCEPTED else None,
        valid_until=version.valid_until if version else None,
        paused_until=referral.reminders_paused_until,
        done=LogEntry.objects.of_referral(referral).steps_since(since),
    )


def _appointment_at(held: Assignment) -> datetime | None:
    """The last that was neither given up nor missed."""
    last = Appointment.objects.of_assignment(held).that_hold().latest_first().first()
    return last.starts_at if last else None


def _since(referral: Referral, held: Assignment | None) -> datetime:
    if referral.state == State.WAITING and held:
        return held.put_at
    if referral.state == State.WAITING:
        last = Assignment.objects.of_referral(referral).last_ended_at()
        return max(referral.state_since, last) if last else referral.state_since
    return referral.state_since


def _take(step: Step, situation: Situation, referral: Referral, held: Assignment | None, by: Actor) -> Situation:
    """Where it stands after the step: a reminder only adds itself, an act is read anew."""
    act = _ACTS.get(step)
    if act is None or held is None:
        _stay(referral, Verb.REMIND, by, {"step": step.value}, held=held)
        return replace(situation, done={**situation.done, step: referral.updated_at})
    act(held, by)
    referral.refresh_from_db()
    return situation_of(referral, open_assignment(referral))


def _stay(
    referral: Referral,
    verb: Verb,
    by: Actor,
    detail: dict[str, str],
    *,
    held: Assignment | None = None,
    also: tuple[str, ...] = (),
) -> None:
    finish(referral, verb, State(referral.state), by=by, assignment=held, detail=detail, also=also)


def _lapse(held: Assignment, by: Actor) -> None:
    lapse(held, by=by)


def _expire(held: Assignment, by: Actor) -> None:
    expire_quote(held, by=by)


_ACTS: dict[Step, Callable[[Assignment, Actor], None]] = {Step.LAPSE: _lapse, Step.EXPIRE_QUOTE: _expire}


def next_due(referral: Referral, held: Assignment | None) -> Due | None:
    """What the clock does next with it, for whoever reads the case."""
    if State(referral.state) not in CHASED:
        return None
    return next_step(situation_of(referral, held), delays_on(clock.today()), clock.now())
