"""Forgotten passwords: one answer for every address, a link that serves once and not for long."""

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from mobiliz.accounts import links, tasks
from mobiliz.accounts.links import password_url
from mobiliz.accounts.models import LinkRequest
from mobiliz.lib import clock
from mobiliz.outbox.models import Fault, Message
from mobiliz.outbox.tasks import forget_secrets, sweep
from tests.accounts.telephone import VERIFY, later
from tests.factories.accounts import PASSWORD, UserFactory
from tests.post_office import delivered

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


def test_the_page_does_the_same_work_for_every_address(client, adviser):
    closed = UserFactory(email="partie@wimoov.example", is_active=False)
    counts, answers = set(), set()
    emails = [adviser.user.email, closed.email, "personne@nulle-part.example"]
    for email in emails:
        with CaptureQueriesContext(connection) as queries:
            answer = ask(client, email)
        counts.add(tuple(re.sub(r"""'[^']*'|"s\d[^"]*\"""", "?", query["sql"]) for query in queries))
        answers.add((answer.status_code, answer.headers["Location"]))
    assert list(LinkRequest.objects.oldest_first().values_list("email", flat=True)) == emails
    assert not Message.objects.exists()
    assert (len(counts), len(answers)) == (1, 1)


@pytest.mark.parametrize(
    ("email", "mails"),
    [("conseillere@wimoov.example", 1), ("CONSEILLERE@wimoov.example", 1), ("personne@nulle-part.example", 0)],
)
def test_only_an_account_gets_a_mail(client, adviser, email, mails):
    ask(client, email)
    assert len(delivered()) == mails


def test_a_closed_account_gets_none(client, adviser):
    adviser.user.is_active = False
    adviser.user.save()
    ask(client, adviser.user.email)
    assert delivered() == []


def test_the_mail_holds_a_link_to_our_site_and_says_how_long_it_serves(client, adviser):
    client.post(ASK, {"email": adviser.user.email}, HTTP_HOST="localhost")
    (mail,) = delivered()
    assert f"{SITE}/compte/mot-de-passe/nouveau/" in mail.body
    assert "pendant 2 heures" in mail.body
    assert "localhost" not in mail.body


def test_the_link_of_the_mail_chooses_a_password_once(client, adviser):
    ask(client, adviser.user.email)
    url = next(line for line in delivered()[0].body.splitlines() if line.startswith(SITE))
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


def test_every_session_ends_and_the_person_is_told(client, adviser):
    client.post("/connexion/", {"login": adviser.user.email, "password": PASSWORD})
    adviser.user.refresh_from_db()
    follow(password_url(adviser.user))
    assert client.get("/compte/").status_code == 302
    assert "Toutes vos sessions sont fermées" in delivered()[-1].body


def test_a_weak_password_is_refused_there_too(adviser):
    page = follow(password_url(adviser.user), "motdepasse1234")
    assert page.context["form"].errors["password1"]
    assert opens(adviser.user.email, PASSWORD)


def test_the_sixth_link_in_a_quarter_of_an_hour_waits_alike_for_every_address(client, adviser):
    for email in (adviser.user.email, "personne@nulle-part.example"):
        answers = [ask(client, email) for _time in range(6)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert answers[-1].headers["Retry-After"] == "900"
        assert "quart d’heure" in answers[-1].content.decode()


def test_the_key_does_not_stay_in_the_address(adviser):
    answer = Client().get(password_url(adviser.user).removeprefix(SITE))
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("-set-password/")


# --- as a row that is delivered like every other ---------------------------------------------------------
def words_of(moment):
    with clock.moved_to(moment):
        forget_secrets()
    return Message.objects.get().context


def test_what_is_asked_while_the_broker_is_away_is_answered_by_the_sweep(client, adviser):
    with patch("mobiliz.accounts.links.current_app.send_task", side_effect=OperationalError):
        assert ask(client, adviser.user.email).status_code == 302
    assert len(delivered()) == 1
    assert not LinkRequest.objects.exists()


def test_a_question_is_answered_once(client, adviser):
    ask(client, adviser.user.email)
    asked = LinkRequest.objects.get()
    assert [links.answer(asked.pk), links.answer(asked.pk)] == [True, False]
    assert Message.objects.get().about == f"account:{adviser.user.uid}"


def test_of_an_unknown_address_nothing_is_kept(client, db):
    ask(client, "personne@nulle-part.example")
    assert tasks.answer_waiting_requests() == 1
    assert not LinkRequest.objects.exists()
    assert not Message.objects.exists()


def test_the_link_is_sealed_in_the_database_and_in_no_key(client, adviser):
    ask(client, adviser.user.email)
    tasks.answer_waiting_requests()
    path = Message.objects.get().context["url"].removeprefix(SITE).encode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(one)::text, context FROM outbox_message one")
        text, context = cursor.fetchone()
    token = path.decode().rstrip("/").rpartition("/")[2]
    assert token not in text
    assert token.encode() not in bytes(context)


@pytest.mark.parametrize(("password", "serves"), [(PASSWORD, timedelta(hours=2)), (None, timedelta(days=7))])
def test_its_words_are_kept_no_longer_than_the_link_serves(client, db, password, serves):
    user = UserFactory(password=password)
    ask(client, user.email)
    assert len(delivered()) == 1
    now = clock.now()
    assert words_of(now + serves - timedelta(minutes=1)) is not None
    assert words_of(now + serves + timedelta(minutes=1)) is None


def test_a_link_that_could_not_be_delivered_in_time_is_not_sent_dead(client, adviser):
    ask(client, adviser.user.email)
    tasks.answer_waiting_requests()
    with clock.moved_to(clock.now() + timedelta(hours=2, minutes=1)):
        assert sweep() == 0
    assert Message.objects.get().fault == Fault.TOO_LATE
    assert delivered() == []


def test_the_demonstration_shows_the_letter(client, adviser):
    ask(client, adviser.user.email)
    tasks.answer_waiting_requests()
    page = client.get(f"/courriers/{Message.objects.get().uid}/").content.decode()
    assert 'href="http://127.0.0.1:8000/compte/mot-de-passe/nouveau/' in page


def test_a_new_password_and_the_message_that_tells_of_it_are_one(adviser):
    """Where the message cannot be written the old password stays."""
    browser = Client(raise_request_exception=False)
    form = browser.get(password_url(adviser.user).removeprefix(SITE), follow=True).redirect_chain[-1][0]
    with patch("mobiliz.accounts.letters.post", side_effect=ZeroDivisionError):
        assert browser.post(form, {"password1": NEW, "password2": NEW}).status_code == 500
    assert opens(adviser.user.email, PASSWORD)
    assert not opens(adviser.user.email, NEW)
