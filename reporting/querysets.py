"""Which sums an actor may see, and which are asked for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Sum

from mobiliz.accounts.actors import ActorKind
from mobiliz.accounts.roles import Permission

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from reporting.models import Reader


class CellQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Pilots: everything, or their region; systems with `reports:read`: the network's totals."""
        if actor.kind == ActorKind.SYSTEM or (actor.is_client and "reports:read" in actor.scopes):
            return self
        if not actor.can(Permission.SEE_DASHBOARD):
            return self.none()
        return self if actor.is_national_pilot else self.filter(region_id=actor.region_code, region__isnull=False)

    def between(self, from_on: date, to_on: date) -> Self:
        """Of the months whose first day falls in the period."""
        return self.filter(month__range=(from_on, to_on))

    def in_region(self, code: str | None) -> Self:
        return self.filter(region_id=code) if code else self

    def sums_by(self, *keys: str, of: tuple[str, ...]) -> models.QuerySet:
        """One row of sums for each value of the keys."""
        return self.order_by().values(*keys).annotate(**{name: Sum(name) for name in of})

    def totals(self, *, of: tuple[str, ...]) -> dict[str, int | None]:
        return self.order_by().aggregate(**{name: Sum(name) for name in of})

    def known_months(self) -> list[date]:
        """The first days of the months in which something was sent, oldest first."""
        return list(self.order_by("month").values_list("month", flat=True).distinct())


class ReaderQuerySet(models.QuerySet["Reader"]):
    def named(self, name: str) -> Reader:
        """The reader as it stands; one that has never read where there is none yet."""
        return self.filter(pk=name).first() or self.model(pk=name)

    def take(self, name: str, *, wait: bool = False) -> Reader | None:
        """The reader's row, locked until the transaction ends; None while another worker holds it."""
        found = self.select_for_update(skip_locked=not wait).filter(pk=name)
        reader = found.first()
        if reader is None:
            self.bulk_create([self.model(pk=name)], ignore_conflicts=True)
            reader = found.first()
        return reader
