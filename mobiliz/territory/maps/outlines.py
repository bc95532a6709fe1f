"""The outlines of the 96 mainland departments, and where a position lies on the sheet they are drawn on. Pure.

The file says nothing of its projection. It was found by fitting: of plate carrée, Miller and Mercator the last
leaves the town halls inside their department, the same for Corsica, which stands in its true place. The four
constants minimise the sum, over the 34,746 mainland town halls of communes.csv, of the squared distance from the
town hall to its department's outline, each counted up to one unit so that wrong positions and islets that are not
drawn do not pull (Nelder-Mead). One unit of the sheet is some 1.8 km in the middle of France, less in the north.
What that leaves is measured in tests/territory/test_outlines.py.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import degrees, hypot, log, pi, radians, tan
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[1] / "data" / "france_departments_map.json"

# x = X0 + X_PER_DEGREE * longitude; y = Y0 - Y_PER_DEGREE * Mercator's latitude in degrees
X0, X_PER_DEGREE = 215.269, 41.509
Y0, Y_PER_DEGREE = 2467.656, 41.383

# Neighbours were drawn apart and rounded: what is nearer than this is the same corner
_SAME = 0.12


class Point(NamedTuple):
    """A place on the sheet: x to the right, y downwards, in its units."""

    x: float
    y: float


Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A department's border: the mainland part first, then its islands; each ring closes upon itself."""

    code: str
    name: str
    region: str
    rings: tuple[Ring, ...]


def project(latitude: float, longitude: float) -> Point:
    """Where a position (degrees, WGS 84) lies on the sheet; overseas it is far off its edge, and to the same scale."""
    return Point(X0 + X_PER_DEGREE * longitude, Y0 - Y_PER_DEGREE * _mercator(latitude))


def _mercator(latitude: float) -> float:
    return degrees(log(tan(pi / 4 + radians(latitude) / 2)))


@cache
def outlines() -> dict[str, Outline]:
    """Every outline in full, by code; neighbours share the corners of their border."""
    drawn = json.loads(FILE.read_text(encoding="utf-8"))["departments"]
    corners = _Corners()
    return {
        one["code"]: Outline(
            one["code"], one["name"], one["region"], tuple(corners.ring(r) for r in _rings(one["path"]))
        )
        for one in drawn
    }


@cache
def simplified(tolerance: float) -> dict[str, Outline]:
    """The outlines with the corners that matter at this tolerance (units); shared borders stay shared.

    Islets smaller than three times the tolerance go, but for a department's largest part.
    """
    full = outlines()
    arcs = _Arcs(ring for outline in full.values() for ring in outline.rings)
    return {
        code: Outline(
            code,
            one.name,
            one.region,
            tuple(_large_enough((arcs.simple(r, tolerance) for r in one.rings), 3 * tolerance)),
        )
        for code, one in full.items()
    }


def _rings(path: str) -> Iterator[list[Point]]:
    """The file's paths know two commands: m with relative pairs, and z."""
    x = y = 0.0
    for part in re.findall(r"m([^z]*)z", path):
        ring = []
        numbers = map(float, re.findall(r"-?[\d.]+", part))
        for dx, dy in zip(numbers, numbers, strict=True):
            x, y = x + dx, y + dy
            ring.append(Point(x, y))
        x, y = ring[0]
        yield ring


class _Corners:
    """Gives corners that are nearly in the same place the same place."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], list[Point]] = defaultdict(list)

    def ring(self, points: Iterable[Point]) -> Ring:
        kept: list[Point] = []
        for point in map(self._place, points):
            if not kept or kept[-1] != point:
                kept.append(point)
        return tuple(kept[:-1] if kept[0] == kept[-1] and len(kept) > 1 else kept)

    def _place(self, point: Point) -> Point:
        column, row = int(point.x // _SAME), int(point.y // _SAME)
        for near in ((column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            for known in self.known.get(near, ()):
                if hypot(known.x - point.x, known.y - point.y) <= _SAME:
                    return known
        self.known[column, row].append(point)
        return point


class _Arcs:
    """Borders between the corners where three of them meet: each is simplified once, whichever side asks."""

    def __init__(self, rings: Iterable[Ring]) -> None:
        meets: dict[Point, set[Point]] = defaultdict(set)
        for ring in rings:
            for here, there in zip(ring, (*ring[1:], ring[0]), strict=True):
                meets[here].add(there)
                meets[there].add(here)
        self.ends = {point for point, others in meets.items() if len(others) > 2}

    def simple(self, ring: Ring, tolerance: float) -> Ring:
        cuts = [index for index, point in enumerate(ring) if point in self.ends]
        if len(cuts) < 2:
            first = cuts[0] if cuts else 0
            cuts = sorted({first, _farthest(ring, ring[first])})
        turned = (*ring[cuts[0] :], *ring[: cuts[0] + 1])
        marks = [cut - cuts[0] for cut in cuts] + [len(ring)]
        kept: list[Point] = []
        for start, end in pairwise(marks):
            kept += _arc(turned[start : end + 1], tolerance)[:-1]
        return tuple(kept)


def _arc(points: Sequence[Point], tolerance: float) -> list[Point]:
    """The same corners whichever way it is walked."""
    if points[-1] < points[0]:
        return douglas_peucker(points[::-1], tolerance)[::-1]
    return douglas_peucker(points, tolerance)


def _farthest(ring: Ring, place: Point) -> int:
    return max(range(len(ring)), key=lambda index: hypot(ring[index].x - place.x, ring[index].y - place.y))


def douglas_peucker(points: Sequence[Point], tolerance: float) -> list[Point]:
    """The ends, and between them the corners that stand out by more than the tolerance."""
    if len(points) < 3:
        return list(points)
    first, last = points[0], points[-1]
    away = [_distance(point, first, last) for point in points[1:-1]]
    most = max(away)
    if most <= tolerance:
        return [first, last]
    corner = away.index(most) + 1
    return douglas_peucker(points[: corner + 1], tolerance)[:-1] + douglas_peucker(points[corner:], tolerance)


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the straight line between two others."""
    dx, dy = end.x - start.x, end.y - start.y
    length = dx * dx + dy * dy
    along = ((point.x - start.x) * dx + (point.y - start.y) * dy) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return hypot(point.x - start.x - along * dx, point.y - start.y - along * dy)


def _large_enough(rings: Iterable[Ring], size: float) -> Iterator[Ring]:
    ordered = sorted(rings, key=_extent, reverse=True)
    yield from (ring for index, ring in enumerate(ordered) if index == 0 or _extent(ring) >= size)


def _extent(ring: Ring) -> float:
    xs, ys = [point.x for point in ring], [point.y for point in ring]
    return max(max(xs) - min(xs), max(ys) - min(ys))
