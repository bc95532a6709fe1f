"""Each act on a case: load, may they at all, read the form, try the verb, back to the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import get_visible_or_404, require
from referrals import permissions, transitions
from referrals.desks.adviser.acts import form_of
from referrals.desks.adviser.case import load_case, show_case
from referrals.desks.attempts import attempt
from referrals.models import Assignment, Referral
from referrals.states import Outcome, Verb

ACT = ["GET", "HEAD", "POST"]
Do = Callable[[Referral, dict[str, Any]], object]


@require_http_methods(ACT)
def unsend(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        transitions.unsend(referral, by=request.actor)

    return _act(request, uid, Verb.UNSEND, do, _("L’orientation est reprise : le garage n’est plus sollicité."))


@require_http_methods(ACT)
def settle(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        held = _assignment(request, referral, typed["assignment"])
        transitions.settle_by_telephone(held, spoke_with=typed["spoke_with"], on=typed["on"], by=request.actor)

    return _act(request, uid, Verb.SETTLE_BY_TELEPHONE, do, _("L’accord du garage est enregistré."))


@require_http_methods(ACT)
def pause(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        transitions.pause_reminders(referral, until=typed["until"], by=request.actor)

    return _act(request, uid, Verb.PAUSE_REMINDERS, do, _("Les relances sont suspendues."))


@require_http_methods(ACT)
def resume(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        transitions.resume_reminders(referral, by=request.actor)

    return _act(request, uid, Verb.RESUME_REMINDERS, do, _("Les relances reprennent."))


@require_http_methods(ACT)
def decline_quote(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        held = _assignment(request, referral, typed.pop("assignment"))
        transitions.decline_quote(held, channel="adviser", by=request.actor, **typed)

    return _act(request, uid, Verb.DECLINE_QUOTE, do, _("Le refus du devis est enregistré."))


@require_http_methods(ACT)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        transitions.withdraw(referral, by=request.actor, **typed)

    return _act(request, uid, Verb.WITHDRAW, do, _("L’abandon est enregistré, le dossier est fermé."))


@require_http_methods(ACT)
def close(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        transitions.close(referral, outcome=Outcome(typed["outcome"]), reason=typed["reason"], by=request.actor)

    return _act(request, uid, Verb.CLOSE, do, _("Le dossier est fermé."))


@require_http_methods(ACT)
def reopen(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        transitions.reopen(referral, by=request.actor)

    return _act(request, uid, Verb.REOPEN, do, _("Le dossier est rouvert : c’est de nouveau un brouillon."))


def _act(request: HttpRequest, uid: UUID, verb: Verb, do: Do, said: str) -> HttpResponse:
    """Load, may they at all, read the form, try the verb; a refusal shows the page again with what was typed.

    Opening the address does nothing: whoever comes back to it, by history or after signing in, finds the case.
    """
    referral = load_case(request, uid)
    require(permissions.may_ever(request.actor, verb, referral))
    if request.method != "POST":
        return redirect("referral_case", uid)
    form = form_of(verb, request.actor, referral, request.POST)
    if form.is_valid() and attempt(request, form, lambda: do(referral, dict(form.cleaned_data)), said):
        return redirect("referral_case", uid)
    if not permissions.can(request.actor, verb, referral):
        messages.info(request, _("Ce dossier a changé entre-temps : relisez où il en est. Rien n’a été changé."))
        return redirect("referral_case", uid)
    return show_case(request, referral, tried=form, status=422)


def _assignment(request: HttpRequest, referral: Referral, uid: UUID) -> Assignment:
    return get_visible_or_404(Assignment.objects.with_all().of_referral(referral), request.actor, uid)
