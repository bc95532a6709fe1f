"""Needs that no offer covers, counted by kind, month and region; never one by one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.pages import page, require
from mobiliz.lib.periods import Month
from mobiliz.lib.proportions import MIN_DENOMINATOR, too_small
from mobiliz.territory.models import Region
from referrals.models import Need, NeedKind


@require_safe
def needs_counted(request: HttpRequest) -> HttpResponse:
    """One year of one region, or of all; the regions beside each other for who pilots them all."""
    actor = request.actor
    require(actor.can(Permission.SEE_DASHBOARD))
    counted = Need.objects.counted_by(actor)
    years = counted.years() or [clock.today().year]
    year = next((one for one in years if str(one) == request.GET.get("annee")), years[0])
    regions = list(Region.objects.all()) if actor.is_national_pilot else []
    region = next((one for one in regions if one.code == request.GET.get("region")), None)
    of_year = counted.in_year(year)
    shown = of_year.in_region(region.code) if region else of_year
    months = list(Month.range(Month(year, 1), min(Month(year, 12), Month.of_day(clock.today()))))
    context = {
        "year": year,
        "years": years,
        "regions": regions,
        "region": region or actor.membership.region,
        "asked_region": region,
        "months": months,
        "rows": _rows(shown.by_kind_and_month(), months),
        "by_region": _regions(of_year.by_region()) if actor.is_national_pilot and region is None else [],
        "least": MIN_DENOMINATOR,
    }
    return page(request, "referrals/pilot/needs.html", context)


def _rows(counts: dict[tuple[str, int], int], months: list[Month]) -> list[dict[str, Any]]:
    """The most frequent first. Small numbers are hidden, and others with them where a total would give them away."""
    rows = []
    for kind in NeedKind:
        own = {month: counts.get((kind.value, month.month), 0) for month in months}
        total = sum(own.values())
        hidden = too_small(own)
        cells = [{"month": month, "text": _said(count, month in hidden)} for month, count in own.items()]
        label = capfirst(kind.label)
        rows.append(
            {"label": label, "cells": cells, "count": total, "total": _said(total, 0 < total < MIN_DENOMINATOR)}
        )
    return sorted((row for row in rows if row["count"]), key=lambda row: -row["count"] if row["total"] != _few() else 0)


def _regions(counts: dict[str, int]) -> list[dict[str, str]]:
    hidden = too_small(counts)
    lines = sorted(counts.items(), key=lambda one: (one[0] in hidden, -one[1] if one[0] not in hidden else 0, one[0]))
    return [{"label": name, "text": _said(count, name in hidden)} for name, count in lines]


def _said(count: int, is_hidden: bool) -> str:
    return _few() if is_hidden else str(count)


def _few() -> str:
    return _("trop peu")
