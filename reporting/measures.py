"""What each rate means, once, with its sentence; and the figures that pages and the API show.

By cohort: quotes and repairs, whenever they come, of the referrals first sent in the period. `charts` draws them,
`cells` keeps the sums that they are made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Self

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.periods import Month
from mobiliz.lib.proportions import MIN_DENOMINATOR, rate, wilson_interval
from mobiliz.lib.text import normalise
from reporting.models import LossCell, PlaceCell, Stage

DIMENSIONS = ("region", "month")


class PeriodError(ValueError):
    """A period that the figures cannot answer for; the message says in French what to ask instead."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted in one cell or in a sum of them; referrals by the stage that they reached."""

    referrals_sent: int = 0
    referrals_accepted: int = 0
    referrals_quoted: int = 0
    referrals_agreed: int = 0
    referrals_repaired: int = 0
    referrals_lost: int = 0
    quotes_proposed: int = 0
    open_quotes: int = 0
    repairs_done: int = 0

    @classmethod
    def sum(cls, many: Iterable[Self]) -> Self:
        all_of_them = list(many)
        return cls(*(sum(getattr(one, name) for one in all_of_them) for name in COUNTS))

    @property
    def open_referrals(self) -> int:
        """Those of which more may still come."""
        return self.referrals_sent - self.referrals_repaired - self.referrals_lost


COUNTS = tuple(field.name for field in fields(Counts))


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate: the one place that says what is divided by what."""

    code: str
    name: str | Promise
    sentence: str | Promise
    numerator: str
    denominator: str

    def parts(self, counts: Counts) -> tuple[int, int]:
        return getattr(counts, self.numerator), getattr(counts, self.denominator)

    def rate(self, counts: Counts) -> Decimal | None:
        """Four places; None where there are too few to say."""
        return rate(*self.parts(counts))

    def interval(self, counts: Counts) -> tuple[Decimal, Decimal] | None:
        """Wilson's 95 % interval; None where there are too few to say."""
        done, n = self.parts(counts)
        return wilson_interval(done, n) if n >= MIN_DENOMINATOR else None


CONVERSION_RATE = Measure(
    code="conversion_rate",
    name=_("taux de transformation"),
    sentence=_(
        "Réparations faites, divisées par devis proposés. Chaque devis compte une fois, à sa première émission, "
        "quel que soit le nombre de ses versions."
    ),
    numerator="repairs_done",
    denominator="quotes_proposed",
)
REFERRAL_YIELD = Measure(
    code="referral_yield",
    name=_("part des orientations réparées"),
    sentence=_("Réparations faites, divisées par orientations envoyées, qu’un devis ait été proposé ou non."),
    numerator="repairs_done",
    denominator="referrals_sent",
)
MEASURES = (CONVERSION_RATE, REFERRAL_YIELD)


@dataclass(frozen=True, slots=True)
class RegionName:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ConversionRow:
    """The figures of the whole, of a region, of a month, or of a region's month."""

    counts: Counts
    active_garages: int
    region: RegionName | None = None
    month: Month | None = None

    @property
    def referrals_sent(self) -> int:
        return self.counts.referrals_sent

    @property
    def quotes_proposed(self) -> int:
        return self.counts.quotes_proposed

    @property
    def repairs_done(self) -> int:
        return self.counts.repairs_done

    @property
    def open_quotes(self) -> int:
        return self.counts.open_quotes

    @property
    def conversion_rate(self) -> Decimal | None:
        return CONVERSION_RATE.rate(self.counts)

    @property
    def conversion_interval(self) -> tuple[Decimal, Decimal] | None:
        return CONVERSION_RATE.interval(self.counts)

    @property
    def referral_yield(self) -> Decimal | None:
        return REFERRAL_YIELD.rate(self.counts)

    @property
    def is_empty(self) -> bool:
        return not (self.referrals_sent or self.active_garages)

    @property
    def is_small(self) -> bool:
        """So few persons that a figure would tell of one of them."""
        return 0 < self.referrals_sent < MIN_DENOMINATOR


