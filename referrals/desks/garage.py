"""The garage's desk, its history, and one assignment on one page with what can be done to it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from eligibility.assess import is_usable
from eligibility.waiting import rules_waiting_for
from garages.conditions import Conditions, NoScheduleInForce, conditions_for
from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.money import vat_on
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.paging import DAYS, Order, paged
from referrals import permissions, words
from referrals.actions import mark_seen
from referrals.desks import freshness, timeline
from referrals.desks import garage_acts as acts
from referrals.desks.appointments import asked_slot, live_of, week_of
from referrals.desks.attempts import attempt
from referrals.desks.exchange import threads_of, unread_of
from referrals.desks.garage_tasks import Task, figures_of, parts_of, tasks_of, title_of, who_and_what
from referrals.desks.incident_cards import said_by_garage
from referrals.models import Assignment, LogEntry, PersonalLink, Photo, QuoteVersion, Referral
from referrals.states import APPOINTMENT_VERBS, IN_HAND, State, Verb

DESK_LENGTH = 200  # a garage takes a few a week: a desk as long as this has been left alone for months
FILTERS = {
    "a-repondre": (gettext_lazy("À répondre"), State.WAITING),
    "acceptees": (gettext_lazy("Acceptées"), State.ACCEPTED),
    "devis-proposes": (gettext_lazy("Devis proposés"), State.QUOTED),
    "devis-acceptes": (gettext_lazy("Devis acceptés"), State.AGREED),
    "reparees": (gettext_lazy("Réparées"), State.COMPLETED),
}
ENDED = "terminees"
ORDERS = (Order("reception", gettext_lazy("Reçue le"), "put_at", DAYS, is_down=True),)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What needs doing now, the most urgent first; what was just done; this month in figures."""
    actor = request.actor
    require(actor.can(Permission.ANSWER_ASSIGNMENTS))
    seen = Assignment.objects.visible_to(actor)
    rows = seen.on_desk().for_garage().with_offer().with_hand().with_appointment().oldest_first()
    tasks = tasks_of(rows[:DESK_LENGTH], actor)
    context = {
        "now": clock.now(),
        "stamp": freshness.stamp(actor),
        "title": title_of(tasks),
        "parts": parts_of(tasks),
        "unread": unread_of(actor),
        "rules": rules_waiting_for(actor),
        "appointments": week_of(actor),
        "rate": today_rate(_own_garage(actor, tasks)),
        "figures": figures_of(seen.figures_since(clock.today().replace(day=1))),
    }
    return page(request, "referrals/garage/desk.html", context)


def _own_garage(actor: Actor, tasks: list[Task]) -> Garage | None:
    """The one that a line brings along; on an empty desk it is looked up."""
    if tasks:
        return tasks[0].assignment.garage
    return Garage.objects.visible_to(actor).of_organisation(actor.organisation_id).with_places().first()


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Everything that was put to this garage, the newest first."""
    require(request.actor.can(Permission.ANSWER_ASSIGNMENTS))
    chosen = request.GET.get("etat", "")
    rows = _chosen(Assignment.objects.visible_to(request.actor), chosen)
    found = paged(request, rows.for_garage().with_offer().with_last_act(), ORDERS)
    context = {"found": found, "lines": [Line(row) for row in found.rows], "tabs": _tabs(request, chosen)}
    return page(request, "referrals/garage/history.html", context)


@require_safe
def assignment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The referral as put to this garage, on one page."""
    held = _held(request, uid)
    mark_seen(held, by=request.actor)
    return _answer(request, held, asked=request.GET.get("ouvrir", ""))


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """One of the acts of the page; its address opened by itself leads back to the page."""
    held = _held(request, uid)
    if name not in acts.ACTS:
        raise Http404
    if request.method != "POST":
        return redirect("assignment", uid=held.uid)
    doing = acts.ACTS[name]
    form = doing.form(request.POST)
    if not form.is_valid():
        return _answer(request, held, bound={name: form})
    if not attempt(request, form, partial(doing.run, held, by=request.actor, **form.cleaned_data), str(doing.done)):
        return _answer(request, held, bound={name: form})
    return redirect("assignment", uid=held.uid)


# --- what the pages say -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history; of what went on without this garage, only what it did itself."""

    assignment: Assignment

    @property
    def who(self) -> str:
        return "" if self.assignment.was_handed_over else who_and_what(self.assignment)

    @property
    def state(self) -> str:
        if self.assignment.is_open:
            return self.assignment.referral.get_state_display()
        # what happened to the referral afterwards is not this garage's
        return str(dict(words.VERBS).get(self.assignment.last_verb, self.assignment.get_end_display()))

    @property
    def sense(self) -> str:
        return _SENSES.get(self.assignment.referral.state, "none") if self.assignment.is_open else "none"


_SENSES: dict[str, str] = {State.WAITING: "wait", State.ACCEPTED: "wait", State.QUOTED: "info", State.AGREED: "good"}
_SENSES[State.COMPLETED] = "good"


@dataclass(frozen=True, slots=True)
class Rate:
    """The schedule's hourly rate of today, before and with tax."""

    excl_tax: Decimal
    incl_tax: Decimal
    vat_percent: Decimal


