"""When the car is seen: slots that a garage publishes, and the appointments of its assignments."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from referrals.querysets import AppointmentQuerySet, SlotQuerySet

USUAL_MINUTES = 30
MIN_MINUTES, MAX_MINUTES = 10, 8 * 60


class Slot(models.Model):
    """A moment at which the garage has time; it is taken for one referral at most, for good or for a while.

    `taken_for` without `taken_until`: until the garage's assignment or the appointment ends. With it: an adviser is
    sending, and the slot is free again at that moment by itself.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    garage = models.ForeignKey("garages.Garage", on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField(_("début"))
    minutes = models.PositiveSmallIntegerField(_("durée, en minutes"), default=USUAL_MINUTES)
    note = models.CharField(_("pour quoi"), max_length=80, blank=True)
    published_at = models.DateTimeField(default=clock.now, editable=False)
    published_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    taken_for = models.ForeignKey(
        "referrals.Referral", on_delete=models.PROTECT, null=True, blank=True, related_name="slots", editable=False
    )
    taken_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("créneau")
        indexes = [models.Index(fields=["garage", "starts_at"], name="slot_of_garage")]
        constraints = [
            models.UniqueConstraint(
                fields=["garage", "starts_at"], condition=Q(withdrawn_at__isnull=True), name="slot_published_once"
            ),
            models.CheckConstraint(condition=Q(minutes__range=(MIN_MINUTES, MAX_MINUTES)), name="slot_minutes_sane"),
            models.CheckConstraint(
                condition=Q(taken_until__isnull=True) | Q(taken_for__isnull=False), name="slot_held_for_someone"
            ),
        ]

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_free(self) -> bool:
        """Nobody has it now; what an adviser held and did not send is free again."""
        is_over = self.taken_until is not None and self.taken_until <= clock.now()
        return self.withdrawn_at is None and (self.taken_for_id is None or is_over)


class AppointmentStatus(models.TextChoices):
    PROPOSED = "proposed", _("proposé")
    BOOKED = "booked", _("confirmé")
    MOVED = "moved", _("déplacé")
    CANCELLED = "cancelled", _("annulé")
    KEPT = "kept", _("honoré")
    MISSED = "missed", _("manqué")


class Side(models.TextChoices):
    """Who proposes, and so who has to say yes."""

    GARAGE = "garage", _("le garage")
    SENDER = "sender", _("la structure")


LIVE_STATUSES = (AppointmentStatus.PROPOSED, AppointmentStatus.BOOKED)
GIVEN_UP = (AppointmentStatus.MOVED, AppointmentStatus.CANCELLED)


class Appointment(models.Model):
    """One moment for one assignment. Moved, it stays as it was and another row `replaces` it: the same event of a
    calendar (`event_uid`), one number further (`sequence`)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey("referrals.Assignment", on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField(_("début"))
    minutes = models.PositiveSmallIntegerField(_("durée, en minutes"), default=USUAL_MINUTES)
    status = models.CharField(
        _("état"), max_length=9, choices=AppointmentStatus.choices, default=AppointmentStatus.PROPOSED, editable=False
    )
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    needs_accompaniment = models.BooleanField(_("la personne vient accompagnée"), default=False)
    proposed_side = models.CharField(max_length=6, choices=Side.choices, editable=False)
    proposed_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(default=clock.now, editable=False)
    status_at = models.DateTimeField(default=clock.now, editable=False)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", editable=False
    )
    event_uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    # for which day the person was written to, or the adviser asked to call them; and since when the person knows
    reminded_for = models.DateField(null=True, blank=True, editable=False)
    person_told_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendez-vous")
        indexes = [
            models.Index(fields=["assignment", "-proposed_at"], name="appointment_of_assignment"),
            models.Index(
                fields=["starts_at"], condition=Q(status__in=["proposed", "booked"]), name="appointment_to_come"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(status__in=["proposed", "booked"]), name="appointment_one_live"
            ),
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(slot__isnull=False) & ~Q(status__in=["moved", "cancelled"]),
                name="appointment_slot_once",
            ),
            models.UniqueConstraint(fields=["event_uid", "sequence"], name="appointment_event_in_order"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in AppointmentStatus]), name="appointment_status_known"
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(MIN_MINUTES, MAX_MINUTES)), name="appointment_minutes_sane"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["kept", "missed"]) | Q(status_at__gte=F("starts_at")),
                name="appointment_judged_afterwards",
            ),
        ]

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_STATUSES

    @property
    def is_booked(self) -> bool:
        return self.status == AppointmentStatus.BOOKED

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def department(self) -> str:
        """Whose hours and days it follows: the garage's."""
        return self.assignment.garage.commune.department_id
