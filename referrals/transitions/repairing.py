"""The end that everything is for: the repair done; or its cancellation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.numbers import format_eur
from referrals.models import Assignment, QuoteVersion, Repair
from referrals.states import End, Outcome, State, Verb
from referrals.transitions import slots
from referrals.transitions.core import Refused, begin_assignment, end_assignment, finish
from referrals.transitions.quoting import accepted_version


@transaction.atomic
def record_repair(
    assignment: Assignment,
    *,
    done_on: date,
    final_total_incl_tax: Decimal,
    by: Actor,
    mileage_km: int | None = None,
) -> Repair:
    """The repair is done, at most at the price agreed (euros, with tax)."""
    referral, assignment = begin_assignment(assignment, Verb.RECORD_REPAIR, by=by)
    agreed = accepted_version(assignment)
    assert agreed is not None
    _refuse_repair(agreed, done_on, final_total_incl_tax)
    repair = Repair.objects.create(
        assignment=assignment,
        version=agreed,
        done_on=done_on,
        final_total_incl_tax=final_total_incl_tax,
        mileage_km=mileage_km,
        recorded_at=clock.now(),
        recorded_by=by.membership,
    )
    slots.nothing_more_to_come(assignment)
    detail = {"done_on": done_on.isoformat(), "final_total_incl_tax": str(final_total_incl_tax)}
    finish(referral, Verb.RECORD_REPAIR, State.COMPLETED, by=by, assignment=assignment, detail=detail)
    return repair


@transaction.atomic
def cancel_repair(assignment: Assignment, *, reason: str, by: Actor) -> None:
    """Agreed, but not done: the person withdrew within 14 days, or the garage cannot."""
    referral, assignment = begin_assignment(assignment, Verb.CANCEL_REPAIR, by=by)
    if not reason.strip():
        raise Refused(_("Dites pourquoi la réparation est annulée."), field="reason")
    end_assignment(assignment, End.CLOSED)
    finish(
        referral,
        Verb.CANCEL_REPAIR,
        State.CLOSED,
        by=by,
        assignment=assignment,
        outcome=Outcome.REPAIR_CANCELLED,
        detail={"reason": reason.strip()},
    )


def _refuse_repair(agreed: QuoteVersion, done_on: date, final_total: Decimal) -> None:
    if done_on > clock.today():
        raise Refused(_("La date de la réparation ne peut pas être dans le futur."), field="done_on")
    if done_on < agreed.issued_on:
        raise Refused(_("La réparation ne peut pas précéder le devis."), field="done_on")
    if final_total > agreed.total_incl_tax:
        raise Refused(
            _("Le montant final dépasse le devis accepté (%(total)s). Proposez d’abord les travaux supplémentaires.")
            % {"total": format_eur(agreed.total_incl_tax)},
            field="final_total_incl_tax",
        )
