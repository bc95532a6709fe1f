"""The pilot's desk and the review of an eligibility that the calculation could not give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from eligibility.assess import household_in_words
from eligibility.waiting import rules_waiting_for
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals import permissions, transitions
from referrals.clock import PARIS, REVIEW_WORKING_DAYS, due_on, working_days_between
from referrals.desks import freshness
from referrals.desks.adviser.household import verdict_of
from referrals.desks.attempts import attempt
from referrals.desks.incident_lines import figures_of, line_of, measured_since
from referrals.desks.next_steps import next_step
from referrals.desks.pilot_network import silent_garages, to_mend
from referrals.desks.unsure import doubts_of, in_short
from referrals.forms.review import ApproveForm, RefuseForm
from referrals.models import Incident, Referral
from referrals.states import State, Verb

MOST = 200
SHOWN = 8  # the first lines of a part; the list of referrals has them all


@require_safe
def desk(request: HttpRequest, month: Any = None) -> HttpResponse:
    """Incidents first, by the moment they are due; then reviews, the oldest first; then what waits for a garage; then
    silence and what to mend in the network; this month's figures last (`month`, as reporting counts them)."""
    actor = request.actor
    seen = Referral.objects.visible_to(actor)
    counts = seen.counts_for_pilot()
    silent, mends = silent_garages(actor), to_mend(actor)
    trouble = Incident.objects.visible_to(actor)
    troubles, times = trouble.counts_and_times(measured_since())
    everything = "tout" in request.GET
    reviews = seen.in_state(State.REVIEW).for_review_line()
    unheld = seen.without_garage().for_unheld_line()
    context = {
        "now": clock.now(),
        "stamp": freshness.dated(freshness.pilot_mark(counts, troubles)),
        "title": _title(troubles["open"], counts["reviews"], counts["unheld"], len(silent)),
        "troubles": troubles,
        "late_label": _late(troubles["late"]),
        "incidents": [line_of(one) for one in _first(trouble.open().by_due().for_lines(actor), everything)],
        "answer_figures": figures_of(times),
        "counts": counts,
        "rules": rules_waiting_for(actor),
        "reviews": [_review_line(row) for row in _first(reviews, everything)],
        "unheld": [{"referral": row, "next": next_step(row)} for row in _first(unheld, everything)],
        "has_more": not everything and max(troubles["open"], counts["reviews"], counts["unheld"], len(silent)) > SHOWN,
        "silent": silent if everything else silent[:SHOWN],
        "silent_count": len(silent),
        "mends": mends,
        "figures": _figures(month) if month else [],
        "region": actor.membership.region,
    }
    return page(request, "referrals/pilot/desk.html", context)


def _first(rows: Any, everything: bool) -> Any:
    return rows[:MOST] if everything else rows[:SHOWN]


def _figures(month: Any) -> list[dict[str, Any]]:
    sent, repaired = month.referrals_sent, month.referrals_repaired
    return [
        {"label": ngettext("orientation envoyée", "orientations envoyées", sent), "value": sent},
        {"label": _("dont acceptées par un garage"), "value": month.referrals_accepted},
        {"label": _("dont un devis est proposé"), "value": month.referrals_quoted},
        {"label": ngettext("déjà réparée", "déjà réparées", repaired), "value": repaired},
    ]


@require_safe
def review(request: HttpRequest, uid: UUID) -> HttpResponse:
    referral = _load(request, uid)
    if not permissions.can(request.actor, Verb.APPROVE_REVIEW, referral):
        return _decided(request, uid)
    return _show(request, referral)


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        transitions.approve_review(referral, by=request.actor, **typed)

    said = _("Éligibilité accordée : le conseiller choisit maintenant le garage.")
    return _decide(request, uid, ApproveForm, do, said)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(referral: Referral, typed: dict[str, Any]) -> None:
        transitions.refuse_review(referral, by=request.actor, **typed)

    return _decide(
        request, uid, RefuseForm, do, _("Éligibilité refusée : le dossier est fermé, le conseiller le voit.")
    )


