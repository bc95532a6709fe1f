"""What another age or another territory of the person means for a case that rested on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from eligibility.assess import assess, facts_from_json, is_usable
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals.models import Assignment, Beneficiary, Referral
from referrals.readiness import wants_review
from referrals.states import End, State, Verb
from referrals.transitions.core import end_assignment, finish
from referrals.transitions.quoting import withdraw_quote

# Decided once and for all: the repair is agreed or done on the assessment of its day
SETTLED = {State.AGREED, State.COMPLETED}


def assess_again(referral: Referral, beneficiary: Beneficiary, by: Actor) -> None:
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


def no_longer_holds(referral: Referral) -> bool:
    """Whether what the case waits for rested on another answer."""
    if referral.state == State.REVIEW:
        return not wants_review(referral)
    with_a_garage = {State.WAITING, State.ACCEPTED, State.QUOTED}
    return referral.state in with_a_garage and not is_usable(referral.assessment, clock.today())


def fall_back(referral: Referral, held: Assignment | None, by: Actor) -> None:
    """Nothing goes on silently: no garage holds it, no quote is on offer, the sender reads the answer."""
    if held:
        withdraw_quote(held)
        end_assignment(held, End.UNSENT)
    finish(referral, Verb.FALL_BACK, State.DRAFT, by=by, assignment=held)


def age_and_territory(beneficiary: Beneficiary) -> tuple[date, str]:
    return beneficiary.birth_date, beneficiary.commune.department.zone
