"""My account: who I am, where I work, password, second factor, sessions. Everyone sees and changes their own alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mobiliz.accounts import actions, letters, second_factor, sessions
from mobiliz.accounts.forms import OwnPlaceForm
from mobiliz.accounts.guards import about_oneself
from mobiliz.accounts.models import Membership, SignIn
from mobiliz.lib.pages import get_visible_or_404
from mobiliz.lib.refusals import Refused, attempt

SHOWN = 10


@about_oneself
@require_safe
def my_account(request: HttpRequest) -> HttpResponse:
    own = SignIn.objects.visible_to(request.actor)
    context = {
        "capacities": request.capacities,
        "second_factor": second_factor.state_of(sessions.me(request)),
        "is_required": second_factor.is_required_of(sessions.me(request), request.capacities),
        "open_sessions": list(own.open().recent()),
        "this_session": request.session.get(sessions.KEY),
        "past_sessions": list(own.ended().recent()[:SHOWN]),
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "accounts/my_account.html", context)


@about_oneself
@require_safe
def second_factor_section(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('my_account')}#double-authentification")


class Activate(ActivateTOTPView):
    """allauth's; a class, because it is one there."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        second_factor.switched_on(self.request)
        letters.tell(sessions.me(self.request), "totp_activated")
        return response


class NewCodes(GenerateRecoveryCodesView):
    """allauth's too."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        letters.tell(sessions.me(self.request), "recovery_codes_generated")
        return response


@about_oneself
@require_http_methods(["GET", "HEAD", "POST"])
def edit_place(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One's own direct line and job title in one of the places where one works."""
    own = Membership.objects.current().of_user(sessions.me(request)).with_places()
    membership = get_visible_or_404(own, request.actor, uid)
    form = OwnPlaceForm(request.POST if request.method == "POST" else None, initial=OwnPlaceForm.of(membership))
    if form.is_valid():
        edited = attempt(form, lambda: actions.edit_own_place(membership, **form.cleaned_data, by=request.actor))
        if edited:
            messages.success(request, _("C’est enregistré."))
            return redirect("my_account")
    context = {"membership": membership, "form": form}
    return render(request, "accounts/my_place.html", context, status=422 if form.is_bound else 200)


@about_oneself
@require_POST
def end_session(request: HttpRequest, uid: UUID) -> HttpResponse:
    sign_in = get_visible_or_404(SignIn, request.actor, uid)
    try:
        sessions.end(sign_in, by=request.actor)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("La session est fermée."))
    return _to_sessions()


@about_oneself
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    sessions.end_others(request, by=request.actor)
    messages.success(request, _("Toutes vos autres sessions sont fermées."))
    return _to_sessions()


def _to_sessions() -> HttpResponse:
    return redirect(f"{reverse('my_account')}#sessions")
