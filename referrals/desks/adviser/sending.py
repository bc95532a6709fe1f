"""Step 5: read over and send."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib import clock
from mobiliz.lib.pages import page
from referrals import transitions
from referrals.candidates import candidates
from referrals.desks.adviser import steps
from referrals.desks.adviser.household import verdict_of
from referrals.desks.attempts import attempt
from referrals.forms.sending import CloseForm, ConfirmForm, GarageForm
from referrals.models import Referral
from referrals.readiness import missing_for_sending
from referrals.states import Outcome


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def send(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Read over, then send to the garage that the address carries."""
    asked = request.POST if request.method == "POST" else request.GET
    form = GarageForm(
        {"garage": asked.get("garage", ""), "choice_reason": asked.get("raison", "")},
        candidates=candidates(referral, by=request.actor),
    )
    if request.method == "POST" and form.is_valid() and _sent(request, referral, form):
        return redirect("referral_case", referral.uid)
    return _show_send(request, referral, form, status=422 if request.method == "POST" else 200)


def _sent(request: HttpRequest, referral: Referral, form: GarageForm) -> bool:
    chosen, why = form.cleaned_data["garage"].garage, form.cleaned_data["choice_reason"]

    def send_it() -> None:
        transitions.send(referral, garage=chosen, choice_reason=why, by=request.actor)

    return attempt(request, form, send_it, _("L’orientation est envoyée à %(garage)s.") % {"garage": chosen.name})


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def send_for_review(request: HttpRequest, referral: Referral) -> HttpResponse:
    if request.method != "POST":
        return redirect("referral_send", referral.uid)
    form = ConfirmForm(request.POST)

    def send_it() -> None:
        transitions.send_for_review(referral, by=request.actor)

    if form.is_valid() and attempt(request, form, send_it, _("Le dossier est envoyé à un pilote, qui décide.")):
        return redirect("referral_case", referral.uid)
    return _show_send(request, referral, form, status=422)


def _show_send(request: HttpRequest, referral: Referral, form: Any, status: int) -> HttpResponse:
    missing = missing_for_sending(referral, clock.today())
    chosen = form.cleaned_data.get("garage") if form.is_valid() else None
    context = steps.context(
        referral,
        "send",
        also_done=["garage"] if chosen else [],
        form=form,
        chosen=chosen,
        choice_reason=form.data.get("choice_reason", ""),
        was_tried=status == 422,
        missing=[one for one in missing if one.code != "assessment_not_usable"],
        verdict=verdict_of(referral.assessment) if referral.assessment else None,
        is_usable=not any(one.code in ("assessment_not_usable", "no_assessment") for one in missing),
        close_form=CloseForm(outcomes=[Outcome.NOT_ELIGIBLE], initial={"outcome": Outcome.NOT_ELIGIBLE.value}),
    )
    return page(request, "referrals/adviser/send.html", context, status=status)
