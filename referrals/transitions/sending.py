"""Towards a garage: send, review, unsend, and the choice of the next garage."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.assess import approve_after_review, is_usable
from garages.models import Garage
from mobiliz.accounts.actors import SYSTEM, Actor, ActorKind
from mobiliz.lib import clock
from referrals.candidates import wants_a_reason
from referrals.models import Assignment, GarageChoice, Referral, Slot
from referrals.reach import FARTHEST_AGREED_KM
from referrals.readiness import Missing, missing_for_review, missing_for_sending
from referrals.states import End, Outcome, State, Verb
from referrals.transitions.appointments import keep_for_answer
from referrals.transitions.core import Refused, begin, end_assignment, finish, open_assignment
from referrals.transitions.handing_over import wait_for_a_place
from referrals.transitions.placing import put, try_to_put


@transaction.atomic
def send(
    referral: Referral,
    *,
    garage: Garage | None,
    by: Actor,
    choice_reason: str = "",
    agreed_km: int | None = None,
    slot: Slot | None = None,
) -> Assignment | None:
    """Put a ready draft to a garage with a place left this week; without a garage, into the queue for the first place.

    `agreed_km` is the person's new word on how far they go, asked for this garage; without it the garage is within
    the distance that they agreed to before. `slot` is held until the garage answers.
    """
    referral, _nothing = begin(referral, Verb.SEND, by=by)
    _refuse_if(missing_for_sending(referral, clock.today()))
    also = [*_freeze_place(referral), *_mark_sent(referral), *_share(referral)]
    is_unexplained = garage is not None and _is_unexplained(referral, garage, choice_reason, by)
    word = _new_word(referral, agreed_km)
    assignment = put(referral, garage, choice_reason) if garage else None
    _refuse_unexplained(is_unexplained)
    also += ["distance_agreed_km"] if word else []
    detail = {**word, **(keep_for_answer(referral, garage, slot) if garage else {})}
    finish(referral, Verb.SEND, State.WAITING, by=by, assignment=assignment, detail=detail, also=tuple(also))
    if assignment is None:
        wait_for_a_place(referral, by=SYSTEM)
    return assignment


@transaction.atomic
def send_for_review(referral: Referral, *, by: Actor) -> None:
    """Eligibility is unsure: a pilot of the person's region decides."""
    referral, _nothing = begin(referral, Verb.SEND_FOR_REVIEW, by=by)
    _refuse_if(missing_for_review(referral))
    also = (*_freeze_place(referral), *_share(referral))
    finish(referral, Verb.SEND_FOR_REVIEW, State.REVIEW, by=by, also=also)


@transaction.atomic
def approve_review(referral: Referral, *, why: str, evidence: str, by: Actor) -> None:
    """A pilot's yes: a new assessment says who, why, on what evidence.

    It goes to the garage that the adviser had chosen, where that can still be; else the adviser chooses now.
    """
    referral, _nothing = begin(referral, Verb.APPROVE_REVIEW, by=by)
    assert referral.assessment is not None
    assert by.membership is not None
    if not why.strip():
        raise Refused(_("Dites pourquoi vous accordez l’éligibilité."), field="why")
    if not evidence.strip():
        raise Refused(_("Dites sur quel justificatif repose votre décision."), field="evidence")
    word: Any = {"why": why, "evidence": evidence, "by": by.membership, "on": clock.today()}
    also: tuple[str, ...] = tuple(_mark_sent(referral))
    if referral.assessment.outcome == "needs_review":
        referral.assessment = approve_after_review(referral.assessment, **word)
        also = ("assessment", *also)
    elif not is_usable(referral.assessment, clock.today()):
        # the car alone was in question, and whoever vouches for it renews no household's answer
        message = _("Le foyer n’a pas d’évaluation valable : demandez à son conseiller de la refaire, ou refusez.")
        raise Refused(message, code="assessment_not_usable")
    if referral.vehicle_assessment is not None and not referral.vehicle_assessment.is_eligible:
        referral.vehicle_assessment = approve_after_review(referral.vehicle_assessment, **word)
        also = ("vehicle_assessment", *also)
    finish(referral, Verb.APPROVE_REVIEW, State.WAITING, by=by, also=also)
    _to_chosen(referral)


@transaction.atomic
def refuse_review(referral: Referral, *, why: str, by: Actor) -> None:
    """A pilot's no: closed as not eligible, with the reason in the log."""
    referral, _nothing = begin(referral, Verb.REFUSE_REVIEW, by=by)
    if not why.strip():
        raise Refused(_("Dites pourquoi l’éligibilité est refusée : le conseiller l’expliquera."), field="why")
    detail = {"why": why}
    finish(referral, Verb.REFUSE_REVIEW, State.CLOSED, by=by, outcome=Outcome.NOT_ELIGIBLE, detail=detail)


