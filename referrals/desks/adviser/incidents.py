"""What did not work, said in one click from the case; completed, taken back, and the answer read."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobiliz.lib.pages import get_visible_or_404, require
from referrals import permissions, transitions
from referrals.desks.adviser.case import load_case, show_case
from referrals.desks.attempts import attempt
from referrals.desks.incident_cards import words_form
from referrals.models import Incident, IncidentKind, Referral
from referrals.transitions import Refused

ACT = ["GET", "HEAD", "POST"]


@require_http_methods(ACT)
def report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The press alone reports it: words may follow."""
    referral = load_case(request, uid)
    require(permissions.can_report_incident(request.actor, referral))
    if request.method == "POST":
        transitions.report_incident(referral, kind=IncidentKind.DID_NOT_WORK, by=request.actor)
    return _to_case(referral)


@require_http_methods(ACT)
def complete(request: HttpRequest, uid: UUID) -> HttpResponse:
    incident = _load_own(request, uid)
    if request.method != "POST":
        return _to_case(incident.referral)
    form = words_form(incident, request.POST)
    said = _("C’est ajouté : le pilote le lira.")

    def do() -> None:
        transitions.complete_incident(incident, words=form.cleaned_data["words"], by=request.actor)

    if form.is_valid() and attempt(request, form, do, said):
        return _to_case(incident.referral)
    return show_case(request, load_case(request, incident.referral.uid), tried=form, status=422)


@require_http_methods(ACT)
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    incident = _load_own(request, uid)
    if request.method == "POST":
        said = _("L’incident est retiré : personne ne s’en occupe plus.")
        _try(request, lambda: transitions.withdraw_incident(incident, by=request.actor), said)
    return _to_case(incident.referral)


@require_http_methods(ACT)
def acknowledge(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Read: it leaves the desk, and stays on the case."""
    incident = _load(request, uid)
    if request.method == "POST":
        _try(request, lambda: transitions.acknowledge_answer(incident, by=request.actor))
    return redirect("desk") if request.POST.get("from") == "desk" else _to_case(incident.referral)


def _try(request: HttpRequest, do: Callable[[], object], said: str = "") -> None:
    try:
        do()
    except Refused as refused:
        messages.info(request, refused.message)
    else:
        if said:
            messages.success(request, said)


def _load(request: HttpRequest, uid: UUID) -> Incident:
    incident = get_visible_or_404(Incident.objects.for_lines(request.actor), request.actor, uid)
    require(permissions.can_report_incident(request.actor, incident.referral))
    return incident


def _load_own(request: HttpRequest, uid: UUID) -> Incident:
    """To change it: not what a garage said."""
    incident = _load(request, uid)
    require(permissions.can_change_incident(request.actor, incident))
    return incident


def _to_case(referral: Referral) -> HttpResponse:
    return redirect(reverse("referral_case", args=[referral.uid]) + "#incidents")
