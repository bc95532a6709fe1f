"""Distances in SQL are those of the pure module."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from garages.models import Garage
from mobiliz.lib.distances import haversine_km
from mobiliz.territory.models import Commune
from tests.factories.garages import GarageFactory
from tests.factories.territory import COMMUNES, commune

PLACES = {code: (row[4], row[5]) for code, row in COMMUNES.items()}
anywhere = st.one_of(
    st.sampled_from(sorted(PLACES.values())),
    st.tuples(st.floats(41.0, 51.5), st.floats(-5.5, 10.0)),  # mainland
    st.tuples(st.floats(-22.0, 17.0), st.floats(-62.0, 56.0)),  # overseas
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=anywhere, km=st.floats(0, 1500))
def test_the_same_communes_at_the_same_distance(position, km):
    found = {one.code: one.distance_km for one in Commune.objects.within_km(*position, km)}
    exact = {code: haversine_km(*position, *place) for code, place in PLACES.items()}
    for code, distance in exact.items():
        if code in found:
            assert found[code] == pytest.approx(distance, abs=1e-6)
        else:
            assert distance > km - 1e-6


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=anywhere)
@example(position=(5e-324, -5e-324))
def test_the_nearest_come_first_and_none_is_across_an_ocean(position):
    distances = [one.distance_km for one in Commune.objects.nearest_to(*position)]
    assert all(near <= far for near, far in pairwise(distances))
    assert all(distance <= 500 for distance in distances)


@pytest.mark.parametrize(
    ("code", "zone"), [("42218", "metro"), ("2A004", "metro"), ("97411", "drom"), ("97209", "drom")]
)
def test_mainland_and_overseas_do_not_mix(db, code, zone):
    here = commune(code)
    near = Commune.objects.nearest_to(here.latitude, here.longitude).select_related("department")
    assert {one.department.zone for one in near} == {zone}
    assert near[0] == here
    assert near[0].distance_km == 0


def test_garages_are_measured_alike(db):
    near, far = GarageFactory(at="42207"), GarageFactory(at="69123")
    GarageFactory(at="97411")
    here = commune("42218")
    found = list(Garage.objects.nearest_to(here.latitude, here.longitude))
    assert found == [near, far]
    assert round(found[0].distance_km) == 11
    assert list(Garage.objects.within_km(here.latitude, here.longitude, 30)) == [near]
