"""Who sees which garages, and whose direct lines."""

import pytest

from garages.models import Contact, Garage, Status
from garages.permissions import can_edit, can_see_follow_up
from mobiliz.accounts.actors import ANONYMOUS, SYSTEM, Actor
from tests import cast
from tests.factories.garages import ContactFactory, GarageFactory

EVERY_STATUS = {status.value for status in Status}
LISTED = {"active", "paused"}


@pytest.fixture
def directory(db):
    """A garage in each status at Saint-Étienne and at Guéret, each with one contact."""
    for at in ("42218", "23096"):
        for status in Status:
            made = GarageFactory(name=f"{at} {status}", at=at, status=status)
            ContactFactory(garage=made)


def _seen(actor):
    return {tuple(garage.name.split()) for garage in Garage.objects.visible_to(actor)}


def _both(statuses):
    return {(at, status) for at in ("42218", "23096") for status in statuses}


@pytest.mark.parametrize(
    ("who", "places", "statuses"),
    [
        ("pilot", ("42218", "23096"), EVERY_STATUS),
        ("regional_pilot", ("42218",), EVERY_STATUS),
        ("other_regional_pilot", ("23096",), EVERY_STATUS),
        ("adviser", ("42218", "23096"), LISTED),
        ("other_adviser", ("42218", "23096"), LISTED),
        ("volunteer", ("42218", "23096"), LISTED),
        ("administrator", (), set()),
        ("stranger", (), set()),
    ],
)
def test_each_role_sees_its_part_of_the_directory(directory, member, who, places, statuses):
    assert _seen(cast.actor(member(who))) == {(at, status) for at in places for status in statuses}


@pytest.mark.parametrize("who", ["workshop", "owner", "reception"])
def test_a_garage_sees_the_others_listed_and_itself_whatever_its_status(directory, member, garage, who):
    actor = cast.actor(member(who))
    for status in Status:
        garage.statuses.update(status=status)
        seen = Garage.objects.visible_to(actor)
        assert garage in seen
        assert {one.name for one in seen if one != garage} == {f"{at} {listed}" for at, listed in _both(LISTED)}


def test_the_system_sees_everything_and_nobody_in_particular_nothing(directory):
    assert _seen(SYSTEM) == _both(EVERY_STATUS)
    assert _seen(ANONYMOUS) == set()


@pytest.mark.parametrize(("scopes", "statuses"), [({"directory:read"}, {"active"}), ({"referrals:read"}, set())])
def test_a_partners_system_sees_active_garages_if_it_may_read_the_directory(directory, scopes, statuses):
    client = Actor.api_client(client=None, scopes=frozenset(scopes))
    assert _seen(client) == _both(statuses)


@pytest.mark.parametrize(
    ("who", "garages"),
    [
        ("pilot", {(at, status) for at in ("42218", "23096") for status in EVERY_STATUS}),
        ("regional_pilot", {("42218", status) for status in EVERY_STATUS}),
        ("adviser", {(at, status) for at in ("42218", "23096") for status in LISTED}),
        ("workshop", set()),
        ("volunteer", set()),
        ("administrator", set()),
        ("stranger", set()),
    ],
)
def test_direct_lines_are_for_pilots_and_advisers(directory, member, who, garages):
    contacts = Contact.objects.visible_to(cast.actor(member(who))).select_related("garage")
    assert {tuple(contact.garage.name.split()) for contact in contacts} == garages


@pytest.mark.parametrize("who", ["workshop", "owner", "reception"])
def test_a_garage_sees_its_own_direct_lines(directory, member, garage, who):
    own = ContactFactory(garage=garage)
    assert list(Contact.objects.visible_to(cast.actor(member(who)))) == [own]


def test_a_partners_system_sees_no_direct_line(directory):
    client = Actor.api_client(client=None, scopes=frozenset({"directory:read"}))
    assert not Contact.objects.visible_to(client).exists()


@pytest.mark.parametrize(
    ("who", "here", "elsewhere"),
    [
        ("pilot", True, True),
        ("regional_pilot", True, False),
        ("other_regional_pilot", False, True),
        ("adviser", False, False),
        ("owner", False, False),
        ("volunteer", False, False),
        ("administrator", False, False),
        ("stranger", False, False),
    ],
)
def test_who_may_edit(member, garage, other_garage, who, here, elsewhere):
    actor = cast.actor(member(who))
    assert (can_edit(actor, garage), can_edit(actor, other_garage)) == (here, elsewhere)


@pytest.mark.parametrize(
    ("who", "sees"),
    [("pilot", True), ("regional_pilot", True), ("owner", True), ("adviser", False), ("volunteer", False)],
)
def test_how_a_garage_joined_is_for_pilots_and_itself(member, garage, who, sees):
    assert can_see_follow_up(cast.actor(member(who)), garage) is sees


def test_another_garage_does_not_see_how_it_joined(other_garage_workshop, garage):
    assert not can_see_follow_up(cast.actor(other_garage_workshop), garage)


def test_no_garage_is_found_twice_however_long_its_history(garage, adviser, workshop):
    line = garage.statuses.get()
    line.until_on = line.from_on
    line.save()
    garage.statuses.create(status="active", from_on=line.from_on)
    for member in (adviser, workshop):
        assert Garage.objects.visible_to(cast.actor(member)).count() == 1
