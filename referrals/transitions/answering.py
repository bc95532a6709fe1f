"""The garage's answer: accept, decline, settled by telephone, give back; and silence."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals.models import Assignment, LogEntry
from referrals.states import DeclineReason, End, Outcome, State, Verb
from referrals.transitions.appointments import fix_on_accepting, mark_missed, told
from referrals.transitions.core import Refused, begin_assignment, end_assignment, finish, overtaken
from referrals.transitions.handing_over import move_on
from referrals.transitions.quoting import withdraw_quote


@transaction.atomic
def accept(assignment: Assignment, *, by: Actor, slot: datetime | None = None) -> None:
    """The garage takes it: the person's name and telephone open to it.

    `slot`: a moment that it proposes; without it, the slot that was held for the referral is booked, if there is one.
    """
    referral, assignment = begin_assignment(assignment, Verb.ACCEPT, by=by)
    _mark_accepted(assignment)
    fixed = fix_on_accepting(assignment, slot, by)
    detail = told(fixed) if fixed else None
    finish(referral, Verb.ACCEPT, State.ACCEPTED, by=by, assignment=assignment, detail=detail)


@transaction.atomic
def decline(assignment: Assignment, *, reason: DeclineReason, by: Actor, comment: str = "") -> None:
    """The garage does not take it: the assignment ends, the referral goes where the reason leads."""
    referral, assignment = begin_assignment(assignment, Verb.DECLINE, by=by)
    end_assignment(assignment, End.DECLINED, reason=reason.value, comment=comment)
    detail = {"reason": reason.value}
    finish(referral, Verb.DECLINE, State.WAITING, by=by, assignment=assignment, detail=detail)
    move_on(referral, after=assignment)


@transaction.atomic
def lapse(assignment: Assignment, *, by: Actor, end: End = End.LAPSED) -> None:
    """Silence past the due moment, or a garage that left before it answered: the assignment ends, never the
    referral, which goes to the next garage."""
    referral, assignment = begin_assignment(assignment, Verb.LAPSE, by=by)
    end_assignment(assignment, end)
    detail = {"end": end.value}
    finish(referral, Verb.LAPSE, State.WAITING, by=by, assignment=assignment, detail=detail)
    move_on(referral, after=assignment)


@transaction.atomic
def settle_by_telephone(assignment: Assignment, *, spoke_with: str, on: date, by: Actor) -> None:
    """Accepted in a call: who spoke to whom, and when, is kept."""
    referral, assignment = begin_assignment(assignment, Verb.SETTLE_BY_TELEPHONE, by=by)
    if not spoke_with.strip():
        raise Refused(_("Dites avec qui l’accord a été pris."), field="spoke_with")
    if not clock.day_of(assignment.put_at) <= on <= clock.today():
        raise Refused(_("L’appel a eu lieu entre l’envoi de l’orientation et aujourd’hui."), field="on")
    _mark_accepted(assignment)
    fixed = fix_on_accepting(assignment, None, by)
    detail = {"spoke_with": spoke_with.strip(), "on": on.isoformat(), **(told(fixed) if fixed else {})}
    finish(referral, Verb.SETTLE_BY_TELEPHONE, State.ACCEPTED, by=by, assignment=assignment, detail=detail)


@transaction.atomic
def give_back(assignment: Assignment, *, reason: DeclineReason, by: Actor, comment: str = "") -> None:
    """The garage cannot go on: its open quote is withdrawn, the referral goes where the reason leads."""
    _give_back(assignment, End.GIVEN_BACK, {"reason": reason.value}, by, reason=reason.value, comment=comment)


@transaction.atomic
def give_back_as_closed(assignment: Assignment, *, by: Actor) -> None:
    """The garage has left the network with this accepted or quoted: it goes to the next."""
    _give_back(assignment, End.GARAGE_LEFT, {"end": End.GARAGE_LEFT.value}, by)


def _give_back(assignment: Assignment, end: End, detail: dict[str, str], by: Actor, **why: str) -> None:
    referral, assignment = begin_assignment(assignment, Verb.GIVE_BACK, by=by)
    withdraw_quote(assignment)
    end_assignment(assignment, end, **why)
    finish(referral, Verb.GIVE_BACK, State.WAITING, by=by, assignment=assignment, detail=detail)
    move_on(referral, after=assignment)


@transaction.atomic
def no_show(assignment: Assignment, *, by: Actor, already: int | None = None) -> None:
    """The person did not come to the appointment, whose time has passed; the second time closes the referral as
    unreachable.

    `already`: how many were noted when the page was shown, so that a double click does not note two.
    """
    referral, assignment = begin_assignment(assignment, Verb.NO_SHOW, by=by)
    noted = LogEntry.objects.of_assignment(assignment).of_verb(Verb.NO_SHOW).count()
    if already is not None and noted != already:
        raise overtaken(referral, assignment)
    missed = mark_missed(assignment)
    detail = told(missed) if missed else None
    if noted:
        end_assignment(assignment, End.CLOSED)
    to, outcome = (State.CLOSED, Outcome.UNREACHABLE) if noted else (State.ACCEPTED, None)
    finish(referral, Verb.NO_SHOW, to, by=by, assignment=assignment, outcome=outcome, detail=detail)


def _mark_accepted(assignment: Assignment) -> None:
    assignment.accepted_at = clock.now()
    assignment.save(update_fields=["accepted_at"])
