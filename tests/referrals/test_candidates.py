"""Which garages are proposed, which are shown beside them, and which never."""

import pytest

from referrals import transitions
from referrals.candidates import Search, candidate, candidates
from referrals.delays import CIRCLES_KM
from referrals.models import Referral
from referrals.reach import FARTHEST_AGREED_KM
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import ContactFactory, GarageFactory

pytestmark = pytest.mark.django_db

# As far north of Saint-Étienne as their name says, in kilometres
HOME = (45.4396, 4.3875)


def at_km(km, **facts):
    return GarageFactory(name=f"{km} km", latitude=HOME[0] + km / 111.195, longitude=HOME[1], **facts)


def names(rows):
    return [one.garage.name for one in rows]


def find(referral, member, **search):
    return candidates(referral, by=actor(member), search=Search(**search))


@pytest.fixture
def near(adviser):
    """A person at Saint-Étienne who agrees to 30 km."""
    return journey.ready(adviser, distance_agreed_km=30)


def fill(garage, adviser):
    for name in ("Un", "Deux"):
        journey.sent(adviser, garage, first_name=name)


# --- proposed ---------------------------------------------------------------------------------------------
def test_the_five_nearest_with_a_place_are_proposed_the_next_are_shown_after_them(near, adviser):
    for km in (25, 5, 20, 1, 15, 10, 28):
        at_km(km)
    found = find(near, adviser, km=30)
    assert names(found.proposed) == ["1 km", "5 km", "10 km", "15 km", "20 km"]
    assert names(found.more) == ["25 km", "28 km"]
    # they are shown once they are asked for
    assert (names(find(near, adviser).shown), find(near, adviser).hidden) == (names(found.proposed), 2)


def test_a_full_garage_is_shown_and_not_proposed(near, adviser):
    full = at_km(3)
    at_km(9)
    fill(full, adviser)
    found = find(near, adviser, km=30)
    assert names(found.proposed) == ["9 km"]
    assert [(one.garage.name, one.is_full) for one in found.more] == [("3 km", True)]
    assert not found.are_all_full


def test_what_is_beyond_the_distance_agreed_is_never_proposed(near, adviser):
    at_km(10)
    at_km(45)
    found = find(near, adviser, km=60)
    assert names(found.proposed) == ["10 km"]
    assert names(found.more) == ["45 km"]
    assert found.more[0].least_word_km == 45


@pytest.mark.parametrize("status", ["paused", "closed", "invited"])
def test_only_active_garages_are_shown(near, adviser, status):
    at_km(10, status=status)
    assert find(near, adviser).shown == []


def test_a_garage_that_the_structure_knows_stands_first_with_the_last_day(near, adviser, agency_adviser, workshop):
    at_km(1)
    known = journey.accepted(agency_adviser, workshop, first_name="Samir")
    with journey.days_ago(20):
        journey.accepted(adviser, workshop, first_name="Awa")
    found = find(near, adviser)
    assert names(found.proposed) == ["Garage de la Loire", "1 km"]
    assert found.proposed[0].last_asked_at == known.put_at
    assert found.proposed[1].last_asked_at is None


def test_a_garage_that_another_structure_knows_or_that_never_took_it_on_is_not_known(
    near, adviser, other_adviser, workshop
):
    journey.accepted(other_adviser, workshop)
    journey.sent(adviser, journey.garage_of(workshop), first_name="Samir")
    assert [one.last_asked_at for one in find(near, adviser).proposed] == []
    assert [one.last_asked_at for one in find(near, adviser).more] == [None]


def test_who_was_asked_before_and_did_not_take_it_is_left_out_with_a_word_why(adviser, workshop, garage):
    referral = journey.declined(adviser, workshop, distance_agreed_km=30).referral
    at_km(10)
    found = find(referral, adviser)
    assert names(found.shown) == ["10 km"]
    assert [(one.garage, one.end, one.end_reason) for one in found.asked_before] == [
        (garage, "declined", "no_capacity")
    ]
    assert candidate(referral, garage, by=actor(adviser)) is None


def test_a_referral_taken_back_may_go_to_the_same_garage_again(adviser, garage):
    referral = journey.sent(adviser, garage).referral
    transitions.unsend(referral, by=actor(adviser))
    found = find(referral, adviser)
    assert names(found.proposed) == [garage.name]
    assert found.asked_before == []


