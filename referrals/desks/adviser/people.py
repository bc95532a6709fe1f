"""The person of a case is put right after it was sent."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import page, require
from referrals import permissions, transitions
from referrals.desks.adviser.case import load_case
from referrals.desks.attempts import attempt
from referrals.desks.next_steps import held_by
from referrals.forms.correction import CorrectPersonForm
from referrals.models import Referral
from referrals.states import State, Verb
from referrals.transitions import IdentityInput


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, uid: UUID) -> HttpResponse:
    referral = load_case(request, uid)
    require(permissions.may_ever(request.actor, Verb.CORRECT_PERSON, referral))
    if referral.state == State.DRAFT:
        return redirect("referral_person", uid)
    known = CorrectPersonForm.known(referral.beneficiary, None)
    form = CorrectPersonForm(request.POST or None, initial=known)
    if form.is_valid() and _corrected(request, referral, form):
        return redirect("referral_case", uid)
    context = {"form": form, "referral": referral, "person": referral.beneficiary, "held": held_by(referral)}
    return page(request, "referrals/adviser/correct.html", context, status=422 if form.is_bound else 200)


def _corrected(request: HttpRequest, referral: Referral, form: CorrectPersonForm) -> bool:
    given = IdentityInput(**form.identity)

    def correct_it() -> None:
        why = form.cleaned_data["why"]
        transitions.correct_person(referral, person=given, was_wrong=form.was_wrong, why=why, by=request.actor)

    before = referral.state
    if not attempt(request, form, correct_it, _("La correction est enregistrée, et notée dans le fil.")):
        return False
    referral.refresh_from_db(fields=["state"])
    if referral.state != before:
        said = _("L’éligibilité a été recalculée et ne tient plus : le dossier redevient un brouillon. Relisez-la.")
        messages.warning(request, said)
    return True
