"""A garage of the network: who it is, in which status, how it joined, what it signed, who owns it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from garages.models.choices import Brands, JoinedHow, Level, Service, Status, Work
from garages.querysets import CharterQuerySet, GarageQuerySet, GarageStatusQuerySet, OwnerChangeQuerySet
from mobiliz.accounts.confirmations import Confirmable
from mobiliz.accounts.history import tracked
from mobiliz.accounts.models import Organisation
from mobiliz.lib import clock
from mobiliz.lib.ranges import DateRange


class DistributionGroup(models.Model):
    """Owner of several dealers."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("nom"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("groupe de distribution")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def _codes(choices: type[models.TextChoices], label: Any) -> ArrayField:
    return ArrayField(models.CharField(max_length=20, choices=choices), verbose_name=label, default=list, blank=True)


@tracked(
    "PastGarage",
    *("name", "level", "group", "siret", "address", "postcode", "commune", "phone", "weekly_cap", "is_vat_exempt"),
    *("opening_hours", "works", "brands", "services", "joined_on", "joined_how"),
    *("engaged_on", "engaged_by", "confirmed_on", "confirmed_by"),
)
class Garage(Confirmable):
    """A volunteer repairer: an independent business, not the maker (branches apart)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="garage")
    name = models.CharField(_("nom"), max_length=160)
    search_name = models.CharField(max_length=200, editable=False, default="")
    level = models.CharField(_("niveau"), max_length=6, choices=Level.choices)
    group = models.ForeignKey(
        DistributionGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="garages",
        verbose_name=_("groupe de distribution"),
    )
    siret = models.CharField(_("SIRET"), max_length=14, unique=True)
    address = models.CharField(_("adresse"), max_length=200)
    postcode = models.CharField(_("code postal"), max_length=5)
    commune = models.ForeignKey("territory.Commune", on_delete=models.PROTECT, related_name="garages")
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    weekly_cap = models.PositiveSmallIntegerField(_("réparations solidaires par semaine, au plus"), default=2)
    is_vat_exempt = models.BooleanField(_("en franchise de TVA"), default=False)
    # what the adviser reads before calling; see garages.hours for the shape of a week
    opening_hours = models.JSONField(_("heures d’ouverture"), default=dict, blank=True)
    works = _codes(Work, _("ce qu’il répare"))
    brands = models.CharField(_("marques"), max_length=5, choices=Brands.choices, blank=True)
    services = _codes(Service, _("services"))
    joined_on = models.DateField(_("entré dans le réseau le"), default=clock.today)
    joined_how = models.CharField(_("entré comment"), max_length=16, choices=JoinedHow.choices)
    # the engagement itself: asked again from time to time, and when the owner changes
    engaged_on = models.DateField(_("engagement confirmé le"), null=True, blank=True)
    engaged_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    objects = GarageQuerySet.as_manager()

    class Meta:
        verbose_name = _("garage")
        indexes = [
            models.Index(fields=["latitude", "longitude"], name="garage_position"),
            models.Index(fields=["search_name", "id"], name="garage_by_name"),
            models.Index(fields=["weekly_cap", "id"], name="garage_by_cap"),
            models.Index(Coalesce("confirmed_on", Value(date.min)), "id", name="garage_by_confirmation"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(siret__regex=r"^\d{14}$"), name="garage_siret_digits"),
            models.CheckConstraint(condition=Q(weekly_cap__gte=0, weekly_cap__lte=50), name="garage_weekly_cap_sane"),
            models.CheckConstraint(condition=Q(works__contained_by=Work.values), name="garage_works_known"),
            models.CheckConstraint(condition=Q(services__contained_by=Service.values), name="garage_services_known"),
            models.CheckConstraint(condition=Q(brands__in=["", *Brands.values]), name="garage_brands_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> Status | None:
        """Its status now, for rows that were read `with_status()`."""
        return Status(self.status) if self.status else None


class GarageStatus(models.Model):
    """In which status a garage was, from a day to a day; exactly one open line a garage."""

    garage = models.ForeignKey(Garage, on_delete=models.PROTECT, related_name="statuses")
    status = models.CharField(_("statut"), max_length=8, choices=Status.choices)
    from_on = models.DateField(_("du"))
    until_on = models.DateField(_("au (exclu)"), null=True, blank=True)
    reason = models.CharField(_("raison"), max_length=200, blank=True)
    set_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = GarageStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("statut du garage")
        ordering = ["from_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["garage"], condition=Q(until_on__isnull=True), name="garage_status_one_open"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="garage_status_ends_after_start",
            ),
            ExclusionConstraint(
                name="garage_status_never_two",
                expressions=[
                    ("garage", RangeOperators.EQUAL),
                    (DateRange("from_on", "until_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    @property
    def standing(self) -> Status:
        return Status(self.status)


class Charter(models.Model):
    """One version of the charter as this garage and the programme signed it; in force once both have."""

    garage = models.ForeignKey(Garage, on_delete=models.PROTECT, related_name="charters")
    version = models.CharField(_("version"), max_length=20)
    garage_signed_on = models.DateField(_("signée par le garage le"), null=True, blank=True)
    garage_signatory = models.CharField(_("signataire du garage"), max_length=160, blank=True)
    programme_signed_on = models.DateField(_("signée par le programme le"), null=True, blank=True)
    programme_signatory = models.CharField(_("signataire du programme"), max_length=160, blank=True)
    noted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CharterQuerySet.as_manager()

    class Meta:
        verbose_name = _("charte")
        constraints = [
            models.UniqueConstraint(fields=["garage", "version"], name="charter_version_once"),
            models.CheckConstraint(
                condition=Q(garage_signed_on__isnull=False) | Q(programme_signed_on__isnull=False),
                name="charter_signed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def is_signed(self) -> bool:
        return self.garage_signed_on is not None and self.programme_signed_on is not None


class OwnerChange(models.Model):
    """The business has another owner, who takes over an engagement that nobody asked of him or her."""

    garage = models.ForeignKey(Garage, on_delete=models.PROTECT, related_name="owner_changes")
    on = models.DateField(_("à partir du"))
    owner = models.CharField(_("nouveau propriétaire"), max_length=160, blank=True)
    noted_at = models.DateTimeField(default=clock.now, editable=False)
    noted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = OwnerChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement de propriétaire")
        constraints = [models.UniqueConstraint(fields=["garage", "on"], name="owner_change_once_a_day")]
