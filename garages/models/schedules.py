"""At which hourly rate garages repair at cost price, and with which VAT."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from garages.querysets import PriceScheduleQuerySet, VatRateQuerySet
from mobiliz.lib.ranges import DateRange


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
