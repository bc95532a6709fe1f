"""Messages are read by the two sides that write them, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Count, Max, Prefetch, Q

from mobiliz.accounts.actors import ActorKind
from referrals.states import HANDED_OVER

if TYPE_CHECKING:
    from datetime import datetime

    from mobiliz.accounts.actors import Actor
    from referrals.models import Assignment, Referral


class CaseMessageQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Advisers those of their cases; a garage those of what it accepted and still holds. Pilots never."""
        from referrals.models import Referral

        if actor.kind == ActorKind.SYSTEM:
            return self
        if actor.is_adviser:
            return self.filter(assignment__referral__in=Referral.objects.visible_to(actor))
        if actor.is_garage:
            own = self.filter(assignment__garage__organisation_id=actor.organisation_id)
            return own.filter(assignment__accepted_at__isnull=False).exclude(assignment__end__in=HANDED_OVER)
        return self.none()

    def of_assignment(self, assignment: Assignment) -> Self:
        return self.filter(assignment=assignment)

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(assignment__referral=referral)

    def with_uid(self, uid: UUID) -> Self:
        return self.filter(uid=uid)

    def unread_by(self, side: str) -> Self:
        """Written by the other side, and read by nobody of this one."""
        return self.filter(read_at__isnull=True).exclude(side=side)

    def older_than(self, at: datetime, pk: int) -> Self:
        return self.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))

    def latest_first(self) -> Self:
        return self.order_by("-at", "-pk")

    def for_thread(self) -> Self:
        """With who wrote, who read, and what is attached; the newest first."""
        from referrals.models import Attachment

        attached = Prefetch("attachments", Attachment.objects.in_order())
        return self.select_related("by__user", "read_by__user").prefetch_related(attached).latest_first()

    def counted_by_assignment(self, side: str) -> dict[int, tuple[int, int]]:
        """Of each assignment: how many messages, and how many of them this side has not read."""
        unread = Count("pk", filter=Q(read_at__isnull=True) & ~Q(side=side))
        rows = self.order_by().values("assignment_id").annotate(count=Count("pk"), unread=unread)
        return {row["assignment_id"]: (row["count"], row["unread"]) for row in rows}


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever reads the message."""
        from referrals.models import CaseMessage

        return self.filter(message__in=CaseMessage.objects.visible_to(actor))

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(message__assignment__referral=referral)

    def of_message(self, message: models.Model) -> Self:
        return self.filter(message=message)

    def in_order(self) -> Self:
        return self.order_by("position")

    def with_uids(self, uids: Iterable[UUID]) -> Self:
        return self.filter(uid__in=uids)


class UnreadQuestions(models.QuerySet):
    """Who is waiting to be read: a part of AssignmentQuerySet."""

    def with_unread(self, side: str) -> Self:
        """Only those with messages that this side has not read, with `unread` and `written_at`, the newest first."""
        waiting = Q(messages__read_at__isnull=True) & ~Q(messages__side=side) & Q(messages__isnull=False)
        counted = self.annotate(
            unread=Count("messages", filter=waiting, distinct=True), written_at=Max("messages__at", filter=waiting)
        )
        return counted.filter(unread__gt=0).order_by("-written_at", "-pk")

    def for_unread_line(self) -> Self:
        """With the case and its garage, as a line of a desk names them."""
        return self.select_related("garage", "referral__beneficiary", "referral__vehicle").defer(
            "referral__beneficiary__notes"
        )
