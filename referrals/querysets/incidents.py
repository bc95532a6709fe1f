"""Who sees which incident, and the questions that desks ask of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from mobiliz.accounts.actors import ActorKind

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from referrals.models import Referral


class IncidentQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The sender's side those of its cases; pilots those of their region, of drafts too. Garages: none."""
        if actor.kind == ActorKind.SYSTEM or actor.is_national_pilot:
            return self
        if actor.is_pilot:
            return self.filter(region_id=actor.region_code)
        own = actor.organisation_id
        if not actor.is_adviser or own is None:
            return self.none()
        return self.filter(Q(referral__organisation_id=own) | Q(referral__organisation__parent_id=own))

    def open(self) -> Self:
        return self.filter(answered_at__isnull=True)

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(referral=referral)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def move_to(self, region_id: str) -> None:
        """The commune was an error: the pilots of the right region answer."""
        self.update(region=region_id)

    def with_uid(self, uid: UUID) -> Self:
        return self.filter(uid=uid)
