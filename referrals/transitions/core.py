"""The mechanism of every verb: lock the row, ask the table, write facts and state, append to log and queue."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals import notifications, permissions
from referrals.models import Assignment, LogEntry, Referral
from referrals.states import TABLE, End, Outcome, Party, State, Verb
from referrals.transitions import slots
from referrals.transitions.writing import write
from referrals.words import moment_in_words


class Refused(Exception):
    """A verb that cannot be done now; `message` says in French why and what to do, `field` where."""

    def __init__(self, message: str, *, code: str = "refused", field: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.field = message, code, field


class Overtaken(Refused):
    """Someone was quicker: nothing was done a second time, and the message says who did what, when."""


def overtaken(referral: Referral, assignment: Assignment | None = None) -> Overtaken:
    """Somebody, or the same person by a double click, has just done this."""
    return Overtaken(_told_about(referral, assignment), code="already_done")


def locked(referral: Referral) -> Referral:
    """The referral as it is now, locked until the transaction ends, with what a sender's verb decides upon."""
    try:
        return _lock(referral)
    except Referral.DoesNotExist:
        # while this waited, the case passed to another record of its person: what was joined no longer fits
        return _lock(referral)


def _lock(referral: Referral) -> Referral:
    return (
        Referral.objects.select_for_update(of=("self",))
        .select_related("organisation", "offer", "assessment", "beneficiary", "vehicle")
        .get(pk=referral.pk)
    )


def begin(
    referral: Referral, verb: Verb, *, by: Actor, assignment: Assignment | None = None
) -> tuple[Referral, Assignment | None]:
    """Lock, then let through only what the table allows: PermissionDenied for who, Overtaken for when."""
    if assignment is not None and not _played_a_part(by, verb, referral, assignment):
        raise PermissionDenied
    if assignment is None:
        fresh = locked(referral)
        if not permissions.may_ever(by, verb, fresh):
            raise PermissionDenied
    else:
        fresh, assignment = _locked_with(assignment)
        if not assignment.is_open:
            raise Overtaken(_told_about(fresh, assignment), code="assignment_ended")
    if State(fresh.state) not in TABLE[verb].sources:
        raise Overtaken(_told_about(fresh, assignment), code="state_moved_on")
    return fresh, assignment


def _locked_with(assignment: Assignment) -> tuple[Referral, Assignment]:
    """Both as they are now, the referral locked. Their own rows are read anew, and decide; whose names and places
    stand around them is as the caller knows it, while they still point there."""
    referral = _as_known(Referral.objects.lock_row(assignment.referral_id), assignment.referral)
    fresh = _as_known(Assignment.objects.as_it_stands(assignment.pk), assignment)
    fresh.referral = referral  # the locked one: it is not read again
    return referral, fresh


_NAMES_AND_PLACES = ("organisation", "offer", "vehicle", "adviser", "garage")


def _as_known[Row: (Referral, Assignment)](fresh: Row, known: Row) -> Row:
    for name in _NAMES_AND_PLACES:
        row = known._state.fields_cache.get(name)
        if row is not None and row.pk == getattr(fresh, f"{name}_id"):
            setattr(fresh, name, row)
    return fresh


def begin_assignment(assignment: Assignment, verb: Verb, *, by: Actor) -> tuple[Referral, Assignment]:
    """As `begin`, for what is done to an assignment."""
    referral, held = begin(assignment.referral, verb, by=by, assignment=assignment)
    assert held is not None
    return referral, held


def _played_a_part(by: Actor, verb: Verb, referral: Referral, assignment: Assignment) -> bool:
    """Asked of the assignment as the caller knew it: whoever just lost it is told so, not forbidden."""
    if by.link is not None:
        return by.link.assignment_id == assignment.pk and Party.GARAGE in TABLE[verb].who
    return permissions.may_ever(by, verb, referral, assignment) or (
        by.is_garage
        and assignment.garage.organisation_id == by.organisation_id
        and permissions.may_ever(by, verb, referral, _as_if_open(assignment))
    )


def _as_if_open(assignment: Assignment) -> Assignment:
    return Assignment(garage=assignment.garage, referral=assignment.referral)


def finish(
    referral: Referral,
    verb: Verb,
    to: State,
    *,
    by: Actor,
    assignment: Assignment | None = None,
    outcome: Outcome | None = None,
    detail: dict[str, Any] | None = None,
    also: tuple[str, ...] = (),
) -> LogEntry:
    """Write the state with the facts named in `also`, one line of the log, one row of the queue of changes."""
    moment = clock.now()
    came_from, is_new = State(referral.state), verb == Verb.OPEN
    assert TABLE[verb].leads(came_from, to), f"{verb} does not lead from {came_from} to {to}"
    if is_new or came_from != to:
        referral.state_since = moment
        referral.closed_at = moment if to == State.CLOSED else None
        referral.reminders_paused_until = None
    if to != State.WAITING or verb == Verb.ASSIGN:
        referral.queued_at = None
    referral.state = to.value
    referral.outcome = outcome.value if outcome else ""
    referral.updated_at = moment
    referral.next_look_at, referral.look_attempts = moment, 0  # the clock works out what comes next
    told = {**(detail or {}), **({"outcome": outcome.value} if outcome else {})}
    entry = _line(referral, verb, "" if is_new else came_from, by=by, assignment=assignment, detail=told)
    write(referral, (*_ALWAYS, *also), entry)
    notifications.announce(entry, referral, assignment, by=by)
    return entry


_ALWAYS = (
    *("state", "state_since", "outcome", "queued_at", "closed_at", "updated_at"),
    *("next_look_at", "look_attempts", "reminders_paused_until"),
)


def end_assignment(assignment: Assignment, end: End, *, reason: str = "", comment: str = "") -> None:
    """The garage no longer holds the referral; its place is free again unless it had accepted, and what was fixed
    with it is off."""
    assignment.ended_at = clock.now()
    assignment.end = end.value
    assignment.end_reason, assignment.end_comment = reason, comment
    assignment.save(update_fields=["ended_at", "end", "end_reason", "end_comment"])
    slots.give_up(assignment)


def open_assignment(referral: Referral) -> Assignment | None:
    """The assignment of the garage that holds the referral now, if any."""
    return Assignment.objects.of_referral(referral).open().select_related("garage__commune").first()


def _line(
    referral: Referral,
    verb: Verb,
    came_from: str,
    *,
    by: Actor,
    assignment: Assignment | None,
    detail: dict[str, Any],
) -> LogEntry:
    return LogEntry(
        referral=referral,
        verb=verb.value,
        from_state=came_from,
        to_state=referral.state,
        at=referral.updated_at,
        actor_kind=by.kind.value,
        membership=by.membership,
        client=by.client,
        link=by.link,
        assignment=assignment,
        detail=detail,
    )


def _told_about(referral: Referral, assignment: Assignment | None) -> str:
    """What happened instead, in words; a garage is told only what concerns its own assignment."""
    entries = LogEntry.objects.of_referral(referral)
    if assignment is not None:
        entries = entries.of_assignment(assignment)
    last = entries.with_actors().latest_first().first()
    if last is None:
        return _("Cette orientation a changé entre-temps. Rechargez la page.")
    return _("Déjà fait : %(what)s par %(who)s, %(when)s. Rien n’a été enregistré une deuxième fois.") % {
        "what": last.get_verb_display(),
        "who": last.actor_in_words,
        "when": moment_in_words(last.at),
    }
