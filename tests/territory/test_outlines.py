"""The projection of the outlines, measured on every mainland town hall; and borders that stay shared."""

import csv
from collections import Counter
from functools import cache

import pytest

from mobiliz.territory.actions import DATA
from mobiliz.territory.maps.outlines import Point, _distance, douglas_peucker, outlines, project, simplified

# Islands that the file does not draw
ISLANDS = {"17004", "29083", "29084", "29155", "56069", "56085", "56086", "85113"}
# Town halls that communes.csv puts one or two units outside their department: some kilometres off, or the outline is
MISPLACED = {"31289", "47141", "61070", "63130", "65453", "70400", "79183"}


@cache
def _town_halls():
    """(code, department, place on the sheet) of the mainland's, Corsica's included."""
    with (DATA / "communes.csv").open(newline="", encoding="utf-8") as text:
        return [
            (row["insee_code"], row["department"], project(float(row["latitude"]), float(row["longitude"])))
            for row in csv.DictReader(text)
            if row["department"] in outlines()
        ]


@cache
def _edges():
    """The edges of each outline by the rows of one unit that they cross."""
    found = {}
    for code, outline in outlines().items():
        rows = found[code] = {}
        for ring in outline.rings:
            for start, end in zip(ring, (*ring[1:], ring[0]), strict=True):
                for row in range(int(min(start.y, end.y)), int(max(start.y, end.y)) + 1):
                    rows.setdefault(row, []).append((start, end))
    return found


def _is_inside(department, place):
    crossed = 0
    for start, end in _edges()[department].get(int(place.y), ()):
        if (start.y > place.y) != (end.y > place.y):
            crossed += place.x < start.x + (place.y - start.y) / (end.y - start.y) * (end.x - start.x)
    return bool(crossed % 2)


def _outside_by(department, place):
    rings = outlines()[department].rings
    return min(_distance(place, a, b) for ring in rings for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))


@cache
def _outside():
    """How far outside its outline (units of some 1.8 km) each town hall is that is not inside."""
    return {code: _outside_by(there, place) for code, there, place in _town_halls() if not _is_inside(there, place)}


def test_town_halls_stand_inside_their_department():
    """99.5 % inside, 99.9 % within a kilometre; islands that are not drawn and the misplaced apart, none by a unit."""
    count = len(_town_halls())
    assert count == 34746
    assert 1 - len(_outside()) / count >= 0.9949
    assert 1 - sum(away > 0.5 for away in _outside().values()) / count >= 0.999
    known = ISLANDS | MISPLACED
    assert max(away for code, away in _outside().items() if code not in known) < 1


def test_the_known_exceptions_are_still_exceptions():
    """Positions that were put right leave the list."""
    assert {code for code, away in _outside().items() if away > 1} >= MISPLACED


@pytest.mark.parametrize("department", ["2A", "2B", "75", "92", "93", "94", "29", "06", "59", "67"])
def test_corners_of_the_country_and_the_smallest_departments_fit_too(department):
    there = [code for code, where, _place in _town_halls() if where == department and code not in ISLANDS | MISPLACED]
    away = [_outside()[code] for code in there if code in _outside()]
    assert len(away) / len(there) < 0.08
    assert max(away, default=0) < 0.7


def test_each_mainland_department_has_its_outline():
    assert len(outlines()) == 96
    assert {"2A", "2B", "75"} <= set(outlines())
    assert all(len(ring) >= 3 for one in outlines().values() for ring in one.rings)


def _borders(drawn):
    edges = Counter()
    for one in drawn.values():
        for ring in one.rings:
            for start, end in zip(ring, (*ring[1:], ring[0]), strict=True):
                edges[frozenset((start, end))] += 1
    return edges


@pytest.mark.parametrize("tolerance", [0.4, 1.2, 2.0])
def test_simplified_neighbours_still_share_their_border(tolerance):
    """No edge belongs to three, and the inner ones belong to two: no gap opens between departments."""
    full, simple = _borders(outlines()), _borders(simplified(tolerance))
    assert max(simple.values()) <= 2
    assert len(simple) <= len(full)
    shared = sum(times == 2 for times in simple.values()) / len(simple)
    assert shared >= sum(times == 2 for times in full.values()) / len(full) - 0.05


def test_simplifying_keeps_every_department_and_drops_corners():
    corners = {at: sum(len(r) for one in simplified(at).values() for r in one.rings) for at in (0.4, 1.2, 2.0)}
    assert corners[2.0] < corners[1.2] < corners[0.4]
    assert len(simplified(2.0)) == 96
    assert all(len(one.rings[0]) >= 3 for one in simplified(2.0).values())


@pytest.mark.parametrize(
    ("points", "kept"),
    [
        ([(0, 0), (1, 0.1), (2, 0)], [(0, 0), (2, 0)]),
        ([(0, 0), (1, 3), (2, 0)], [(0, 0), (1, 3), (2, 0)]),
        ([(0, 0), (2, 0)], [(0, 0), (2, 0)]),
        ([(0, 0), (5, 0), (0, 0)], [(0, 0), (5, 0), (0, 0)]),
    ],
)
def test_corners_that_stand_out_are_kept(points, kept):
    assert douglas_peucker([Point(*point) for point in points], 1) == kept
