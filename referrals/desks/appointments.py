"""When the car is seen: one page, the same for adviser and garage, with the acts of each side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions, transitions
from referrals.calendar_file import Event, Status, calendar_file
from referrals.desks.attempts import attempt
from referrals.desks.exchange import Talk, talk_of
from referrals.forms import appointments as typed
from referrals.models import Appointment, AppointmentStatus, Assignment, Side, Slot
from referrals.states import Verb
from referrals.words import moment_at_garage

SLOTS_SHOWN = 8  # to choose from
LINES_SHOWN = 24  # on a desk
HISTORY_SHOWN = 20


@require_safe
def appointments(request: HttpRequest, uid: UUID) -> HttpResponse:
    held = _held(request, uid)
    if request.actor.is_garage and held.was_handed_over:
        return redirect("assignment", uid)
    return _show(request, held)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """One of the acts of the page; its address opened by itself leads back to it."""
    held = _held(request, uid)
    doing = ACTS.get(name)
    if doing is None:
        raise Http404
    if request.method != "POST":
        return redirect("appointments", uid)
    sheet = Sheet(held, request.actor)
    form = sheet.form(name, request.POST)
    if not form.is_valid():
        return _show(request, held, name, form)
    live = sheet.shown(request.POST.get("seen", ""))
    if not attempt(request, form, lambda: doing.do(held, live, request.actor, form.cleaned_data), str(doing.done)):
        return _show(request, held, name, form)
    return redirect("appointments", uid)


@require_safe
def file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """As a calendar takes it: the event as it stands now, wherever an earlier file of it came from."""
    found = get_visible_or_404(Appointment.objects.for_page(), request.actor, uid)
    last = Appointment.objects.visible_to(request.actor).for_page().of_event(found.event_uid).first() or found
    answer = HttpResponse(calendar_file(event_of(last)), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rendez-vous-{last.assignment.referral.number}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def event_of(appointment: Appointment) -> Event:
    """The case by its number and car, never the person's name: calendars are copied to places we do not know."""
    held, referral = appointment.assignment, appointment.assignment.referral
    garage = held.garage
    told = [_("Dossier %(number)s.") % {"number": referral.spoken_number}]
    if appointment.needs_accompaniment:
        told.append(_("La personne vient accompagnée."))
    off = appointment.status in (AppointmentStatus.CANCELLED, AppointmentStatus.MOVED)
    status = Status.CANCELLED if off else _STATUSES.get(appointment.status, Status.CONFIRMED)
    return Event(
        uid=f"{appointment.event_uid}@{urlsplit(settings.SITE_ADDRESS).hostname}",
        # taken away, it is one change further than what was given out
        sequence=appointment.sequence * 2 + (1 if off else 0),
        status=status,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        stamped_at=appointment.status_at,
        summary=_("Garage : %(car)s") % {"car": referral.vehicle or referral.spoken_number},
        location=f"{garage.name}, {garage.address}, {garage.postcode} {garage.commune.name}",
        organizer=settings.DEFAULT_FROM_EMAIL.split("<")[-1].rstrip(">"),
        description=" ".join(told),
        url=f"{settings.SITE_ADDRESS}{reverse('appointments', args=[held.uid])}",
    )


_STATUSES = {AppointmentStatus.PROPOSED.value: Status.TENTATIVE}


# --- what can be done -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Act:
    """`title` opens it, `button` does it, `done` is said afterwards; `given`: what of the form the verb takes.

    `run` is a verb of the appointment that the page showed; where `is_first`, of the assignment, which has none yet.
    """

    verb: Verb
    run: Callable[..., object]
    form: type[forms.Form]
    title: Any
    button: Any
    done: Any
    given: tuple[str, ...] = ()
    is_first: bool = False
    is_danger: bool = False

    def do(self, held: Assignment, live: Appointment | None, by: Actor, typed: dict[str, Any]) -> object:
        about = held if self.is_first else live
        if about is None:
            raise transitions.Refused(_("Ce rendez-vous a changé entre-temps : relisez la page."), code="changed")
        return self.run(about, by=by, **{name: typed[name] for name in self.given})


