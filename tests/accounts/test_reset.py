"""Forgotten passwords: one answer for every address, a link that serves once and not for long."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mobiliz.accounts import links
from mobiliz.accounts.links import password_url
from tests.accounts.telephone import VERIFY, later
from tests.factories.accounts import PASSWORD, UserFactory

ASK = "/compte/mot-de-passe/oublie/"
NEW = "une tout autre phrase"
SITE = "http://127.0.0.1:8000"


def ask(client, email):
    return client.post(ASK, {"email": email})


def follow(url, password=NEW):
    """Open the link in a new browser and choose the password there."""
    browser = Client()
    opened = browser.get(url.removeprefix(SITE), follow=True)
    if not opened.redirect_chain:
        return opened
    return browser.post(opened.redirect_chain[-1][0], {"password1": password, "password2": password}, follow=True)


def opens(email, password):
    return Client().post("/connexion/", {"login": email, "password": password}).status_code == 302


@pytest.fixture
def asked(monkeypatch):
    """What was handed to the worker."""
    seen = []
    monkeypatch.setattr(links.send, "delay", seen.append)
    return seen


def test_the_page_does_the_same_work_for_every_address(client, adviser, asked):
    closed = UserFactory(email="partie@wimoov.example", is_active=False)
    counts, answers = set(), set()
    emails = [adviser.user.email, closed.email, "personne@nulle-part.example"]
    for email in emails:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = ask(client, email)
        counts.add(len(queries))
        answers.add((answer.status_code, answer.headers["Location"]))
    assert asked == emails
    assert (len(counts), len(answers)) == (1, 1)


@pytest.mark.parametrize(
    ("email", "mails"),
    [("conseillere@wimoov.example", 1), ("CONSEILLERE@wimoov.example", 1), ("personne@nulle-part.example", 0)],
)
def test_only_an_account_gets_a_mail(client, adviser, mailoutbox, email, mails):
    ask(client, email)
    assert len(mailoutbox) == mails


def test_a_closed_account_gets_none(client, adviser, mailoutbox):
    adviser.user.is_active = False
    adviser.user.save()
    ask(client, adviser.user.email)
    assert mailoutbox == []


def test_the_mail_holds_a_link_to_our_site_and_says_how_long_it_serves(client, adviser, mailoutbox):
    client.post(ASK, {"email": adviser.user.email}, HTTP_HOST="localhost")
    assert f"{SITE}/compte/mot-de-passe/nouveau/" in mailoutbox[0].body
    assert "pendant 2 heures" in mailoutbox[0].body
    assert "localhost" not in mailoutbox[0].body


def test_the_link_of_the_mail_chooses_a_password_once(client, adviser, mailoutbox):
    ask(client, adviser.user.email)
    url = next(line for line in mailoutbox[0].body.splitlines() if line.startswith(SITE))
    assert "Votre mot de passe est changé" in follow(url).content.decode()
    assert opens(adviser.user.email, NEW)
    assert not opens(adviser.user.email, PASSWORD)
    assert "Ce lien ne sert plus" in follow(url).content.decode()


@pytest.mark.parametrize(
    ("password", "hours", "serves"),
    [
        (PASSWORD, 1.9, True),
        (PASSWORD, 2.1, False),
        (None, 7 * 24 - 0.1, True),
        (None, 7 * 24 + 0.1, False),
    ],
)
def test_a_link_serves_for_two_hours_the_first_one_for_seven_days(db, password, hours, serves):
    user = UserFactory(password=password)
    url = password_url(user)
    with later(hours=hours):
        assert ("Ce lien ne sert plus" not in follow(url).content.decode()) == serves


@pytest.mark.parametrize(
    "change",
    [
        lambda key: key[:-1] + ("a" if key[-1] != "a" else "b"),
        lambda key: "zzzzzz-" + key.partition("-")[2],
        lambda key: key.replace("-", ""),
    ],
)
def test_a_forged_link_opens_nothing(db, adviser, change):
    *rest, key, _ = password_url(adviser.user).split("/")
    assert Client().get(f"/compte/mot-de-passe/nouveau/{change(key)}/", follow=True).status_code in {200, 404}
    follow("/".join([*rest, change(key), ""]))
    assert opens(adviser.user.email, PASSWORD)


def test_a_link_that_was_asked_for_before_the_last_sign_in_is_void(client, adviser):
    url = password_url(adviser.user)
    client.post("/connexion/", {"login": adviser.user.email, "password": PASSWORD})
    assert "Ce lien ne sert plus" in follow(url).content.decode()


def test_the_link_signs_nobody_in_and_the_code_is_asked_for_after(adviser):
    Authenticator.objects.create(user=adviser.user, type="totp", data={})
    follow(password_url(adviser.user))
    browser = Client()
    answer = browser.post("/connexion/", {"login": adviser.user.email, "password": NEW})
    assert answer.headers["Location"].startswith(VERIFY)
    assert browser.get("/compte/").status_code == 302


def test_every_session_ends_and_the_person_is_told(client, adviser, mailoutbox):
    client.post("/connexion/", {"login": adviser.user.email, "password": PASSWORD})
    adviser.user.refresh_from_db()
    follow(password_url(adviser.user))
    assert client.get("/compte/").status_code == 302
    assert "Toutes vos sessions sont fermées" in mailoutbox[-1].body


def test_a_weak_password_is_refused_there_too(adviser):
    page = follow(password_url(adviser.user), "motdepasse1234")
    assert page.context["form"].errors["password1"]
    assert opens(adviser.user.email, PASSWORD)


def test_the_sixth_link_in_a_quarter_of_an_hour_waits_alike_for_every_address(client, adviser, asked):
    for email in (adviser.user.email, "personne@nulle-part.example"):
        answers = [ask(client, email) for _time in range(6)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert answers[-1].headers["Retry-After"] == "900"
        assert "quart d’heure" in answers[-1].content.decode()


def test_the_key_does_not_stay_in_the_address(adviser):
    answer = Client().get(password_url(adviser.user).removeprefix(SITE))
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("-set-password/")
