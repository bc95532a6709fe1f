"""Step 4: the garage, from a list and a map. The same list serves for the next garage after a refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from garages.models import Garage
from garages.ranking import WEIGHTS
from garages.words import WEIGHED
from mobiliz.lib import clock, refusals
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.periods import iso_week_monday
from referrals import actions, permissions, transitions
from referrals.candidates import Candidates, Kept, candidates, chosen_before, kept_choice
from referrals.desks.adviser import steps
from referrals.desks.adviser.garage_map import garage_map, legend, lines
from referrals.desks.attempts import attempt
from referrals.desks.slots import slots_to_offer
from referrals.forms.garage_choice import GarageForm, SearchForm
from referrals.models import Referral, Slot
from referrals.states import State, Verb
from referrals.words import moment_at_garage


@require_http_methods(["GET", "HEAD", "POST"])
def garage(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Choose a garage: for a draft the choice is kept and read over, for a waiting referral it is asked at once."""
    referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
    require(permissions.may_ever(request.actor, Verb.ASSIGN, referral))
    if not permissions.can(request.actor, _verb(referral), referral):
        return steps.to_case(request, referral)
    asked = SearchForm(request.GET)
    choice = chosen_before(referral)
    found = candidates(referral, by=request.actor, search=asked.search, also=choice.garage if choice else None)
    kept = kept_choice(referral, found.also)
    offered = _slots(request, referral, found)
    form = GarageForm(
        request.POST if request.method == "POST" else None,
        found=found,
        kept=kept,
        slots=offered,
        asked_slot=request.GET.get("slot", ""),
    )
    if form.is_valid() and _chosen(request, referral, form):
        return redirect("referral_send" if referral.state == State.DRAFT else "referral_case", referral.uid)
    return _show(request, referral, form, asked, kept)


def _verb(referral: Referral) -> Verb:
    return Verb.SEND if referral.state == State.DRAFT else Verb.ASSIGN


def _slots(request: HttpRequest, referral: Referral, found: Candidates) -> list[Slot]:
    """A draft chooses its slot where it is read over; whoever is asked at once, here."""
    if referral.state == State.DRAFT:
        return []
    return slots_to_offer(referral, [one.garage for one in found.shown], request.actor)


def _chosen(request: HttpRequest, referral: Referral, form: GarageForm) -> bool:
    chosen, why = form.cleaned_data["garage"].garage, form.cleaned_data["choice_reason"]
    if referral.state == State.DRAFT:
        kept = {"garage": chosen, "reason": why, "agreed_km": form.word_km}
        return bool(refusals.attempt(form, lambda: actions.choose_garage(referral, by=request.actor, **kept)))

    def ask_it() -> None:
        asked = {"garage": chosen, "choice_reason": why, "agreed_km": form.word_km, "slot": form.chosen_slot}
        transitions.assign(referral, by=request.actor, **asked)

    return attempt(request, form, ask_it, _asked_in_words(chosen, form.chosen_slot))


def _asked_in_words(garage: Garage, slot: Slot | None) -> str:
    if slot is None:
        return _("L’orientation est proposée à %(garage)s.") % {"garage": garage.name}
    told = {"garage": garage.name, "when": moment_at_garage(slot.starts_at, garage)}
    return _("L’orientation est proposée à %(garage)s, avec le créneau du %(when)s.") % told


def _show(
    request: HttpRequest, referral: Referral, form: GarageForm, asked: SearchForm, kept: Kept | None
) -> HttpResponse:
    found = form.found
    shown = lines(found)
    context = steps.context(
        referral,
        "garage",
        form=form,
        asked=asked,
        found=found,
        lines=shown,
        map=garage_map(referral, found, shown),
        looks=legend(shown),
        weights=[(WEIGHED[part], points) for part, points in WEIGHTS.items()],
        chosen=_preselected(request, form, found, kept),
        kept=kept,
        next_monday=iso_week_monday(clock.today()) + timedelta(days=7),
        is_draft=referral.state == State.DRAFT,
    )
    status = 422 if form.is_bound else 200
    return page(request, "referrals/adviser/garage.html", context, partial="choice", status=status)


def _preselected(request: HttpRequest, form: GarageForm, found: Candidates, kept: Kept | None) -> Any:
    """What was pressed, else what was chosen before, else the first that is proposed."""
    if form.is_bound:
        return form["garage"].value()
    pressed = request.GET.get("garage", "")
    if found.with_uid(pressed):
        return pressed
    first = (kept and kept.candidate) or next(iter(found.shown_proposed), None)
    return str(first.garage.uid) if first else ""
