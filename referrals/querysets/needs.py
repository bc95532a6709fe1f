"""Who sees which need that no offer covers, and how they are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count
from django.db.models.functions import ExtractMonth

from mobiliz.accounts.actors import ActorKind
from referrals.querysets.sight import of_organisation

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor


class NeedQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Each by itself: the structure that noted it, nobody else; pilots count them, see `counted_by`."""
        if actor.kind == ActorKind.SYSTEM:
            return self
        return self.filter(of_organisation(actor)) if actor.is_adviser else self.none()

    def counted_by(self, actor: Actor) -> Self:
        """Those that a pilot counts, of their region or of all; never to be shown one by one."""
        if actor.is_national_pilot:
            return self.standing()
        return self.standing().filter(region_id=actor.region_code) if actor.is_pilot else self.none()

    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def with_pk(self, pk: int) -> Self:
        return self.filter(pk=pk)

    def of_person(self, beneficiary: models.Model) -> Self:
        return self.filter(beneficiary=beneficiary)

    def of_people(self, *beneficiary_ids: int) -> Self:
        return self.filter(beneficiary_id__in=beneficiary_ids)

    def same_as(self, beneficiary: models.Model, kind: str, on: object) -> Self:
        return self.standing().filter(beneficiary=beneficiary, kind=kind, recorded_on=on)

    def in_region(self, code: str) -> Self:
        return self.filter(region_id=code)

    def in_year(self, year: int) -> Self:
        return self.filter(recorded_on__year=year)

    def newest_first(self) -> Self:
        return self.order_by("-recorded_at", "-pk")

    def for_list(self) -> Self:
        return self.select_related("beneficiary", "referral", "recorded_by__user", "region").defer("beneficiary__notes")

    def years(self) -> list[int]:
        """In which any was noted, the last first."""
        return [day.year for day in self.order_by().dates("recorded_on", "year", order="DESC")]

    def by_kind_and_month(self) -> dict[tuple[str, int], int]:
        rows = self.order_by().annotate(month=ExtractMonth("recorded_on"))
        return {(kind, month): count for kind, month, count in rows.values_list("kind", "month").annotate(Count("pk"))}

    def by_region(self) -> dict[str, int]:
        return dict(self.order_by().values_list("region__name").annotate(Count("pk")))

    def passed_on(self, retired_id: int, kept_id: int) -> None:
        """Two records of one person became one: what both noted on one day stays once."""
        kept = {(one.kind, one.recorded_on) for one in self.standing().of_people(kept_id)}
        for one in self.of_people(retired_id):
            if one.withdrawn_at is None and (one.kind, one.recorded_on) in kept:
                one.delete()
            else:
                one.beneficiary_id = kept_id
                one.save(update_fields=["beneficiary"])
