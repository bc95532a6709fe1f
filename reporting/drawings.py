"""The dashboard's figures as people see them: each drawing with the lines of the table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext as _

from mobiliz.lib.numbers import format_decimal_fr, format_percent_fr
from mobiliz.lib.periods import Month
from mobiliz.lib.proportions import MIN_DENOMINATOR
from reporting import charts, words
from reporting.measures import CONVERSION_RATE, REFERRAL_YIELD, ConversionRow, Counts, Overview, Step

MONTHS_DRAWN = 36  # beyond, a point a year: more would touch each other


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class RateLine:
    """A line of a table of rates."""

    label: str
    counts: Counts
    active_garages: int = 0
    code: str = ""

    @property
    def conversion_rate(self) -> str:
        return words.percent(CONVERSION_RATE.rate(self.counts))

    @property
    def conversion_interval(self) -> str:
        return words.interval(CONVERSION_RATE.interval(self.counts))

    @property
    def referral_yield(self) -> str:
        return words.percent(REFERRAL_YIELD.rate(self.counts))


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line of the table behind the funnel."""

    step: Step
    sent: int

    @property
    def share(self) -> str:
        return format_percent_fr(Decimal(100 * self.step.count) / self.sent) if self.sent >= MIN_DENOMINATOR else "–"

    @property
    def reasons(self) -> str:
        return words.reasons(self.step.losses)


def headline(total: ConversionRow) -> list[Figure]:
    """The two rates with their names, n and interval; then what they are made of."""
    counts = total.counts
    return [
        Figure(_rate_label(total), words.percent(total.conversion_rate)),
        Figure(_yield_label(total), words.percent(total.referral_yield)),
        Figure(_("devis encore en cours"), format_decimal_fr(counts.open_quotes)),
        Figure(_("garages actifs à la fin de la période"), format_decimal_fr(total.active_garages)),
    ]


def _rate_label(total: ConversionRow) -> str:
    n = words.counted(total.quotes_proposed, _("devis proposé"), _("devis proposés"))
    if total.conversion_interval is None:
        return f"{CONVERSION_RATE.name} ({n})"
    between = _("intervalle à 95 %%\u00a0: %(interval)s") % {"interval": words.interval(total.conversion_interval)}
    return f"{CONVERSION_RATE.name} ({n}, {between})"


def _yield_label(total: ConversionRow) -> str:
    n = words.counted(total.referrals_sent, _("orientation envoyée"), _("orientations envoyées"))
    return f"{REFERRAL_YIELD.name} ({n})"


def funnel(steps: Sequence[Step]) -> charts.Svg:
    return charts.funnel(
        [charts.Stage(str(step.stage.label), step.count, step.lost, step.still_open) for step in steps]
    )


def funnel_lines(steps: Sequence[Step]) -> list[StepLine]:
    return [StepLine(step, steps[0].count) for step in steps]


def trend(lines: Sequence[RateLine], *, is_by_year: bool) -> charts.Svg:
    title = (
        _("Taux de transformation par an, avec son intervalle à 95 %")
        if is_by_year
        else _("Taux de transformation par mois, avec son intervalle à 95 %")
    )
    return charts.trend([_point(line) for line in lines], title=title)


def trend_lines(months: Sequence[ConversionRow]) -> list[RateLine]:
    """By month, or by year where the months are too many to be drawn."""
    if len(months) <= MONTHS_DRAWN:
        spans_years = len({row.month.year for row in months if row.month}) > 1
        return [RateLine(_month_label(row.month, spans_years), row.counts) for row in months if row.month]
    years = groupby(months, key=lambda row: row.month.year if row.month else 0)
    return [RateLine(str(year), Counts.sum(row.counts for row in rows)) for year, rows in years]


def is_by_year(months: Sequence[ConversionRow]) -> bool:
    return len(months) > MONTHS_DRAWN


def region_lines(overview: Overview) -> list[RateLine]:
    return [
        RateLine(row.region.name, row.counts, row.active_garages, row.region.code)
        for row in overview.regions
        if row.region
    ]


def _month_label(month: Month, spans_years: bool) -> str:
    return f"{month.short_label_fr} {month.year}" if spans_years else month.short_label_fr


def _point(line: RateLine) -> charts.Point:
    low, high = CONVERSION_RATE.interval(line.counts) or (None, None)
    return charts.Point(
        label=line.label,
        rate=CONVERSION_RATE.rate(line.counts),
        low=low,
        high=high,
        n=line.counts.quotes_proposed,
        is_open=line.counts.open_referrals > 0,
    )
