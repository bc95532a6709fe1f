"""The case on one page, in the order in which one works: what now, who to call, what happened, then the facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership
from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page
from referrals import permissions
from referrals.desks.adviser.acts import possible_acts
from referrals.desks.adviser.contacts import lines_to_call, people_of
from referrals.desks.adviser.household import verdict_of
from referrals.desks.adviser.thread import FILTERS, Thread, thread_of
from referrals.desks.appointments import live_of
from referrals.desks.calls import last_call_of
from referrals.desks.exchange import threads_of
from referrals.desks.incident_cards import incidents_of
from referrals.desks.look import badge_of
from referrals.desks.next_steps import held_by, last_asked, latest_quote, next_step, step_url
from referrals.forms.needs import NeedForm
from referrals.forms.notes import CallForm, NoteForm
from referrals.models import Need, Referral
from referrals.states import State, Verb
from referrals.words import moment_at_garage

NEEDS_SHOWN = 20
PROGRESS = {
    State.WAITING: _("Envoyée"),
    State.ACCEPTED: _("Acceptée"),
    State.QUOTED: _("Devis proposé"),
    State.AGREED: _("Devis accepté"),
    State.COMPLETED: _("Réparée"),
}


@require_safe
def referral_case(request: HttpRequest, uid: UUID) -> HttpResponse:
    return show_case(request, load_case(request, uid))


def load_case(request: HttpRequest, uid: UUID) -> Referral:
    return get_visible_or_404(Referral.objects.for_case(request.actor), request.actor, uid)


def show_case(
    request: HttpRequest, referral: Referral, tried: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """The page; `tried` is a form on it that was refused, shown as it was typed."""
    acts = possible_acts(request.actor, referral, tried)
    context = {
        "referral": referral,
        "person": referral.beneficiary,
        "badge": badge_of(referral, is_held=held_by(referral) is not None),
        "progress": progress(referral),
        "next": next_step(referral),
        "clock_line": _clock_line(referral),
        "near": [one for one in acts if one["act"].is_near],
        "away": [one for one in acts if not one["act"].is_near],
        "tried": tried,
        "printed_at": clock.now(),
        **_thread(request, referral, tried),
        **_needs(request, referral, tried),
        **incidents_of(referral, request.actor, tried),
        **_garages(request, referral),
        **_rights(request, referral),
    }
    return page(request, "referrals/adviser/case.html", context, status=status)


def _clock_line(referral: Referral) -> str:
    """What the platform does next by itself, while a garage owes an answer."""
    held, moment = held_by(referral), referral.next_look_at
    if referral.state != State.WAITING or held is None or moment <= clock.now():
        return ""
    words = {"when": moment_at_garage(moment, held.garage)}
    return (
        gettext("Sans réponse d’ici là, la plateforme agit d’elle-même %(when)s : rappel, puis autre garage.") % words
    )


def _needs(request: HttpRequest, referral: Referral, tried: forms.Form | None) -> dict[str, Any]:
    """What the person needs and no offer covers: the sender's side notes it."""
    if not permissions.can_note(request.actor, referral):
        return {}
    noted = Need.objects.visible_to(request.actor).standing().of_person(referral.beneficiary)
    return {
        "needs": list(noted.for_list().newest_first()[:NEEDS_SHOWN]),
        "need_form": tried if isinstance(tried, NeedForm) else NeedForm(auto_id="besoin_%s"),
    }


def progress(referral: Referral) -> list[dict[str, str]]:
    """How far it has come, as the steps component takes it; nothing before it is sent nor once it is closed."""
    names = list(PROGRESS)
    if referral.state not in names:
        return []
    reached = names.index(State(referral.state))
    is_over = referral.state == State.COMPLETED
    return [
        {"label": str(label), "state": "done" if place < reached or is_over else "current" if place == reached else ""}
        for place, label in enumerate(PROGRESS.values())
    ]


def call_form(referral: Referral, data: Mapping[str, Any] | None = None, whom: str = "") -> CallForm:
    """To note a call with the person or the garage that holds the case; `whom` is chosen beforehand."""
    now = clock.now().astimezone(clock.PARIS)
    initial = {"whom": whom, "on": now.date(), "hour": now.time()}
    return CallForm(data, initial=initial, lines=lines_to_call(referral, held_by(referral)), auto_id="call_%s")


def _thread(request: HttpRequest, referral: Referral, tried: forms.Form | None) -> dict[str, Any]:
    """What happened, and the forms that add to it."""
    if not permissions.can_note(request.actor, referral):
        return {"thread": _told(request, referral, tried)}
    whom = request.GET.get("appel", "")
    return {
        "thread": _told(request, referral, tried),
        "thread_tabs": _tabs(request.GET.get("fil", "")),
        "note_form": tried if isinstance(tried, NoteForm) else NoteForm(auto_id="note_%s"),
        "call_form": tried if isinstance(tried, CallForm) else call_form(referral, whom=whom),
        "notes_a_call": bool(whom) or isinstance(tried, CallForm),
        "last_call": last_call_of(referral),
        "key": uuid4(),
    }


def _told(request: HttpRequest, referral: Referral, tried: forms.Form | None) -> Thread:
    before, only = request.GET.get("avant", ""), request.GET.get("fil", "")
    return thread_of(referral, request.actor, before=before, only=only, tried=tried)


def _tabs(only: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"?fil={name}#fil" if name else "?#fil", "current": name == only}
        for name, label in FILTERS.items()
    ]


def _garages(request: HttpRequest, referral: Referral) -> dict[str, Any]:
    """The garage that holds it, its quote, those asked before, and who to call."""
    held, last = held_by(referral), last_asked(referral)
    shown = held or (last if referral.state in (State.COMPLETED, State.CLOSED) else None)
    home = referral.region_id or referral.beneficiary.commune.department.region_id
    return {
        "held": held,
        "quote": latest_quote(shown),
        "repair": getattr(shown, "repair", None),
        "asked": list(referral.assignments.all()),
        "threads": _threads(request.actor, referral),
        "appointment": live_of(held, request.actor),
        "is_in_hand": permissions.can(request.actor, Verb.PROPOSE_APPOINTMENT, referral),
        "people": people_of(referral, held, Membership.objects.pilots_for(home), request.actor),
    }


def _threads(actor: Actor, referral: Referral) -> list[dict[str, Any]]:
    """Messages with garages: the sender's side alone reads them."""
    is_senders = permissions.can_note(actor, referral)
    return threads_of(referral.assignments.all(), referral, actor) if is_senders else []


def _asks_household(referral: Referral) -> bool:
    """What a pilot who may choose the garage may not do: the household is the sender's to ask about."""
    return next_step(referral).url == step_url(referral, "household")


def _rights(request: HttpRequest, referral: Referral) -> dict[str, Any]:
    """Income, household and notes: the sender's side only; a pilot reads them while deciding, on the review page."""
    actor = request.actor
    is_senders = actor.is_adviser and permissions.can_see_income(actor, referral)
    return {
        "is_senders": is_senders,
        "may_take_next": is_senders or (referral.state == State.WAITING and not _asks_household(referral)),
        "verdict": verdict_of(referral.assessment) if is_senders and referral.assessment else None,
        "can_edit": permissions.can_edit_draft(actor, referral),
        "may_add_photos": permissions.can_add_photos(actor, referral) and referral.state != State.DRAFT,
        "can_reassess": permissions.can_reassess(actor, referral) and referral.state != State.DRAFT,
        "can_hand": permissions.can(actor, Verb.HAND_TO_COLLEAGUE, referral),
        "can_review": permissions.can(actor, Verb.APPROVE_REVIEW, referral),
    }
