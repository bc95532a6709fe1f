"""Which structures, agencies, advisers and clients: the questions have names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q

from mobiliz.accounts.actors import ActorKind
from mobiliz.accounts.roles import Permission, Role
from mobiliz.lib import clock
from mobiliz.lib.freshness import add_months
from mobiliz.lib.text import normalise

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from mobiliz.accounts.models import Organisation
    from partners.models import Structure


class StructureQuerySet(models.QuerySet):
    def kind_of(self, organisation: Organisation) -> str | None:
        """Of the structure that this organisation is, or that it is an agency of."""
        own = Q(organisation=organisation.pk) | Q(agencies__organisation=organisation.pk)
        kind: str | None = self.filter(own).values_list("kind", flat=True).first()
        return kind

    def visible_to(self, actor: Actor) -> Self:
        """National pilots see every structure, regional pilots those that are in their region, if only by an agency;
        the others those in the network now, and their own."""
        if actor.is_client:
            return self.current() if "directory:read" in actor.scopes else self.none()
        if actor.is_national_pilot or actor.kind == ActorKind.SYSTEM:
            return self
        if not actor.can(Permission.SEE_DIRECTORY):
            return self.none()
        return self.present_in_region(actor.region_code) if actor.is_pilot else self._listed_for(actor.organisation_id)

    def _listed_for(self, organisation_id: int | None) -> Self:
        own_agency = self._agencies().filter(organisation_id=organisation_id)
        own = Q(organisation_id=organisation_id) | Q(Exists(own_agency))
        return self.filter(Q(ended_on__isnull=True) | own)

    @staticmethod
    def _agencies() -> models.QuerySet:
        from partners.models import Agency

        return Agency.objects.filter(structure=OuterRef("pk"))

    def present_in_region(self, region_code: str | None) -> Self:
        agency = self._agencies().filter(commune__department__region=region_code)
        return self.filter(Q(commune__department__region=region_code) | Q(Exists(agency)))

    def present_in(self, department: models.Model) -> Self:
        """With its seat or an open agency in the department."""
        agency = self._agencies().current().filter(commune__department=department)
        return self.filter(Q(commune__department=department) | Q(Exists(agency)))

    def region_names(self, organisation_ids: Collection[int]) -> dict[int, str]:
        """Of each of these organisations that is a structure or an agency, the region where it is."""
        from partners.models import Agency

        names: dict[int, str] = {}
        for rows in (self, Agency.objects.all()):
            here = rows.filter(organisation__in=organisation_ids)
            names.update(here.values_list("organisation", "commune__department__region__name"))
        return names

    def matching(self, text: str) -> Self:
        """By a part of the name, or by the commune of its seat or of an open agency."""
        key = normalise(text)
        agency = self._agencies().current().filter(commune__search_name__contains=key)
        named = Q(search_name__contains=key) | Q(commune__search_name__contains=key) | Q(Exists(agency))
        return self.filter(named) if key else self

    def counts_by_kind(self) -> dict[str, int]:
        return dict(self.order_by().values_list("kind").annotate(count=models.Count("pk")))

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def called(self, name: str) -> Self:
        return self.filter(search_name=normalise(name))

    def in_commune(self, commune: models.Model) -> Self:
        return self.filter(commune=commune)

    def with_siret(self, siret: str) -> Self:
        return self.filter(siret=siret)

    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)

    def ended(self) -> Self:
        return self.filter(ended_on__isnull=False)

    def with_places(self) -> Self:
        return self.select_related("commune__department__region")

    def for_page(self) -> Self:
        """With what its own page says of it."""
        return self.with_places().select_related("confirmed_by__user", "reference__user")

    def with_past(self) -> Self:
        """With every state it was in before."""
        states = self.model.past.field.model.objects.select_related("commune", "reference__user")
        return self.select_related("commune", "reference__user").prefetch_related(Prefetch("past", states))

    def of_members_of(self, organisation_id: int | None) -> Self:
        """The structure for which one works, at its seat or in an agency."""
        agency = self._agencies().filter(organisation_id=organisation_id)
        return self.filter(Q(organisation_id=organisation_id) | Q(Exists(agency)))

    def to_be_confirmed(self) -> Self:
        """Never confirmed, or too long ago."""
        last_good = add_months(clock.today(), -settings.CONFIRMATION_MONTHS)
        return self.filter(Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=last_good))

    def whose_agreement_ends(self) -> Self:
        """Over, or soon so."""
        soon = clock.today() + timedelta(days=settings.AGREEMENT_WARNING_DAYS)
        return self.filter(agreement_until__lte=soon)

    def without_adviser(self) -> Self:
        """Nobody refers for it, neither at its seat nor in an agency."""
        from partners.models import Adviser

        at_work = Adviser.objects.current().filter(user__is_active=True)
        place = Q(organisation=OuterRef("organisation")) | Q(organisation__parent=OuterRef("organisation"))
        return self.exclude(Exists(at_work.filter(place)))

    def for_list(self) -> Self:
        """With what a row of the list shows."""
        return self.select_related("commune__department")

    def with_agencies_for(self, actor: Actor) -> Self:
        """With `shown_agencies`: the open ones that this actor may see."""
        from partners.models import Agency

        shown = Agency.objects.visible_to(actor).current().for_list()
        return self.prefetch_related(Prefetch("agencies", queryset=shown, to_attr="shown_agencies"))


class AgencyQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Regional pilots see those of their region; the others, of the structures that they see, the open ones and
        their own."""
        from partners.models import Structure

        agencies = self.filter(structure__in=Structure.objects.visible_to(actor))
        if actor.region_code is not None:
            return agencies.filter(commune__department__region=actor.region_code)
        if actor.is_national_pilot or actor.kind == ActorKind.SYSTEM:
            return agencies
        return agencies.filter(Q(ended_on__isnull=True) | Q(organisation_id=actor.organisation_id))

    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)

    def open_to_public(self) -> Self:
        """Those to which anyone may turn: open, of structures in the network now."""
        return (
            self.current().filter(structure__ended_on__isnull=True).select_related("structure", "commune__department")
        )

    def of_structure(self, structure: models.Model) -> Self:
        return self.filter(structure=structure)

    def with_places(self) -> Self:
        return self.select_related("structure", "commune__department__region")

    def with_past(self) -> Self:
        """With every state they were in before."""
        states = self.model.past.field.model.objects.select_related("commune")
        return self.select_related("commune").prefetch_related(Prefetch("past", states))

    def for_list(self) -> Self:
        """The open ones first, by name."""
        rows = self.select_related("commune__department", "confirmed_by__user")
        return rows.order_by(F("ended_on").desc(nulls_first=True), "name", "pk")


class AdviserQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """National pilots see every adviser, regional pilots those who work in their region, advisers those of their
        own structure; nobody else sees any here."""
        if actor.is_national_pilot:
            return self
        if actor.is_pilot:
            return self._working_in(actor.region_code)
        if not actor.is_adviser:
            return self.none()
        own = actor.organisation_id
        return self.filter(
            Q(organisation_id=own) | Q(organisation__parent_id=own) | Q(organisation__children=own)
        ).distinct()

    def _working_in(self, region_code: str | None) -> Self:
        return self.filter(
            Q(organisation__structure__commune__department__region=region_code)
            | Q(organisation__agency__commune__department__region=region_code)
        )

    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)

    def of_structure(self, structure: Structure) -> Self:
        """Of its seat and of its agencies."""
        return self.filter(
            Q(organisation_id=structure.organisation_id) | Q(organisation__parent_id=structure.organisation_id)
        )

    def for_list(self) -> Self:
        rows = self.select_related("user", "organisation", "confirmed_by__user")
        return rows.order_by("user__last_name", "user__first_name", "pk")


class AdviserManager(models.Manager.from_queryset(AdviserQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> AdviserQuerySet:
        return super().get_queryset().filter(role=Role.ADVISER)


class ApiClientQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def of_application(self, application: models.Model) -> Self:
        return self.filter(application=application)

    def visible_to(self, actor: Actor) -> Self:
        """Administrators see every client, pilots those of the structures that they see."""
        from partners.models import Structure

        if actor.can(Permission.MANAGE_ACCOUNTS):
            return self
        if not actor.is_pilot:
            return self.none()
        return self.filter(organisation__structure__in=Structure.objects.visible_to(actor))

    def of_organisation(self, organisation_id: int) -> Self:
        return self.filter(organisation_id=organisation_id).order_by("name", "pk")
