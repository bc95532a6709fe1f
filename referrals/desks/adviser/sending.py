"""Step 5: read over and send, then what happens next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions, unfinished
from referrals.candidates import Kept, candidate, chosen_before, kept_choice, queue_for
from referrals.clock import REVIEW_WORKING_DAYS, due_on
from referrals.delays import delays_on
from referrals.desks.adviser import steps, typed
from referrals.desks.adviser.household import verdict_of
from referrals.desks.attempts import attempt
from referrals.desks.next_steps import held_by
from referrals.desks.slots import free_slots, held_slot
from referrals.forms.garage_choice import SendForm
from referrals.forms.sending import CloseForm, ConfirmForm
from referrals.models import Assignment, Referral
from referrals.readiness import missing_for_sending, wants_review
from referrals.states import Outcome, State, Verb

# What the last step says by itself, each in its own place on the page
SAID_BY_THE_VERDICT = {"assessment_not_usable", "no_assessment", "vehicle_not_covered"}


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def send(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Read over, then send to the garage that was chosen: the one that the page showed."""
    kept = _kept(request, referral)
    form = SendForm(request.POST if request.method == "POST" else None, kept=kept)
    if form.is_valid() and _sent(request, referral, form):
        return redirect("referral_sent", referral.uid)
    return _show(request, referral, form, kept, status=422 if form.is_bound else 200)


def _kept(request: HttpRequest, referral: Referral) -> Kept | None:
    choice = chosen_before(referral)
    return kept_choice(referral, candidate(referral, choice.garage, by=request.actor)) if choice else None


def _sent(request: HttpRequest, referral: Referral, form: SendForm) -> bool:
    choice = form.choice

    def send_it() -> None:
        asked = {"garage": choice.garage, "choice_reason": choice.reason, "agreed_km": choice.agreed_km}
        transitions.send(referral, slot=held_slot(referral, choice.garage), by=request.actor, **asked)

    return _done(request, referral, form, send_it)


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def send_for_review(request: HttpRequest, referral: Referral) -> HttpResponse:
    if request.method != "POST":
        return redirect("referral_send", referral.uid)
    form = ConfirmForm(request.POST)

    def send_it() -> None:
        transitions.send_for_review(referral, by=request.actor)

    if form.is_valid() and _done(request, referral, form, send_it):
        return redirect("referral_sent", referral.uid)
    return _show(request, referral, form, _kept(request, referral), status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Without a garage: for the first place within the distance agreed, or for a pilot where there is no garage."""
    referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
    is_draft = referral.state == State.DRAFT
    require(permissions.may_ever(request.actor, Verb.SEND if is_draft else Verb.QUEUE, referral))
    if request.method != "POST":
        return redirect("referral_send" if is_draft else "referral_garage", referral.uid)
    return _sent_without_garage(request, referral) if is_draft else _queued(request, referral)


def _sent_without_garage(request: HttpRequest, referral: Referral) -> HttpResponse:
    form = ConfirmForm(request.POST)

    def send_it() -> None:
        transitions.send(referral, garage=None, by=request.actor)

    if form.is_valid() and _done(request, referral, form, send_it):
        return redirect("referral_sent", referral.uid)
    return _show(request, referral, form, _kept(request, referral), status=422)


def _queued(request: HttpRequest, referral: Referral) -> HttpResponse:
    try:
        transitions.queue(referral, by=request.actor)
    except transitions.Refused as refused:
        messages.info(request, refused.message)
    else:
        messages.success(request, _("Le dossier attend : la première place qui se libère est pour lui, à son tour."))
    return redirect("referral_case", referral.uid)


def _done(request: HttpRequest, referral: Referral, form: Any, send_it: Any) -> bool:
    """The page that follows says what was done; once it is sent, nothing that was typed at a step counts."""
    is_settled = attempt(request, form, send_it, "")
    if is_settled:
        unfinished.forget(referral.uid, by=request.actor)
    return is_settled


def _show(request: HttpRequest, referral: Referral, form: Any, kept: Kept | None, status: int) -> HttpResponse:
    missing = missing_for_sending(referral, clock.today())
    km = kept.candidate.distance_km if kept and kept.candidate else None
    garage = kept.choice.garage if kept and not kept.trouble else None
    context = steps.context(
        referral,
        "send",
        slots=free_slots(referral, garage, request.actor) if garage else [],
        held_slot=held_slot(referral, garage) if garage else None,
        also_done=["garage"] if kept and not kept.trouble else [],
        typed=typed.at_step(request, referral.uid, typed.LAST, {}),
        form=form,
        kept=kept,
        was_tried=status == 422,
        photos=list(referral.photos.in_order()),
        before={"shows_person": False, "distance_km": km},
        after={"shows_person": True, "distance_km": km},
        missing=[one for one in missing if one.code not in ("assessment_not_usable", "vehicle_not_covered")],
        consents=[one for one in referral.beneficiary.consents.all() if one.is_in_force],
        verdict=verdict_of(referral.assessment) if referral.assessment else None,
        wants_review=wants_review(referral),
        is_usable=not any(one.code in SAID_BY_THE_VERDICT for one in missing),
        queue=queue_for(referral) if not missing and (kept is None or kept.trouble) else "",
        close_form=CloseForm(outcomes=[Outcome.NOT_ELIGIBLE], initial={"outcome": Outcome.NOT_ELIGIBLE.value}),
    )
    return page(request, "referrals/adviser/send.html", context, status=status)


# --- what happens next ------------------------------------------------------------------------------------
@require_safe
def sent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """By when, who is told, what to say: as long as nobody has answered. Then the case says where it stands."""
    referral = get_visible_or_404(Referral.objects.for_step(request.actor).with_garages(), request.actor, uid)
    require(permissions.may_ever(request.actor, Verb.SEND, referral))
    held = held_by(referral) if referral.state == State.WAITING else None
    if held is None and referral.state != State.REVIEW and referral.queued_at is None:
        return redirect("referral_case", referral.uid)
    context = {
        "referral": referral,
        "person": referral.beneficiary,
        "held": held,
        "contacts": held.contacts if held else [],
        "due": _due(referral, held),
    }
    return page(request, "referrals/adviser/sent.html", context)


def _due(referral: Referral, held: Assignment | None):
    if held:
        return _answer_due(held)
    return _place_due(referral) if referral.queued_at else _decision_due(referral)


def _place_due(referral: Referral):
    """When a pilot looks for a place."""
    days = delays_on(clock.today()).queue
    return due_on(referral.queued_at, days, referral.beneficiary.commune.department_id)


def _answer_due(held: Assignment):
    return held.answer_due_on


def _decision_due(referral: Referral):
    return due_on(referral.state_since, REVIEW_WORKING_DAYS, referral.beneficiary.commune.department_id)
