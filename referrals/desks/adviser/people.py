"""The person of a case is put right after it was sent; or takes back what they agreed to."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions
from referrals.consent import NAMES_STRUCTURE
from referrals.desks.adviser import elsewhere
from referrals.desks.adviser.case import load_case
from referrals.desks.attempts import attempt
from referrals.desks.next_steps import held_by
from referrals.forms.correction import CorrectPersonForm
from referrals.forms.sending import WithdrawConsentForm
from referrals.models import Consent, Referral
from referrals.states import State, Verb
from referrals.transitions import IdentityInput


def _is_of_another(request: HttpRequest, referral: Referral) -> bool:
    """The case passed to another person while the page was open: what was said of the one is not done to the other."""
    own = str(referral.beneficiary.uid)
    if request.POST.get("of", own) == own:
        return False
    messages.info(request, _("Ce dossier n’est plus celui de la même personne : relisez-le. Rien n’a été changé."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, uid: UUID) -> HttpResponse:
    referral = load_case(request, uid)
    require(permissions.may_ever(request.actor, Verb.CORRECT_PERSON, referral))
    if _is_of_another(request, referral):
        return redirect("referral_case", uid)
    if referral.state == State.DRAFT:
        return redirect("referral_person", uid)
    known = CorrectPersonForm.known(referral.beneficiary, None)
    form = CorrectPersonForm(request.POST or None, initial=known)
    helped = None
    try:
        if form.is_valid() and _corrected(request, referral, form):
            return redirect("referral_case", uid)
    except transitions.HelpedElsewhere as found:
        helped = found
    context = {
        **elsewhere.question(request, helped),
        "form": form,
        "referral": referral,
        "person": referral.beneficiary,
        "held": held_by(referral),
    }
    return page(request, "referrals/adviser/correct.html", context, status=422 if form.is_bound else 200)


def _corrected(request: HttpRequest, referral: Referral, form: CorrectPersonForm) -> bool:
    given = IdentityInput(**form.identity)

    def correct_it() -> None:
        why = form.cleaned_data["why"]
        said = elsewhere.said(request)
        transitions.correct_person(
            referral, person=given, was_wrong=form.was_wrong, why=why, elsewhere=said, by=request.actor
        )

    before = referral.state
    if not attempt(request, form, correct_it, _("La correction est enregistrée, et notée dans le fil.")):
        return False
    referral.refresh_from_db(fields=["state"])
    if referral.state != before:
        said = _("L’éligibilité a été recalculée et ne tient plus : le dossier redevient un brouillon. Relisez-la.")
        messages.warning(request, said)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_consent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """In any state of the case: what the person agreed to is theirs to take back at any moment."""
    referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
    require(permissions.may_ever(request.actor, Verb.WITHDRAW, referral))
    if _is_of_another(request, referral):
        return redirect("referral_case", uid)
    consent = Consent.objects.in_force().of_beneficiary(referral.beneficiary_id).first()
    if consent is None:
        messages.info(request, _("Aucun accord n’est en vigueur : rien n’est partagé, et rien n’a changé."))
        return redirect("referral_case", uid)
    form = WithdrawConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _withdrawn(request, referral, form):
        return redirect("referral_case", uid)
    running = Referral.objects.visible_to(request.actor).open().of_people(referral.beneficiary_id)
    context = {"form": form, "referral": referral, "consent": consent, "running": running}
    context["names_structure"] = NAMES_STRUCTURE in consent.purposes
    return page(request, "referrals/adviser/withdraw_consent.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def stop_naming(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What was agreed to apart is taken back apart."""
    referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
    require(permissions.may_ever(request.actor, Verb.WITHDRAW, referral))
    if request.method == "POST" and not _is_of_another(request, referral):
        transitions.stop_naming(referral.beneficiary, by=request.actor)
        messages.success(request, _("C’est noté : votre structure n’est plus nommée à une autre."))
    return redirect("referral_case", uid)


def _withdrawn(request: HttpRequest, referral: Referral, form: WithdrawConsentForm) -> bool:
    def take_it_back() -> None:
        transitions.withdraw_consent(referral.beneficiary, reason=form.cleaned_data["reason"], by=request.actor)

    return attempt(request, form, take_it_back, _("L’accord est retiré : plus rien n’est partagé."))
