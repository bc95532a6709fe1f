"""The drawn maps: to scale, nothing over another, well formed, small, and nothing told by colour alone."""

import gzip
import re
from math import hypot
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobiliz.lib.distances import haversine_km
from mobiliz.territory.maps import DepartmentMap, FranceMap, Look, Pin, Reach, Spot
from mobiliz.territory.maps.outlines import Point, outlines, project
from mobiliz.territory.maps.view import View, circle, path, spread

SVG = "{http://www.w3.org/2000/svg}"
FIRMINY = Spot("Firminy", 45.3883, 4.2873)
VIEW = View(left=0, top=0, scale=1, width=480, height=400)


def drawn(svg):
    return ElementTree.fromstring(svg.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))


def pins(count=3, look=Look.PROPOSED, home=FIRMINY, step=0.05):
    return [
        Pin(n, Spot(f"Garage {n}", home.latitude + n * step, home.longitude), f"{n}, Garage {n}", f"#garage-{n}", look)
        for n in range(1, count + 1)
    ]


def loire(**changes):
    return DepartmentMap(
        "42", FIRMINY, "Carte de la Loire", **{"reaches": [Reach(30, "30 km")], "pins": pins(), **changes}
    )


def is_inside(ring, place):
    crossed = 0
    for start, end in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (start.y > place.y) != (end.y > place.y):
            crossed += place.x < start.x + (place.y - start.y) / (end.y - start.y) * (end.x - start.x)
    return crossed % 2 == 1


# --- the circle -------------------------------------------------------------------------------------------
@given(
    st.floats(41.4, 51.0),
    st.floats(-4.7, 8.2),
    st.floats(-1.4, 1.4),
    st.floats(-1.9, 1.9),
    st.integers(5, 200),
)
@settings(max_examples=300, deadline=None)
def test_what_is_within_the_distance_is_drawn_within_the_circle(latitude, longitude, north, east, km):
    there = (latitude + north, longitude + east)
    distance = haversine_km(latitude, longitude, *there)
    if abs(distance - km) > km * 0.005:  # sixty corners instead of a curve
        assert is_inside(circle(latitude, longitude, km), project(*there)) == (distance < km)


# --- room for everything ----------------------------------------------------------------------------------
@given(st.lists(st.tuples(st.floats(20, 460), st.floats(20, 380)), min_size=1, max_size=15))
@settings(max_examples=60, deadline=None)
def test_signs_give_way_to_each_other_and_stay_in_sight(places):
    moved = spread([Point(*place) for place in places], apart=33, view=VIEW, fixed=[Point(240, 200)])
    assert all(VIEW.shows(place, 15) for place in moved)
    gaps = [hypot(a.x - b.x, a.y - b.y) for index, a in enumerate(moved) for b in moved[:index]]
    assert min(gaps, default=33) > 28  # of signs 30 wide: their edges may touch, their numbers never


def test_signs_with_room_stay_where_their_garage_is():
    places = [Point(100, 100), Point(200, 100), Point(100, 300)]
    for before, after in zip(places, spread(places, apart=33, view=VIEW), strict=True):
        assert hypot(before.x - after.x, before.y - after.y) < 2


def test_ten_garages_in_one_place_are_ten_signs_drawn_the_same_way_each_time():
    same = [Point(240, 200)] * 10
    assert spread(same, apart=33, view=VIEW) == spread(same, apart=33, view=VIEW)
    assert len({(round(place.x), round(place.y)) for place in spread(same, apart=33, view=VIEW)}) == 10


def test_a_town_is_named_where_there_is_room_or_not_at_all():
    here = [Spot(f"Ville {n}", FIRMINY.latitude + n * 0.001, FIRMINY.longitude) for n in range(1, 6)]
    there = Spot("Roanne", 46.0368, 4.0689)
    named = {text.text for text in drawn(loire(towns=[*here, there]).svg()).iter(f"{SVG}text")}
    assert "Roanne" in named
    assert "Firminy" in named
    assert len([name for name in named if name.startswith("Ville")]) < 5


# --- a department -----------------------------------------------------------------------------------------
def test_the_land_is_one_picture_with_its_words_and_the_pins_are_links_beside_it():
    root = drawn(loire().svg())
    picture = root.find(f"{SVG}g")
    assert (picture.get("role"), picture.get("aria-label")) == ("img", "Carte de la Loire")
    assert list(picture.iter(f"{SVG}a")) == []
    links = root.findall(f"{SVG}a")
    assert [link.get("href") for link in links] == ["#garage-1", "#garage-2", "#garage-3"]
    assert [link.get("aria-label") for link in links] == ["1, Garage 1", "2, Garage 2", "3, Garage 3"]
    assert [link.find(f"{SVG}text").text for link in links] == ["1", "2", "3"]


