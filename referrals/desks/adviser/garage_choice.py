"""Step 4: the garage. The same list serves for the next garage after a refusal."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions, unfinished
from referrals.candidates import candidates
from referrals.desks.adviser import steps
from referrals.desks.attempts import attempt
from referrals.forms.sending import GarageForm
from referrals.models import Referral, Step
from referrals.states import State, Verb


@require_http_methods(["GET", "HEAD", "POST"])
def garage(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Choose a garage: for a draft the choice goes on to the last step, for a waiting referral it is asked at once."""
    referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
    require(permissions.may_ever(request.actor, Verb.ASSIGN, referral))
    if not permissions.can(request.actor, _verb(referral), referral):
        return steps.to_case(request, referral)
    form = GarageForm(request.POST or None, candidates=candidates(referral, by=request.actor))
    if form.is_valid():
        return _chosen(request, referral, form)
    return _show_garages(request, referral, form, status=422 if form.is_bound else 200)


def _verb(referral: Referral) -> Verb:
    return Verb.SEND if referral.state == State.DRAFT else Verb.ASSIGN


def _chosen(request: HttpRequest, referral: Referral, form: GarageForm) -> HttpResponse:
    chosen, why = form.cleaned_data["garage"].garage, form.cleaned_data["choice_reason"]
    if referral.state == State.DRAFT:
        choice = {"garage": [str(chosen.uid)], "choice_reason": [why]}
        unfinished.keep(referral.uid, Step.GARAGE, typed=choice, by=request.actor)
        kept = urlencode({"garage": chosen.uid, **({"raison": why} if why else {})})
        return redirect(f"{reverse('referral_send', args=[referral.uid])}?{kept}")

    def ask_it() -> None:
        transitions.assign(referral, garage=chosen, choice_reason=why, by=request.actor)

    if attempt(request, form, ask_it, _("L’orientation est proposée à %(garage)s.") % {"garage": chosen.name}):
        return redirect("referral_case", referral.uid)
    return _show_garages(request, referral, form, status=422)


def _show_garages(request: HttpRequest, referral: Referral, form: GarageForm, status: int) -> HttpResponse:
    context = steps.context(
        referral,
        "garage",
        form=form,
        near=[one for one in form.candidates if one.is_within_agreed],
        far=[one for one in form.candidates if not one.is_within_agreed],
        chosen=form["garage"].value() or request.GET.get("garage", ""),
        is_draft=referral.state == State.DRAFT,
    )
    return page(request, "referrals/adviser/garage.html", context, status=status)
