"""Which part an actor plays in a referral, and so what they may do with it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobiliz.accounts.actors import Actor, ActorKind
from mobiliz.accounts.roles import Permission, Role
from referrals.models import Assignment, Beneficiary, Incident, Note, Referral, Side
from referrals.states import TABLE, Party, State, Verb, is_allowed, verbs_from

if TYPE_CHECKING:
    from collections.abc import Iterable

    from garages.models import Garage

NOBODY: frozenset[Party] = frozenset()


def parties(actor: Actor, referral: Referral, assignment: Assignment | None = None) -> frozenset[Party]:
    """The parts this actor plays in this referral; a garage plays one only while it holds the assignment."""
    if actor.kind == ActorKind.SYSTEM:
        return frozenset({Party.SYSTEM})
    if actor.kind == ActorKind.LINK:
        return _link_parties(actor, referral, assignment)
    if actor.is_garage:
        return _garage_parties(actor, assignment)
    if actor.is_pilot:
        return frozenset({Party.PILOT}) if _is_pilots_region(actor, referral) else NOBODY
    if not _is_sender(actor, referral):
        return NOBODY
    if actor.is_client:
        return frozenset({Party.CLIENT}) if "referrals:write" in actor.scopes else NOBODY
    return frozenset({Party.ADVISER}) if actor.can(Permission.CREATE_REFERRALS) else NOBODY


def can(actor: Actor, verb: Verb, referral: Referral, assignment: Assignment | None = None) -> bool:
    """Whether the actor may do this now: their part and the state both allow it."""
    return is_allowed(verb, State(referral.state), parties(actor, referral, assignment))


def may_ever(actor: Actor, verb: Verb, referral: Referral, assignment: Assignment | None = None) -> bool:
    """Whether the actor's part allows this at all, whatever the state: else 403, not a word about the state."""
    return bool(TABLE[verb].who & parties(actor, referral, assignment))


def possible_verbs(actor: Actor, referral: Referral, assignment: Assignment | None = None) -> list[Verb]:
    """What the actor may do now, in the table's order."""
    return verbs_from(State(referral.state), parties(actor, referral, assignment))


def can_create(actor: Actor) -> bool:
    return actor.can(Permission.CREATE_REFERRALS)


def can_edit_draft(actor: Actor, referral: Referral) -> bool:
    """Person, household, vehicle: by the sender's side, while nobody else works on it."""
    return referral.state == State.DRAFT and Party.ADVISER in parties(actor, referral)


def can_add_photos(actor: Actor, referral: Referral) -> bool:
    """The sender's side, as long as the case runs: a garage that was asked may want to see the leak."""
    return referral.is_open and Party.ADVISER in parties(actor, referral)


def can_reassess(actor: Actor, referral: Referral) -> bool:
    """A new assessment replaces an expired one at any moment before a quote; not while a pilot examines it. While only
    the car is examined, the household's may still be made again."""
    is_reassessable = referral.state in {State.DRAFT, State.WAITING, State.ACCEPTED}
    if referral.state == State.REVIEW:
        is_reassessable = referral.assessment is not None and referral.assessment.is_eligible
    return is_reassessable and Party.ADVISER in parties(actor, referral)


def can_note(actor: Actor, referral: Referral) -> bool:
    """Notes and calls: the sender's side, whatever the state, for itself alone."""
    return Party.ADVISER in parties(actor, referral)


def can_correct(actor: Actor, note: Note) -> bool:
    """Whoever wrote it, for as long as they work there."""
    return actor.membership is not None and note.by_id == actor.membership.pk


def side_of(actor: Actor, referral: Referral, assignment: Assignment) -> Side | None:
    """On which side of the thread between adviser and garage they stand; None: on neither."""
    playing = parties(actor, referral, assignment)
    if Party.GARAGE in playing:
        return Side.GARAGE
    return Side.SENDER if Party.ADVISER in playing else None


def can_write_message(actor: Actor, referral: Referral, assignment: Assignment) -> bool:
    """Members of both sides; whether the garage still has it in hands is asked when it is written."""
    is_garages = actor.is_garage and assignment.garage.organisation_id == actor.organisation_id
    return actor.membership is not None and (is_garages or side_of(actor, referral, assignment) is not None)


def can_publish_slots(actor: Actor, garage: Garage) -> bool:
    """Anyone of the garage who answers referrals: reception books too."""
    is_own = garage.organisation_id == actor.organisation_id
    return actor.is_garage and is_own and actor.can(Permission.ANSWER_ASSIGNMENTS)


def can_see_income(actor: Actor, referral: Referral) -> bool:
    """The sender's side always; a pilot while deciding on the household, not on the car alone; nobody else ever."""
    playing = parties(actor, referral)
    if Party.PILOT in playing:
        is_asked = referral.state == State.REVIEW and actor.can(Permission.DECIDE_REVIEWS)
        return is_asked and referral.assessment is not None and referral.assessment.outcome == "needs_review"
    return Party.ADVISER in playing


def can_report_incident(actor: Actor, referral: Referral) -> bool:
    """Say what did not work, and read what a pilot answered: the sender's side, whatever became of the case."""
    return Party.ADVISER in parties(actor, referral)


def can_change_incident(actor: Actor, incident: Incident) -> bool:
    """Complete it or take it back: the sender's side, but for what a garage said; that stays the garage's."""
    return can_report_incident(actor, incident.referral) and not incident.is_said_by_garage


def can_answer_incident(actor: Actor, incident: Incident) -> bool:
    """By the incident's own region: a draft is nothing that a pilot sees, what failed on it is."""
    if not actor.can(Permission.ANSWER_INCIDENTS):
        return False
    return actor.is_national_pilot or incident.region_id == actor.region_code


def can_merge(actor: Actor, person: Beneficiary) -> bool:
    """Two records of one person become one: the advisers of the organisation that keeps both, or of its structure."""
    own = actor.organisation_id
    is_own = own is not None and own in (person.organisation_id, person.organisation.parent_id)
    return is_own and actor.is_adviser and actor.can(Permission.CREATE_REFERRALS)


def _link_parties(actor: Actor, referral: Referral, assignment: Assignment | None) -> frozenset[Party]:
    """The person's own link; that of a garage answers for the assignment it was sent for, until there is an answer."""
    if actor.link is None:
        return frozenset({Party.PERSON})
    is_its_own = assignment is not None and assignment.is_open and assignment.pk == actor.link.assignment_id
    return frozenset({Party.GARAGE}) if is_its_own and referral.state == State.WAITING else NOBODY


def _garage_parties(actor: Actor, assignment: Assignment | None) -> frozenset[Party]:
    if assignment is None or not assignment.is_open:
        return NOBODY
    if assignment.garage.organisation_id != actor.organisation_id:
        return NOBODY
    playing: Iterable[Party] = [Party.GARAGE] if actor.can(Permission.ANSWER_ASSIGNMENTS) else []
    issuing = [Party.WORKSHOP] if actor.can(Permission.ISSUE_QUOTES) else []
    return frozenset([*playing, *issuing])


def _is_pilots_region(actor: Actor, referral: Referral) -> bool:
    if referral.region_id is None:
        return False
    return actor.role == Role.PILOT or referral.region_id == actor.region_code


def _is_sender(actor: Actor, referral: Referral) -> bool:
    own = actor.organisation_id
    return own is not None and own in (referral.organisation_id, referral.organisation.parent_id)
