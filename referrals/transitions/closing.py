"""Ends without a repair, and beginning again."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals import permissions
from referrals.models import Assignment, Beneficiary, Referral
from referrals.states import CLOSE_OUTCOMES, REOPEN_WITHIN_DAYS, End, Outcome, State, Verb
from referrals.transitions.consenting import end_consent
from referrals.transitions.core import Refused, begin, end_assignment, finish, open_assignment, overtaken
from referrals.transitions.quoting import withdraw_quote


@transaction.atomic
def withdraw(referral: Referral, *, reason: str, by: Actor, withdraws_consent: bool = False) -> None:
    """The person does not go on; withdrawing consent does the same and stops the sharing."""
    if withdraws_consent:
        _hold(referral.beneficiary_id)
    referral, _nothing = begin(referral, Verb.WITHDRAW, by=by)
    if not reason.strip():
        raise Refused(_("Notez pourquoi la personne abandonne."), field="reason")
    _close(referral, Verb.WITHDRAW, Outcome.WITHDRAWN, reason, by, takes_consent=withdraws_consent)
    if withdraws_consent:
        _stop_sharing(referral.beneficiary, reason, by)


@transaction.atomic
def withdraw_consent(beneficiary: Beneficiary, *, reason: str, by: Actor) -> None:
    """The person no longer agrees: whatever is open of theirs is closed, and nothing is shared any more."""
    held = _hold(beneficiary.pk)
    if held.merged_into_id is not None and permissions.can_merge(by, held):
        raise Refused(_("Cette fiche vient d’être réunie avec une autre. Rouvrez le dossier."), code="merged")
    visible = Beneficiary.objects.visible_to(by).with_key(beneficiary.pk)
    if not permissions.can_create(by) or not visible.exists():
        raise PermissionDenied
    if not reason.strip():
        raise Refused(_("Notez ce que la personne a dit."), field="reason")
    _stop_sharing(beneficiary, reason, by)


@transaction.atomic
def close(
    referral: Referral, *, outcome: Outcome, reason: str, by: Actor, assignment: Assignment | None = None
) -> None:
    """Closed without a repair, with an outcome that the actor's part allows, and a reason."""
    referral, held = begin(referral, Verb.CLOSE, by=by, assignment=assignment)
    if outcome not in _allowed_outcomes(referral, by, held):
        raise PermissionDenied
    if not reason.strip():
        raise Refused(_("Notez pourquoi le dossier est clos."), field="reason")
    _close(referral, Verb.CLOSE, outcome, reason, by)


@transaction.atomic
def tell_refusal(referral: Referral, *, by: Actor) -> None:
    """The person was told of the pilot's no: it leaves the adviser's desk, and stays closed as it was."""
    referral, _nothing = begin(referral, Verb.TELL_REFUSAL, by=by)
    if not Referral.objects.with_uid(referral.uid).refused_and_untold().exists():
        raise overtaken(referral)
    finish(referral, Verb.TELL_REFUSAL, State.CLOSED, by=by, outcome=Outcome(referral.outcome))


@transaction.atomic
def reopen(referral: Referral, *, by: Actor) -> None:
    """Back to a draft, within 30 days of the closing; an expired assessment is then made again."""
    referral, _nothing = begin(referral, Verb.REOPEN, by=by)
    assert referral.closed_at is not None
    if clock.now() - referral.closed_at > timedelta(days=REOPEN_WITHIN_DAYS):
        raise Refused(
            _("Ce dossier est clos depuis plus de %(days)s jours : ouvrez-en un nouveau.")
            % {"days": REOPEN_WITHIN_DAYS},
            code="closed_too_long",
        )
    # its last garage no longer holds it: from here on it sees only what it did itself
    Assignment.objects.of_referral(referral).ended_as(End.CLOSED).update(end=End.REOPENED.value)
    finish(referral, Verb.REOPEN, State.DRAFT, by=by)


def _allowed_outcomes(referral: Referral, by: Actor, assignment: Assignment | None) -> frozenset[Outcome]:
    playing = permissions.parties(by, referral, assignment)
    return frozenset().union(*(CLOSE_OUTCOMES.get(party, frozenset()) for party in playing))


def _close(
    referral: Referral, verb: Verb, outcome: Outcome, reason: str, by: Actor, *, takes_consent: bool = False
) -> None:
    held = open_assignment(referral)
    if held:
        withdraw_quote(held)
        end_assignment(held, End.CLOSED)
    detail = {"reason": reason.strip(), **({"consent": "withdrawn"} if takes_consent else {})}
    finish(referral, verb, State.CLOSED, by=by, assignment=held, outcome=outcome, detail=detail)


def _hold(beneficiary_id: int) -> Beneficiary:
    """The person's row first, then their cases: the order in which every verb on a person locks."""
    return Beneficiary.objects.select_for_update(of=("self",), no_key=True).get(pk=beneficiary_id)


def _stop_sharing(beneficiary: Beneficiary, reason: str, by: Actor) -> None:
    for other in Referral.objects.visible_to(by).open().of_people(beneficiary.pk):
        fresh, _nothing = begin(other, Verb.WITHDRAW, by=by)
        _close(fresh, Verb.WITHDRAW, Outcome.WITHDRAWN, reason, by, takes_consent=True)
    end_consent(beneficiary.pk)
