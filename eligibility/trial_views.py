"""Trying a draft on past cases: asked for, followed, read."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from eligibility import actions
from eligibility.facts import REASON_SENTENCES, Outcome, Reason
from eligibility.labels import FACT_LABELS, OUTCOME_LABELS
from eligibility.models import RuleSet, Status, Trial
from eligibility.trial_forms import TrialForm
from mobiliz.accounts.roles import Permission
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Asked for twice while one runs is once; the page follows it by itself, or by a link."""
    draft = get_visible_or_404(RuleSet.objects.for_page(), request.actor, uid)
    require(request.actor.can(Permission.DRAFT_RULES))
    if request.method != "POST":
        return _show(request, draft)
    form = TrialForm(request.POST)
    if form.is_valid():
        try:
            actions.ask_for_trial(draft, since=form.cleaned_data["since"], by=request.actor)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            return redirect("rule_set_trial", uid=draft.uid)
    return _show(request, draft, form, status=422)


def _show(request: HttpRequest, draft: RuleSet, form: TrialForm | None = None, status: int = 200) -> HttpResponse:
    return page(request, "eligibility/trial.html", trial_of(draft, form), status=status)


def trial_of(draft: RuleSet, form: TrialForm | None = None) -> dict[str, Any]:
    """What templates/eligibility/_trial.html takes: of the latest trial of this draft, and the form for another."""
    latest = Trial.objects.of_rule(draft).last_asked().first()
    return {
        "rule_set": draft,
        "trial": latest,
        "is_of_before": bool(latest and latest.digest != draft.digest),
        "report": _in_words(latest.report) if latest and latest.report else None,
        "trial_form": form or TrialForm(initial={"since": latest.since} if latest else None),
        "can_be_tried": draft.status in (Status.DRAFT, Status.PROPOSED),
    }


def _in_words(report: dict[str, Any]) -> dict[str, Any]:
    """The report with its codes as people read them."""
    if not report["total"]:
        return report
    unknown = report["unknown"]
    return report | {
        "crossed": [
            {"label": OUTCOME_LABELS[old], "cells": [_cell(report["counts"], old, new) for new in Outcome]}
            for old in Outcome
        ],
        "outcomes": [OUTCOME_LABELS[one] for one in Outcome],
        "listed": [_flip(one) for one in report["flips"]["listed"]],
        "unasked": [{"label": FACT_LABELS[name], "count": count} for name, count in unknown["facts"].items()],
    }


def _cell(counts: dict[str, dict[str, int]], old: Outcome, new: Outcome) -> dict[str, Any]:
    return {"count": counts[old.value][new.value], "is_same": old is new}


def _flip(flip: dict[str, Any]) -> dict[str, Any]:
    return flip | {
        "on": date.fromisoformat(flip["on"]),
        "old": _answer(flip["old"]),
        "new": _answer(flip["new"], flip["missing"]),
    }


def _answer(answer: dict[str, Any], missing: list[str] | None = None) -> dict[str, Any]:
    # what to do about it is for whoever assesses: the first sentence says why
    sentences = [REASON_SENTENCES[Reason(code)].partition(". ")[0].rstrip(".") + "." for code in answer["reasons"]]
    return {
        "label": OUTCOME_LABELS[Outcome(answer["outcome"])],
        "reasons": sentences,
        "missing": ", ".join(FACT_LABELS[name] for name in missing or ()),
    }
