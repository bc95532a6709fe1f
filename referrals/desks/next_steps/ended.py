"""What waits for nobody any more."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.desks.next_steps.pilot import refused
from referrals.desks.next_steps.step import NextStep, Urgency, case_url
from referrals.models import Referral
from referrals.states import REOPEN_WITHIN_DAYS


def completed(referral: Referral) -> NextStep:
    return _ended(referral, "good", _("Réparée"), _("La voiture est réparée. Plus rien n’est à faire."))


def closed(referral: Referral) -> NextStep:
    if getattr(referral, "refusal", None):
        return refused(referral, referral.refusal)
    until = day_fr(referral.closed_at + timedelta(days=REOPEN_WITHIN_DAYS)) if referral.closed_at else ""
    sentence = _("Close : %(outcome)s. Elle peut être rouverte jusqu’au %(day)s.")
    words = {"outcome": referral.get_outcome_display(), "day": until}
    return _ended(referral, "info", _("Close sans suite"), sentence % words)


def _ended(referral: Referral, sense: str, title: str, sentence: str) -> NextStep:
    return NextStep(
        urgency=Urgency.UNDER_WAY,
        sense=sense,
        title=title,
        detail=_("le %(day)s") % {"day": day_fr(referral.state_since, "full")},
        sentence=sentence,
        label=_("Voir le dossier"),
        url=case_url(referral),
    )
