"""Needs that no offer covers, noted on a case, for a person, or for somebody who is not registered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.paging import DAYS, Order, paged
from referrals import permissions
from referrals.desks.adviser.case import load_case, show_case
from referrals.desks.look import only_senders_and_pilots
from referrals.forms.needs import NeedForm, PlacedNeedForm
from referrals.models import Beneficiary, Need
from referrals.needs import record_need, withdraw_need

ACT = ["GET", "HEAD", "POST"]
BY_DAY = Order("jour", _("Noté le"), "recorded_at", DAYS, is_down=True)


@require_http_methods(ACT)
def needs(request: HttpRequest) -> HttpResponse:
    """Noted here for a person whom the address names, or for nobody in particular; those of the structure below."""
    only_senders_and_pilots(request.actor)
    require(permissions.can_create(request.actor))
    person = _person(request)
    form = _form(request, person)
    if form.is_valid():
        typed = form.cleaned_data
        told = {"beneficiary": person, "commune": typed.get("commune"), "words": typed["words"]}
        record_need(kind=form.need, by=request.actor, **told)
        messages.success(request, _("C’est noté : le besoin est compté dans sa région."))
        return redirect("needs")
    found = paged(request, Need.objects.visible_to(request.actor).standing().for_list(), [BY_DAY])
    context = {"form": form, "person": person, "found": found}
    return page(request, "referrals/adviser/needs.html", context, status=422 if form.is_bound else 200)


@require_http_methods(ACT)
def on_case(request: HttpRequest, uid: UUID) -> HttpResponse:
    referral = load_case(request, uid)
    require(permissions.can_note(request.actor, referral))
    if request.method != "POST":
        return redirect("referral_case", uid)
    form = NeedForm(request.POST, auto_id="besoin_%s")
    if not form.is_valid():
        return show_case(request, referral, tried=form, status=422)
    record_need(kind=form.need, referral=referral, words=form.cleaned_data["words"], by=request.actor)
    messages.success(request, _("C’est noté : le besoin est compté dans sa région."))
    return redirect(reverse("referral_case", args=[uid]) + "#besoins")


@require_http_methods(ACT)
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    need = get_visible_or_404(Need.objects.for_list(), request.actor, uid)
    if request.method == "POST":
        withdraw_need(need, by=request.actor)
        messages.success(request, _("Le besoin est retiré : il n’est plus compté."))
    if need.referral:
        return redirect(reverse("referral_case", args=[need.referral.uid]) + "#besoins")
    return redirect("needs")


def _form(request: HttpRequest, person: Beneficiary | None) -> Any:
    data = request.POST if request.method == "POST" else None
    kind: type[forms.Form] = NeedForm if person else PlacedNeedForm
    return kind(data)


def _person(request: HttpRequest) -> Beneficiary | None:
    said = request.POST.get("personne") or request.GET.get("personne")
    if not said:
        return None
    try:
        uid = UUID(said)
    except ValueError:
        raise Http404 from None
    found = Beneficiary.objects.visible_to(request.actor).standing_for(uid).first()
    if found is None:
        raise Http404
    return found