@transaction.atomic
def unsend(referral: Referral, *, by: Actor) -> None:
    """Take the referral back before the garage answered; the place in its week is free again."""
    referral, _nothing = begin(referral, Verb.UNSEND, by=by)
    assignment = open_assignment(referral)
    if assignment:
        end_assignment(assignment, End.UNSENT)
    finish(referral, Verb.UNSEND, State.DRAFT, by=by, assignment=assignment)


@transaction.atomic
def assign(
    referral: Referral,
    *,
    garage: Garage,
    by: Actor,
    choice_reason: str = "",
    agreed_km: int | None = None,
    slot: Slot | None = None,
) -> Assignment:
    """Put a waiting referral that no garage holds to the next one; `agreed_km` and `slot` as for `send`."""
    referral, _nothing = begin(referral, Verb.ASSIGN, by=by)
    held = open_assignment(referral)
    if held:
        raise Refused(
            _("Cette orientation est déjà proposée à %(garage)s, qui n’a pas encore répondu.")
            % {"garage": held.garage.name},
            code="already_assigned",
            field="garage",
        )
    is_unexplained = _is_unexplained(referral, garage, choice_reason, by)
    word = _new_word(referral, agreed_km)
    assignment = put(referral, garage, choice_reason)
    _refuse_unexplained(is_unexplained)
    also = ("distance_agreed_km",) if word else ()
    detail = {**word, **keep_for_answer(referral, garage, slot)}
    finish(referral, Verb.ASSIGN, State.WAITING, by=by, assignment=assignment, detail=detail, also=also)
    return assignment


def _to_chosen(referral: Referral) -> None:
    """Where it cannot be asked any more, nothing changes: the adviser reads that no garage has it."""
    choice = GarageChoice.objects.of_referral(referral).select_related("garage").first()
    if choice is None:
        return
    word = _new_word(referral, choice.agreed_km)
    assignment = try_to_put(referral, choice.garage, choice.reason)
    if assignment:
        also = ("distance_agreed_km",) if word else ()
        detail = {"after": "review", **word}
        finish(referral, Verb.ASSIGN, State.WAITING, by=SYSTEM, assignment=assignment, detail=detail, also=also)


def _refuse_if(missing: list[Missing]) -> None:
    if missing:
        raise Refused(" ".join(one.message for one in missing), code=missing[0].code)


def _is_unexplained(referral: Referral, garage: Garage, why: str, by: Actor) -> bool:
    """Another garage than those proposed, and no word why; what was chosen at its step was asked there."""
    if why.strip() or by.kind == ActorKind.SYSTEM:
        return False
    chosen = GarageChoice.objects.of_referral(referral).of_garage(garage)
    return not chosen.exists() and wants_a_reason(referral, garage)


def _refuse_unexplained(is_unexplained: bool) -> None:
    if is_unexplained:
        message = _("Dites en quelques mots pourquoi ce garage plutôt que ceux proposés.")
        raise Refused(message, code="reason_missing", field="choice_reason")


def _freeze_place(referral: Referral) -> list[str]:
    """Where the person lives when it is first sent: reports rest on it, so it does not follow a move."""
    if referral.region_id is not None:
        return []
    commune = referral.beneficiary.commune
    referral.commune = commune
    referral.department = commune.department
    referral.region_id = commune.department.region_id
    return ["commune", "department", "region"]


def _share(referral: Referral) -> list[str]:
    """Sent anew upon a consent in force, which covers it from here on."""
    if referral.unshared_at is None:
        return []
    referral.unshared_at = None
    return ["unshared_at"]


def _mark_sent(referral: Referral) -> list[str]:
    if referral.sent_at is not None:
        return []
    referral.sent_at = clock.now()
    return ["sent_at"]


def _new_word(referral: Referral, agreed_km: int | None) -> dict[str, int]:
    """How far the person goes now, and what they had said before: for the log, with who asked and when."""
    before = referral.distance_agreed_km
    if agreed_km is None or agreed_km == before:
        return {}
    if not 1 <= agreed_km <= FARTHEST_AGREED_KM:
        message = _("Indiquez une distance de 1 à %(most)d km.") % {"most": FARTHEST_AGREED_KM}
        raise Refused(message, code="distance_not_sane", field="agreed_km")
    referral.distance_agreed_km = agreed_km
    return {"agreed_km": agreed_km, "agreed_before_km": before}
