"""The vehicle, as its papers and its dashboard say."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.querysets import VehicleQuerySet


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
    # people remember the month: whoever does not say the day gets the first
    inspected_on = models.DateField(_("dernier contrôle technique"), null=True, blank=True)

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
