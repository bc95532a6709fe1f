"""A person with several memberships works as one of them at a time."""

from datetime import date

import pytest

from mobiliz.accounts.roles import Role
from tests.cast import actor, sign_in
from tests.factories.accounts import MembershipFactory

URL = "/comptes/travailler-en-tant-que/"


@pytest.fixture
def also_volunteer(adviser):
    """The adviser is a volunteer too."""
    return MembershipFactory(user=adviser.user, role=Role.VOLUNTEER)


def test_one_works_as_the_oldest_until_one_chooses(adviser, also_volunteer):
    assert actor(adviser.user).membership == adviser


def test_choosing_another_leads_to_its_desk(client, adviser, also_volunteer):
    answer = sign_in(client, adviser).post(URL, {"membership": str(also_volunteer.uid)})
    adviser.user.refresh_from_db()
    assert answer.headers["Location"] == "/bureau/"
    assert actor(adviser.user).role == Role.VOLUNTEER


def test_the_menu_offers_the_others_only(client, adviser, also_volunteer):
    answer = sign_in(client, also_volunteer).get("/compte/deuxieme-facteur/")
    assert list(answer.context["other_capacities"]) == [adviser]
    assert str(adviser.uid) in answer.content.decode()


def test_an_ended_membership_is_no_longer_a_capacity(adviser, also_volunteer):
    adviser.user.works_as = also_volunteer
    adviser.user.save()
    also_volunteer.ended_on = date(2026, 1, 1)
    also_volunteer.save()
    assert actor(adviser.user).membership == adviser


def test_nobody_works_as_someone_else(client, adviser, pilot):
    answer = sign_in(client, adviser).post(URL, {"membership": str(pilot.uid)})
    adviser.user.refresh_from_db()
    assert answer.status_code == 404
    assert actor(adviser.user).membership == adviser


def test_nobody_works_in_a_place_they_left(client, adviser, also_volunteer):
    also_volunteer.ended_on = date(2026, 1, 1)
    also_volunteer.save()
    assert sign_in(client, adviser).post(URL, {"membership": str(also_volunteer.uid)}).status_code == 404


@pytest.mark.parametrize("membership", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_what_is_no_membership_does_not_exist(client, adviser, membership):
    assert sign_in(client, adviser).post(URL, {"membership": membership}).status_code == 404


def test_an_administrator_may_not_work_as_others_either(client, administrator, adviser):
    assert sign_in(client, administrator).post(URL, {"membership": str(adviser.uid)}).status_code == 404
