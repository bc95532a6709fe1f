"""What the sender's and the pilot's pages share: who may come here, and the badge of a state."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from referrals.models import Referral
from referrals.states import State

SENSES = {
    State.REVIEW: "wait",
    State.WAITING: "wait",
    State.ACCEPTED: "info",
    State.QUOTED: "wait",
    State.AGREED: "good",
    State.COMPLETED: "good",
}


def only_senders_and_pilots(actor: Actor) -> None:
    """To everyone else these pages do not exist."""
    if not (actor.is_adviser or actor.is_pilot):
        raise Http404


def badge_of(referral: Referral, *, is_held: bool) -> dict[str, str]:
    """The state in one word with its sense; one that waits for nobody says so, a closed one how it ended."""
    if referral.queued_at:
        return {"sense": "wait", "label": _("Attend une place")}
    if referral.state == State.WAITING and not is_held:
        return {"sense": "late", "label": _("Sans garage")}
    label = referral.get_outcome_display() if referral.outcome else referral.get_state_display()
    return {"sense": SENSES.get(State(referral.state), "none"), "label": str(label).capitalize()}
