"""The directory as partners' systems read it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from garages.models import Garage, Level
from mobiliz.lib import clock
from tests.api.problems import problem
from tests.factories.garages import DistributionGroupFactory, GarageFactory
from tests.factories.partners import StructureFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/garages/"


def test_a_garage_is_told_with_its_places_and_status(caller):
    garage = GarageFactory(
        name="Garage de la Loire",
        level=Level.RA1,
        group=DistributionGroupFactory(name="Groupe Loire"),
        siret="39384949900013",
        at="42218",
    )
    expected = {
        "id": str(garage.uid),
        "name": "Garage de la Loire",
        "level": "RA1",
        "status": "active",
        "siret": "39384949900013",
        "group": "Groupe Loire",
        "address": "1 rue de la Gare",
        "postcode": "42000",
        "commune": {"code": "42218", "name": "Saint-Étienne"},
        "department": {"code": "42", "name": "Loire"},
        "region": {"code": "84", "name": "Auvergne-Rhône-Alpes"},
        "latitude": 45.4396,
        "longitude": 4.3875,
        "phone": "+33477123456",
        "weekly_cap": 2,
        "works": [],
        "brands": "",
        "services": [],
        "distance_km": None,
        "updated_at": garage.updated_at.isoformat(),
    }
    assert caller.get(f"{ADDRESS}{garage.uid}/").json() == expected
    assert caller.get(ADDRESS).json() == {"results": [expected], "next": None}


def test_a_garage_that_left_is_no_longer_told(caller):
    gone = GarageFactory(status="closed")
    assert caller.ids(ADDRESS) == []
    problem(caller.get(f"{ADDRESS}{gone.uid}/"), 404, "not_found")


def test_a_garage_that_does_not_exist_is_not_found(caller):
    problem(caller.get(f"{ADDRESS}{uuid4()}/"), 404, "not_found")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"Loire", "Creuse", "Martinique"}),
        ({"region": "84"}, {"Loire"}),
        ({"department": "23"}, {"Creuse"}),
        ({"region": "84", "department": "23"}, set()),
        ({"level": "RA1"}, {"Creuse"}),
        ({"near": "45.5,4.4"}, {"Loire"}),
        ({"near": "45.5,4.4", "within_km": "300"}, {"Loire", "Creuse"}),
        ({"near": "45.5,4.4", "within_km": "1"}, set()),
        ({"region": ""}, {"Loire", "Creuse", "Martinique"}),
    ],
)
def test_a_list_is_narrowed_to_what_was_asked(caller, asked, expected):
    GarageFactory(name="Loire", at="42218", level="RA2")
    GarageFactory(name="Creuse", at="23096", level="RA1")
    GarageFactory(name="Martinique", at="97209", level="RA2")
    assert {row["name"] for row in caller.get(ADDRESS, **asked).json()["results"]} == expected


def test_distance_is_told_where_a_place_was_named(caller):
    GarageFactory(at="69123")
    found = caller.get(ADDRESS, near="45.4396,4.3875", within_km="100").json()["results"]
    assert [row["distance_km"] for row in found] == [50.4]


@pytest.mark.parametrize("near", ["", ",", "45", "45,4,3", "nan,nan", "91,0", "45,181", "inf,0", "quarante,quatre"])
def test_a_place_is_latitude_and_longitude_in_degrees(caller, near):
    refused = caller.get(ADDRESS, near=near)
    assert refused.status_code == (400 if near else 200)


def test_what_changed_since_a_moment_is_asked_with_or_without_a_quoted_plus(caller):
    old = GarageFactory()
    Garage.objects.update(updated_at=clock.now() - timedelta(days=3))
    new = GarageFactory()
    since = (clock.now() - timedelta(days=1)).isoformat()
    assert caller.ids(ADDRESS, updated_since=since) == [str(new.uid)]
    unquoted = caller.http.get(f"{ADDRESS}?updated_since={since}").json()
    assert [row["id"] for row in unquoted["results"]] == [str(new.uid)]
    assert len(caller.ids(ADDRESS, updated_since=date(2020, 1, 1).isoformat())) == 2
    assert old != new


def test_the_answer_to_updated_since_its_own_moment_holds_the_row(caller, garage):
    moment = caller.get(ADDRESS).json()["results"][0]["updated_at"]
    assert caller.ids(ADDRESS, updated_since=moment) == [str(garage.uid)]


def queries(caller, address, **asked):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert caller.get(address, **asked).status_code == 200
    return len(seen)


def test_fifty_garages_cost_as_many_queries_as_one(caller, structure):
    GarageFactory(at="42218")
    asked = {"near": "45.4396,4.3875", "region": "84", "department": "42"}
    one = queries(caller, ADDRESS, **asked)
    for number in range(49):
        GarageFactory(at="42218", group=DistributionGroupFactory(name=f"Groupe {number}"))
    assert queries(caller, ADDRESS, **asked) == one <= 4
    assert queries(caller, ADDRESS) == 2


def test_every_partner_reads_the_same_directory(call_as, garage, other_garage):
    expected = {str(garage.uid), str(other_garage.uid)}
    for _ in range(2):
        assert set(call_as(StructureFactory()).ids(ADDRESS)) == expected