def rate_of(conditions: Conditions) -> Rate:
    hourly, vat = conditions.hourly_rate_excl_tax, conditions.vat_percent
    return Rate(hourly, hourly + vat_on(hourly, vat), vat)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who refers, with a direct line; the structure's own where the adviser has none."""

    name: str
    place: str
    phone: str


def sender_of(referral: Referral) -> Sender:
    adviser, place = referral.adviser, referral.organisation
    phone = adviser.phone if adviser else ""
    house = getattr(place, "structure", None) or getattr(place, "agency", None)
    name = adviser.user.get_full_name() if adviser else ""
    return Sender(name, place.name, phone or (house.phone if house else ""))


def today_rate(garage: Garage | None) -> Rate | None:
    if garage is None:
        return None
    try:
        return rate_of(conditions_for(garage, clock.today()))
    except NoScheduleInForce:
        return None


def _held(request: HttpRequest, uid: UUID) -> Assignment:
    """An assignment of the actor's own garage; advisers and pilots have pages of their own."""
    found = get_visible_or_404(Assignment.objects.for_garage().with_versions(), request.actor, uid)
    require(request.actor.can(Permission.ANSWER_ASSIGNMENTS))
    return found


def _answer(
    request: HttpRequest, held: Assignment, bound: dict[str, forms.Form] | None = None, asked: str = ""
) -> HttpResponse:
    """`bound`: the form that was refused; `asked`: the act for which one came, open."""
    status = 422 if bound else 200
    if held.was_handed_over:
        return page(request, "referrals/garage/handed_over.html", _own_acts(held, request.actor))
    context = _case(held, request.actor, bound or {}, asked)
    return page(request, "referrals/garage/assignment.html", context, status=status)


def _case(held: Assignment, actor: Actor, bound: dict[str, forms.Form], asked: str = "") -> dict[str, Any]:
    referral = held.referral
    state = State(referral.state)
    offer = partial(acts.offered, assignment=held, actor=actor, bound=bound, asked=asked)
    may = permissions.possible_verbs(actor, referral, held)
    log = list(LogEntry.objects.visible_to(actor).of_assignment(held).but_messages().with_actors().latest_first())
    return {
        "assignment": held,
        "referral": referral,
        "who": who_and_what(held),
        "state": Line(_with_last_act(held, log)),
        "sender": sender_of(referral),
        "rate": today_rate(held.garage),
        "is_eligible": is_usable(referral.assessment, clock.today()),
        "first": offer(acts.FIRST.get(state, ())),
        "below": offer(acts.BELOW.get(state, ())),
        "report": next(iter(offer((acts.REPORT,))), None),
        **said_by_garage(held, actor),
        "can_issue": Verb.ISSUE_QUOTE in may,
        "can_replace": Verb.SUPERSEDE_QUOTE in may,
        "can_supplement": Verb.SUPPLEMENT in may,
        "events": events_of(log, actor),
        "threads": threads_of([held], referral, actor),
        "appointment": live_of(held, actor),
        "is_in_hand": state in IN_HAND,
        "asked_slot": asked_slot(held),
        "links": PersonalLink.objects.visible_to(actor).of_assignment(held).still_open(clock.now()),
        "photos": Photo.objects.visible_to(actor).of_referral(referral).in_order(),
        **_quoted(held),
    }


def _quoted(held: Assignment) -> dict[str, Any]:
    if not hasattr(held, "quote"):
        return {}
    return {"quote": held.quote, "in_force": acts.in_force(held), "agreed": acts.agreed_version(held)}


def _own_acts(held: Assignment, actor: Actor) -> dict[str, Any]:
    """Of what went on without this garage: its own acts and quotes, nothing of the person, nothing newer."""
    log = LogEntry.objects.visible_to(actor).of_assignment(held)
    own = list(log.by_organisation(held.garage.organisation_id).with_actors().latest_first())
    versions = QuoteVersion.objects.visible_to(actor).of_assignment(held).latest_first()
    events = events_of(own, actor)
    return {"assignment": held, "number": str(held.referral), "events": events, "versions": list(versions)}


def events_of(log: list[LogEntry], actor: Actor) -> list[dict[str, Any]]:
    """The garage's own words stand beside its acts; what others noted beside theirs is not for it, unless it is said
    to it: about an appointment, or in answer to what it reported."""
    for entry in log:
        is_own = entry.membership is not None and entry.membership.organisation_id == actor.organisation_id
        if not is_own and entry.verb not in (*APPOINTMENT_VERBS, Verb.ANSWER_INCIDENT):
            entry.detail = {}
    return timeline.events(log)


def _with_last_act(held: Assignment, log: list[LogEntry]) -> Assignment:
    held.last_verb = log[0].verb if log else ""
    return held


def _chosen(rows: Any, chosen: str) -> Any:
    if chosen == ENDED:
        return rows.ended()
    if chosen in FILTERS:
        return rows.open().in_referral_state(FILTERS[chosen][1])
    return rows


def _tabs(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    named = [("", _("Toutes")), *((slug, label) for slug, (label, _state) in FILTERS.items())]
    named.append((ENDED, _("Terminées sans réparation")))
    return [
        {"label": label, "url": f"{request.path}?etat={slug}" if slug else request.path, "current": slug == chosen}
        for slug, label in named
    ]
