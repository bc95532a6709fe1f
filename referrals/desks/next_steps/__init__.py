"""What a referral waits for, said in one line: how urgent, since when, what happened, and the one act that moves it.

Desks and case pages say the same thing because they ask here; a module for each party that it waits for.
"""

from __future__ import annotations

from collections.abc import Callable

from referrals.desks.next_steps.ended import closed, completed
from referrals.desks.next_steps.expiry import with_expiry
from referrals.desks.next_steps.garage import accepted, agreed, unanswered
from referrals.desks.next_steps.person import quoted
from referrals.desks.next_steps.pilot import review
from referrals.desks.next_steps.sender import AFTER_A_NO, draft, unheld
from referrals.desks.next_steps.step import (
    NextStep,
    Urgency,
    case_url,
    held_by,
    last_asked,
    latest_quote,
    step_url,
)
from referrals.models import Referral
from referrals.states import State

__all__ = [
    "AFTER_A_NO",
    "NextStep",
    "Urgency",
    "case_url",
    "held_by",
    "last_asked",
    "latest_quote",
    "next_step",
    "step_url",
]


def next_step(referral: Referral) -> NextStep:
    """Expects what `for_desk` or `for_case` load."""
    return with_expiry(referral, _STEPS[State(referral.state)](referral))


def _waiting(referral: Referral) -> NextStep:
    held = held_by(referral)
    return unanswered(referral, held) if held else unheld(referral)


_STEPS: dict[State, Callable[[Referral], NextStep]] = {
    State.DRAFT: draft,
    State.REVIEW: review,
    State.WAITING: _waiting,
    State.ACCEPTED: accepted,
    State.QUOTED: quoted,
    State.AGREED: agreed,
    State.COMPLETED: completed,
    State.CLOSED: closed,
}
