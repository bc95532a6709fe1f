"""Wrong passwords from many addresses: guessing ends, and nobody is locked out by it."""

from datetime import datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from mobiliz.accounts import ceiling
from mobiliz.accounts.links import password_url
from mobiliz.lib.clock import PARIS
from tests.accounts.telephone import VERIFY, later
from tests.factories.accounts import PASSWORD

EMAIL = "conseillere@wimoov.example"
CEILING = "Trop de mots de passe faux ont été essayés aujourd’hui sur ce compte."
WRONG = "est faux"


def enter(client, password=PASSWORD, email=EMAIL):
    return client.post("/connexion/", {"login": email, "password": password})


def told(answer):
    return str(answer.context["form"].non_field_errors()[0])


@pytest.fixture
def known(adviser):
    """A browser in which the adviser signed in before."""
    browser = Client()
    enter(browser)
    browser.post("/deconnexion/")
    return browser


@pytest.fixture
def guessed(adviser):
    """A hundred wrong passwords since midnight, from a hundred addresses."""
    for _attempt in range(ceiling.PASSWORDS.amount):
        ceiling.count_failure(EMAIL)


def test_each_wrong_password_counts_from_wherever_it_comes(client, adviser, monkeypatch):
    monkeypatch.setattr(ceiling, "PASSWORDS", ceiling.Limit("few", 3, ceiling.DAY))
    for number in range(3):
        answer = client.post(
            "/connexion/", {"login": EMAIL.upper(), "password": "faux"}, REMOTE_ADDR=f"203.0.113.{number}"
        )
        assert WRONG in told(answer)
    assert told(enter(client)).startswith(CEILING)


def test_a_new_browser_needs_more_than_the_password(client, guessed):
    assert told(enter(client)).startswith(CEILING)
    assert client.get("/bureau/").status_code == 302


def test_right_and_wrong_known_and_unknown_are_told_the_same(client, guessed):
    for _attempt in range(ceiling.PASSWORDS.amount):
        ceiling.count_failure("personne@nulle-part.example")
    answers = [enter(client), enter(client, "faux"), enter(client, email="personne@nulle-part.example")]
    assert len({told(answer) for answer in answers}) == 1


def test_in_a_browser_where_one_was_before_the_password_still_opens(known, guessed):
    assert enter(known).headers["Location"] == "/bureau/"


def test_the_browser_of_someone_else_is_not_ones_own(client, guessed, other_adviser):
    enter(client, email=other_adviser.user.email)
    client.post("/deconnexion/")
    assert told(enter(client)).startswith(CEILING)


def test_a_forged_cookie_is_no_known_browser(client, guessed):
    client.cookies["appareil"] = "x" * 32
    assert told(enter(client)).startswith(CEILING)


def test_with_a_second_factor_the_code_is_asked_for(client, guessed, adviser):
    Authenticator.objects.create(user=adviser.user, type="totp", data={})
    assert enter(client).headers["Location"].startswith(VERIFY)


def test_a_password_chosen_by_the_link_in_the_mail_opens_at_once(client, guessed, adviser):
    path = password_url(adviser.user).removeprefix("http://127.0.0.1:8000")
    form = client.get(path, follow=True).redirect_chain[-1][0]
    new = "une tout autre phrase"
    client.post(form, {"password1": new, "password2": new})
    assert enter(Client(), new).headers["Location"] == "/bureau/"


def test_the_next_day_counts_from_zero(client, guessed):
    with later(days=1):
        assert enter(client).headers["Location"] == "/bureau/"


def test_who_must_wait_is_told_until_when(client, adviser):
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=PARIS), tick=False):
        for _attempt in range(5):
            enter(client, "faux")
        assert "réessayez à partir de 9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}05" in told(enter(client))
