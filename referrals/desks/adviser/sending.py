"""Step 5: read over and send, then what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions, unfinished
from referrals.candidates import candidates
from referrals.clock import ANSWER_WORKING_DAYS, REVIEW_WORKING_DAYS, due_on
from referrals.desks.adviser import steps, typed
from referrals.desks.adviser.household import verdict_of
from referrals.desks.attempts import attempt
from referrals.desks.next_steps import held_by
from referrals.forms.sending import CloseForm, ConfirmForm, GarageForm
from referrals.models import Assignment, Referral
from referrals.readiness import missing_for_sending
from referrals.states import Outcome, State, Verb

# What the last step says by itself, each in its own place on the page
SAID_BY_THE_VERDICT = {"assessment_not_usable", "no_assessment"}


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def send(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Read over, then send to the garage that the address or the form carries, or else was chosen before."""
    marks = typed.at_step(request, referral.uid, typed.LAST, {})
    form = GarageForm(_choice(request, marks), candidates=candidates(referral, by=request.actor))
    if request.method == "POST" and form.is_valid() and _sent(request, referral, form):
        return redirect("referral_sent", referral.uid)
    return _show(request, referral, marks, form, status=422 if request.method == "POST" else 200)


def _choice(request: HttpRequest, marks: typed.Typed) -> Mapping[str, str]:
    asked = request.POST if request.method == "POST" else request.GET
    if "garage" not in asked and request.method != "POST":
        return marks.chosen_garage
    return {"garage": asked.get("garage", ""), "choice_reason": asked.get("raison", "")}


def _sent(request: HttpRequest, referral: Referral, form: GarageForm) -> bool:
    chosen, why = form.cleaned_data["garage"].garage, form.cleaned_data["choice_reason"]

    def send_it() -> None:
        transitions.send(referral, garage=chosen, choice_reason=why, by=request.actor)

    return _done(request, referral, form, send_it)


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step()
def send_for_review(request: HttpRequest, referral: Referral) -> HttpResponse:
    if request.method != "POST":
        return redirect("referral_send", referral.uid)
    marks = typed.at_step(request, referral.uid, typed.LAST, {})
    form = ConfirmForm(request.POST)

    def send_it() -> None:
        transitions.send_for_review(referral, by=request.actor)

    if form.is_valid() and _done(request, referral, form, send_it):
        return redirect("referral_sent", referral.uid)
    return _show(request, referral, marks, form, status=422)


def _done(request: HttpRequest, referral: Referral, form: Any, send_it: Any) -> bool:
    """The page that follows says what was done; once it is sent, nothing that was typed at a step counts."""
    is_settled = attempt(request, form, send_it, "")
    if is_settled:
        unfinished.forget(referral.uid, by=request.actor)
    return is_settled


def _show(request: HttpRequest, referral: Referral, marks: typed.Typed, form: Any, status: int) -> HttpResponse:
    missing = missing_for_sending(referral, clock.today())
    chosen = form.cleaned_data.get("garage") if form.is_valid() else None
    km = chosen.distance_km if chosen else None
    context = steps.context(
        referral,
        "send",
        also_done=["garage"] if chosen else [],
        typed=marks,
        form=form,
        chosen=chosen,
        choice_reason=form.data.get("choice_reason", ""),
        was_tried=status == 422,
        photos=list(referral.photos.in_order()),
        before={"shows_person": False, "distance_km": km},
        after={"shows_person": True, "distance_km": km},
        missing=[one for one in missing if one.code != "assessment_not_usable"],
        consents=[one for one in referral.beneficiary.consents.all() if one.is_in_force],
        verdict=verdict_of(referral.assessment) if referral.assessment else None,
        is_usable=not any(one.code in SAID_BY_THE_VERDICT for one in missing),
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
    if held is None and referral.state != State.REVIEW:
        return redirect("referral_case", referral.uid)
    context = {
        "referral": referral,
        "person": referral.beneficiary,
        "held": held,
        "contacts": list(held.garage.contacts.all()) if held else [],
        "due": _answer_due(held) if held else _decision_due(referral),
    }
    return page(request, "referrals/adviser/sent.html", context)


def _answer_due(held: Assignment):
    return due_on(held.put_at, ANSWER_WORKING_DAYS, held.garage.commune.department_id)


def _decision_due(referral: Referral):
    return due_on(referral.state_since, REVIEW_WORKING_DAYS, referral.beneficiary.commune.department_id)
