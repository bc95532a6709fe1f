"""By itself to the next garage: after a no or silence, from the queue, and when a garage leaves.

Within the distance that the person agreed to, on their land, and never to a garage that has refused it: else the
queue, while all of these are full; else a pilot, when none is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import SYSTEM, Actor
from mobiliz.lib import clock
from mobiliz.lib.locks import QUEUE_OF_REFERRALS, one_at_a_time
from referrals.candidates import Candidate, within_agreed
from referrals.clock import PARIS, due_at, due_on
from referrals.delays import delays_on
from referrals.models import Assignment, IncidentKind, Referral
from referrals.states import LEADS, NEVER_AGAIN, DeclineReason, Lead, State, Verb
from referrals.transitions.core import Refused, begin, finish, locked, open_assignment
from referrals.transitions.incidents import report_incident
from referrals.transitions.placing import try_to_put


def move_on(referral: Referral, *, after: Assignment) -> Assignment | None:
    """A garage has just let go of it, in the same transaction: where does it go now?

    A reason that must first be settled with the person leaves it with its adviser; "out of programme" asks a pilot.
    """
    lead = lead_after(after)
    if lead == Lead.ADVISER:
        return None
    if lead == Lead.PILOT:
        report_incident(referral, kind=IncidentKind.OUT_OF_PROGRAMME, by=SYSTEM, garage=after.garage)
        return None
    return _to_next(referral, because={"after": after.end})


def lead_after(assignment: Assignment) -> Lead:
    """Silence and a garage that left lead to the next garage, a no where its reason says."""
    is_no = assignment.end in NEVER_AGAIN and assignment.end_reason
    return LEADS[DeclineReason(assignment.end_reason)] if is_no else Lead.NEXT_GARAGE


@transaction.atomic
def queue(referral: Referral, *, by: Actor) -> None:
    """Let a waiting referral that no garage holds wait for the first place within the distance agreed."""
    referral, _nothing = begin(referral, Verb.QUEUE, by=by)
    held = open_assignment(referral)
    if held or referral.queued_at:
        raise Refused(_already(held), code="already_assigned" if held else "already_queued")
    wait_for_a_place(referral, by=by)


def wait_for_a_place(referral: Referral, *, by: Actor) -> None:
    """Into the queue, where all within the distance agreed are full; where none is left, at once to a pilot."""
    near = within_agreed(referral)
    free = next((one for one in near if not one.is_full), None)
    if free:
        message = _("%(garage)s a une place cette semaine : choisissez un garage, l’attente n’est pas nécessaire.")
        raise Refused(message % {"garage": free.garage.name}, code="place_free", field="garage")
    _queue_or_report(referral, near, because={}, by=by)


@transaction.atomic
def take_place(referral: Referral, *, by: Actor) -> Assignment | None:
    """The first place that opened, for one that waits in the queue; None where there is none for it.

    One at a time, so that two workers keep to the order; who is in somebody's hands now is passed over.
    """
    one_at_a_time(QUEUE_OF_REFERRALS)
    if not Referral.objects.queued().free_to_lock(referral):
        return None
    referral, _nothing = begin(referral, Verb.ASSIGN, by=by)
    return _to_next(referral, because={"after": "queue"})


@transaction.atomic
def report_closed_garage(assignment: Assignment, *, by: Actor) -> None:
    """A repair is agreed at a garage that has left the network: a pilot sees to it, nothing moves by itself."""
    report_incident(assignment.referral, kind=IncidentKind.GARAGE_CLOSED, by=by, garage=assignment.garage)


@transaction.atomic
def report_long_wait(referral: Referral, *, by: Actor) -> bool:
    """A pilot looks for a place once the days that the programme gives the queue are over; said once a wait."""
    if not Referral.objects.queued_unreported().free_to_lock(referral):
        return False
    referral = locked(referral)
    assert referral.queued_at is not None
    place = referral.department_id or PARIS
    due = due_on(referral.queued_at, delays_on(clock.today()).queue, place)
    if clock.now() < due_at(due, place):
        return False
    report_incident(referral, kind=IncidentKind.QUEUED_TOO_LONG, by=by)
    return True


def _to_next(referral: Referral, *, because: dict[str, Any]) -> Assignment | None:
    near = within_agreed(referral)
    for one in near:
        assignment = None if one.is_full else try_to_put(referral, one.garage)
        if assignment:
            finish(referral, Verb.ASSIGN, State.WAITING, by=SYSTEM, assignment=assignment, detail=because)
            return assignment
    _queue_or_report(referral, near, because=because, by=SYSTEM)
    return None


def _queue_or_report(referral: Referral, near: Sequence[Candidate], *, because: dict[str, Any], by: Actor) -> None:
    if not near:
        _leave_the_queue(referral)
        report_incident(referral, kind=IncidentKind.NO_GARAGE, by=SYSTEM)
    elif referral.queued_at is None:  # who waits already keeps their turn
        referral.queued_at = clock.now()
        finish(referral, Verb.QUEUE, State.WAITING, by=by, detail=because)


def _leave_the_queue(referral: Referral) -> None:
    if referral.queued_at is not None:
        referral.queued_at = None
        referral.save(update_fields=["queued_at"])


def _already(held: Assignment | None) -> str:
    if held is None:
        return _("Cette orientation attend déjà une place.")
    message = _("Cette orientation est déjà proposée à %(garage)s, qui n’a pas encore répondu.")
    return message % {"garage": held.garage.name}
