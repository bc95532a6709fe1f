"""What becomes of slots and appointments when something else happens: taken, free again, over. Called within verbs."""

from __future__ import annotations

from datetime import datetime

from mobiliz.lib import clock
from referrals.models import Appointment, AppointmentStatus, Assignment, Referral, Slot


def take(slot: Slot, referral: Referral, *, until: datetime | None = None) -> Slot | None:
    """This slot for this referral, its row locked; None when somebody was quicker or it was withdrawn."""
    found = Slot.objects.free_for(referral).select_for_update().filter(pk=slot.pk).first()
    if found is None:
        return None
    found.taken_for, found.taken_until = referral, until
    found.save(update_fields=["taken_for", "taken_until"])
    return found


def free(referral: Referral, *, but: Slot | None = None) -> None:
    """Nobody waits for these slots any more."""
    Slot.objects.taken_for(referral).but(but).update(taken_for=None, taken_until=None)


def held_slot(assignment: Assignment) -> Slot | None:
    """The one that was held while the garage was being asked."""
    if not _may_have(assignment, "slots"):
        return None
    return Slot.objects.taken_for(assignment.referral).of_garage(assignment.garage_id).first()


def free_all(assignment: Assignment) -> None:
    """Nobody waits any more for what was held for its referral."""
    if _may_have(assignment, "slots"):
        free(assignment.referral)


def _may_have(assignment: Assignment, what: str) -> bool:
    """As it was read when the verb began (`as_it_stands`); where it was not, it is asked."""
    return bool(getattr(assignment, f"has_{what}", True))


def live_appointment(assignment: Assignment) -> Appointment | None:
    if not _may_have(assignment, "appointment"):
        return None
    return Appointment.objects.of_assignment(assignment).live().select_related("slot").first()


def end(appointment: Appointment, status: AppointmentStatus) -> None:
    """It is no longer to come; unless the car was there, its slot is free again."""
    appointment.status, appointment.status_at = status.value, clock.now()
    appointment.save(update_fields=["status", "status_at"])
    if appointment.slot_id and status in (AppointmentStatus.MOVED, AppointmentStatus.CANCELLED):
        Slot.objects.filter(pk=appointment.slot_id).update(taken_for=None, taken_until=None)


def give_up(assignment: Assignment) -> None:
    """The garage no longer holds the referral: whatever is to come with it is off. Of a moment that has passed nobody
    said whether the person came: it stays as it was."""
    appointment = live_appointment(assignment)
    if appointment and not (appointment.is_booked and appointment.has_begun):
        end(appointment, AppointmentStatus.CANCELLED)
    free_all(assignment)


def came(assignment: Assignment) -> None:
    """The car was seen: the appointment whose time has come was kept."""
    appointment = live_appointment(assignment)
    if appointment and appointment.is_booked and appointment.has_begun:
        end(appointment, AppointmentStatus.KEPT)


def nothing_more_to_come(assignment: Assignment) -> None:
    """The car is repaired: the appointment was kept, or is needless."""
    came(assignment)
    give_up(assignment)