ACTS: dict[str, Act] = {
    "confirmer": Act(
        Verb.CONFIRM_APPOINTMENT,
        transitions.confirm_appointment,
        typed.ConfirmForm,
        title=gettext_lazy("Confirmer ce rendez-vous"),
        button=gettext_lazy("C’est d’accord"),
        done=gettext_lazy("Rendez-vous confirmé."),
        given=("needs_accompaniment",),
    ),
    "rappelee": Act(
        Verb.REMIND_PERSON,
        transitions.remind_person,
        forms.Form,
        title=gettext_lazy("La personne est rappelée"),
        button=gettext_lazy("Je le lui ai rappelé"),
        done=gettext_lazy("C’est noté : la personne s’en souvient."),
    ),
    "venue": Act(
        Verb.KEEP_APPOINTMENT,
        transitions.keep_appointment,
        forms.Form,
        title=gettext_lazy("La personne est venue"),
        button=gettext_lazy("La personne est venue"),
        done=gettext_lazy("C’est noté : la personne est venue."),
    ),
    "proposer": Act(
        Verb.PROPOSE_APPOINTMENT,
        transitions.propose_appointment,
        typed.ProposeForm,
        title=gettext_lazy("Fixer un rendez-vous"),
        button=gettext_lazy("Proposer ce moment"),
        done=gettext_lazy("Rendez-vous noté."),
        given=("starts_at", "is_agreed", "needs_accompaniment"),
        is_first=True,
    ),
    "deplacer": Act(
        Verb.MOVE_APPOINTMENT,
        transitions.move_appointment,
        typed.MoveForm,
        title=gettext_lazy("Déplacer"),
        button=gettext_lazy("Proposer cet autre moment"),
        done=gettext_lazy("Rendez-vous déplacé."),
        given=("starts_at", "is_agreed", "why"),
    ),
    "annuler": Act(
        Verb.CANCEL_APPOINTMENT,
        transitions.cancel_appointment,
        typed.CancelForm,
        title=gettext_lazy("Annuler"),
        button=gettext_lazy("Annuler ce rendez-vous"),
        done=gettext_lazy("Rendez-vous annulé."),
        given=("why",),
        is_danger=True,
    ),
}
TAKES_A_MOMENT = ("proposer", "deplacer")


class Sheet:
    """One assignment's appointment as an actor may act on it."""

    def __init__(self, held: Assignment, actor: Actor) -> None:
        self.held, self.actor = held, actor
        rows = Appointment.objects.visible_to(actor).of_assignment(held).for_page().latest_first()
        self.rows = list(rows[:HISTORY_SHOWN])
        self.live = next((one for one in self.rows if one.is_live), None)
        self._slots: list[Slot] | None = None

    def shown(self, uid: str) -> Appointment | None:
        """The appointment that the page showed, even if it is no more: the verb then says by whom."""
        return next((one for one in self.rows if str(one.uid) == uid), None)

    def form(self, name: str, data: Any = None) -> forms.Form:
        doing = ACTS[name]
        kept: dict[str, Any] = {"auto_id": f"{name}_%s"}
        if name in TAKES_A_MOMENT:
            kept |= {"slots": self.slots, "department": self.held.garage.commune.department_id}
        return doing.form(data, **kept)

    @property
    def slots(self) -> list[Slot]:
        """What the garage has published and nobody has."""
        if self._slots is None:
            free = Slot.objects.visible_to(self.actor).of_garage(self.held.garage_id).free_for(self.held.referral)
            taken = self.live.slot if self.live else None
            self._slots = list(free.but(taken).to_come().for_page()[:SLOTS_SHOWN])
        return self._slots

    @property
    def names(self) -> list[str]:
        """Which acts fit now: one thing after the other."""
        may = set(permissions.possible_verbs(self.actor, self.held.referral, self.held))
        return [name for name in self._fitting() if ACTS[name].verb in may and self.held.is_open]

    def _fitting(self) -> list[str]:
        live = self.live
        if live is None or (live.has_begun and not live.is_booked):
            return ["proposer"]
        if live.has_begun:
            return ["venue"]
        if live.is_booked:
            return [*(["rappelee"] if self.is_to_call else []), "deplacer", "annuler"]
        return ["confirmer", "deplacer", "annuler"]

    @property
    def is_to_call(self) -> bool:
        return self.live is not None and Line(self.live, is_garage=self.actor.is_garage).is_to_call

    @property
    def may_miss(self) -> bool:
        """The person did not come: that act stands on the garage's page of the case."""
        may = permissions.possible_verbs(self.actor, self.held.referral, self.held)
        return "venue" in self.names and Verb.NO_SHOW in may

    @property
    def is_ours_to_confirm(self) -> bool:
        """Whether the other side proposed it."""
        live = self.live
        return live is not None and (live.proposed_side == "garage") != self.actor.is_garage

    @property
    def when(self) -> str:
        return moment_at_garage(self.live.starts_at, self.held.garage) if self.live else ""

    @property
    def past(self) -> list[dict[str, Any]]:
        return [
            {"when": moment_at_garage(one.starts_at, self.held.garage), "status": one.get_status_display()}
            for one in self.rows
            if not one.is_live
        ]


