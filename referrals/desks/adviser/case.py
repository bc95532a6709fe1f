"""The case on one page: where it stands, what to do next, who to call, what happened; and each act on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions
from referrals.desks import timeline
from referrals.desks.adviser.acts import form_of, possible_acts
from referrals.desks.adviser.household import verdict_of
from referrals.desks.attempts import attempt
from referrals.desks.look import badge_of
from referrals.desks.next_steps import held_by, last_asked, latest_quote, next_step
from referrals.models import Assignment, LogEntry, Referral
from referrals.states import Outcome, State, Verb

ACT = ["GET", "HEAD", "POST"]
Do = Callable[[Referral, dict[str, Any]], object]


@require_safe
def referral_case(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _show(request, _load(request, uid))


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
    referral = _load(request, uid)
    require(permissions.may_ever(request.actor, verb, referral))
    if request.method != "POST":
        return redirect("referral_case", uid)
    form = form_of(verb, request.actor, referral, request.POST)
    if form.is_valid() and attempt(request, form, lambda: do(referral, dict(form.cleaned_data)), said):
        return redirect("referral_case", uid)
    if not permissions.can(request.actor, verb, referral):
        messages.info(request, _("Ce dossier a changé entre-temps : relisez où il en est. Rien n’a été changé."))
        return redirect("referral_case", uid)
    return _show(request, referral, tried=form, status=422)


def _load(request: HttpRequest, uid: UUID) -> Referral:
    return get_visible_or_404(Referral.objects.for_case(request.actor), request.actor, uid)


def _assignment(request: HttpRequest, referral: Referral, uid: UUID) -> Assignment:
    return get_visible_or_404(Assignment.objects.with_all().of_referral(referral), request.actor, uid)


def _show(request: HttpRequest, referral: Referral, tried: forms.Form | None = None, status: int = 200) -> HttpResponse:
    acts = possible_acts(request.actor, referral, tried)
    context = {
        "referral": referral,
        "person": referral.beneficiary,
        "badge": badge_of(referral, is_held=held_by(referral) is not None),
        "next": next_step(referral),
        "today": clock.today(),
        "near": [one for one in acts if one["act"].is_near],
        "away": [one for one in acts if not one["act"].is_near],
        "tried": tried,
        **_garages(referral),
        **_rights(request, referral),
        "events": timeline.events(LogEntry.objects.of_referral(referral).with_actors().latest_first()),
    }
    return page(request, "referrals/adviser/case.html", context, status=status)


def _garages(referral: Referral) -> dict[str, Any]:
    """The garage that holds it, its quote, and those asked before."""
    held, last = held_by(referral), last_asked(referral)
    shown = held or (last if referral.state in (State.COMPLETED, State.CLOSED) else None)
    return {
        "held": held,
        "quote": latest_quote(shown),
        "repair": getattr(shown, "repair", None),
        "asked": list(referral.assignments.all()),
    }


def _rights(request: HttpRequest, referral: Referral) -> dict[str, Any]:
    """Income, household and notes: the sender's side only; a pilot reads them while deciding, on the review page."""
    actor = request.actor
    is_senders = actor.is_adviser and permissions.can_see_income(actor, referral)
    return {
        "is_senders": is_senders,
        "may_take_next": is_senders or referral.state == State.WAITING,
        "verdict": verdict_of(referral.assessment) if is_senders and referral.assessment else None,
        "can_edit": permissions.can_edit_draft(actor, referral),
        "can_reassess": permissions.can_reassess(actor, referral) and referral.state != State.DRAFT,
        "can_review": permissions.can(actor, Verb.APPROVE_REVIEW, referral),
    }
