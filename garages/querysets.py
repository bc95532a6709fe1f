"""Which garages, contacts and schedules: the questions have names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from mobiliz.accounts.actors import ActorKind
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.freshness import add_months
from mobiliz.lib.text import normalise
from mobiliz.territory.lands import CORSICA, ON_ISLANDS, OVERSEAS
from mobiliz.territory.querysets import PlacedQuerySet

if TYPE_CHECKING:
    from garages.models import Garage
    from mobiliz.accounts.actors import Actor
    from mobiliz.territory.lands import Land


class GarageQuerySet(PlacedQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """National pilots see every garage, regional pilots those of their region, partners' systems the active ones;
        the other members of the network those that are active or paused, and their own whatever its status."""
        if actor.is_client:
            return self.active() if "directory:read" in actor.scopes else self.none()
        if actor.is_national_pilot or actor.kind == ActorKind.SYSTEM:
            return self
        if not actor.can(Permission.SEE_DIRECTORY):
            return self.none()
        return self.in_region(actor.region_code) if actor.is_pilot else self.listed_for(actor.organisation_id)

    def listed_for(self, organisation_id: int | None) -> Self:
        """What members of the network find: those that may be asked, now or after a pause, and their own."""
        open_line = self._open_line().filter(status__in=["active", "paused"])
        return self.filter(Q(models.Exists(open_line)) | Q(organisation_id=organisation_id))

    @staticmethod
    def _open_line() -> models.QuerySet:
        from garages.models import GarageStatus

        return GarageStatus.objects.filter(garage=OuterRef("pk"), until_on__isnull=True)

    def with_status(self) -> Self:
        """With `status` and `status_since`, from the open line of the history."""
        return self.annotate(
            status=Subquery(self._open_line().values("status")[:1]),
            status_since=Subquery(self._open_line().values("from_on")[:1]),
        )

    def without(self, garage_ids: models.QuerySet | Sequence[int]) -> Self:
        return self.exclude(pk__in=garage_ids)

    def active(self) -> Self:
        return self.filter(statuses__status="active", statuses__until_on__isnull=True)

    def that_can_do(self, works: Sequence[Sequence[str]]) -> Self:
        """Of each group of works at least one; who has not said what it repairs is asked."""
        rows = self
        for one_of in works:
            rows = rows.filter(Q(works=[]) | Q(works__overlap=list(one_of)))
        return rows

    def that_take_brands(self, *, is_makers: bool | None) -> Self:
        """But those that repair the maker's brands alone, where the car is of another."""
        return self.exclude(brands="maker") if is_makers is False else self

    def saying_whether_in(self, garage_ids: models.QuerySet) -> Self:
        """With `is_one_of`."""
        return self.annotate(is_one_of=models.ExpressionWrapper(Q(pk__in=garage_ids), models.BooleanField()))

    def taking_any(self) -> Self:
        """Those that take at least one a week."""
        return self.filter(weekly_cap__gt=0)

    def active_on(self, day: date) -> Self:
        """Those whose status was active on this day."""
        return self.filter(
            Q(statuses__until_on__isnull=True) | Q(statuses__until_on__gt=day),
            statuses__status="active",
            statuses__from_on__lte=day,
        )

    def counted(self) -> dict[tuple[str, str, str], int]:
        """How many there are, by department, level and status now."""
        rows = self.with_status().order_by().values_list("commune__department", "level", "status")
        counted = rows.annotate(count=models.Count("pk"))
        return {(department, level, status or ""): count for department, level, status, count in counted}

    def on_land(self, land: Land) -> Self:
        """Those that one reaches without crossing the sea."""
        if land.is_small_island:
            return self.filter(commune__in=land.communes)
        rows = self.exclude(commune__in=ON_ISLANDS)
        if land.departments:
            return rows.filter(commune__department__in=land.departments)
        return rows.exclude(commune__department__in=[*CORSICA, *OVERSEAS])

    def with_uid(self, uid: UUID) -> Self:
        return self.filter(uid=uid)

    def with_places(self) -> Self:
        return self.select_related("commune__department__region", "group")

    def in_region(self, region: models.Model | str | None) -> Self:
        return self.filter(commune__department__region=region)

    def in_department(self, department: models.Model) -> Self:
        return self.filter(commune__department=department)

    def of_organisation(self, organisation_id: int | None) -> Self:
        return self.filter(organisation_id=organisation_id)

    def of_level(self, level: str) -> Self:
        return self.filter(level=level)

    def in_status(self, status: str) -> Self:
        return self.filter(models.Exists(self._open_line().filter(status=status)))

    def that_repair(self, work: str) -> Self:
        return self.filter(works__contains=[work])

    def of_brands(self, brands: str) -> Self:
        return self.filter(brands=brands)

    def to_be_confirmed(self) -> Self:
        """Never confirmed, or too long ago."""
        last_good = add_months(clock.today(), -settings.CONFIRMATION_MONTHS)
        return self.filter(Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=last_good))

    def without_contact(self) -> Self:
        return self.exclude(models.Exists(self._contacts()))

    def with_doubtful_contact(self) -> Self:
        """Someone to call whose line was never confirmed, or too long ago."""
        last_good = add_months(clock.today(), -settings.CONFIRMATION_MONTHS)
        doubtful = Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=last_good)
        return self.filter(models.Exists(self._contacts().filter(doubtful)))

    @staticmethod
    def _contacts() -> models.QuerySet:
        from garages.models import Contact

        return Contact.objects.current().filter(garage=OuterRef("pk"))

    def without_charter(self) -> Self:
        """No version signed by both."""
        from garages.models import Charter

        signed = Charter.objects.filter(garage=OuterRef("pk")).signed()
        return self.exclude(models.Exists(signed))

    def with_past(self) -> Self:
        """With every state it was in before."""
        states = self.model.past.field.model.objects.select_related("commune__department", "group")
        return self.select_related("commune__department", "group").prefetch_related(models.Prefetch("past", states))

    def of_organisation_of(self, actor: Actor) -> Any:
        """The garage in which the actor works."""
        return self.get(organisation_id=actor.organisation_id)

    def for_page(self) -> Self:
        """With what its own page says of it."""
        return self.with_status().with_places().select_related("confirmed_by__user", "engaged_by__user")

    def matching(self, text: str) -> Self:
        """By a part of the name, by commune, or by the beginning of a postcode or SIRET."""
        key, digits = normalise(text), "".join(text.split())
        if not key:
            return self
        if digits.isascii() and digits.isdigit():
            return self.filter(Q(postcode__startswith=digits) | Q(siret__startswith=digits))
        return self.filter(Q(search_name__contains=key) | Q(commune__search_name__contains=key))

    def with_siret(self, siret: str) -> Self:
        return self.filter(siret=siret)

    def for_list(self) -> Self:
        """With what a row of the list shows."""
        return self.with_status().select_related("commune__department", "group")

    def with_contacts_for(self, actor: Actor) -> Self:
        """With `shown_contacts`: the current ones that this actor may call, the first to be asked first."""
        from garages.models import Contact

        return self.prefetch_related(Contact.objects.shown_to(actor))

    def changed_since(self, moment: datetime) -> Self:
        return self.filter(updated_at__gte=moment)