def test_each_kind_of_garage_has_a_shape_of_its_own():
    shapes = {}
    for look in Look:
        link = drawn(loire(pins=pins(1, look)).svg()).find(f"{SVG}a")
        shapes[look] = [part.tag.removeprefix(SVG) for part in link if part.get("class") in ("pin-sign", "pin-bar")]
    assert shapes[Look.FULL] == ["circle", "path"]
    assert shapes[Look.FAR] == ["rect"]
    # filled or hollow: told apart by lightness, and by the heading of the list
    assert shapes[Look.PROPOSED] == shapes[Look.MORE] == ["circle"]


def test_what_is_far_over_the_border_is_in_sight():
    paris = Pin(1, Spot("Garage", 48.8573, 2.3201), "1", "#garage-1", Look.FAR)
    room = drawn(loire(pins=[paris]).svg()).find(f"{SVG}a").find(f"{SVG}circle")
    assert 0 < float(room.get("cx")) < 480
    assert 0 < float(room.get("cy")) < 560


@pytest.mark.parametrize("code", sorted(outlines()))
def test_every_department_is_well_formed_small_and_within_the_content_policy(code):
    ring = outlines()[code].rings[0]
    middle = Point(sum(p.x for p in ring) / len(ring), sum(p.y for p in ring) / len(ring))
    # a home near the middle of the outline: longitude is linear, latitude close enough between two known ones
    home = Spot("Ici", 46.5 - (middle.y - project(46.5, 0).y) / 60, (middle.x - project(0, 0).x) / 41.509)
    svg = DepartmentMap(code, home, "Carte", [Reach(30, "30 km")], pins(5, home=home)).svg()
    drawn(svg)
    assert not re.search(r"style=|<style|<script| on\w+=", svg)
    assert "map-own" in svg
    assert len(gzip.compress(svg.encode())) < 7500


def test_a_department_without_outline_is_drawn_from_its_communes():
    home = Spot("Fort-de-France", 14.6074, -61.0694)
    communes = [home, Spot("Le Marin", 14.47, -60.87), Spot("Basse-Pointe", 14.87, -61.12)]
    drawing = DepartmentMap("972", home, "Carte", [Reach(30, "30 km")], pins(2, home=home), points=communes)
    root = drawn(drawing.svg())
    assert not drawing.has_outline
    assert len([part for part in root.iter(f"{SVG}circle") if part.get("class") == "map-commune"]) == 3
    assert "map-own" not in drawing.svg()


def test_names_are_escaped():
    evil = '"><script>alert(1)</script>\x00'
    pin = Pin(1, Spot(evil, 45.4, 4.3), evil, f"#{evil}")
    svg = DepartmentMap(
        "42", FIRMINY._replace(name=evil), evil, [Reach(30, evil)], [pin], [Spot(evil, 45.7, 4.2)]
    ).svg()
    drawn(svg)
    assert "<script" not in svg


# --- France -----------------------------------------------------------------------------------------------
def france():
    levels = {code: index % 5 for index, code in enumerate(outlines())}
    said = {code: f"{one.name} : {index}" for index, (code, one) in enumerate(outlines().items())}
    return FranceMap(levels, said, "Garages par département", "Cinq classes.")


def test_every_department_is_drawn_once_and_the_four_smallest_twice():
    titles = [title.text for title in drawn(france().svg()).iter(f"{SVG}title")][1:]
    assert len(set(titles)) == 96
    assert len(titles) == 100


def test_each_class_has_its_own_pattern_and_an_area_that_of_its_class():
    map_ = france()
    root = drawn(map_.svg())
    tiles = {tile.get("id"): ElementTree.tostring(tile) for tile in root.iter(f"{SVG}pattern")}
    assert sorted(tiles) == [f"france-{level}" for level in range(5)]
    shapes = {ident: re.sub(rb"fill-\w+|france-\d", b"", tile) for ident, tile in tiles.items()}
    # what colour does not tell, dots and hatching tell; the plain ones are the lightest and the darkest
    assert len(set(shapes.values())) == 4
    assert map_.fill("01") == "url(#france-0)"
    assert map_.fill("971") == "url(#france-0)"


def test_the_map_of_france_is_small_and_within_the_content_policy():
    svg = france().svg()
    assert len(gzip.compress(svg.encode())) < 10_000
    assert not re.search(r"style=|<style|<script| on\w+=", svg)


def test_a_path_is_short_and_does_not_drift():
    ring = [Point(0.04, 0.04), Point(0.09, 0.08), Point(10.5, 3), Point(-4, -0.5)]
    assert path([ring]) == "M0 0l.1 .1 10.4 2.9-14.5-3.5z"
    assert path([ring], decimals=0) == "M0 0l10 3-14-3z"
