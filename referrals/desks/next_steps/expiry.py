"""An answer that comes to its end before any quote: a task of its own, or a word on what is more pressing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.desks.next_steps.step import NextStep, Urgency, step_url
from referrals.expiry import ends_soon
from referrals.models import Referral
from referrals.states import State


def with_expiry(referral: Referral, step: NextStep) -> NextStep:
    until = _until(referral)
    if until is None:
        return step
    words = {"day": day_fr(until, "weekday")}
    sentence = f"{step.sentence} {_('L’éligibilité se termine le %(day)s : elle est à refaire avant.') % words}"
    if step.urgency == Urgency.NOW:
        return replace(step, sentence=sentence)
    if referral.state == State.DRAFT:
        detail = _("éligible jusqu’au %(day)s") % words
        return replace(step, sense="wait", sentence=sentence, detail=detail, due=until)
    return NextStep(
        urgency=Urgency.SOON,
        sense="wait",
        title=_("Éligibilité à renouveler"),
        detail=_("valable jusqu’au %(day)s") % words,
        sentence=sentence,
        label=_("Refaire l’évaluation"),
        url=step_url(referral, "household"),
        icon="document-text",
        due=until,
    )


def _until(referral: Referral) -> date | None:
    assessment = referral.assessment
    if assessment is None or not ends_soon(referral.state, assessment.valid_until, clock.today()):
        return None
    until: date | None = assessment.valid_until
    return until
