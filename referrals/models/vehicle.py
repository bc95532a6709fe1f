"""The vehicle, and what the adviser noted of its fault before a garage is asked."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from referrals.querysets import PreDiagnosisQuerySet, VehicleQuerySet


class Fuel(models.TextChoices):
    PETROL = "petrol", _("essence")
    DIESEL = "diesel", _("gazole")
    LPG = "lpg", _("GPL")
    HYBRID = "hybrid", _("hybride")
    ELECTRIC = "electric", _("électrique")
    UNKNOWN = "unknown", _("je ne sais pas")


class PlateFormat(models.TextChoices):
    SIV = "SIV", _("AA-123-AA")
    FNI = "FNI", _("1234 AB 42")
    WW = "WW", _("provisoire (WW)")
    FOREIGN = "FOREIGN", _("étrangère")


class Vehicle(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    beneficiary = models.ForeignKey("referrals.Beneficiary", on_delete=models.PROTECT, related_name="vehicles")
    make = models.CharField(_("marque"), max_length=40)
    model = models.CharField(_("modèle"), max_length=60)
    first_registered_year = models.PositiveSmallIntegerField(_("année de mise en circulation"))
    plate = models.CharField(_("immatriculation"), max_length=15, blank=True)
    plate_format = models.CharField(max_length=8, choices=PlateFormat.choices, blank=True)
    # A VIN is never refused for its check digit: European ones do not carry it.
    vin = models.CharField(_("numéro de série (VIN)"), max_length=17, blank=True)
    mileage_km = models.PositiveIntegerField(_("kilométrage"), null=True, blank=True)
    fuel = models.CharField(_("énergie"), max_length=8, choices=Fuel.choices, default=Fuel.UNKNOWN)
    fiscal_horsepower = models.PositiveSmallIntegerField(_("puissance fiscale"), null=True, blank=True)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("véhicule")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_registered_year__gte=1900, first_registered_year__lte=2100),
                name="vehicle_year_sane",
            ),
            models.CheckConstraint(
                condition=Q(plate="", plate_format="") | (~Q(plate="") & ~Q(plate_format="")),
                name="vehicle_plate_has_its_format",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.make} {self.model} {self.first_registered_year}"


class FaultSince(models.TextChoices):
    TODAY = "days", _("quelques jours")
    WEEKS = "weeks", _("quelques semaines")
    MONTHS = "months", _("plusieurs mois")
    UNKNOWN = "unknown", _("je ne sais pas")


class PreDiagnosis(models.Model):
    """What is wrong, in the words of whoever drives it."""

    referral = models.OneToOneField("referrals.Referral", on_delete=models.PROTECT, related_name="prediagnosis")
    complaint = models.TextField(_("ce qui ne va pas"), max_length=2000)
    is_drivable = models.BooleanField(_("le véhicule roule"))
    since = models.CharField(_("depuis"), max_length=8, choices=FaultSince.choices)
    warning_lights = models.CharField(_("voyants allumés"), max_length=200, blank=True)
    noises = models.CharField(_("bruits"), max_length=200, blank=True)
    needs_accompaniment = models.BooleanField(_("la personne souhaite être accompagnée"), default=False)
    updated_at = models.DateTimeField(default=clock.now)

    objects = PreDiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = _("pré-diagnostic")
