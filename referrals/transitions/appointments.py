"""When the car is seen: a slot held while sending, a moment proposed, confirmed, moved, cancelled, kept.

A moment is booked once both sides have said yes. The garage says it by publishing a slot, by proposing or by
confirming; the person's yes is brought by the adviser, or by the garage that had them on the telephone (`is_agreed`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from garages.hours import is_open, unkeep
from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals import permissions
from referrals.clock import is_visiting_day, local
from referrals.models import Appointment, AppointmentStatus, Assignment, LogEntry, Referral, Slot
from referrals.models.appointments import USUAL_MINUTES, Side
from referrals.states import Party, State, Verb
from referrals.transitions import slots
from referrals.transitions.core import Refused, begin_assignment, finish, overtaken
from referrals.words import moment_at_garage

HOLD_MINUTES = 30
FARTHEST_DAYS = 90
EARLIEST_HOUR, LATEST_HOUR = 6, 22  # where a garage has not said when it is open


# --- slots that a garage publishes --------------------------------------------------------------------------
@transaction.atomic
def publish_slots(
    garage: Garage, *, moments: Iterable[datetime], by: Actor, minutes: int = USUAL_MINUTES, note: str = ""
) -> int:
    """Open these moments to advisers; those that are open already stay as they are. How many are new."""
    if not permissions.can_publish_slots(by, garage):
        raise PermissionDenied
    wanted = sorted(set(moments))
    for moment in wanted:
        _refuse_moment(garage, moment)
    made = [
        Slot(garage=garage, starts_at=moment, minutes=minutes, note=note.strip(), published_by=by.membership)
        for moment in wanted
    ]
    before = Slot.objects.of_garage(garage.pk).count()
    Slot.objects.bulk_create(made, ignore_conflicts=True)
    return Slot.objects.of_garage(garage.pk).count() - before


@transaction.atomic
def withdraw_slot(slot: Slot, *, by: Actor) -> None:
    """No longer offered; withdrawn twice is withdrawn. One that somebody has is not taken from under them."""
    if not permissions.can_publish_slots(by, slot.garage):
        raise PermissionDenied
    slot = Slot.objects.select_for_update(of=("self",)).select_related("garage__commune").get(pk=slot.pk)
    if slot.withdrawn_at is not None:
        return
    if not slot.is_free:
        message = _("Ce créneau (%(when)s) est pris : déplacez le rendez-vous, puis retirez-le.")
        raise Refused(message % {"when": moment_at_garage(slot.starts_at, slot.garage)}, code="slot_taken")
    slot.withdrawn_at, slot.taken_for, slot.taken_until = clock.now(), None, None
    slot.save(update_fields=["withdrawn_at", "taken_for", "taken_until"])


@transaction.atomic
def hold_slot(referral: Referral, *, slot: Slot | None, by: Actor) -> Slot | None:
    """Kept for half an hour for a draft that is about to be sent, in the place of any other; None lets go."""
    referral = Referral.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=referral.pk)
    if not permissions.can_edit_draft(by, referral):
        raise PermissionDenied
    held = _take(slot, referral, until=clock.now() + timedelta(minutes=HOLD_MINUTES)) if slot else None
    slots.free(referral, but=held)
    return held


def keep_for_answer(referral: Referral, garage: Garage, slot: Slot | None) -> dict[str, str]:
    """While a garage is asked: this slot until it answers, and no other; what the log keeps of it."""
    if slot is not None and slot.garage_id != garage.pk:
        raise Refused(_("Ce créneau n’est pas celui de ce garage."), code="slot_elsewhere", field="slot")
    held = _take(slot, referral) if slot else None
    slots.free(referral, but=held)
    return {"slot": held.starts_at.isoformat()} if held else {}


def _take(slot: Slot, referral: Referral, *, until: datetime | None = None) -> Slot:
    taken = slots.take(slot, referral, until=until)
    if taken is None or taken.starts_at <= clock.now():
        garage = slot.garage
        message = _("Le créneau du %(when)s n’est plus libre chez %(garage)s : choisissez-en un autre.")
        words = {"when": moment_at_garage(slot.starts_at, garage), "garage": garage.name}
        raise Refused(message % words, code="slot_taken", field="slot")
    return taken


# --- the appointment of an assignment -----------------------------------------------------------------------
def fix_on_accepting(assignment: Assignment, moment: datetime | None, by: Actor) -> Appointment | None:
    """The garage takes the referral: at the slot that was held for it, unless it names another moment."""
    held = slots.held_slot(assignment)
    if held and moment in (None, held.starts_at) and held.starts_at > clock.now():
        return _make(assignment, held.starts_at, by, Side.SENDER, is_booked=True, minutes=held.minutes)
    slots.free_all(assignment)
    return _make(assignment, moment, by, Side.GARAGE, is_booked=False) if moment else None


@transaction.atomic
def propose_appointment(
    assignment: Assignment,
    *,
    starts_at: datetime,
    by: Actor,
    minutes: int = USUAL_MINUTES,
    is_agreed: bool = False,
    needs_accompaniment: bool | None = None,
) -> Appointment:
    """A first moment, or one after another was cancelled, kept or missed; a slot of the garage is booked at once."""
    referral, held = begin_assignment(assignment, Verb.PROPOSE_APPOINTMENT, by=by)
    _make_room(referral, held, starts_at)
    made = _make(
        held,
        starts_at,
        by,
        _side(by, referral, held),
        is_booked=is_agreed,
        minutes=minutes,
        needs_accompaniment=needs_accompaniment,
    )
    _tell(referral, Verb.PROPOSE_APPOINTMENT, made, held, by)
    return made


@transaction.atomic
def confirm_appointment(appointment: Appointment, *, by: Actor, needs_accompaniment: bool | None = None) -> Appointment:
    """Both sides have said yes to it."""
    referral, held, live = _begin(appointment, Verb.CONFIRM_APPOINTMENT, by)
    if live.is_booked:
        raise overtaken(referral, held)
    _refuse_past(live, _("Ce moment est passé : proposez-en un autre."))
    live.status, live.status_at = AppointmentStatus.BOOKED.value, clock.now()
    if needs_accompaniment is not None:
        live.needs_accompaniment = needs_accompaniment
    live.save(update_fields=["status", "status_at", "needs_accompaniment"])
    _tell(referral, Verb.CONFIRM_APPOINTMENT, live, held, by)
    return live


@transaction.atomic
def move_appointment(
    appointment: Appointment, *, starts_at: datetime, by: Actor, is_agreed: bool = False, why: str = ""
) -> Appointment:
    """Another moment in the place of this one, to be confirmed by the other side unless both have agreed."""
    referral, held, live = _begin(appointment, Verb.MOVE_APPOINTMENT, by)
    if live.starts_at == starts_at:
        raise Refused(_("C’est déjà ce moment-là."), field="starts_at")
    if live.is_booked:
        _refuse_past(live, _("L’heure de ce rendez-vous est passée : dites d’abord si la personne est venue."))
    slots.end(live, AppointmentStatus.MOVED)
    made = _make(
        held,
        starts_at,
        by,
        _side(by, referral, held),
        is_booked=is_agreed,
        minutes=live.minutes,
        needs_accompaniment=live.needs_accompaniment,
        after=live,
    )
    _tell(referral, Verb.MOVE_APPOINTMENT, made, held, by, before=live.starts_at.isoformat(), why=why.strip())
    return made


@transaction.atomic
def cancel_appointment(appointment: Appointment, *, by: Actor, why: str = "") -> None:
    """Off, without another moment yet; the slot is free again."""
    referral, held, live = _begin(appointment, Verb.CANCEL_APPOINTMENT, by)
    if live.is_booked:
        _refuse_past(live, _("L’heure de ce rendez-vous est passée : dites si la personne est venue."))
    slots.end(live, AppointmentStatus.CANCELLED)
    _tell(referral, Verb.CANCEL_APPOINTMENT, live, held, by, why=why.strip())


@transaction.atomic
def keep_appointment(appointment: Appointment, *, by: Actor) -> None:
    """The person came."""
    referral, held, live = _begin(appointment, Verb.KEEP_APPOINTMENT, by)
    if not live.is_booked or not live.has_begun:
        raise Refused(_not_before(live), code="not_yet")
    slots.end(live, AppointmentStatus.KEPT)
    _tell(referral, Verb.KEEP_APPOINTMENT, live, held, by)


def mark_missed(assignment: Assignment) -> Appointment | None:
    """The one that the person did not come to; never before its time, nor one that nobody had confirmed to them."""
    live = slots.live_appointment(assignment)
    if live is None:
        return None
    if not live.is_booked:
        raise Refused(
            _("Ce rendez-vous n’a pas été confirmé : la personne ne le connaît peut-être pas. Proposez-en un autre."),
            code="not_confirmed",
        )
    if not live.has_begun:
        raise Refused(_not_before(live), code="not_yet")
    slots.end(live, AppointmentStatus.MISSED)
    return live


def told(appointment: Appointment) -> dict[str, Any]:
    """What the log keeps of an appointment: when, and how sure."""
    return {"appointment": str(appointment.status), "starts_at": appointment.starts_at.isoformat()}


def _begin(appointment: Appointment, verb: Verb, by: Actor) -> tuple[Referral, Assignment, Appointment]:
    referral, held = begin_assignment(appointment.assignment, verb, by=by)
    live = Appointment.objects.select_related("slot").get(pk=appointment.pk)
    live.assignment = held
    if not live.is_live:
        raise overtaken(referral, held)
    return referral, held, live


def _make_room(referral: Referral, held: Assignment, starts_at: datetime) -> None:
    """One appointment at a time: what was only proposed and is past goes by itself."""
    live = slots.live_appointment(held)
    if live is None:
        return
    if live.starts_at == starts_at:
        raise overtaken(referral, held)
    if live.has_begun and not live.is_booked:
        slots.end(live, AppointmentStatus.CANCELLED)
        return
    when = moment_at_garage(live.starts_at, held.garage)
    if live.has_begun:
        message = _("Dites d’abord si la personne est venue au rendez-vous du %(when)s.")
    else:
        message = _("Un rendez-vous est déjà prévu le %(when)s : déplacez-le, ou annulez-le.")
    raise Refused(message % {"when": when}, code="already_fixed", field="starts_at")


def _make(
    assignment: Assignment,
    starts_at: datetime,
    by: Actor,
    side: Side,
    *,
    is_booked: bool,
    minutes: int = USUAL_MINUTES,
    needs_accompaniment: bool | None = None,
    after: Appointment | None = None,
) -> Appointment:
    slot = _slot_at(assignment, starts_at, side)
    if slot is None:
        _refuse_moment(assignment.garage, starts_at)
    is_booked = is_booked or (slot is not None and side == Side.SENDER)
    if needs_accompaniment is None:
        needs_accompaniment = bool(getattr(assignment.referral, "prediagnosis", None)) and (
            assignment.referral.prediagnosis.needs_accompaniment
        )
    same_event = {"replaces": after, "event_uid": after.event_uid, "sequence": after.sequence + 1} if after else {}
    return Appointment.objects.create(
        assignment=assignment,
        starts_at=starts_at,
        minutes=slot.minutes if slot else minutes,
        status=(AppointmentStatus.BOOKED if is_booked else AppointmentStatus.PROPOSED).value,
        slot=slot,
        needs_accompaniment=needs_accompaniment,
        proposed_side=side.value,
        proposed_by=by.membership,
        proposed_at=clock.now(),
        status_at=clock.now(),
        **same_event,
    )


def _slot_at(assignment: Assignment, starts_at: datetime, side: Side) -> Slot | None:
    """The garage's own published moment, taken; a garage may see two cars at once, an adviser may not assume it."""
    slot = Slot.objects.published().of_garage(assignment.garage_id).at(starts_at).select_related("garage").first()
    if slot is None:
        return None
    return _take(slot, assignment.referral) if side == Side.SENDER else slots.take(slot, assignment.referral)