class GarageStatusQuerySet(models.QuerySet):
    def latest_first(self) -> Self:
        return self.select_related("set_by__user").order_by("-from_on", "-pk")


class CharterQuerySet(models.QuerySet):
    def signed(self) -> Self:
        """By both the garage and the programme."""
        return self.filter(garage_signed_on__isnull=False, programme_signed_on__isnull=False)

    def latest_first(self) -> Self:
        signed = Coalesce("garage_signed_on", "programme_signed_on")
        return self.order_by(signed.desc(), "-pk")


class OwnerChangeQuerySet(models.QuerySet):
    def latest_first(self) -> Self:
        return self.select_related("noted_by__user").order_by("-on", "-pk")


class TermQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        return self.filter(ended_on__isnull=True)

    def agreed(self) -> models.Prefetch:
        """As `agreed_terms` of each garage: those in force."""
        return models.Prefetch("terms", queryset=self.in_force().for_page(), to_attr="agreed_terms")  # type: ignore[arg-type]

    def for_page(self) -> Self:
        """In the order of the form, each kind's last agreement first."""
        kind = Case(
            *(When(kind=kind, then=Value(place)) for place, kind in enumerate(("instalments", "reused_parts"))),
            When(kind="courtesy_car", then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
        return self.select_related("noted_by__user").order_by(kind, "-agreed_on", "-pk")


class ContactQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)

    def visible_to(self, actor: Actor) -> Self:
        """Direct lines are for pilots and advisers, who see those of the garages that they see, and for the garage."""
        from garages.models import Garage

        if actor.is_pilot or actor.is_adviser:
            return self.filter(garage__in=Garage.objects.visible_to(actor))
        return self.filter(garage__organisation_id=actor.organisation_id) if actor.is_garage else self.none()

    def of_garage(self, garage: Garage) -> Self:
        return self.filter(garage=garage)

    def to_be_written_to(self, garage: Garage) -> Self:
        """The current ones with an address, the first to be asked first."""
        return self.current().filter(garage=garage).exclude(email="").order_by("rank", "pk")

    def with_past(self) -> Self:
        """With every state they were in before."""
        return self.prefetch_related("past")

    def with_confirmation(self) -> Self:
        return self.select_related("confirmed_by__user")

    def shown_to(self, actor: Actor) -> models.Prefetch:
        """As `shown_contacts` of each garage: those whom this actor may call, the first to be asked first."""
        shown = self.visible_to(actor).current().order_by("rank", "pk")
        return models.Prefetch("contacts", queryset=shown, to_attr="shown_contacts")  # type: ignore[arg-type]

    def with_garage(self) -> Self:
        return self.select_related("garage__commune__department")

    def of_garage_called(self, garage: Garage, first_name: str, last_name: str) -> Self:
        return self.current().filter(
            garage=garage, first_name__iexact=first_name.strip(), last_name__iexact=last_name.strip()
        )


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
