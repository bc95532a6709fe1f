"""From the sheet to a drawing: which part of it is shown, how large, and what stands where without overlapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, atan2, cos, degrees, hypot, pi, radians, sin

from mobiliz.lib.distances import EARTH_RADIUS_KM
from mobiliz.territory.maps.outlines import Point, Ring, project

CIRCLE_CORNERS = 60


@dataclass(frozen=True, slots=True)
class View:
    """A part of the sheet as a drawing of `width` by `height`."""

    left: float
    top: float
    scale: float
    width: int
    height: int

    @classmethod
    def around(
        cls, points: Iterable[Point], *, width: int, heights: tuple[int, int], margin: int, largest_scale: float
    ) -> View:
        """All these points in the middle, with a margin; as high as they ask, between the two heights."""
        xs, ys = zip(*points, strict=True)
        wide, high = max(xs) - min(xs), max(ys) - min(ys)
        inner = width - 2 * margin
        by_width = inner / wide if wide else largest_scale
        by_height = (heights[1] - 2 * margin) / high if high else largest_scale
        scale = min(by_width, by_height, largest_scale)
        height = min(max(round(high * scale) + 2 * margin, heights[0]), heights[1])
        middle = Point((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
        return cls(middle.x - width / 2 / scale, middle.y - height / 2 / scale, scale, width, height)

    def place(self, point: Point) -> Point:
        return Point((point.x - self.left) * self.scale, (point.y - self.top) * self.scale)

    def shows(self, point: Point, margin: float = 0) -> bool:
        return margin <= point.x <= self.width - margin and margin <= point.y <= self.height - margin

    def rings(self, rings: Iterable[Ring]) -> list[list[Point]]:
        """What of these outlines is in sight: clipped a little outside the edge, so that the cut is not seen."""
        placed = ([self.place(point) for point in ring] for ring in rings)
        return [cut for ring in placed if len(cut := self._clipped(ring)) > 2]

    def _clipped(self, ring: list[Point]) -> list[Point]:
        edge = 8.0
        for axis, limit, keeps_below in (
            (0, -edge, False),
            (0, self.width + edge, True),
            (1, -edge, False),
            (1, self.height + edge, True),
        ):
            ring = list(_cut(ring, axis, limit, keeps_below=keeps_below))
        return ring


def _cut(ring: Sequence[Point], axis: int, limit: float, *, keeps_below: bool) -> Iterator[Point]:
    """One side of a straight line (Sutherland and Hodgman)."""
    if not ring:
        return
    for before, here in pairwise([ring[-1], *ring]):
        was_in, is_in = ((place[axis] <= limit) == keeps_below for place in (before, here))
        if was_in != is_in:
            share = (limit - before[axis]) / (here[axis] - before[axis])
            yield Point(before.x + share * (here.x - before.x), before.y + share * (here.y - before.y))
        if is_in:
            yield here


def circle(latitude: float, longitude: float, km: float) -> Ring:
    """Every place so far as the crow flies, on the sheet: to scale, and so not quite round."""
    reach, lat, lon = km / EARTH_RADIUS_KM, radians(latitude), radians(longitude)

    def corner(bearing: float) -> Point:
        there = asin(sin(lat) * cos(reach) + cos(lat) * sin(reach) * cos(bearing))
        east = atan2(sin(bearing) * sin(reach) * cos(lat), cos(reach) - sin(lat) * sin(there))
        return project(degrees(there), degrees(lon + east))

    return tuple(corner(2 * pi * index / CIRCLE_CORNERS) for index in range(CIRCLE_CORNERS))


def path(rings: Iterable[Sequence[Point]], decimals: int = 1) -> str:
    """The d of a path: relative steps from rounded corners, so that nothing drifts and nothing is written twice."""
    unit = 10**decimals
    parts = []
    for ring in rings:
        corners = [(round(point.x * unit), round(point.y * unit)) for point in ring]
        steps = ((bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(corners))
        moves = " ".join(f"{_short(dx, unit)} {_short(dy, unit)}" for dx, dy in steps if dx or dy)
        parts.append(f"M{_short(corners[0][0], unit)} {_short(corners[0][1], unit)}l{moves}z")
    return "".join(parts).replace(" -", "-")


def _short(value: int, unit: int) -> str:
    """Tenths without what can be left out: 0.5 is .5, 3.0 is 3."""
    if value % unit == 0:
        return str(value // unit)
    return f"{value / unit:.1f}".replace("0.", ".", 1) if abs(value) < unit else f"{value / unit:.1f}"


def spread(places: Sequence[Point], *, apart: float, view: View, fixed: Sequence[Point] = ()) -> list[Point]:
    """The same places moved as little as it takes so that each has its room, inside the view.

    Those that share a spot go round it, in their order. The same places are always spread the same way.
    """
    moved = [_nudged(place, index, len(places)) for index, place in enumerate(places)]
    for _round in range(120):
        moved = [_towards(here, home, 0.02) for here, home in zip(moved, places, strict=True)]
        for first in range(len(moved)):
            for second in range(first + 1, len(moved)):
                moved[first], moved[second] = _parted(moved[first], moved[second], apart)
            for stone in fixed:
                moved[first] = _pushed(moved[first], stone, apart)
        moved = [_inside(here, view, apart / 2 + 1) for here in moved]
    return moved


def _nudged(place: Point, index: int, count: int) -> Point:
    angle = 2 * pi * index / count - pi / 2
    return Point(place.x + cos(angle), place.y + sin(angle))


def _towards(here: Point, there: Point, share: float) -> Point:
    return Point(here.x + share * (there.x - here.x), here.y + share * (there.y - here.y))


def _parted(one: Point, other: Point, apart: float) -> tuple[Point, Point]:
    away = hypot(other.x - one.x, other.y - one.y)
    if away >= apart:
        return one, other
    push = (apart - away) / 2
    dx, dy = ((other.x - one.x) / away, (other.y - one.y) / away) if away else (1.0, 0.0)
    return Point(one.x - push * dx, one.y - push * dy), Point(other.x + push * dx, other.y + push * dy)


def _pushed(here: Point, stone: Point, apart: float) -> Point:
    away = hypot(here.x - stone.x, here.y - stone.y)
    if away >= apart:
        return here
    dx, dy = ((here.x - stone.x) / away, (here.y - stone.y) / away) if away else (0.0, -1.0)
    return Point(stone.x + apart * dx, stone.y + apart * dy)


def _inside(here: Point, view: View, margin: float) -> Point:
    return Point(
        min(max(here.x, margin), view.width - margin),
        min(max(here.y, margin), view.height - margin),
    )
