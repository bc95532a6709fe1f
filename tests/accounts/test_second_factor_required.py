"""Pilots and administrators set up the second factor before anything else, keep it, and may lose it."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from mobiliz.accounts import second_factor
from mobiliz.accounts.models import User
from mobiliz.accounts.roles import Role
from mobiliz.lib.refusals import Refused
from tests.accounts.telephone import ACTIVATE, OFF
from tests.cast import actor, sign_in
from tests.factories.accounts import PASSWORD, MembershipFactory
from tests.post_office import delivered


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def by_password(member):
    client = Client()
    client.post("/connexion/", {"login": member.user.email, "password": PASSWORD})
    return client


REQUIRED = {"pilot", "regional_pilot", "administrator"}
OTHERS = {"adviser", "workshop", "owner", "reception", "volunteer"}


@pytest.mark.parametrize("name", sorted(REQUIRED | OTHERS))
def test_who_must_have_it_is_led_to_set_it_up_from_every_page(member, name):
    client = by_password(member(name))
    for url in ("/bureau/", "/garages/", "/comptes/"):
        answer = client.get(url)
        assert (answer.headers.get("Location") == ACTIVATE) == (name in REQUIRED), url


def test_nothing_is_done_before_either(pilot, garage):
    client = by_password(pilot)
    before = garage.statuses.count()
    answer = client.post(f"/garages/{garage.uid}/statut/", {"status": "paused", "reason": "essai"})
    assert answer.headers["Location"] == ACTIVATE
    assert garage.statuses.count() == before


def test_the_page_says_why_and_offers_the_way_out(pilot):
    page = by_password(pilot).get(ACTIVATE).content.decode()
    assert "Votre rôle la demande" in page
    assert 'action="/deconnexion/"' in page


def test_what_concerns_oneself_stays_open(pilot):
    client = by_password(pilot)
    assert client.get("/compte/").status_code == 200
    assert client.post("/deconnexion/").headers["Location"] == "/"


def test_it_is_asked_of_a_pilot_who_works_as_something_else_now(adviser):
    MembershipFactory(user=adviser.user, role=Role.PILOT)
    assert sign_in(Client(), adviser).get("/bureau/").headers["Location"] == ACTIVATE


def test_once_set_up_every_page_opens(pilot, switch_on):
    client = by_password(pilot)
    switch_on(client)
    assert client.get("/bureau/").status_code == 200


def test_it_costs_no_query_once_the_session_knows(pilot, settings, django_assert_num_queries):
    Authenticator.objects.create(user=pilot.user, type="totp", data={})
    client = sign_in(Client(), pilot)
    client.get("/communes/")
    with django_assert_num_queries(2):  # session and user
        client.get("/communes/")


def test_who_must_have_it_cannot_switch_it_off(pilot, switch_on):
    client = by_password(pilot)
    switch_on(client)
    assert "elle reste active" in client.get(OFF).content.decode()
    client.post(OFF)
    assert second_factor.is_on(pilot.user)
    assert OFF not in client.get("/compte/").content.decode()


def test_a_superuser_must_have_it_too(db):
    user = User.objects.create_superuser("racine@mobiliz.example", PASSWORD, first_name="R", last_name="O")
    client = Client()
    client.force_login(user)
    assert client.get("/bureau/").headers["Location"] == ACTIVATE


def test_systems_are_not_asked(client, db):
    assert client.get("/api/v1/garages/").status_code == 401


def test_the_demonstration_does_not_ask(client, pilot, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    assert sign_in(client, pilot).get("/bureau/").status_code == 200


# --- lost -------------------------------------------------------------------------------------------------
@pytest.fixture
def protected(adviser):
    """The adviser with a second factor, at work."""
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=adviser.user, type=kind, data={})
    return adviser


def test_an_administrator_resets_it_and_the_person_is_told(protected, administrator):
    at_work = sign_in(Client(), protected)
    second_factor.reset(protected.user, by=actor(administrator))
    assert not Authenticator.objects.filter(user=protected.user).exists()
    assert at_work.get("/compte/").status_code == 302
    (mail,) = delivered()
    assert protected.user.email in mail.to[0]
    assert "remise à zéro" in mail.subject


def test_there_is_nothing_to_reset_twice(protected, administrator):
    second_factor.reset(protected.user, by=actor(administrator))
    with pytest.raises(Refused, match="pas de double authentification"):
        second_factor.reset(protected.user, by=actor(administrator))


def test_the_administrator_does_it_from_the_page_of_the_account(protected, administrator, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    desk = sign_in(Client(), administrator)
    url = f"/comptes/{protected.user.uid}/"
    assert "rappelez-la sur sa ligne directe" in desk.get(url).content.decode()
    desk.post(f"{url}double-authentification/")
    assert not second_factor.is_on(protected.user)
