"""Who sees slots and appointments, and what is asked of them by name."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from mobiliz.accounts.actors import ActorKind
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from referrals.states import HANDED_OVER

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from referrals.models import Assignment, Referral

LIVE = ("proposed", "booked")


class SlotQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """A garage its own; whoever sends, those of every garage; nobody reads from it for whom one is taken."""
        if actor.kind == ActorKind.SYSTEM:
            return self
        if actor.is_garage:
            return self.filter(garage__organisation_id=actor.organisation_id)
        may_send = actor.can(Permission.CREATE_REFERRALS) or actor.is_client
        return self.published() if may_send else self.none()

    def published(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def of_garage(self, garage_id: int) -> Self:
        return self.filter(garage_id=garage_id)

    def of_garages(self, garage_ids: list[int]) -> Self:
        return self.filter(garage_id__in=garage_ids)

    def to_come(self) -> Self:
        return self.filter(starts_at__gt=clock.now()).order_by("starts_at", "pk")

    def first_of_each(self, count: int) -> Self:
        """So many of each garage, the next first."""
        place = Window(RowNumber(), partition_by="garage_id", order_by=["starts_at", "pk"])
        return self.annotate(place=place).filter(place__lte=count).order_by("starts_at", "pk")

    def between(self, first: datetime, last: datetime) -> Self:
        """Those that begin from the first moment on and before the last."""
        return self.filter(starts_at__gte=first, starts_at__lt=last).order_by("starts_at", "pk")

    def at(self, moment: datetime) -> Self:
        return self.filter(starts_at=moment)

    def with_uid(self, uid: UUID) -> Self:
        return self.filter(uid=uid)

    def free_for(self, referral: Referral) -> Self:
        """Nobody has them, or this referral itself; what was held and not sent in time is free."""
        nobody = Q(taken_for__isnull=True) | Q(taken_until__lte=clock.now())
        return self.published().filter(nobody | Q(taken_for=referral))

    def taken_for(self, referral: Referral) -> Self:
        """Those that this referral has, the next first; what was held too long may still be free, and is asked."""
        return self.published().filter(taken_for=referral).order_by("starts_at", "pk")

    def but(self, slot: models.Model | None) -> Self:
        return self.exclude(pk=slot.pk) if slot else self

    def for_page(self) -> Self:
        return self.select_related("garage__commune")


class AppointmentQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the referral; a garage those of the assignments that it accepted and still holds."""
        from referrals.models import Referral

        if actor.kind == ActorKind.SYSTEM:
            return self
        if actor.is_garage:
            own = self.filter(assignment__garage__organisation_id=actor.organisation_id)
            return own.filter(assignment__accepted_at__isnull=False).exclude(assignment__end__in=HANDED_OVER)
        return self.filter(assignment__referral__in=Referral.objects.visible_to(actor))

    def live(self) -> Self:
        """Proposed or booked: one at most of an assignment."""
        return self.filter(status__in=LIVE)

    def that_hold(self) -> Self:
        """To come, or kept; not moved, cancelled or missed."""
        return self.filter(status__in=[*LIVE, "kept"])

    def booked(self) -> Self:
        return self.filter(status="booked")

    def missed(self) -> Self:
        return self.filter(status="missed")

    def of_assignment(self, assignment: Assignment) -> Self:
        return self.filter(assignment=assignment)

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(assignment__referral=referral)

    def of_slot(self, slot: models.Model) -> Self:
        return self.filter(slot=slot)

    def of_event(self, event_uid: UUID) -> Self:
        """What became of one event of a calendar, the latest first."""
        return self.filter(event_uid=event_uid).order_by("-sequence")

    def still_held(self) -> Self:
        """With a garage that has the referral in hands."""
        return self.filter(assignment__ended_at__isnull=True)

    def before(self, moment: datetime) -> Self:
        return self.filter(starts_at__lt=moment)

    def between(self, first: datetime, last: datetime) -> Self:
        return self.filter(starts_at__gte=first, starts_at__lt=last)

    def latest_first(self) -> Self:
        return self.order_by("-proposed_at", "-pk")

    def soonest_first(self) -> Self:
        return self.order_by("starts_at", "pk")

    def of_key(self, pk: int) -> Any:
        return self.get(pk=pk)

    def perhaps_to_remind(self, until: datetime) -> Self:
        """Booked, to come soon, and the person not yet written to nor a call asked for; the soonest first."""
        soon = self.still_held().booked().filter(starts_at__gt=clock.now(), starts_at__lt=until)
        return soon.filter(reminded_for__isnull=True).soonest_first()

    def for_adviser(self, referrals: models.QuerySet) -> Self:
        """What is to be asked or told to the person of these cases."""
        asked = Q(status="proposed", proposed_side="garage")
        to_call = Q(status="booked", reminded_for__isnull=False, person_told_at__isnull=True, starts_at__gt=clock.now())
        return self.still_held().filter(asked | to_call, assignment__referral__in=referrals)

    def for_page(self) -> Self:
        """With whom it is about and where; nothing sealed is read."""
        return self.select_related(
            "assignment__garage__commune__department",
            "assignment__referral__beneficiary",
            "assignment__referral__vehicle",
            "assignment__referral__organisation",
            "assignment__referral__adviser__user",
            "proposed_by__user",
            "slot",
        ).defer("assignment__referral__beneficiary__notes")