def _held(request: HttpRequest, uid: UUID) -> Assignment:
    """For both sides, and nobody who only looks on."""
    held = get_visible_or_404(Assignment.objects.for_exchange(), request.actor, uid)
    require(permissions.can_write_message(request.actor, held.referral, held))
    return held


def _show(request: HttpRequest, held: Assignment, name: str = "", tried: forms.Form | None = None) -> HttpResponse:
    """`tried`: the form of act `name` that was refused."""
    sheet, talk = Sheet(held, request.actor), talk_of(held, request.actor)
    offered = [
        {"name": one, "act": ACTS[one], "form": tried if one == name and tried else sheet.form(one)}
        for one in sheet.names
    ]
    context = {
        "talk": talk,
        "sheet": sheet,
        "live": sheet.live,
        "acts": offered,
        "tried": tried if tried is not None and name in sheet.names else None,
        "refused": _said(tried) if tried is not None and name not in sheet.names else "",
        "shows": talk.held.accepted_at is not None,
    }
    return page(request, "referrals/exchange/appointments.html", context, status=422 if tried is not None else 200)


def _said(form: forms.Form) -> str:
    return " ".join(error for errors in form.errors.values() for error in errors)


# --- on the pages of a case and on desks ----------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """One appointment on a desk."""

    appointment: Appointment
    is_garage: bool

    @property
    def held(self) -> Assignment:
        return self.appointment.assignment

    @property
    def url(self) -> str:
        return reverse("appointments", args=[self.held.uid])

    @property
    def who(self) -> str:
        return Talk(self.held, Side.GARAGE if self.is_garage else Side.SENDER, may_write=False).who

    @property
    def when(self) -> str:
        return moment_at_garage(self.appointment.starts_at, self.held.garage)

    @property
    def is_to_call(self) -> bool:
        """The adviser is asked to remind the person by telephone."""
        one = self.appointment
        is_asked = one.reminded_for is not None and one.person_told_at is None
        return not self.is_garage and one.is_booked and not one.has_begun and is_asked

    @property
    def sense(self) -> str:
        if self.appointment.has_begun:
            return "late"
        if self.is_to_call:
            return "wait"
        return "good" if self.appointment.is_booked else "wait"

    @property
    def state(self) -> str:
        if self.appointment.has_begun:
            return _("passé : est-elle venue ?") if self.appointment.is_booked else _("passé sans confirmation")
        if self.is_to_call:
            return _("à rappeler par téléphone")
        if self.appointment.is_booked:
            return _("confirmé")
        is_ours = (self.appointment.proposed_side == "garage") != self.is_garage
        return _("à confirmer") if is_ours else _("attend l’autre côté")


def week_of(actor: Actor) -> list[Line]:
    """A garage's: what has passed and was not judged, and the seven days to come."""
    until = clock.now() + timedelta(days=7)
    rows = Appointment.objects.visible_to(actor).still_held().live().before(until).for_page().soonest_first()
    return [Line(one, is_garage=True) for one in rows[:LINES_SHOWN]]


def to_confirm(actor: Actor, cases: Any) -> list[Line]:
    """An adviser's: what a garage proposes for these cases, to be asked of the person, and whom to remind by a call."""
    rows = Appointment.objects.visible_to(actor).for_adviser(cases).for_page()
    return [Line(one, is_garage=False) for one in rows.soonest_first()[:LINES_SHOWN]]


def live_of(held: Assignment | None, actor: Actor) -> Line | None:
    """On the page of a case: what is fixed with the garage that holds it."""
    if held is None or held.accepted_at is None:
        return None
    found = Appointment.objects.visible_to(actor).of_assignment(held).live().for_page().first()
    return Line(found, is_garage=actor.is_garage) if found else None


def asked_slot(held: Assignment) -> str:
    """To a garage that is being asked: which of its slots the sender has taken for this."""
    if held.accepted_at is not None or not held.is_open:
        return ""
    slot = Slot.objects.taken_for(held.referral).of_garage(held.garage_id).to_come().first()
    return moment_at_garage(slot.starts_at, held.garage) if slot else ""
