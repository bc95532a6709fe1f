"""What waits for the person: the answer to a quote."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobiliz.lib import clock
from mobiliz.lib.numbers import format_eur
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.clock import (
    CALL_AGAIN_DAYS,
    LAST_CALL_DAYS,
)
from referrals.desks.next_steps.step import NextStep, Urgency, case_url, held_by, latest_quote
from referrals.models import Referral


def quoted(referral: Referral) -> NextStep:
    held = held_by(referral)
    version = latest_quote(held)
    assert held is not None
    assert version is not None
    left = (version.valid_until - clock.today()).days
    person = referral.beneficiary
    words = {"person": person.first_name, "total": format_eur(version.total_incl_tax), "garage": held.garage.name}
    urgency = _urgency_of_quote(left)
    return NextStep(
        urgency=urgency,
        sense="late" if left < 0 else "info" if urgency == Urgency.UNDER_WAY else "wait",
        title=_days_left(left),
        detail=_("valable jusqu’au %(day)s") % {"day": day_fr(version.valid_until, "weekday")},
        sentence=_("%(person)s n’a pas encore répondu au devis de %(total)s (%(garage)s).") % words,
        due=version.valid_until,
        label=_("Appeler %(person)s") % words if person.phone else _("Voir le devis"),
        url=f"tel:{person.phone}" if person.phone else case_url(referral),
        icon="phone" if person.phone else "document-text",
    )


def _urgency_of_quote(left: int) -> Urgency:
    """The person has time to think; they are called seven days before the end, and again two days before."""
    if left <= LAST_CALL_DAYS:
        return Urgency.NOW
    return Urgency.SOON if left <= CALL_AGAIN_DAYS else Urgency.UNDER_WAY


def _days_left(left: int) -> str:
    if left < 0:
        return _("Le devis a expiré")
    if left == 0:
        return _("Le devis expire ce soir")
    return ngettext("Le devis expire demain", "Le devis expire dans %(days)d jours", left) % {"days": left}
