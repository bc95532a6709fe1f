"""Step 1: the person and what they agree to."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib import clock
from mobiliz.lib.pages import page, require
from referrals import actions, permissions, transitions
from referrals.desks.adviser import steps
from referrals.desks.look import only_senders_and_pilots
from referrals.forms.person import NewPersonForm, PersonForm
from referrals.models import Referral
from referrals.transitions import ConsentInput, PersonInput
from referrals.transitions.opening import CONSENT_TEXT_VERSION

RECENTLY = timedelta(minutes=15)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    only_senders_and_pilots(request.actor)
    require(permissions.can_create(request.actor))
    form = NewPersonForm(request.POST or None)
    if form.is_valid():
        referral = _open(request, form)
        messages.success(request, _("Le dossier %(number)s est ouvert.") % {"number": referral.spoken_number})
        return redirect("referral_household", referral.uid)
    context = {
        "form": form,
        "steps": steps.bar(None, "person"),
        "consent_version": CONSENT_TEXT_VERSION,
        "just_opened": None if form.is_bound else _just_opened(request),
    }
    return page(request, "referrals/adviser/new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def person(request: HttpRequest, referral: Referral) -> HttpResponse:
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm.of(referral)
    if form.is_valid():
        _correct(request, referral, form)
        return redirect("referral_household", referral.uid)
    context = steps.context(referral, "person", form=form, consents=referral.beneficiary.consents.all())
    return page(request, "referrals/adviser/person.html", context, status=422 if form.is_bound else 200)


def _just_opened(request: HttpRequest) -> Referral | None:
    """The browser's back button leads to an empty form: the dossier that it had opened is one click away."""
    own = Referral.objects.visible_to(request.actor).for_list()
    return own.just_opened_by(request.actor.membership, clock.now() - RECENTLY).first()


def _open(request: HttpRequest, form: NewPersonForm) -> Referral:
    return transitions.open_referral(
        person=PersonInput(**form.person),
        consent=ConsentInput(**form.consent),
        distance_agreed_km=form.cleaned_data["distance_agreed_km"],
        key=form.cleaned_data["key"],
        by=request.actor,
    )


def _correct(request: HttpRequest, referral: Referral, form: PersonForm) -> None:
    before = referral.assessment_id
    distance = form.cleaned_data["distance_agreed_km"]
    actions.update_person(referral, by=request.actor, distance_agreed_km=distance, **form.person)
    referral.refresh_from_db(fields=["assessment"])
    if referral.assessment_id != before:
        messages.info(request, _("L’éligibilité a été recalculée : relisez la réponse."))
