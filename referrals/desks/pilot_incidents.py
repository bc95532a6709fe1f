"""Incidents as a pilot works on them: the queue by the moment they are due, one of them, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mobiliz.accounts.roles import Permission
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.paging import DAYS, Order, paged
from referrals import permissions, transitions
from referrals.desks.adviser.contacts import Line as Contact
from referrals.desks.adviser.contacts import people_of
from referrals.desks.attempts import attempt
from referrals.desks.incident_lines import figures_of, line_of, measured_since
from referrals.desks.next_steps import NextStep, held_by, next_step
from referrals.forms.incidents import AnswerForm, ConnectForm, NoGarageForm
from referrals.models import Incident, IncidentKind, Lookalike, Referral, Resolution
from referrals.states import State, Verb
from referrals.transitions import Refused

ACT = ["GET", "HEAD", "POST"]
BY_DUE = Order("echeance", gettext_lazy("Réponse attendue"), "due_at", DAYS)
BY_ANSWER = Order("reponse", gettext_lazy("Réponse donnée"), "answered_at", DAYS, is_down=True)


@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """Open ones by the moment they are due, or those answered, the last first."""
    require(request.actor.can(Permission.ANSWER_INCIDENTS))
    seen = Incident.objects.visible_to(request.actor)
    is_past = request.GET.get("etat") == "repondus"
    rows = (seen.answered() if is_past else seen.open()).for_lines(request.actor)
    found = paged(request, rows, [BY_ANSWER] if is_past else [BY_DUE])
    context = {
        "found": found,
        "lines": [line_of(one) for one in found.rows],
        "is_past": is_past,
        "tabs": [
            {"label": _("À répondre"), "url": "?", "current": not is_past},
            {"label": _("Répondus"), "url": "?etat=repondus", "current": is_past},
        ],
        "figures": figures_of(seen.answer_times(measured_since())),
        "region": request.actor.membership.region,
    }
    return page(request, "referrals/pilot/incidents.html", context)


@require_safe
def incident(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _show(request, _load(request, uid))


@require_http_methods(ACT)
def take(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _load(request, uid)
    if request.method == "POST":
        try:
            transitions.take_incident(found, by=request.actor)
        except Refused as refused:
            messages.info(request, refused.message)
        else:
            messages.success(request, _("C’est noté : vous vous en occupez, la structure le voit."))
    return redirect("incident", uid)


@require_http_methods(ACT)
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(found: Incident, typed: dict[str, Any]) -> None:
        resolution = Resolution(typed["resolution"])
        transitions.answer_incident(found, words=typed["words"], resolution=resolution, by=request.actor)

    said = _("Votre réponse est donnée : la structure la lit sur son bureau.")
    return _act(request, uid, lambda found: _answer_form(found, request.POST), do, said)


@require_http_methods(ACT)
def close_without_garage(request: HttpRequest, uid: UUID) -> HttpResponse:
    def do(found: Incident, typed: dict[str, Any]) -> None:
        transitions.close_without_garage(found, words=typed["words"], by=request.actor)

    said = _("Le dossier est fermé, aucun garage trouvé : la structure le lit sur son bureau.")
    return _act(request, uid, lambda found: NoGarageForm(request.POST, auto_id="sans_garage_%s"), do, said)


@require_http_methods(ACT)
def connect(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Both structures get each other's direct line."""

    def do(found: Incident, typed: dict[str, Any]) -> None:
        transitions.connect(found, words=typed["words"], by=request.actor)

    said = _("Les deux structures sont en lien : chacune a la ligne directe de l’autre.")
    return _act(request, uid, lambda found: ConnectForm(request.POST, auto_id="lien_%s"), do, said)


def _act(
    request: HttpRequest,
    uid: UUID,
    form_of: Callable[[Incident], forms.Form],
    do: Callable[[Incident, dict[str, Any]], None],
    said: str,
) -> HttpResponse:
    """Opening the address does nothing: whoever comes back to it finds the incident."""
    found = _load(request, uid)
    if request.method != "POST":
        return redirect("incident", uid)
    form = form_of(found)
    if form.is_valid() and attempt(request, form, lambda: do(found, form.cleaned_data), said):
        return redirect("desk")
    return _show(request, _load(request, uid), form, status=422)


def _load(request: HttpRequest, uid: UUID) -> Incident:
    found = get_visible_or_404(Incident.objects.for_lines(request.actor), request.actor, uid)
    require(permissions.can_answer_incident(request.actor, found))
    return found


def _show(request: HttpRequest, found: Incident, tried: forms.Form | None = None, status: int = 200) -> HttpResponse:
    case = _case(request, found)
    context = {
        "incident": found,
        "line": line_of(found),
        "case": case,
        "next": _next(case),
        "people": _people(request, found, case),
        "may_take": found.is_open and found.taken_by_id != request.actor.membership.pk,
        "may_assign": found.is_open and case is not None and _waits(case) and _may(request, Verb.ASSIGN, case),
        "answer_form": tried if isinstance(tried, AnswerForm) else _answer_form(found),
        "no_garage_form": _no_garage_form(request, found, case, tried),
        "pairs": _pairs(request, found),
        "connect_form": tried if isinstance(tried, ConnectForm) else ConnectForm(auto_id="lien_%s"),
        "tried": tried,
    }
    return page(request, "referrals/pilot/incident.html", context, status=status)


def _pairs(request: HttpRequest, found: Incident) -> list[Lookalike]:
    """The other structures' cases of whoever seems to be the same person."""
    if found.kind != IncidentKind.DUPLICATE_CONTACT:
        return []
    return list(Lookalike.objects.visible_to(request.actor).of_incident(found).for_page())


def _case(request: HttpRequest, found: Incident) -> Referral | None:
    """The case, where the pilot sees it: not a draft, nor one whose person took their consent back."""
    return Referral.objects.for_case(request.actor).visible_to(request.actor).with_uid(found.referral.uid).first()


def _next(case: Referral | None) -> NextStep | None:
    return next_step(case) if case else None


def _people(request: HttpRequest, found: Incident, case: Referral | None) -> list[Contact]:
    """Direct lines: all of the case's where it is seen; else who reported it, or who follows it."""
    if case:
        return people_of(case, held_by(case), [], request.actor)
    member = found.reported_by or found.referral.adviser
    place = found.garage.name if found.garage and found.is_said_by_garage else found.referral.organisation.name
    if member is None:
        return [Contact(name=place, part=_("Personne ne suit ce dossier."))]
    email = "" if member.phone else member.user.email
    return [Contact(name=str(member.user), part=place, phone=member.phone, email=email)]


def _waits(case: Referral) -> bool:
    return case.state == State.WAITING and held_by(case) is None


def _may(request: HttpRequest, verb: Verb, case: Referral) -> bool:
    return permissions.can(request.actor, verb, case)


def _answer_form(found: Incident, data: Any = None) -> AnswerForm:
    return AnswerForm(data, kind=found.kind, is_said_by_garage=found.is_said_by_garage, auto_id="repondre_%s")


def _no_garage_form(
    request: HttpRequest, found: Incident, case: Referral | None, tried: forms.Form | None
) -> forms.Form | None:
    """Where the case waits, and no garage has it."""
    if case is None or not found.is_open or not _waits(case) or not _may(request, Verb.CLOSE, case):
        return None
    return tried if isinstance(tried, NoGarageForm) else NoGarageForm(auto_id="sans_garage_%s")
