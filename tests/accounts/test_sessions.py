"""Sessions as people see them: noted, told when new, ended by their holder, forgotten in time."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from mobiliz.accounts import sessions
from mobiliz.accounts.devices import COOKIE, device_of, device_words, hash_of, network_of
from mobiliz.accounts.models import SignIn
from mobiliz.accounts.tasks import forget_old_sign_ins
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from tests.cast import actor
from tests.factories.accounts import PASSWORD, SignInFactory
from tests.post_office import delivered

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ACCOUNT = "/compte/"


def enter(client, member, **headers):
    """By the form, as people do."""
    answer = client.post("/connexion/", {"login": member.user.email, "password": PASSWORD}, **headers)
    assert answer.status_code == 302
    return client


def is_in(client):
    return client.get(ACCOUNT).status_code == 200


# --- in words ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox sur Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
            "Chrome sur Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge sur Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18.0 Safari/605", "Safari sur Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari sur iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1", "Chrome sur iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130.0 Safari", "Samsung Internet sur Android"),
        ("Mozilla/5.0 (Linux; Android 15; Mobile) Gecko Firefox/140.0", "Firefox sur Android"),
        ("curl/8.5.0", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
        ("<script>alert(1)</script>", "Navigateur inconnu"),
    ],
)
def test_a_browser_is_told_in_words(user_agent, words):
    assert device_words(*device_of(user_agent)) == words


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("", ""),
        ("pas une adresse", ""),
    ],
)
def test_of_an_address_only_the_network_is_kept(address, network):
    assert network_of(address) == network


# --- noted ------------------------------------------------------------------------------------------------
def test_a_sign_in_is_noted_with_little(client, adviser):
    enter(client, adviser, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="203.0.113.77")
    noted = SignIn.objects.get()
    assert (str(noted), noted.network, noted.ended_at) == ("Firefox sur Linux", "203.0.113.0/24", None)
    assert noted.session_key == client.session.session_key
    assert client.cookies[COOKIE].value not in noted.device_hash


def test_a_wrong_password_begins_no_session(client, adviser):
    client.post("/connexion/", {"login": adviser.user.email, "password": "un autre mot de passe"})
    assert not SignIn.objects.exists()
    assert COOKIE not in client.cookies


def test_use_is_noted_every_five_minutes_at_most(client, adviser, django_assert_num_queries):
    enter(client, adviser)
    began = SignIn.objects.get().last_used_at
    is_in(client)
    assert SignIn.objects.get().last_used_at == began
    cache.clear()  # five minutes later
    is_in(client)
    assert SignIn.objects.get().last_used_at > began


def test_signing_out_ends_it(client, adviser):
    enter(client, adviser)
    client.post("/deconnexion/")
    assert SignIn.objects.get().ended_at is not None


def test_the_page_tells_this_session_from_the_others(client, adviser):
    enter(Client(), adviser, HTTP_USER_AGENT=FIREFOX)
    enter(client, adviser)
    page = client.get(ACCOUNT)
    assert len(page.context["open_sessions"]) == 2
    assert page.content.decode().count("Cette session") == 1
    assert "Fermer toutes les autres" in page.content.decode()


def test_nobody_sees_anothers_sessions(client, adviser, other_adviser):
    enter(Client(), other_adviser)
    enter(client, adviser)
    assert len(client.get(ACCOUNT).context["open_sessions"]) == 1


@pytest.mark.parametrize("earlier", [0, 50])
def test_the_account_page_costs_the_same_with_many_sessions(client, adviser, earlier, django_assert_num_queries):
    SignInFactory.create_batch(earlier, user=adviser.user)
    enter(client, adviser)
    with django_assert_num_queries(5):  # session, user with capacities, second factor, open and past sessions
        client.get(ACCOUNT)


# --- told -------------------------------------------------------------------------------------------------
@pytest.fixture
def alerts(db):
    return lambda: [mail for mail in delivered() if "nouvel appareil" in mail.subject]


def test_a_new_device_is_told_by_mail_but_the_first_is_not(adviser, alerts):
    enter(Client(), adviser)
    assert alerts() == []
    enter(Client(), adviser, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="203.0.113.77")
    (mail,) = alerts()
    assert adviser.user.email in mail.to[0]
    assert "Firefox sur Linux" in mail.body
    assert "203.0.113.77" not in mail.body


def test_a_browser_that_was_there_before_is_known_again(client, adviser, alerts):
    enter(client, adviser)
    client.post("/deconnexion/")
    enter(client, adviser)
    assert alerts() == []


def test_the_browser_of_someone_else_is_new(client, adviser, other_adviser, alerts):
    """Two people at one computer: it is known to each by itself, and the database does not tell that it is shared."""
    enter(Client(), other_adviser)
    enter(client, adviser)
    client.post("/deconnexion/")
    enter(client, other_adviser)
    assert [other_adviser.user.email in mail.to[0] for mail in alerts()] == [True]
    hashes = set(SignIn.objects.values_list("device_hash", flat=True))
    assert len(hashes) == 3
    assert hash_of(client.cookies[COOKIE].value, adviser.user.pk) in hashes


def test_the_cookie_of_the_browser_is_for_our_own_pages_alone(client, adviser):
    enter(client, adviser)
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] <= 396 * 24 * 3600


def test_a_cookie_of_any_length_is_survived(client, adviser):
    client.cookies[COOKIE] = "x" * 4000
    enter(client, adviser)
    assert client.cookies[COOKIE].value != "x" * 4000


# --- ended ------------------------------------------------------------------------------------------------
def test_one_session_is_ended_from_another(client, adviser):
    elsewhere = enter(Client(), adviser)
    enter(client, adviser)
    other = SignIn.objects.get(session_key=elsewhere.session.session_key)
    answer = client.post(f"/compte/sessions/{other.uid}/fermer/")
    assert answer.headers["Location"] == "/compte/#sessions"
    assert not is_in(elsewhere)
    assert is_in(client)
    assert "déjà fermée" in client.post(f"/compte/sessions/{other.uid}/fermer/", follow=True).content.decode()


def test_ending_all_others_leaves_this_one(client, adviser):
    others = [enter(Client(), adviser), enter(Client(), adviser)]
    untracked = Client()
    untracked.force_login(adviser.user)
    SignIn.objects.filter(session_key=untracked.session.session_key).delete()
    enter(client, adviser)
    client.post("/compte/sessions/fermer-les-autres/")
    assert is_in(client)
    assert not any(is_in(other) for other in [*others, untracked])
    assert [row.pk for row in client.get(ACCOUNT).context["open_sessions"]] == [client.session[sessions.KEY]]


def test_anothers_session_cannot_be_ended(client, adviser, other_adviser):
    other = enter(Client(), other_adviser)
    enter(client, adviser)
    uid = SignIn.objects.get(user=other_adviser.user).uid
    assert client.post(f"/compte/sessions/{uid}/fermer/").status_code == 404
    assert is_in(other)


def test_a_session_noted_as_ended_opens_nothing_even_if_its_row_came_back(client, adviser):
    enter(client, adviser)
    SignIn.objects.update(ended_at=clock.now(), session_key=None)
    cache.clear()
    assert not is_in(client)


def test_a_new_password_ends_the_others_and_leaves_this_one(client, adviser):
    elsewhere = enter(Client(), adviser)
    enter(client, adviser)
    new = "une tout autre phrase"
    answer = client.post(
        "/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True
    )
    assert "Votre mot de passe est changé" in answer.content.decode()
    assert is_in(client)
    assert not is_in(elsewhere)
    assert [row.pk for row in client.get(ACCOUNT).context["open_sessions"]] == [client.session[sessions.KEY]]


def test_the_account_page_says_when_the_password_was_chosen(client, adviser):
    before = clock.now()
    new = "une tout autre phrase"
    enter(client, adviser).post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    adviser.user.refresh_from_db()
    assert adviser.user.password_changed_at > before


def test_an_administrator_ends_every_session_of_a_person(client, adviser, administrator):
    at_work = enter(Client(), adviser)
    enter(client, administrator).post(f"/comptes/{adviser.user.uid}/sessions/fermer/")
    assert not is_in(at_work)
    assert not SignIn.objects.of_user(adviser.user).open().exists()


def test_ending_what_has_ended_is_refused_in_words(adviser):
    ended = SignInFactory(user=adviser.user, session_key=None, ended_at=clock.now())
    with pytest.raises(Refused, match="déjà fermée"):
        sessions.end(ended, by=actor(adviser))


# --- forgotten --------------------------------------------------------------------------------------------
def test_at_night_what_is_over_is_noted_and_what_is_old_is_forgotten(client, adviser):
    enter(client, adviser)
    over = SignInFactory(user=adviser.user)
    SignInFactory(user=adviser.user, began_at=clock.now() - timedelta(days=181))
    Session.objects.create(session_key="old", session_data="", expire_date=clock.now() - timedelta(days=1))
    forget_old_sign_ins()
    over.refresh_from_db()
    assert over.ended_at == over.last_used_at
    assert SignIn.objects.count() == 2
    assert not Session.objects.filter(session_key="old").exists()
    assert is_in(client)


def test_signing_in_again_in_the_same_session_is_one_open_session(client, adviser):
    for _time in range(2):
        client.force_login(adviser.user)
    assert SignIn.objects.count() == 2
    assert SignIn.objects.open().count() == 1
    assert is_in(client)
