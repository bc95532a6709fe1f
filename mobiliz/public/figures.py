"""Figures for everyone, each made by the engine that decides: no result is written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eligibility.assess import engine_thresholds, income_levels
from eligibility.income import consumption_units
from eligibility.models import RuleSet, Threshold
from garages.conditions import NoScheduleInForce, schedule_for, vat_percent_for
from garages.models import PriceSchedule
from garages.tariff import LineInput, LineKind, PartOrigin, Totals, price_lines
from mobiliz.lib.money import to_cents


class Household(NamedTuple):
    """A household to show the rule by: who lives there, in words and in numbers."""

    words: str | Promise
    aged_14_or_over: int
    under_14: int


HOUSEHOLDS = (
    Household(_("Une personne seule"), 1, 0),
    Household(_("Un parent et un enfant de moins de 14 ans"), 1, 1),
    Household(_("Un couple"), 2, 0),
    Household(_("Un parent, un adolescent de 14 ans ou plus et un enfant plus jeune"), 2, 1),
    Household(_("Un couple et deux enfants de moins de 14 ans"), 2, 2),
    Household(_("Un couple et trois enfants de moins de 14 ans"), 2, 3),
)


class Example(NamedTuple):
    words: str | Promise
    units: Decimal
    monthly_eur: Decimal
    annual_eur: Decimal


class Limit(NamedTuple):
    """A poverty threshold that the rule compares an income with: today's, those before it, what it comes to."""

    level_percent: int
    threshold: Threshold
    history: list[Threshold]
    examples: list[Example]


def limits_of(rule_set: RuleSet, day: date) -> list[Limit]:
    """One for each level that the rule names and for which a threshold is in force; none where it asks no income."""
    levels = income_levels(rule_set)
    stored = list(Threshold.objects.all()) if levels else []
    found = [(level, _in_force(stored, day, level)) for level in levels]
    return [
        Limit(level, now, [one for one in stored if one.level_percent == level], _examples(now.monthly_amount_eur))
        for level, now in found
        if now
    ]


def _in_force(stored: list[Threshold], day: date, level: int) -> Threshold | None:
    known = engine_thresholds(stored).in_force_on(day, level)
    same = (one for one in stored if known and (one.income_year, one.level_percent) == (known.income_year, level))
    return next(same, None)


def _examples(monthly_eur: Decimal) -> list[Example]:
    found = []
    for household in HOUSEHOLDS:
        units = consumption_units(household.aged_14_or_over, household.under_14)
        monthly = to_cents(units * monthly_eur)
        found.append(Example(household.words, units, monthly, to_cents(units * monthly_eur * 12)))
    return found


class Price(NamedTuple):
    """Today's hourly rate of the programme, and what a repair comes to by it."""

    schedule: PriceSchedule
    vat_percent: Decimal
    rate_incl_tax: Decimal
    brakes: Totals


# Front brakes, as the demonstration quotes them: prices of a workshop made up for the example, and said to be so.
PUBLIC_RATE = Decimal("72.50")
BRAKES: Sequence[LineInput] = (
    LineInput(LineKind.LABOUR, "Remplacer disques et plaquettes avant", Decimal("1.8"), None, PUBLIC_RATE),
    LineInput(LineKind.PART, "Disques avant", Decimal(1), Decimal("58.00"), Decimal("96.00"), PartOrigin.NEW),
    LineInput(LineKind.PART, "Plaquettes avant", Decimal(1), Decimal("29.00"), Decimal("54.00"), PartOrigin.NEW),
)


def price_on(day: date) -> Price | None:
    """None where no schedule is in force: then the page says so."""
    try:
        schedule, vat = schedule_for(None, day), vat_percent_for(None, day)
    except NoScheduleInForce:
        return None
    rate = schedule.hourly_rate_excl_tax
    brakes = price_lines(BRAKES, hourly_rate_excl_tax=rate, vat_percent=vat, instalments=3)
    return Price(schedule, vat, to_cents(rate * (100 + vat) / 100), brakes)
