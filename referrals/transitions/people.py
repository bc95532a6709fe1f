"""The person of a case is corrected after it was sent: logged, and never without what it means for eligibility."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.assess import assess, facts_from_json, is_usable
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.territory.models import Commune
from referrals.models import Assignment, Beneficiary, Referral
from referrals.states import End, Outcome, State, Verb
from referrals.transitions.core import Refused, begin, end_assignment, finish, locked, open_assignment, overtaken
from referrals.transitions.quoting import withdraw_quote

# Decided once and for all: the repair is agreed or done on the assessment of its day
SETTLED = {State.AGREED, State.COMPLETED}
BEFORE_A_GARAGE_ACCEPTED = {State.DRAFT, State.REVIEW, State.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityInput:
    """Who the person is and how to reach them; `phone` is E.164 or empty."""

    first_name: str
    last_name: str
    birth_date: date
    commune: Commune
    phone: str = ""
    email: str = ""
    address: str = ""


@transaction.atomic
def correct_person(referral: Referral, *, person: IdentityInput, was_wrong: bool, why: str, by: Actor) -> list[str]:
    """`was_wrong`: it never was so; else it has changed since, as by a move. Returns the names of what changed.

    The person's row is locked first, then their cases in the order of their numbers. Each open case of theirs is
    assessed again where age or territory changed, and goes back to a draft where its answer no longer holds.
    """
    beneficiary = Beneficiary.objects.select_for_update(of=("self",)).get(pk=referral.beneficiary_id)
    referral, _nothing = begin(referral, Verb.CORRECT_PERSON, by=by)
    if referral.beneficiary_id != beneficiary.pk:
        raise overtaken(referral)
    if not why.strip():
        raise Refused(_("Dites pourquoi vous corrigez : vos collègues le liront."), field="why")
    changed = [name for name in person.__dataclass_fields__ if getattr(beneficiary, name) != getattr(person, name)]
    if not changed:
        raise Refused(_("Rien n’est différent de ce qui est enregistré."), code="nothing_changed")
    rested_on = _age_and_territory(beneficiary)
    for name in changed:
        setattr(beneficiary, name, getattr(person, name))
    beneficiary.save()
    is_other = _age_and_territory(beneficiary) != rested_on
    detail = {"fields": changed, "kind": "error" if was_wrong else "change", "why": why.strip()}
    for one in _cases(referral, beneficiary):
        _correct(one, beneficiary, detail, is_other=is_other, moves=was_wrong and "commune" in changed, by=by)
    return changed


def _cases(referral: Referral, beneficiary: Beneficiary) -> list[Referral]:
    """This one and the person's other open ones, locked in the order of their numbers."""
    others = Referral.objects.open().of_beneficiary(beneficiary.pk).exclude(pk=referral.pk).order_by("pk")
    return [referral, *(locked(one) for one in others)]


def _correct(
    referral: Referral, beneficiary: Beneficiary, detail: dict[str, Any], *, is_other: bool, moves: bool, by: Actor
) -> None:
    state, held = State(referral.state), open_assignment(referral)
    also = _place_again(referral, beneficiary) if moves else []
    if is_other and referral.assessment and state not in SETTLED:
        _assess_again(referral, beneficiary, by)
        also = [*also, "assessment"]
    outcome = Outcome(referral.outcome) if referral.outcome else None
    told = {"assignment": held, "outcome": outcome, "detail": detail, "also": tuple(also)}
    finish(referral, Verb.CORRECT_PERSON, state, by=by, **told)
    if is_other and _no_longer_holds(referral):
        _fall_back(referral, held, by)


def _assess_again(referral: Referral, beneficiary: Beneficiary, by: Actor) -> None:
    """The household as it was given, with the person's own age and territory as they are known now."""
    assert referral.assessment is not None
    facts = facts_from_json(referral.assessment.facts)
    births = (beneficiary.birth_date, *facts.birth_dates[1:]) if facts.birth_dates else facts.birth_dates
    is_metro = beneficiary.commune.department.zone == "metro"
    referral.assessment = assess(
        replace(facts, birth_dates=births, territory="mainland" if is_metro else "drom"),
        offer_code=referral.offer_id,
        on=clock.today(),
        organisation=referral.organisation,
        by=by.membership,
        supersedes=referral.assessment,
    )


def _no_longer_holds(referral: Referral) -> bool:
    """Whether what the case waits for rested on another answer."""
    if referral.state == State.REVIEW:
        return referral.assessment is None or referral.assessment.outcome != "needs_review"
    with_a_garage = {State.WAITING, State.ACCEPTED, State.QUOTED}
    return referral.state in with_a_garage and not is_usable(referral.assessment, clock.today())


def _fall_back(referral: Referral, held: Assignment | None, by: Actor) -> None:
    """Nothing goes on silently: no garage holds it, no quote is on offer, the sender reads the answer."""
    if held:
        withdraw_quote(held)
        end_assignment(held, End.UNSENT)
    finish(referral, Verb.FALL_BACK, State.DRAFT, by=by, assignment=held)


def _place_again(referral: Referral, beneficiary: Beneficiary) -> list[str]:
    """Reports and pilots go by where the person lived when it was sent: an error is mended until a garage accepts."""
    if referral.region_id is None or referral.state not in BEFORE_A_GARAGE_ACCEPTED:
        return []
    referral.commune = beneficiary.commune
    referral.department = beneficiary.commune.department
    referral.region_id = beneficiary.commune.department.region_id
    return ["commune", "department", "region"]


def _age_and_territory(beneficiary: Beneficiary) -> tuple[date, str]:
    return beneficiary.birth_date, beneficiary.commune.department.zone
