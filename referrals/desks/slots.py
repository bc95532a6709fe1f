"""The slots of a garage: published a week at a time, withdrawn one by one; and one held by a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from garages.hours import DAYS, Range, as_typed, unkeep
from garages.models import Garage
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals import permissions, transitions
from referrals.clock import is_visiting_day, local, moment_at
from referrals.desks.attempts import attempt
from referrals.forms.appointments import WeekForm, week_of
from referrals.models import Referral, Slot
from referrals.transitions import Refused
from referrals.transitions.appointments import FARTHEST_DAYS

SHOWN = 12
LAST_WEEK = FARTHEST_DAYS // 7


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week shown: its slots, when the garage is open, and the box for more."""

    day: date
    slots: list[Slot]
    hours: str
    field: forms.BoundField | None

    @property
    def label(self) -> str:
        return day_fr(self.day, "weekday").capitalize()


@require_http_methods(["GET", "HEAD", "POST"])
def slots(request: HttpRequest) -> HttpResponse:
    """One week; what is typed beside a day is added to it."""
    require(request.actor.can(Permission.ANSWER_ASSIGNMENTS))
    garage = Garage.objects.visible_to(request.actor).of_organisation(request.actor.organisation_id).with_places().get()
    days = week_of(_asked(request, garage))
    form = WeekForm(
        request.POST or None, days=[one for one in days if _is_open(garage, one)], department=_department(garage)
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        publish = partial(
            _published, request, garage, moments=given["moments"], minutes=given["minutes"], note=given["note"]
        )
        if attempt(request, form, publish):
            return redirect(_address(days[0]))
    return _show(request, garage, days, form)


@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """No longer offered."""
    slot = get_visible_or_404(Slot.objects.for_page(), request.actor, uid)
    require(permissions.can_publish_slots(request.actor, slot.garage))
    try:
        transitions.withdraw_slot(slot, by=request.actor)
    except Refused as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, _("Créneau retiré."))
    here = local(slot.starts_at, _department(slot.garage)).date()
    return redirect(_address(week_of(here)[0]))


@require_POST
def hold(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Keep a slot for the draft that is being read over; nothing chosen lets go."""
    referral = get_visible_or_404(Referral.objects.with_people(), request.actor, uid)
    require(permissions.can_edit_draft(request.actor, referral))
    chosen = _chosen(request)
    try:
        transitions.hold_slot(referral, slot=chosen, by=request.actor)
    except Refused as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, _("Créneau gardé une demi-heure.") if chosen else _("Aucun créneau n’est gardé."))
    return redirect(reverse("referral_send", args=[uid]) + "#creneau")


def free_slots(referral: Referral, garage: Garage, actor: Any) -> list[Slot]:
    """What this draft may still choose at this garage, its own hold among them."""
    rows = Slot.objects.visible_to(actor).of_garage(garage.pk).free_for(referral).to_come().for_page()
    return list(rows[:SHOWN])


def slots_to_offer(referral: Referral, garages: Sequence[Garage], actor: Any) -> list[Slot]:
    """What each of these garages has free for a referral that one of them will be asked to take."""
    free = Slot.objects.visible_to(actor).of_garages([one.pk for one in garages]).free_for(referral)
    return list(free.to_come().first_of_each(SHOWN).for_page())


def held_slot(referral: Referral, garage: Garage) -> Slot | None:
    return Slot.objects.taken_for(referral).of_garage(garage.pk).to_come().for_page().first()


def _chosen(request: HttpRequest) -> Slot | None:
    try:
        uid = UUID(request.POST.get("slot", ""))
    except ValueError:
        return None
    return get_visible_or_404(Slot.objects.for_page(), request.actor, uid)


def _published(request: HttpRequest, garage: Garage, **given: Any) -> None:
    made = transitions.publish_slots(garage, by=request.actor, **given)
    said = ngettext("%(n)d créneau publié.", "%(n)d créneaux publiés.", made) % {"n": made}
    messages.success(request, said if made else _("Ces créneaux étaient déjà publiés."))


def _show(request: HttpRequest, garage: Garage, days: Sequence[date], form: WeekForm) -> HttpResponse:
    department = _department(garage)
    first, last = moment_at(days[0], time(0), department), moment_at(days[-1] + timedelta(days=1), time(0), department)
    rows = Slot.objects.visible_to(request.actor).of_garage(garage.pk).published().between(first, last)
    by_day: dict[date, list[Slot]] = {}
    for slot in rows.for_page():
        by_day.setdefault(local(slot.starts_at, department).date(), []).append(slot)
    week = unkeep(garage.opening_hours)
    shown = [
        Day(one, by_day.get(one, []), _hours(week, one, department), form.of(one) if one in form.days else None)
        for one in days
    ]
    context = {"garage": garage, "days": shown, "form": form, "has_slots": bool(by_day), **_around(days[0])}
    return page(request, "referrals/garage/slots.html", context, status=422 if form.is_bound else 200)


def _around(monday: date) -> dict[str, Any]:
    this = week_of(clock.today())[0]
    before, after = monday - timedelta(days=7), monday + timedelta(days=7)
    return {
        "monday": monday,
        "before": _address(before) if before >= this else "",
        "after": _address(after) if after <= this + timedelta(weeks=LAST_WEEK) else "",
    }


def _hours(week: Any, day: date, department: str) -> str:
    """What this garage has said of this weekday, as a help to whoever publishes."""
    if not is_visiting_day(day, department):
        return _("jour férié")
    if not week:
        return ""
    ranges: Sequence[Range] = week.get(day.weekday(), ())
    return _("ouvert %(hours)s") % {"hours": as_typed(ranges)} if ranges else _("fermé le %s") % DAYS[day.weekday()]


def _is_open(garage: Garage, day: date) -> bool:
    """Whether there is anything to publish for on this day."""
    week = unkeep(garage.opening_hours)
    may_come = is_visiting_day(day, _department(garage)) and day >= clock.today()
    return may_come and (not week or bool(week.get(day.weekday())))


def _asked(request: HttpRequest, garage: Garage) -> date:
    """Any day of the week asked for; where the address says nothing that one can read, of the first week that still has
    a whole day to publish for."""
    try:
        asked = date.fromisoformat(request.GET.get("semaine", ""))
    except ValueError:
        tomorrow = clock.today() + timedelta(days=1)
        is_left = any(_is_open(garage, one) for one in week_of(clock.today()) if one >= tomorrow)
        return clock.today() if is_left else clock.today() + timedelta(days=7)
    this = week_of(clock.today())[0]
    return min(max(asked, this), this + timedelta(weeks=LAST_WEEK))


def _address(monday: date) -> str:
    return f"{reverse('slots')}?semaine={monday.isoformat()}"


def _department(garage: Garage) -> str:
    return garage.commune.department_id