@dataclass(frozen=True, slots=True)
class ConversionReport:
    """`total` is None where it would tell of fewer than five persons to someone who is not a pilot."""

    from_on: date
    to_on: date
    by: tuple[str, ...]
    total: ConversionRow | None
    rows: tuple[ConversionRow, ...]
    basis: str = "cohort"


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the funnel: those who reached it, and what became of those who stayed at the one before."""

    stage: Stage
    count: int
    still_open: int
    losses: tuple[tuple[str, int], ...]  # (outcome, how many), the most frequent first

    @property
    def lost(self) -> int:
        return sum(count for _outcome, count in self.losses)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the dashboard shows of a period."""

    total: ConversionRow
    months: tuple[ConversionRow, ...]
    regions: tuple[ConversionRow, ...]
    funnel: tuple[Step, ...]


def conversion_report(
    *, from_on: date, to_on: date, by: Sequence[str] = (), actor: Actor, region: str | None = None
) -> ConversionReport:
    """Whole months only; by "region", "month", both or neither. Small rows are hidden from all but pilots.

    Raises PeriodError.
    """
    check_period(from_on, to_on)
    by = tuple(dict.fromkeys(by))
    if not set(by) <= set(DIMENSIONS):
        raise ValueError(f"by: {', '.join(DIMENSIONS)}")
    found = _Found.of(from_on, to_on, actor, region, each_month="month" in by)
    rows = tuple(row for row in found.rows(by) if not row.is_empty or by == ("month",))
    total = found.total()
    if not actor.is_pilot:
        return ConversionReport(from_on, to_on, by, None if total.is_small else total, _without_small(rows))
    return ConversionReport(from_on, to_on, by, total, rows)


def overview(*, from_on: date, to_on: date, actor: Actor, region: str | None = None) -> Overview:
    """The dashboard's figures for a pilot, in three queries whatever the period."""
    check_period(from_on, to_on)
    found = _Found.of(from_on, to_on, actor, region, each_month=False)
    total = found.total()
    losses = LossCell.objects.visible_to(actor).between(from_on, to_on).in_region(region)
    return Overview(
        total=total,
        months=tuple(found.rows(("month",))),
        regions=tuple(row for row in found.rows(("region",)) if not row.is_empty),
        funnel=_funnel(total.counts, losses.sums_by("lost_at", "outcome", of=("referrals_lost",))),
    )


def this_month(actor: Actor) -> Counts:
    """Of what was sent this month where this pilot looks, in one query."""
    first = clock.today().replace(day=1)
    sums = PlaceCell.objects.visible_to(actor).between(first, first).totals(of=COUNTS)
    return Counts(**{name: sums[name] or 0 for name in COUNTS})


def check_period(from_on: date, to_on: date) -> None:
    """Cells are kept by month: from the first day of one to the last day of one, or to today."""
    last = Month.of_day(to_on).last_day
    if from_on > to_on:
        raise PeriodError(gettext("La période doit finir après son début."))
    if from_on.day != 1:
        raise PeriodError(gettext("La période doit commencer un premier jour de mois."))
    if to_on != last and to_on != clock.today():
        raise PeriodError(gettext("La période doit finir un dernier jour de mois, ou aujourd’hui."))


