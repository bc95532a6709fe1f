"""Which garages, contacts and schedules: the questions have names."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, Value, When

from mobiliz.accounts.roles import Permission
from mobiliz.territory.querysets import PlacedQuerySet

if TYPE_CHECKING:
    from garages.models import Garage
    from mobiliz.accounts.actors import Actor


class GarageQuerySet(PlacedQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The directory is open to the members of the network; regional pilots edit their region only."""
        if actor.is_client:
            return self if "directory:read" in actor.scopes else self.none()
        return self if actor.can(Permission.SEE_DIRECTORY) else self.none()

    def with_status(self) -> Self:
        """With `status` and `status_since`, from the open line of the history."""
        from garages.models import GarageStatus

        open_line = GarageStatus.objects.filter(garage=OuterRef("pk"), until_on__isnull=True)
        return self.annotate(
            status=Subquery(open_line.values("status")[:1]),
            status_since=Subquery(open_line.values("from_on")[:1]),
        )

    def without(self, garage_ids: models.QuerySet) -> Self:
        return self.exclude(pk__in=garage_ids)

    def active(self) -> Self:
        return self.filter(statuses__status="active", statuses__until_on__isnull=True)

    def active_on(self, day: date) -> Self:
        """Those whose status was active on this day."""
        return self.filter(
            Q(statuses__until_on__isnull=True) | Q(statuses__until_on__gt=day),
            statuses__status="active",
            statuses__from_on__lte=day,
        )

    def with_places(self) -> Self:
        return self.select_related("commune__department__region", "group")

    def in_region(self, region: models.Model) -> Self:
        return self.filter(commune__department__region=region)

    def in_department(self, department: models.Model) -> Self:
        return self.filter(commune__department=department)

    def of_level(self, level: str) -> Self:
        return self.filter(level=level)

    def changed_since(self, moment: datetime) -> Self:
        return self.filter(updated_at__gte=moment)


class ContactQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)

    def visible_to(self, actor: Actor) -> Self:
        from garages.models import Garage

        return self.filter(garage__in=Garage.objects.visible_to(actor))


class PriceScheduleQuerySet(models.QuerySet):
    def in_force_on(self, day: date) -> Self:
        return self.filter(Q(in_force_until__isnull=True) | Q(in_force_until__gt=day), in_force_from__lte=day)

    def of_programme(self, day: date) -> Self:
        return self.in_force_on(day).filter(scope="programme")

    def for_garage(self, garage: Garage, day: date) -> Self:
        """The schedules in force for this garage, the most specific first."""
        region = garage.commune.department.region_id
        return (
            self.in_force_on(day)
            .filter(
                Q(scope="garage", scope_key=str(garage.uid))
                | Q(scope="territory", scope_key=region)
                | Q(scope="level", scope_key=garage.level)
                | Q(scope="programme")
            )
            .order_by(
                Case(
                    When(scope="garage", then=Value(0)),
                    When(scope="territory", then=Value(1)),
                    When(scope="level", then=Value(2)),
                    default=Value(3),
                    output_field=IntegerField(),
                )
            )
        )


class VatRateQuerySet(models.QuerySet):
    def in_force_on(self, day: date) -> Self:
        return self.filter(Q(in_force_until__isnull=True) | Q(in_force_until__gt=day), in_force_from__lte=day)

    def of_territory(self, territory: str) -> Self:
        return self.filter(territory=territory)