# --- how far it looks -------------------------------------------------------------------------------------
def test_it_looks_as_far_as_agreed_and_says_how_far_the_next_one_is(near, adviser):
    at_km(10)
    at_km(45)
    found = find(near, adviser)
    assert names(found.shown) == ["10 km"]
    assert (found.looked_km, found.next_km) == (30, 60)


@pytest.mark.parametrize(("nearest", "looked"), [(45, 60), (80, 100), (150, 200)])
def test_where_nothing_is_within_reach_it_looks_to_the_nearest(near, adviser, nearest, looked):
    at_km(nearest)
    found = find(near, adviser)
    assert names(found.shown) == [f"{nearest} km"]
    assert found.looked_km == looked
    assert looked in (*CIRCLES_KM, FARTHEST_AGREED_KM)


def test_where_all_within_reach_are_full_it_looks_on_and_says_so(near, adviser):
    full = at_km(10)
    fill(full, adviser)
    at_km(50)
    found = find(near, adviser)
    assert found.are_all_full
    assert names(found.shown) == ["10 km", "50 km"]


def test_a_search_finds_a_garage_by_name_or_commune_however_far(near, adviser, other_garage):
    at_km(10)
    lyon = GarageFactory(name="Mécanique Lumière", at="69123")
    assert names(find(near, adviser, text="lumiere").shown) == [lyon.name]
    assert names(find(near, adviser, text="LYON").shown) == [lyon.name]
    # farther than anybody is asked to go
    assert find(near, adviser, text="Creuse").shown == []


def test_a_search_does_not_change_what_is_proposed(near, adviser):
    at_km(10)
    lyon = GarageFactory(name="Mécanique Lumière", at="69123")
    found = find(near, adviser, text="lumiere")
    assert names(found.proposed) == ["10 km"]
    assert found.shown_proposed == []
    assert found.is_other(found.with_uid(lyon.uid))
    assert not found.is_other(find(near, adviser, text="10 km").shown_proposed[0])


# --- never across the sea ---------------------------------------------------------------------------------
def test_from_corsica_only_corsica_is_shown_and_the_other_way_round(adviser):
    GarageFactory(name="Ajaccio", at="2A004")
    GarageFactory(name="Nice", at="06088")
    assert names(find(journey.ready(adviser, at="2B033"), adviser).shown) == ["Ajaccio"]
    assert names(find(journey.ready(adviser, at="06088", last_name="Nice"), adviser).shown) == ["Nice"]


def test_each_overseas_department_is_for_itself(adviser):
    GarageFactory(name="Martinique", at="97209")
    GarageFactory(name="La Réunion", at="97411")
    assert names(find(journey.ready(adviser, at="97209"), adviser).shown) == ["Martinique"]
    assert names(find(journey.ready(adviser, at="97415", last_name="R"), adviser).shown) == ["La Réunion"]


def test_an_island_without_a_bridge_is_for_itself(adviser):
    GarageFactory(name="Quiberon", at="56186")
    on_the_island = journey.ready(adviser, at="56152")
    found = find(on_the_island, adviser)
    assert found.shown == []
    assert found.land.is_small_island
    GarageFactory(name="Belle-Île", at="56152")
    assert names(find(on_the_island, adviser).shown) == ["Belle-Île"]
    assert names(find(journey.ready(adviser, at="56186", last_name="Q"), adviser).shown) == ["Quiberon"]


# --- what it costs and shows ------------------------------------------------------------------------------
def test_direct_lines_are_those_whom_the_actor_may_call(near, adviser, pilot):
    garage = at_km(10)
    contact = ContactFactory(garage=garage)
    ContactFactory(garage=garage, rank=2)
    for member in (adviser, pilot):
        shown = find(near, member).shown[0].garage.shown_contacts
        assert shown[0] == contact


def test_one_or_fifty_garages_cost_the_same_queries(near, adviser, django_assert_num_queries):
    at_km(10)
    by = actor(adviser)
    near = Referral.objects.for_step(by).get()
    with django_assert_num_queries(7):
        candidates(near, by=by)
    for km in range(1, 30):
        at_km(km / 2)
    with django_assert_num_queries(7):
        candidates(near, by=by)
    with django_assert_num_queries(7):
        candidates(near, by=by, search=Search(text="km"))


def test_a_distance_never_seems_to_be_within_what_it_is_beyond(near, adviser):
    at_km(30.4)
    one = find(near, adviser).shown[0]
    assert not one.is_within_agreed
    assert one.shown_km == 31
