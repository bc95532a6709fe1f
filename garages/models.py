"""The GRS network: garages, their contacts, how they joined, and the price schedules."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from garages.querysets import (
    ContactQuerySet,
    GarageQuerySet,
    GarageStatusQuerySet,
    PriceScheduleQuerySet,
    VatRateQuerySet,
)
from mobiliz.accounts.models import Organisation
from mobiliz.lib import clock
from mobiliz.lib.ranges import DateRange


class Level(models.TextChoices):
    RA1 = "RA1", _("RA1 (concession)")
    RA2 = "RA2", _("RA2 (agent)")
    BRANCH = "BRANCH", _("succursale")


class Status(models.TextChoices):
    INVITED = "invited", _("invité")
    ACTIVE = "active", _("actif")
    PAUSED = "paused", _("en pause")
    CLOSED = "closed", _("sorti du réseau")

    @property
    def sense(self) -> str:
        """What the status means to a reader, as the badges of the pages say it."""
        return {"active": "good", "paused": "wait", "invited": "info"}.get(self.value, "none")


class JoinedHow(models.TextChoices):
    OWN_WISH = "own_wish", _("de sa propre initiative")
    BRANCH_DECISION = "branch_decision", _("décision de la direction des succursales")
    BRAND_REQUEST = "brand_request", _("à la demande de la marque")
    INHERITED = "inherited", _("engagement repris du propriétaire précédent")


class ContactFunction(models.TextChoices):
    OWNER = "owner", _("patron ou patronne")
    WORKSHOP = "workshop", _("chef d’atelier")
    RECEPTION = "reception", _("réception")
    SALES = "after_sales", _("responsable après-vente")


class DistributionGroup(models.Model):
    """Owner of several dealers."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("nom"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("groupe de distribution")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Garage(models.Model):
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
    joined_on = models.DateField(_("entré dans le réseau le"), default=clock.today)
    joined_how = models.CharField(_("entré comment"), max_length=16, choices=JoinedHow.choices)
    charter_signed_on = models.DateField(_("charte signée le"), null=True, blank=True)
    confirmed_on = models.DateField(_("fiche confirmée le"), null=True, blank=True)
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


class Contact(models.Model):
    """A named person at the garage, with a direct line; rank 1 is asked first, rank 2 is the back-up."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    garage = models.ForeignKey(Garage, on_delete=models.PROTECT, related_name="contacts")
    rank = models.PositiveSmallIntegerField(_("ordre"))
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    function = models.CharField(_("fonction"), max_length=12, choices=ContactFunction.choices)
    phone = models.CharField(_("ligne directe"), max_length=20)
    email = models.EmailField(_("adresse électronique"), blank=True)
    confirmed_on = models.DateField(_("confirmé le"), null=True, blank=True)
    ended_on = models.DateField(_("parti le"), null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("interlocuteur")
        ordering = ["rank", "pk"]
        constraints = [
            # checked when a statement ends, so that one statement may exchange ranks
            ExclusionConstraint(
                name="contact_rank_once",
                expressions=[("garage", RangeOperators.EQUAL), ("rank", RangeOperators.EQUAL)],
                condition=Q(ended_on__isnull=True),
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=9), name="contact_rank_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def is_backup(self) -> bool:
        return self.rank > 1


class ScheduleScope(models.TextChoices):
    PROGRAMME = "programme", _("tout le programme")
    LEVEL = "level", _("un niveau de garage")
    TERRITORY = "territory", _("un territoire")
    GARAGE = "garage", _("un garage")


class PriceSchedule(models.Model):
    """The hourly rate at cost, before tax, for a scope and a time; never edited once used."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.CharField(_("portée"), max_length=10, choices=ScheduleScope.choices)
    # never NULL: a NULL in an exclusion constraint lets doubles through
    scope_key = models.CharField(_("niveau, territoire ou garage"), max_length=40, blank=True, default="")
    hourly_rate_excl_tax = models.DecimalField(_("taux horaire hors taxe"), max_digits=7, decimal_places=2)
    quote_validity_days = models.PositiveSmallIntegerField(_("validité d’un devis, en jours"), default=30)
    in_force_from = models.DateField(_("en vigueur à partir du"))
    in_force_until = models.DateField(_("jusqu’au (exclu)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)

    objects = PriceScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("barème GRS")
        constraints = [
            models.CheckConstraint(condition=Q(hourly_rate_excl_tax__gt=0), name="schedule_rate_positive"),
            models.CheckConstraint(
                condition=Q(scope="programme", scope_key="") | (~Q(scope="programme") & ~Q(scope_key="")),
                name="schedule_scope_has_its_key",
            ),
            ExclusionConstraint(
                name="schedule_never_two_in_force",
                expressions=[
                    ("scope", RangeOperators.EQUAL),
                    ("scope_key", RangeOperators.EQUAL),
                    (DateRange("in_force_from", "in_force_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hourly_rate_excl_tax} € HT"


class VatRate(models.Model):
    """VAT on labour and parts, by territory (metro, or an overseas region's code) and time."""

    territory = models.CharField(_("territoire"), max_length=5)
    percent = models.DecimalField(_("taux"), max_digits=4, decimal_places=2)
    in_force_from = models.DateField(_("en vigueur à partir du"))
    in_force_until = models.DateField(_("jusqu’au (exclu)"), null=True, blank=True)

    objects = VatRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("taux de TVA")
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lt=100), name="vat_rate_sane"),
            ExclusionConstraint(
                name="vat_rate_never_two_in_force",
                expressions=[
                    ("territory", RangeOperators.EQUAL),
                    (DateRange("in_force_from", "in_force_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
