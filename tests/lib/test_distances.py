"""Crow-fly distances between towns, and the box around a circle."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mobiliz.lib.distances import bounding_box, haversine_km

PARIS, LYON, BREST = (48.8566, 2.3522), (45.7640, 4.8357), (48.3904, -4.4861)
SAINT_DENIS = (-20.8789, 55.4481)
latitudes, longitudes = st.floats(-60, 60), st.floats(-170, 170)


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [(PARIS, PARIS, 0), (PARIS, LYON, 391.5), (PARIS, BREST, 505.3), (PARIS, SAINT_DENIS, 9352)],
)
def test_distances_between_known_towns(here, there, km):
    assert haversine_km(*here, *there) == pytest.approx(km, rel=0.002)


@given(latitudes, longitudes, latitudes, longitudes)
def test_there_is_as_far_as_back(lat1, lon1, lat2, lon2):
    assert haversine_km(lat1, lon1, lat2, lon2) == pytest.approx(haversine_km(lat2, lon2, lat1, lon1), abs=1e-6)


@given(latitudes, longitudes, latitudes, longitudes)
def test_opposite_positions_are_half_the_globe_apart_at_most(lat1, lon1, lat2, lon2):
    assert 0 <= haversine_km(lat1, lon1, lat2, lon2) <= 20_016


@given(latitudes, longitudes, st.floats(0, 150), st.floats(-2, 2), st.floats(-3, 3))
def test_whatever_is_near_enough_is_in_the_box(lat, lon, km, north, east):
    assume(haversine_km(lat, lon, lat + north, lon + east) <= km)
    box = bounding_box(lat, lon, km)
    assert box.south <= lat + north <= box.north
    assert box.west <= lon + east <= box.east


def test_the_box_is_hardly_larger_than_the_circle():
    box = bounding_box(*PARIS, 30)
    assert haversine_km(*PARIS, box.north, PARIS[1]) == pytest.approx(30, abs=0.01)
    assert haversine_km(*PARIS, PARIS[0], box.east) == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize(("lat", "km"), [(48.0, -1), (89.9, 100)])
def test_a_negative_distance_and_a_pole_are_refused(lat, km):
    with pytest.raises(ValueError, match=r"distance|pole"):
        bounding_box(lat, 2.0, km)
