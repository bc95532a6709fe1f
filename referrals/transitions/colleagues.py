"""Cases pass from one adviser to another of the same structure: who follows them changes, the case itself does not."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership
from mobiliz.lib.text import of_name
from referrals.models import Referral
from referrals.states import State, Verb
from referrals.transitions.core import Refused, begin, finish, overtaken


@transaction.atomic
def hand_to_colleague(referral: Referral, *, to: Membership, by: Actor, why: str = "") -> None:
    """From now on the colleague follows it; the log keeps who did before."""
    referral, _nothing = begin(referral, Verb.HAND_TO_COLLEAGUE, by=by)
    if referral.adviser_id == to.pk:
        raise overtaken(referral)
    if not Membership.objects.advisers_for(referral.organisation).with_pk(to.pk).exists():
        message = _("%(who)s ne voit pas ce dossier : choisissez un collègue %(of_place)s.")
        words = {"who": to.user, "of_place": of_name(str(referral.organisation))}
        raise Refused(message % words, code="not_a_colleague", field="to")
    before = referral.adviser.user.get_full_name() if referral.adviser else ""
    referral.adviser = to
    told = {"to": to.user.get_full_name(), "before": before, "why": why.strip()}
    detail = {name: said for name, said in told.items() if said}
    finish(referral, Verb.HAND_TO_COLLEAGUE, State(referral.state), by=by, detail=detail, also=("adviser",))


@transaction.atomic
def hand_all_to_colleague(referrals: Iterable[Referral], *, to: Membership, by: Actor, why: str = "") -> int:
    """Each as by itself, in the order of their numbers; those that the colleague follows already stay. How many."""
    waiting = sorted((one for one in referrals if one.adviser_id != to.pk), key=lambda one: one.pk)
    for referral in waiting:
        hand_to_colleague(referral, to=to, by=by, why=why)
    return len(waiting)
