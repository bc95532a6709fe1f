"""The questions asked of personal links."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from referrals.models import Assignment


class PersonalLinkQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The garage sees the links that were sent for what was put to it: whose they are, and which still open."""
        from referrals.models import Assignment

        if not actor.is_garage:
            return self.none()
        return self.filter(assignment__in=Assignment.objects.visible_to(actor))

    def with_uid(self, uid: UUID) -> Self:
        """With what deciding on it asks for; nothing sealed is read."""
        rows = self.filter(uid=uid)
        return rows.select_related("contact", "membership__user", "assignment__referral", "assignment__garage")

    def for_page(self) -> Self:
        return self.select_related("assignment")

    def still_open(self, now: datetime) -> Self:
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)

    def not_revoked(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def of_assignment(self, assignment: Assignment) -> Self:
        return self.filter(assignment=assignment).order_by("-created_at", "-pk")