def active_garages(days: Iterable[date], *, region: str | None = None) -> dict[tuple[RegionName, date], int]:
    """How many garages of each region (theirs, not the person's) were active on each day."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT region.code, region.name, days.day, count(*)
              FROM unnest(%(days)s::date[]) AS days(day)
              JOIN garages_garagestatus status
                ON status.status = 'active' AND status.from_on <= days.day
               AND (status.until_on IS NULL OR status.until_on > days.day)
              JOIN garages_garage garage ON garage.id = status.garage_id
              JOIN territory_commune commune ON commune.code = garage.commune_id
              JOIN territory_department department ON department.code = commune.department_id
              JOIN territory_region region ON region.code = department.region_id
             WHERE %(region)s::text IS NULL OR region.code = %(region)s
             GROUP BY 1, 2, 3""",
            {"days": list(days), "region": region},
        )
        return {(RegionName(code, name), day): count for code, name, day, count in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class _Found:
    """What a period holds, by region and month, to be folded; garages on the last day of what is asked."""

    from_on: date
    to_on: date
    sums: dict[tuple[RegionName, Month], tuple[int, ...]]
    garages: dict[tuple[RegionName, date], int]

    @classmethod
    def of(cls, from_on: date, to_on: date, actor: Actor, region: str | None, *, each_month: bool) -> Self:
        visible = PlaceCell.objects.visible_to(actor).between(from_on, to_on).in_region(region)
        sums = {
            (_region(found), Month.of_day(found["month"])): tuple(found[name] for name in COUNTS)
            for found in visible.sums_by("region_id", "region__name", "month", of=COUNTS)
        }
        days = {_last_day(month, to_on) for month in _months(from_on, to_on)} if each_month else set()
        return cls(from_on, to_on, sums, active_garages(days | {to_on}, region=actor.region_code or region))

    def total(self) -> ConversionRow:
        return next(self.rows(()))

    def rows(self, by: tuple[str, ...]) -> Iterator[ConversionRow]:
        """One for each region that has anything, each month of the period, or both, in the order of `by`."""
        counts, garages = self._fold(by)
        for region, month in self._keys(by):
            day = _last_day(month, self.to_on) if month else self.to_on
            yield ConversionRow(
                counts=Counts(*counts.get((region, month), ())),
                active_garages=garages.get((region, day), 0),
                region=region,
                month=month,
            )

    def _fold(
        self, by: tuple[str, ...]
    ) -> tuple[dict[tuple[RegionName | None, Month | None], list[int]], dict[tuple[RegionName | None, date], int]]:
        counts: dict[tuple[RegionName | None, Month | None], list[int]] = {}
        for (region, month), more in self.sums.items():
            key = (region if "region" in by else None, month if "month" in by else None)
            counts[key] = [so_far + one for so_far, one in zip(counts.get(key, [0] * len(COUNTS)), more, strict=True)]
        garages: Counter[tuple[RegionName | None, date]] = Counter()
        for (region, day), count in self.garages.items():
            garages[region if "region" in by else None, day] += count
        return counts, garages

    def _keys(self, by: tuple[str, ...]) -> Iterator[tuple[RegionName | None, Month | None]]:
        known = {region for region, _other in (*self.sums, *self.garages)}
        regions = sorted(known, key=lambda region: normalise(region.name)) if "region" in by else [None]
        months = _months(self.from_on, self.to_on) if "month" in by else [None]
        if by[:1] == ("month",):
            return ((region, month) for month in months for region in regions)
        return ((region, month) for region in regions for month in months)


def _funnel(counts: Counts, losses: Iterable[dict[str, Any]]) -> tuple[Step, ...]:
    reached = {stage: getattr(counts, f"referrals_{stage.value}") for stage in Stage}
    steps = [Step(Stage.SENT, counts.referrals_sent, 0, ())]
    lost_at: dict[str, list[tuple[str, int]]] = {}
    for loss in losses:
        if loss["referrals_lost"]:
            lost_at.setdefault(loss["lost_at"], []).append((loss["outcome"], loss["referrals_lost"]))
    for before, stage in pairwise(Stage):
        reasons = tuple(sorted(lost_at.get(before.value, []), key=lambda loss: (-loss[1], loss[0])))
        stayed = reached[before] - reached[stage] - sum(count for _outcome, count in reasons)
        steps.append(Step(stage, reached[stage], stayed, reasons))
    return tuple(steps)


def _without_small(rows: tuple[ConversionRow, ...]) -> tuple[ConversionRow, ...]:
    """Rows of one to four persons are left out; so is the next smallest where the total would give them away."""
    hidden = [row for row in rows if row.is_small]
    if 0 < sum(row.referrals_sent for row in hidden) < MIN_DENOMINATOR or len(hidden) == 1:
        others = [row for row in rows if row.referrals_sent >= MIN_DENOMINATOR]
        hidden += sorted(others, key=lambda row: row.referrals_sent)[:1]
    return tuple(row for row in rows if row not in hidden)


def _region(found: dict[str, Any]) -> RegionName:
    return RegionName(found["region_id"], found["region__name"])


def _months(from_on: date, to_on: date) -> list[Month]:
    return list(Month.range(Month.of_day(from_on), Month.of_day(to_on)))


def _last_day(month: Month, to_on: date) -> date:
    return min(month.last_day, to_on)
