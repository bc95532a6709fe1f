"""Step 2: household and income, with the verdict and its arithmetic."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from eligibility.assess import Asked, NoRuleInForce, asked_by, explanation, is_usable, preview, would_change
from eligibility.explain import explain
from eligibility.labels import FACT_LABELS
from eligibility.models import Assessment
from eligibility.wording import what_would_change
from mobiliz.lib import clock
from mobiliz.lib.pages import page
from referrals import actions, permissions
from referrals.actions import HouseholdInput
from referrals.desks.adviser import steps, typed
from referrals.desks.adviser.typed import Typed
from referrals.desks.next_steps import step_url
from referrals.forms.household import Asking, HouseholdEntry
from referrals.models import Household, Referral, Step

TEMPLATE = "referrals/adviser/household.html"
# What a button did to the rows moves the answer too: the page hears of it by this event
COUNTED_AGAIN = "recompter"


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step(permissions.can_reassess)
def household(request: HttpRequest, referral: Referral) -> HttpResponse:
    kept = _kept(request, referral)
    marks = typed.at_step(request, referral.uid, Step.HOUSEHOLD, kept.facts if kept else {}, referral.beneficiary_id)
    if request.method != "POST":
        return _show(request, referral, marks, _first_shown(referral, marks, kept), kept)
    if rearranged := _rearranged(request, referral):
        return _show(request, referral, marks, rearranged, **_focus(request))
    entry = HouseholdEntry.posted(_asking(referral), request.POST, kept)
    if not entry.is_valid() or not _is_in_order(request, marks, entry, kept):
        return _show(request, referral, marks, entry, status=422)
    answer = actions.assess_household(referral, household=entry.household, by=request.actor)
    marks.submitted(request)
    return redirect(_after(request, referral, answer))


def _first_shown(referral: Referral, marks: Typed, kept: Household | None) -> HouseholdEntry:
    if marks.is_shown:
        return HouseholdEntry.typed(_asking(referral), marks.data)
    return HouseholdEntry.stored(_asking(referral), kept)


def _rearranged(request: HttpRequest, referral: Referral) -> HouseholdEntry | None:
    """What the buttons beside the rows and the lines do: nothing is judged, nothing stored."""
    if "ajouter" in request.POST:
        return HouseholdEntry.typed(_asking(referral), request.POST, more_rows=1)
    if (row := request.POST.get("retirer", "")).isdecimal():
        return HouseholdEntry.typed(_asking(referral), request.POST, without=int(row[:3]))
    if "additionner" in request.POST:
        return HouseholdEntry.added_up(_asking(referral), request.POST)
    return None


def _focus(request: HttpRequest) -> dict[str, bool]:
    """Where one goes on after such a button: the new row, the button that adds one, the total."""
    return {f"focus_{name}": True for name in ("ajouter", "retirer", "additionner") if name in request.POST}


def _is_in_order(request: HttpRequest, marks: Typed, entry: HouseholdEntry, kept: Household | None) -> bool:
    if marks.is_in_order(request, entry.form):
        return True
    marks.newer += typed.stored_otherwise(entry.situation)
    others = [date.fromisoformat(born) for born in kept.facts["birth_dates"][1:]] if kept else []
    if others != entry.others:
        marks.newer.append((_("Autres personnes"), ", ".join(f"{born:%d/%m/%Y}" for born in others) or _("aucune")))
    return False


def _after(request: HttpRequest, referral: Referral, answer: Assessment) -> str:
    """On with the dossier when the answer is the one that was read; else to the answer, to be read first."""
    read = referral.assessment.outcome if referral.assessment else None
    read = request.POST.get("vu") or read
    if "suite" not in request.POST or answer.outcome != read:
        return reverse("referral_household", args=[referral.uid]) + "#reponse"
    return step_url(referral, "send" if answer.outcome == "not_eligible" else "vehicle")


@require_POST
@steps.step(permissions.can_reassess)
def household_preview(request: HttpRequest, referral: Referral) -> HttpResponse:
    """What the answer would be for what is typed so far; stores nothing."""
    entry = HouseholdEntry.posted(_asking(referral), request.POST)
    verdict = _previewed(referral, entry)
    context = {
        "referral": referral,
        "person": referral.beneficiary,
        "entry": entry,
        "is_preview": True,
        "is_news": (verdict or {}).get("outcome", "") != request.POST.get("vu", ""),
        "verdict": verdict,
    }
    if verdict:
        context |= _to_confirm(entry.household)
    return page(request, f"{TEMPLATE}#answer", context)


def _show(
    request: HttpRequest,
    referral: Referral,
    marks: Typed,
    entry: HouseholdEntry,
    kept: Household | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    is_stored = status == 200 and not marks.is_shown and not more
    verdict = verdict_of(referral.assessment) if referral.assessment and is_stored else None
    context = steps.context(referral, "household", entry=entry, verdict=verdict, typed=marks, **more)
    if verdict and kept:
        context |= _to_confirm(HouseholdInput.from_stored(kept, _born(referral)))
    if kept and referral.assessment is None:
        context["kept_at"] = kept.updated_at  # of an earlier need: to be looked at again
    response = page(request, TEMPLATE, context, status=status)
    if more:
        response.headers["HX-Trigger-After-Swap"] = COUNTED_AGAIN
    return response


def _to_confirm(household: HouseholdInput) -> dict[str, Any]:
    return {
        "month_to_confirm": household.month_to_confirm_eur,
        "year_to_confirm": household.year_to_confirm_eur,
        "doubts": household.doubts,
    }


def verdict_of(assessment: Assessment) -> dict[str, Any]:
    """The stored answer, with its arithmetic line by line."""
    return {
        "outcome": assessment.outcome,
        "lines": explanation(assessment),
        "valid_until": assessment.valid_until,
        "is_over": assessment.is_eligible and not is_usable(assessment, clock.today()),
        "changes": would_change(assessment),
        "note": assessment.decision_note,
        "by": assessment.made_by if assessment.decision_note else None,
        "made_at": assessment.made_at,
        "is_stored": True,
    }


def _previewed(referral: Referral, entry: HouseholdEntry) -> dict[str, Any] | None:
    if not entry.is_valid():
        return None
    try:
        sent_by = actions.sender_of(referral, entry.asking.asked)
        facts = actions.facts_of(entry.household, referral.beneficiary, sent_by=sent_by)
        decision = preview(facts, offer_code=referral.offer_id, on=clock.today())
    except NoRuleInForce:
        return None
    lines = explain(decision.trace())
    return {
        "outcome": decision.outcome.value,
        "lines": lines,
        "valid_until": decision.valid_until,
        "missing": [FACT_LABELS[name] for name in decision.missing],
        "changes": what_would_change(decision),
    }


def _asking(referral: Referral) -> Asking:
    """Where no rule is in force nothing can be answered; household and income are asked for all the same."""
    try:
        asked = asked_by(referral.offer_id, clock.today())
    except NoRuleInForce:
        asked = Asked(("birth_dates", "annual_disposable_income_eur"), ())
    return Asking(_born(referral), asked)


def _born(referral: Referral) -> date:
    born: date = referral.beneficiary.birth_date
    return born


def _kept(request: HttpRequest, referral: Referral) -> Household | None:
    return Household.objects.visible_to(request.actor).of_beneficiary(referral.beneficiary_id).first()
