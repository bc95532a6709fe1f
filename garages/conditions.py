"""At which price does this garage work on this day? The most specific schedule and the VAT of its territory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from garages.models import Garage, PriceSchedule, VatRate


class NoScheduleInForce(Exception):
    """No price schedule, or no VAT rate, on that day: nothing can be priced."""


@dataclass(frozen=True, slots=True)
class Conditions:
    schedule: PriceSchedule
    vat_percent: Decimal

    @property
    def hourly_rate_excl_tax(self) -> Decimal:
        return self.schedule.hourly_rate_excl_tax


def conditions_for(garage: Garage, on: date) -> Conditions:
    """The schedule and VAT rate in force for this garage on that day; raises NoScheduleInForce."""
    return Conditions(schedule_for(garage, on), vat_percent_for(garage, on))


def schedule_for(garage: Garage | None, on: date) -> PriceSchedule:
    """The schedule in force for this garage on that day, without a garage the programme's."""
    schedules = PriceSchedule.objects
    in_force = schedules.for_garage(garage, on) if garage else schedules.of_programme(on)
    schedule = in_force.first()
    if schedule is None:
        raise NoScheduleInForce(_("Aucun barème de prix n’est en vigueur ce jour-là. Prévenez un pilote."))
    return schedule


def vat_percent_for(garage: Garage | None, on: date) -> Decimal:
    """VAT of the garage's territory on that day, without a garage the mainland's; none under the small-business
    exemption."""
    if garage is None:
        return vat_percent_of_territory("metro", on)
    if garage.is_vat_exempt:
        return Decimal(0)
    department = garage.commune.department
    territory = "metro" if department.zone == "metro" else department.region_id
    return vat_percent_of_territory(territory, on)


def vat_percent_of_territory(territory: str, on: date) -> Decimal:
    """VAT in a territory: "metro" or an overseas region's code; raises NoScheduleInForce."""
    rate = VatRate.objects.of_territory(territory).in_force_on(on).first()
    if rate is None:
        raise NoScheduleInForce(_("Aucun taux de TVA n’est enregistré pour ce territoire. Prévenez un pilote."))
    return rate.percent
