"""Step 2: household and income, with the verdict and its arithmetic."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from eligibility.assess import NoRuleInForce, explanation, preview
from eligibility.explain import explain
from eligibility.models import Assessment
from mobiliz.lib import clock
from mobiliz.lib.pages import page
from referrals import actions, permissions
from referrals.desks.adviser import steps
from referrals.desks.next_steps import step_url
from referrals.forms.household import HouseholdEntry
from referrals.models import Household, Referral

TEMPLATE = "referrals/adviser/household.html"


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step(permissions.can_reassess)
def household(request: HttpRequest, referral: Referral) -> HttpResponse:
    if request.method != "POST":
        kept = _kept(request, referral)
        return _show(request, referral, HouseholdEntry.stored(_born(referral), kept), kept)
    if "ajouter" in request.POST:
        return _show(request, referral, HouseholdEntry.with_more_rows(_born(referral), request.POST))
    entry = HouseholdEntry.posted(_born(referral), request.POST)
    if not entry.is_valid():
        return _show(request, referral, entry, status=422)
    answer = actions.assess_household(referral, household=entry.household, by=request.actor)
    return redirect(_after(request, referral, answer))


def _after(request: HttpRequest, referral: Referral, answer: Assessment) -> str:
    """On with the dossier when the answer is the one that was read; else to the answer, to be read first."""
    before = referral.assessment.outcome if referral.assessment else None
    if "suite" not in request.POST or answer.outcome != before:
        return reverse("referral_household", args=[referral.uid]) + "#reponse"
    return step_url(referral, "send" if answer.outcome == "not_eligible" else "vehicle")


@require_POST
@steps.step(permissions.can_reassess)
def household_preview(request: HttpRequest, referral: Referral) -> HttpResponse:
    """What the answer would be for what is typed so far; stores nothing."""
    entry = HouseholdEntry.posted(_born(referral), request.POST)
    verdict = _previewed(referral, entry)
    context = {"referral": referral, "is_preview": True, "verdict": verdict}
    if verdict:
        context["month_to_confirm"] = entry.household.month_to_confirm_eur
    return page(request, "referrals/_verdict.html", context)


def _show(
    request: HttpRequest, referral: Referral, entry: HouseholdEntry, kept: Household | None = None, status: int = 200
) -> HttpResponse:
    verdict = verdict_of(referral.assessment) if referral.assessment and status == 200 else None
    context = steps.context(referral, "household", entry=entry, verdict=verdict, today=clock.today())
    if verdict and kept:
        context["month_to_confirm"] = actions.HouseholdInput.from_stored(kept, _born(referral)).month_to_confirm_eur
    return page(request, TEMPLATE, context, status=status)


def verdict_of(assessment: Assessment) -> dict[str, Any]:
    """The stored answer, with its arithmetic line by line."""
    return {
        "outcome": assessment.outcome,
        "lines": explanation(assessment),
        "valid_until": assessment.valid_until,
        "note": assessment.decision_note,
        "made_at": assessment.made_at,
    }


def _previewed(referral: Referral, entry: HouseholdEntry) -> dict[str, Any] | None:
    if not entry.is_valid():
        return None
    facts = actions.facts_of(entry.household, referral.beneficiary)
    try:
        decision = preview(facts, offer_code=referral.offer_id, on=clock.today())
    except NoRuleInForce:
        return None
    lines = explain(decision.trace())
    return {"outcome": decision.outcome.value, "lines": lines, "valid_until": decision.valid_until}


def _born(referral: Referral):
    return referral.beneficiary.birth_date


def _kept(request: HttpRequest, referral: Referral) -> Household | None:
    return Household.objects.visible_to(request.actor).of_beneficiary(referral.beneficiary_id).first()
