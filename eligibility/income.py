"""Is the household's income below the poverty threshold? Facts in; answer, reason and every figure on the way out.

Pure: no Django, no clock, no database. The rule: annual disposable income strictly below 12 x the poverty
threshold x the household's consumption units. Nothing is divided or rounded on the way to an answer.

This was the whole of the engine's version 1; since version 2 it is one leaf among others (eligibility/rules.py).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from functools import partial
from typing import Any

from eligibility.facts import CENT, Dwelling, Facts, Outcome, Reason, Territory, amount_text
from eligibility.thresholds import Threshold, Thresholds

ENGINE_VERSION = "1"
ADULT_AGE = 14  # of the OECD-modified scale

# Money is added and multiplied here only: a figure too long to be exact raises instead of being rounded.
EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])
# Cut first, then round half up: the one figure that is divided is shown, never compared.
SHOWN = Context(prec=200, rounding=ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The first rule of all: the threshold alone."""

    version: int
    level_percent: int
    validity_days: int

    @property
    def definition(self) -> dict[str, Any]:
        return {"leaf": "income_below_threshold", "level_percent": self.level_percent}


THRESHOLD_RULE = RuleSet(version=1, level_percent=60, validity_days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer and every figure that led to it; a figure the computation did not reach is None.

    It holds no birth date: the trace is shown and stored, and needs the counts only.
    """

    reason: Reason
    rule_set: RuleSet
    on: date
    income: Decimal | None
    territory: Territory | None
    dwelling: Dwelling | None
    threshold_year: int | None
    missing: tuple[str, ...] = ()
    aged_14_or_over: int | None = None
    under_14: int | None = None
    consumption_units: Decimal | None = None
    threshold: Threshold | None = None
    household_threshold_annual: Decimal | None = None
    engine_version: str = ENGINE_VERSION

    @property
    def outcome(self) -> Outcome:
        return self.reason.outcome

    @property
    def members(self) -> int | None:
        if self.aged_14_or_over is None or self.under_14 is None:
            return None
        return self.aged_14_or_over + self.under_14

    @property
    def margin_annual_eur(self) -> Decimal | None:
        """How far below the threshold: zero is equal, negative is above."""
        if self.household_threshold_annual is None or self.income is None:
            return None
        return EXACT.subtract(self.household_threshold_annual, self.income)

    @property
    def standard_of_living_monthly(self) -> Decimal | None:
        """Rounded half up to the cent, for display only."""
        if self.consumption_units is None or self.income is None:
            return None
        monthly = SHOWN.divide(self.income, EXACT.multiply(12, self.consumption_units))
        return monthly.quantize(CENT, rounding=ROUND_HALF_UP, context=SHOWN)

    @property
    def valid_until(self) -> date | None:
        """The last day on which a quote may be issued on this answer."""
        if self.outcome is not Outcome.ELIGIBLE:
            return None
        return self.on + timedelta(days=self.rule_set.validity_days)

    def trace(self) -> dict[str, Any]:
        """For JSON, amounts as decimal strings: the same facts give the same trace, byte for byte.

        The threshold's source text stays out: correcting a footnote is no drift.
        """
        return {
            "engine_version": self.engine_version,
            "rule_set": {
                "version": self.rule_set.version,
                "definition": self.rule_set.definition,
                "validity_days": self.rule_set.validity_days,
            },
            "on": self.on.isoformat(),
            "outcome": self.outcome.value,
            "reason": self.reason.value,
            "missing": list(self.missing),
            "territory": self.territory,
            "dwelling": self.dwelling,
            "members": self.members,
            "aged_14_or_over": self.aged_14_or_over,
            "under_14": self.under_14,
            "consumption_units": None if self.consumption_units is None else str(self.consumption_units),
            "threshold_year_named": self.threshold_year,
            "threshold": _threshold_trace(self.threshold) if self.threshold else None,
            "household_threshold_annual_eur": _text(self.household_threshold_annual),
            "annual_disposable_income_eur": _text(self.income),
            "margin_annual_eur": _text(self.margin_annual_eur),
            "standard_of_living_monthly_eur": _text(self.standard_of_living_monthly),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
        }


def decide(facts: Facts, rule_set: RuleSet, thresholds: Thresholds, on: date) -> Decision:
    """The answer for these facts on that day. Income is a finite Decimal, in euros a year."""
    births, income = facts.birth_dates, facts.annual_disposable_income_eur
    decided = partial(
        Decision,
        rule_set=rule_set,
        on=on,
        income=income,
        territory=facts.territory,
        dwelling=facts.dwelling,
        threshold_year=facts.threshold_year,
    )
    if births is None or income is None or facts.territory is None or facts.dwelling is None:
        return decided(reason=Reason.MISSING_FACT, missing=facts.missing)
    if obstacle := _obstacle(facts, births, on):
        return decided(reason=obstacle)
    older = sum(completed_years(born, on) >= ADULT_AGE for born in births)
    decided = partial(decided, aged_14_or_over=older, under_14=len(births) - older)
    if EXACT.remainder(income, CENT):
        return decided(reason=Reason.AMOUNT_HAS_SUB_CENT_PRECISION)
    if not older:
        return decided(reason=Reason.NO_MEMBER_AGED_14_OR_OVER)
    units = consumption_units(older, len(births) - older)
    threshold = _threshold(facts.threshold_year, rule_set, thresholds, on)
    if threshold is None:
        named = facts.threshold_year is not None
        reason = Reason.UNKNOWN_THRESHOLD_YEAR if named else Reason.NO_THRESHOLD_IN_FORCE
        return decided(reason=reason, consumption_units=units)
    annual = EXACT.multiply(EXACT.multiply(12, units), threshold.monthly_amount_eur)
    return decided(
        reason=_compared(income, annual, threshold),
        consumption_units=units,
        threshold=threshold,
        household_threshold_annual=annual,
    )


def _obstacle(facts: Facts, births: tuple[date, ...], on: date) -> Reason | None:
    """Why there is no household to count or no threshold to count it against."""
    if facts.territory != "mainland" or facts.dwelling != "ordinary":
        return Reason.OUTSIDE_THRESHOLD_COVERAGE
    if not births:
        return Reason.EMPTY_HOUSEHOLD
    if max(births) > on:
        return Reason.BIRTH_DATE_AFTER_REFERENCE_DATE
    return None


def completed_years(born: date, on: date) -> int:
    """Age on a day; whoever was born on 29 February has the birthday on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def consumption_units(aged_14_or_over: int, under_14: int) -> Decimal:
    """1 for the first aged 14 or more, 0.5 for each other, 0.3 for each child. In tenths, so exact."""
    return EXACT.scaleb(Decimal(10 + 5 * (aged_14_or_over - 1) + 3 * under_14), -1)


def _threshold(year: int | None, rule_set: RuleSet, thresholds: Thresholds, on: date) -> Threshold | None:
    if year is None:
        return thresholds.in_force_on(on, rule_set.level_percent)
    return thresholds.for_year(year, rule_set.level_percent)


def _compared(income: Decimal, household_threshold: Decimal, threshold: Threshold) -> Reason:
    if threshold.status == "disputed":
        return Reason.DISPUTED_THRESHOLD
    if income < 0:
        return Reason.NEGATIVE_DISPOSABLE_INCOME
    if income == household_threshold:
        return Reason.EQUAL_TO_THRESHOLD
    if income > household_threshold:
        return Reason.ABOVE_THRESHOLD
    return Reason.BELOW_THRESHOLD if income else Reason.ZERO_DISPOSABLE_INCOME_BELOW_THRESHOLD


def _threshold_trace(threshold: Threshold) -> dict[str, Any]:
    first_day = threshold.in_force_from
    return {
        "income_year": threshold.income_year,
        "level_percent": threshold.level_percent,
        "monthly_amount_eur": amount_text(threshold.monthly_amount_eur),
        "in_force_from": first_day.isoformat() if first_day else None,
        "status": threshold.status,
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else amount_text(amount)
