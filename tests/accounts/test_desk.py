"""Each role lands on its desk, and the masthead says who one is and where one may go."""

from unittest import mock

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from mobiliz import home
from mobiliz.accounts.actors import ANONYMOUS
from mobiliz.accounts.roles import Role
from tests.cast import sign_in
from tests.factories.accounts import MembershipFactory


@pytest.mark.parametrize("role", Role.values)
def test_each_role_lands_on_its_own_desk(client, db, role):
    member = MembershipFactory(role=role)
    with mock.patch.dict(home.DESKS, {role: lambda request: HttpResponse(f"desk of {role}")}):
        answer = sign_in(client, member).get("/bureau/")
    assert answer.content.decode() == f"desk of {role}"


def test_every_role_has_a_desk_and_doors():
    assert set(home.DESKS) == set(home.DOORS) == set(Role.values)


@pytest.mark.parametrize("role", Role.values)
def test_every_door_of_a_role_opens(client, db, role):
    sign_in(client, MembershipFactory(role=role))
    for door in home.DOORS[role]:
        assert client.get(door.url).status_code == 200, door.url


def test_someone_without_a_role_is_told_whom_to_ask(client, stranger):
    answer = sign_in(client, stranger).get("/bureau/")
    assert answer.status_code == 200
    assert "personne@ailleurs.example" in answer.content.decode()
    assert "pilote RSE de votre région" in answer.content.decode()


def test_the_home_page_leads_signed_in_people_to_their_desk(client, adviser):
    assert sign_in(client, adviser).get("/").headers["Location"] == "/bureau/"


def test_the_door_one_stands_in_is_marked(client, administrator):
    answer = sign_in(client, administrator).get("/comptes/")
    assert [(entry["label"], entry["current"]) for entry in answer.context["nav"]] == [
        ("À faire", False),
        ("Comptes", True),
    ]


def test_nothing_is_looked_up_for_someone_who_is_not_signed_in(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/connexion/")


def test_the_masthead_costs_at_most_one_query_beyond_session_and_user(client, adviser, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user = adviser.user
    from mobiliz.accounts.middleware import ActorMiddleware

    ActorMiddleware(lambda request: HttpResponse())(request)
    with django_assert_num_queries(1):
        context = home.page_context(request)
        assert context["nav"][0]["url"] == "/bureau/"
        assert list(context["other_capacities"]) == []


def test_a_fragment_that_shows_no_masthead_looks_up_nothing(client, adviser, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user, request.actor = adviser.user, ANONYMOUS
    with django_assert_num_queries(0):
        home.page_context(request)


def test_every_address_of_the_navigation_is_known():
    for doors in home.DOORS.values():
        for door in doors:
            assert resolve(door.url)
