"""The pilot's dashboard: how many referrals become repairs, where the others are lost, and whether it improves."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock
from mobiliz.lib.pages import page, require
from mobiliz.lib.periods import Month
from mobiliz.lib.text import normalise
from mobiliz.territory.models import Region
from reporting import cells, drawings, heartbeat, measures, words
from reporting.forms import EVERYWHERE, Period, PeriodForm
from reporting.models import PlaceCell, Reader


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor.can(Permission.SEE_DASHBOARD))
    regions = _regions(actor)
    region = _region_or_404(actor, regions, request.GET.get("region") or actor.region_code or EVERYWHERE)
    reader = Reader.objects.named(cells.READER)
    if _is_live(request) and request.GET.get("vu") == reader.stamp:
        return HttpResponse(status=204)
    known = [Month.of_day(day) for day in PlaceCell.objects.visible_to(actor).known_months()]
    form = PeriodForm(request.GET, regions=[] if actor.region_code else regions, months=_offered_months(known))
    context = (
        {"form": form, "region": region}
        | _figures(actor, form.period, region)
        | _ways_on(form.period, known, region)
        | _freshness(request, reader)
    )
    if _is_live(request) and "vide" in request.GET and context["total"].referrals_sent:
        return HttpResponseClientRefresh()  # the drawings have no place yet on the page that was empty
    return page(request, "reporting/dashboard.html", context, partial="live")


def _regions(actor: Actor) -> list[Region]:
    """Those whose figures the pilot may ask for."""
    if actor.region_code and actor.membership and actor.membership.region:
        return [actor.membership.region]
    return sorted(Region.objects.all(), key=lambda region: normalise(region.name))


def _region_or_404(actor: Actor, regions: list[Region], code: str) -> Region | None:
    """None for the whole country; what may not be asked for does not exist."""
    if code == EVERYWHERE and not actor.region_code:
        return None
    found = next((region for region in regions if region.code == code), None)
    if found is None:
        raise Http404
    return found


def _offered_months(known: list[Month]) -> list[Month]:
    """From the January before the first referral, or before the default period, until now."""
    default = Period.last_year()
    ends = [*known, default.first, default.last]
    return list(Month.range(Month(min(ends).year, 1), max(ends)))


def _figures(actor: Actor, period: Period, region: Region | None) -> dict[str, Any]:
    code = region.code if region else None
    found = measures.overview(from_on=period.from_on, to_on=period.to_on, actor=actor, region=code)
    trend_lines = drawings.trend_lines(found.months)
    is_by_year = drawings.is_by_year(found.months)
    return {
        "finding": words.finding(found.total.conversion_rate, sent=found.total.referrals_sent),
        "total": found.total,
        "period": period,
        "measures": measures.MEASURES,
        "figures": drawings.headline(found.total),
        "funnel": drawings.funnel(found.funnel),
        "funnel_lines": drawings.funnel_lines(found.funnel),
        "trend": drawings.trend(trend_lines, is_by_year=is_by_year),
        "trend_lines": trend_lines,
        "is_by_year": is_by_year,
        "region_lines": [] if region else drawings.region_lines(found),
    }


def _ways_on(period: Period, known: list[Month], region: Region | None) -> dict[str, Any]:
    """Other periods (none without a referral), and the same period elsewhere."""
    place = {"region": region.code} if region else {}
    periods = [(_("12 derniers mois"), Period.last_year())]
    if known:
        periods += [(_("Depuis le début"), Period(known[0], Month.of_day(clock.today())))]
    periods += [(str(year), Period.of_year(year)) for year in sorted({month.year for month in known}, reverse=True)]
    return {
        "tabs": [
            {"label": label, "url": f"?{urlencode(one.query | place)}", "current": one == period}
            for label, one in periods
        ],
        "period_query": urlencode(period.query),
    }


def _freshness(request: HttpRequest, reader: Reader) -> dict[str, Any]:
    """How fresh the figures are, and where the page asks for newer ones."""
    asked = {name: value for name, value in request.GET.items() if name not in ("vu", "vide", "fige")}
    is_frozen = "fige" in request.GET
    return {
        "read_at": reader.read_at,
        "is_stale": not heartbeat.is_recent(reader.read_at),
        "is_live": _is_live(request),
        "is_frozen": is_frozen,
        "poll_url": f"?{urlencode(asked | {'vu': reader.stamp})}",
        "toggle_url": f"?{urlencode(asked if is_frozen else asked | {'fige': '1'})}",
    }


def _is_live(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