def _decide(
    request: HttpRequest, uid: UUID, form_class: type[forms.Form], do: Callable[..., object], said: str
) -> HttpResponse:
    referral = _load(request, uid)
    if request.method != "POST":
        return redirect("review", uid)
    form = form_class(request.POST, auto_id=_ids(form_class))
    if form.is_valid() and attempt(request, form, lambda: do(referral, form.cleaned_data), said):
        return redirect("desk")
    if not permissions.can(request.actor, Verb.APPROVE_REVIEW, referral):
        return _decided(request, uid)
    return _show(request, referral, form, status=422)


def _load(request: HttpRequest, uid: UUID) -> Referral:
    referral = get_visible_or_404(Referral.objects.for_step(request.actor), request.actor, uid)
    require(request.actor.can(Permission.DECIDE_REVIEWS))
    return referral


def _decided(request: HttpRequest, uid: UUID) -> HttpResponse:
    messages.info(request, _("Ce dossier n’est pas à examiner : voici où il en est. Rien n’a été changé."))
    return redirect("referral_case", uid)


def _show(request: HttpRequest, referral: Referral, tried: forms.Form | None = None, status: int = 200) -> HttpResponse:
    """Only here, and while it is to be decided, does a pilot read the household's figures: not for the car alone."""
    context = {
        "referral": referral,
        "person": referral.beneficiary,
        "line": _review_line(referral),
        **(_household(referral) if permissions.can_see_income(request.actor, referral) else {}),
        "car_doubts": doubts_of(referral.vehicle_assessment),
        "approve_form": _form(ApproveForm, tried),
        "refuse_form": _form(RefuseForm, tried),
        "tried": tried,
    }
    return page(request, "referrals/pilot/review.html", context, status=status)


def _household(referral: Referral) -> dict[str, Any]:
    assert referral.assessment is not None
    referral.assessment.refresh_from_db()
    return {
        "verdict": verdict_of(referral.assessment),
        "doubts": doubts_of(referral.assessment),
        "household": household_in_words(referral.assessment),
    }


def _form(form_class: type[forms.Form], tried: forms.Form | None) -> forms.Form:
    return tried if isinstance(tried, form_class) else form_class(auto_id=_ids(form_class))


def _ids(form_class: type[forms.Form]) -> str:
    return "accorder_%s" if form_class is ApproveForm else "refuser_%s"


def _review_line(referral: Referral) -> dict[str, Any]:
    """How long the adviser has been waiting, in words."""
    place, today = referral.department_id or PARIS, clock.today()
    due = due_on(referral.state_since, REVIEW_WORKING_DAYS, place)
    late = max(working_days_between(due, today, place), 1) if due < today else 0
    return {
        "referral": referral,
        "why": in_short(referral),
        "sense": "late" if late else "wait",
        "title": _due_in_words(late, is_today=due == today),
        "detail": _("attendu le %(due)s au plus tard, envoyé le %(sent)s")
        % {"due": day_fr(due, "weekday"), "sent": day_fr(referral.state_since, "weekday")},
        "done": REVIEW_WORKING_DAYS + late if late else REVIEW_WORKING_DAYS - working_days_between(today, due, place),
        "of": REVIEW_WORKING_DAYS,
    }


def _due_in_words(late: int, *, is_today: bool) -> str:
    if late:
        return ngettext("En retard de %(days)d jour", "En retard de %(days)d jours", late) % {"days": late}
    return _("À décider avant ce soir") if is_today else _("À décider")


def _late(count: int) -> str:
    return ngettext("%(count)d en retard", "%(count)d en retard", count) % {"count": count}


def _title(incidents: int, reviews: int, unheld: int, silent: int) -> str:
    if not (incidents or reviews or unheld or silent):
        return _("Rien ne vous attend")
    said = []
    if incidents:
        said.append(ngettext("%(count)d incident", "%(count)d incidents", incidents) % {"count": incidents})
    if reviews:
        said.append(ngettext("%(count)d examen", "%(count)d examens", reviews) % {"count": reviews})
    if unheld:
        said.append(_("%(count)d sans garage") % {"count": unheld})
    if silent:
        said.append(ngettext("%(count)d garage silencieux", "%(count)d garages silencieux", silent) % {"count": silent})
    return _("À faire : %(what)s") % {"what": ", ".join(said)}