def _refuse_moment(garage: Garage, moment: datetime) -> None:
    """To come, within three months, on a day and at an hour at which this garage may be open."""
    department = garage.commune.department_id
    here = local(moment, department)
    if moment <= clock.now():
        raise Refused(_("Choisissez un moment à venir."), code="past", field="starts_at")
    if moment > clock.now() + timedelta(days=FARTHEST_DAYS):
        message = _("Choisissez un moment dans les %(days)d jours.")
        raise Refused(message % {"days": FARTHEST_DAYS}, code="too_far", field="starts_at")
    if not is_visiting_day(here.date(), department):
        message = _("Le %(when)s est un dimanche ou un jour férié : choisissez un autre jour.")
        raise Refused(message % {"when": moment_at_garage(moment, garage)}, code="day_off", field="starts_at")
    week = unkeep(garage.opening_hours)
    may_be_open = is_open(week, here) if week else EARLIEST_HOUR <= here.hour < LATEST_HOUR
    if not may_be_open:
        message = _("%(garage)s est fermé le %(when)s : choisissez une heure d’ouverture.")
        words = {"garage": garage.name, "when": moment_at_garage(moment, garage)}
        raise Refused(message % words, code="garage_shut", field="starts_at")


def _refuse_past(appointment: Appointment, message: str) -> None:
    if appointment.has_begun:
        raise Refused(message, code="past")


def _not_before(appointment: Appointment) -> str:
    when = moment_at_garage(appointment.starts_at, appointment.assignment.garage)
    return _("Le rendez-vous est le %(when)s : revenez après cette heure.") % {"when": when}


def _side(by: Actor, referral: Referral, assignment: Assignment) -> Side:
    return Side.GARAGE if Party.GARAGE in permissions.parties(by, referral, assignment) else Side.SENDER


def _tell(
    referral: Referral, verb: Verb, appointment: Appointment, held: Assignment, by: Actor, **more: str
) -> LogEntry:
    detail = {**told(appointment), **{name: said for name, said in more.items() if said}}
    return finish(referral, verb, State(referral.state), by=by, assignment=held, detail=detail)
