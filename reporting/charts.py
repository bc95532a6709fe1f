"""Figures as SVG: the funnel and a rate over months. Pure; the same input gives the same text, byte for byte.

A drawing has a title and a description for whoever does not see it, classes of charts.css for its looks, and
nothing that a strict content policy refuses. It is 480 units wide, with room for letters of 20 units: charts.css
makes them larger where the screen is narrow. Hatched means lost, a dashed outline or a hollow point still open,
three dots too few to say.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from html import escape
from itertools import accumulate, pairwise

from mobiliz.lib.numbers import format_decimal_fr, format_percent_fr
from mobiliz.lib.proportions import MIN_DENOMINATOR
from mobiliz.lib.svg import Svg, clean, coordinate

WIDTH = 480
MAX_LABEL = 32


@dataclass(frozen=True, slots=True)
class Stage:
    """How many reached this stage; of those who reached the one before, how many were lost or are still open."""

    label: str
    count: int
    lost: int = 0
    still_open: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """A rate (0.3680 for 36.8 %) out of n, with its interval; `is_open` while it may still change."""

    label: str
    rate: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int
    is_open: bool = False

    @property
    def known(self) -> Decimal | None:
        """The rate, unless it comes from too few to say."""
        return self.rate if self.n >= MIN_DENOMINATOR else None


# ---- funnel

_ROW, _NOTE, _BAR = 58, 24, 20  # a stage, the line under its bar, the bar itself


def funnel(
    stages: Sequence[Stage], *, ident: str = "entonnoir", title: str = "De l’orientation à la réparation"
) -> Svg:
    """One bar a stage: those who reached it, then those lost and those still open since the stage before.

    `ident` makes the ids unique where a page has several drawings.
    """
    if not any(stage.count for stage in stages):
        return _nothing(ident, title, "Aucune orientation sur cette période.")
    whole = max(stage.count + stage.lost + stage.still_open for stage in stages)
    tops = list(accumulate((_ROW + _NOTE * bool(_left_words(stage)) for stage in stages), initial=0))
    rows = [
        part
        for stage, top in zip(stages, tops, strict=False)
        for part in _stage_row(stage, stages[0], whole, top, ident)
    ]
    legend_top = tops[-1] + 2
    description = " ".join(f"{clean(stage.label)} : {_stage_words(stage, stages[0])}." for stage in stages)
    body = [_hatch_pattern(ident), *rows, *_funnel_legend(legend_top, ident)]
    return _svg(ident, title, description, legend_top + 20, body)


def _stage_row(stage: Stage, first: Stage, whole: int, top: int, ident: str) -> Iterator[str]:
    yield _text(0, top + 18, _short(stage.label), "strong")
    yield _text(WIDTH, top + 18, f"{_count_and_share(stage, first)}", "strong", anchor="end")
    widths = [Decimal(WIDTH) * part / whole for part in (stage.count, stage.lost, stage.still_open)]
    lost_at, open_at = widths[0], widths[0] + widths[1]
    yield _rect(lost_at, top + 26, widths[1], f'fill="url(#{ident}-hatch)"')
    yield _rect(open_at, top + 26, widths[2], 'class="open"')
    yield _rect(Decimal(0), top + 26, widths[0], 'class="fill-4"')
    if left := _left_words(stage):
        yield _text(0, top + 66, left)


def _funnel_legend(top: int, ident: str) -> Iterator[str]:
    keys = (
        (0, 'class="fill-4"', "passées"),
        (125, f'fill="url(#{ident}-hatch)"', "perdues"),
        (255, 'class="open"', "encore ouvertes"),
    )
    for left, look, word in keys:
        yield f'<rect x="{left}" y="{top}" width="24" height="14" {look}/>'
        yield _text(left + 32, top + 13, word)


def _stage_words(stage: Stage, first: Stage) -> str:
    few = first.count < MIN_DENOMINATOR
    said = _count(stage.count) if few else f"{_count(stage.count)} ({_share(stage, first)})"
    return ", ".join(filter(None, (said, _left_words(stage, ", "))))


def _count_and_share(stage: Stage, first: Stage) -> str:
    """No percentage of fewer than five: 2 of 3 is not "67 %"."""
    if first.count < MIN_DENOMINATOR:
        return _count(stage.count)
    return f"{_count(stage.count)} · {_share(stage, first)}"


def _share(stage: Stage, first: Stage) -> str:
    return format_percent_fr(Decimal(stage.count) * 100 / first.count, 0)


def _left_words(stage: Stage, between: str = " · ") -> str:
    """What became of those who did not come as far."""
    lost = f"{_count(stage.lost)} perdue{_s(stage.lost)}" if stage.lost else ""
    still = f"{_count(stage.still_open)} encore ouverte{_s(stage.still_open)}" if stage.still_open else ""
    return between.join(filter(None, (lost, still)))


def _hatch_pattern(ident: str) -> str:
    return (
        f'<defs><pattern id="{ident}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatch" d="M0 0v7"/></pattern></defs>'
    )


# ---- trend

_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 464, 26, 216


@dataclass(frozen=True, slots=True)
class _Placed:
    """A point with its place in the drawing."""

    point: Point
    x: Decimal
    top_rate: Decimal

    def y(self, rate: Decimal) -> Decimal:
        return _BOTTOM - (_BOTTOM - _TOP) * rate / self.top_rate


def trend(
    points: Sequence[Point],
    *,
    ident: str = "tendance",
    title: str = "Taux de transformation par mois, avec son intervalle à 95 %",
    counted: str = "devis",
) -> Svg:
    """A rate over time with its interval as a band; `counted` is what n counts, in the plural."""
    if not any(point.n for point in points):
        return _nothing(ident, title, f"Aucun {counted} sur cette période.")
    top_rate = _top_rate(points)
    placed = [_Placed(point, _x(index, len(points)), top_rate) for index, point in enumerate(points)]
    legend = list(_trend_legend(placed, counted))
    body = [
        *_grid(top_rate),
        *_bands(placed),
        *_segments(placed),
        *(_marker(place, counted) for place in placed if place.point.n),
        *_last_value(placed),
        *_month_labels(placed),
        *(part for index, key in enumerate(legend) for part in _legend_line(_BOTTOM + 62 + 28 * index, *key)),
    ]
    return _svg(ident, title, _trend_words(points, counted), _BOTTOM + 44 + 28 * len(legend), body)


def _top_rate(points: Iterable[Point]) -> Decimal:
    """The axis starts at zero and ends at the next fifth above everything drawn."""
    drawn = [rate for point in points if point.known is not None for rate in (point.rate, point.high) if rate]
    fifths = (max(drawn, default=Decimal(0)) * 5).to_integral_value(ROUND_CEILING)
    return max(fifths, Decimal(1)) / 5 if drawn else Decimal(1)


def _x(index: int, count: int) -> Decimal:
    if count == 1:
        return Decimal(_LEFT + _RIGHT) / 2
    # half a step in, so that no marker sits on the axis
    return _LEFT + 12 + Decimal(_RIGHT - _LEFT - 24) * index / (count - 1)


def _grid(top_rate: Decimal) -> Iterator[str]:
    for step in range(5):
        rate = top_rate * step / 4
        y = _BOTTOM - Decimal(_BOTTOM - _TOP) * step / 4
        yield _line(_LEFT, y, _RIGHT, y, "grid" if step else "axis")
        yield _text(_LEFT - 8, y + 5, _rate(rate, 0), anchor="end")


def _bands(placed: Sequence[_Placed]) -> Iterator[str]:
    """The interval: a band where months with one follow each other, a bar where one stands alone."""
    for run in _runs(placed):
        lows = [(place.x, place.y(place.point.low)) for place in run if place.point.low is not None]
        highs = [(place.x, place.y(place.point.high)) for place in run if place.point.high is not None]
        if len(run) == 1:
            yield _line(*lows[0], *highs[0], "whisker")
        else:
            corners = " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in [*highs, *reversed(lows)])
            yield f'<polygon class="band" points="{corners}"/>'


def _runs(placed: Sequence[_Placed]) -> Iterator[list[_Placed]]:
    run: list[_Placed] = []
    for place in placed:
        point = place.point
        if point.known is None or point.low is None or point.high is None:
            if run:
                yield run
            run = []
        else:
            run.append(place)
    if run:
        yield run


def _segments(placed: Sequence[_Placed]) -> Iterator[str]:
    """From month to month; dashed towards one that may still change, interrupted where there are too few."""
    for before, after in pairwise(placed):
        if before.point.known is not None and after.point.known is not None:
            look = "open" if after.point.is_open else "trend"
            yield _line(before.x, before.y(before.point.known), after.x, after.y(after.point.known), look)


def _marker(place: _Placed, counted: str) -> str:
    point = place.point
    words = escape(f"{clean(point.label)} : {_point_words(point, counted)}")
    if point.known is None:
        dots = "".join(_circle(place.x + shift, Decimal(_BOTTOM - 8), 1, "dot") for shift in (-7, 0, 7))
        return f"<g><title>{words}</title>{dots}</g>"
    look = "dot hollow" if point.is_open else "dot"
    return f"<g><title>{words}</title>{_circle(place.x, place.y(point.known), 5, look)}</g>"


def _last_value(placed: Sequence[_Placed]) -> Iterator[str]:
    """Written above its interval, where no line crosses it."""
    known = [(place, rate) for place in placed if (rate := place.point.known) is not None]
    for place, rate in known[-1:]:
        anchor, x = ("end", place.x + 14) if place.x > WIDTH - 70 else ("middle", place.x)
        yield _text(x, place.y(max(rate, place.point.high or rate)) - 8, _rate(rate, 1), "strong", anchor)


def _labels_apart(placed: Sequence[_Placed]) -> int:
    """Every how many months there is room for a label: its letters at their largest, and the last ends at the edge."""
    widest = 11 * max(len(_short(place.point.label)) for place in placed)
    step = Decimal(_RIGHT - _LEFT - 24) / max(len(placed) - 1, 1)
    return max(1, math.ceil(widest * Decimal("1.35") / step))


def _month_labels(placed: Sequence[_Placed]) -> Iterator[str]:
    """As many as fit, counted back from the last."""
    every = _labels_apart(placed)
    for index, place in enumerate(placed):
        if (len(placed) - 1 - index) % every == 0:
            is_last = index == len(placed) - 1 and len(placed) > 1
            anchor, x = ("end", place.x + 14) if is_last else ("middle", place.x)
            yield _text(x, _BOTTOM + 28, _short(place.point.label), anchor=anchor)


def _trend_legend(placed: Sequence[_Placed], counted: str) -> Iterator[tuple[str, str]]:
    """(key, words) of what the drawing really shows."""
    points = [place.point for place in placed]
    if runs := [len(run) for run in _runs(placed)]:
        yield ("band" if max(runs) > 1 else "whisker"), "intervalle à 95 %"
    if any(point.is_open and point.known is not None for point in points):
        yield "hollow", "peut encore changer"
    if any(point.known is None and point.n for point in points):
        yield "few", f"trop peu : moins de {MIN_DENOMINATOR} {counted}"


def _legend_line(y: int, key: str, words: str) -> Iterator[str]:
    middle = Decimal(y - 5)
    if key == "band":
        yield f'<rect class="band" x="{_LEFT}" y="{y - 12}" width="24" height="14"/>'
    elif key == "whisker":
        yield _line(_LEFT + 12, middle - 9, _LEFT + 12, middle + 9, "whisker")
    elif key == "hollow":
        yield _circle(Decimal(_LEFT + 12), middle, 5, "dot hollow")
    else:
        yield "".join(_circle(Decimal(_LEFT + 12 + shift), middle, 1, "dot") for shift in (-7, 0, 7))
    yield _text(_LEFT + 34, y, words)


def _point_words(point: Point, counted: str) -> str:
    if point.known is None:
        return f"trop peu ({_count(point.n)} {counted})"
    interval = ""
    if point.low is not None and point.high is not None:
        interval = f" (de {_rate(point.low, 1)} à {_rate(point.high, 1)})"
    return f"{_rate(point.known, 1)}{interval}, {_count(point.n)} {counted}{', encore ouvert' * point.is_open}"


def _trend_words(points: Sequence[Point], counted: str) -> str:
    """From where to where; each month is in the table behind the drawing."""
    known = [point for point in points if point.known is not None]
    if not known:
        return f"Trop peu de {counted} pour donner un taux."
    ends = known if len(known) == 1 else [known[0], known[-1]]
    sentences = [f"{clean(point.label)} : {_point_words(point, counted)}." for point in ends]
    if too_few := sum(point.known is None for point in points):
        sentences.append(f"Sans taux, faute de {counted} : {too_few} sur {len(points)}.")
    return " ".join(sentences)


# ---- drawing


def _svg(ident: str, title: str, description: str, height: int, body: Iterable[str]) -> Svg:
    return Svg(
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{ident}-title {ident}-desc">'
        f'<title id="{ident}-title">{escape(clean(title))}</title>'
        f'<desc id="{ident}-desc">{escape(clean(description))}</desc>'
        f"{''.join(body)}</svg>"
    )


def _nothing(ident: str, title: str, words: str) -> Svg:
    return _svg(ident, title, words, 36, [_text(0, 22, words)])


def _text(x: Decimal | int, y: Decimal | int, words: str, look: str = "", anchor: str = "start") -> str:
    classes = f' class="{look}"' if look else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{coordinate(x)}" y="{coordinate(y)}"{classes}{where}>{escape(clean(words))}</text>'


def _line(x1: Decimal | int, y1: Decimal, x2: Decimal | int, y2: Decimal, look: str) -> str:
    ends = f'x1="{coordinate(x1)}" y1="{coordinate(y1)}" x2="{coordinate(x2)}" y2="{coordinate(y2)}"'
    return f'<line class="{look}" {ends}/>'


def _circle(x: Decimal, y: Decimal, radius: int, look: str) -> str:
    return f'<circle class="{look}" cx="{coordinate(x)}" cy="{coordinate(y)}" r="{radius}"/>'


def _rect(x: Decimal, y: int, width: Decimal, look: str) -> str:
    return f'<rect x="{coordinate(x)}" y="{y}" width="{coordinate(width)}" height="{_BAR}" {look}/>' if width else ""


def _count(number: int) -> str:
    return format_decimal_fr(number)


def _rate(rate: Decimal, places: int) -> str:
    return format_percent_fr(rate * 100, places)


def _s(number: int) -> str:
    return "s" if number > 1 else ""


def _short(label: str) -> str:
    shown = clean(label)
    return shown if len(shown) <= MAX_LABEL else shown[: MAX_LABEL - 1].rstrip() + "…"
