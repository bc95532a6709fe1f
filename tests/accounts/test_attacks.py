"""What an attacker tries at the door: other people's sessions, forged forms, planted cookies."""

from smtplib import SMTPException

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "une phrase assez longue 7"
NEW = "une tout autre phrase"


@pytest.fixture
def holder(db):
    user = UserFactory(email="pilote@mobiliz.example")
    user.set_password(PASSWORD)
    user.save()
    return user


def _sign_in(client, password, **request):
    return client.post("/connexion/", {"login": "pilote@mobiliz.example", "password": password}, **request)


def test_wrong_passwords_elsewhere_do_not_lock_the_holder_out(client, holder):
    for _attempt in range(8):
        _sign_in(client, "faux", REMOTE_ADDR="203.0.113.9")
    assert _sign_in(client, PASSWORD, REMOTE_ADDR="203.0.113.10").status_code == 302


def test_another_port_in_the_host_header_begins_no_new_count(client, holder):
    for port in range(9000, 9008):
        _sign_in(client, "faux", HTTP_HOST=f"testserver:{port}")
    assert _sign_in(client, PASSWORD, HTTP_HOST="testserver:9100").status_code != 302


def test_a_lost_password_is_answered_alike_while_mail_is_down(client, holder, monkeypatch):
    def refuse(self, messages):
        raise SMTPException("down")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    answers = [
        client.post("/compte/mot-de-passe/oublie/", {"email": email})
        for email in ("pilote@mobiliz.example", "inconnu@ailleurs.example")
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]


# --- sessions and forms -----------------------------------------------------------------------------------
def test_a_session_planted_before_does_not_become_the_holders(client, holder):
    """The key known to an attacker is not the one that is signed in."""
    client.get("/connexion/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    _sign_in(client, PASSWORD)
    assert client.cookies["sessionid"].value != planted
    stolen = Client()
    stolen.cookies["sessionid"] = planted
    assert stolen.get("/compte/").status_code == 302


def test_a_key_made_up_by_the_browser_is_never_taken(client, holder):
    client.cookies["sessionid"] = made_up = "a" * 32
    _sign_in(client, PASSWORD)
    assert client.cookies["sessionid"].value != made_up


@pytest.mark.parametrize("path", ["/connexion/", "/deconnexion/", "/compte/mot-de-passe/oublie/"])
def test_another_site_signs_nobody_in_or_out(holder, path):
    """Signed in to the attacker's account, a person would type dossiers into it."""
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(path, {"login": holder.email, "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "sessionid" not in browser.cookies


def test_looking_at_the_page_signs_nobody_out(client, holder):
    _sign_in(client, PASSWORD)
    client.get("/deconnexion/")
    assert client.get("/compte/").status_code == 200


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
@pytest.mark.parametrize("path", ["/deconnexion/", "/compte/reconnexion/", "/compte/mot-de-passe/"])
def test_no_page_of_the_account_leads_out_of_the_house(client, holder, path, evil):
    _sign_in(client, PASSWORD)
    typed = {"next": evil, "password": PASSWORD, "oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    answer = client.post(path, typed)
    assert "evil" not in answer.headers.get("Location", "")
    assert not answer.headers.get("Location", "").startswith("javascript")


def test_signed_out_nothing_is_left_of_the_session(client, holder):
    _sign_in(client, PASSWORD)
    key = client.cookies["sessionid"].value
    client.post("/deconnexion/")
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get("/compte/").status_code == 302


@pytest.mark.parametrize("path", ["/compte/", "/compte/mot-de-passe/", "/compte/deuxieme-facteur/application/activer/"])
def test_pages_of_the_account_are_kept_nowhere(client, holder, path):
    _sign_in(client, PASSWORD)
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_in_production_the_cookies_are_for_our_host_and_tls_alone():
    from tests.architecture.test_settings import PRODUCTION, run

    names = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH"]
    names += ["CSRF_COOKIE_SECURE", "SECOND_FACTOR_REQUIRED"]
    script = f"from django.conf import settings; print([getattr(settings, name) for name in {names}])"
    done = run("-c", script, **PRODUCTION, DJANGO_SETTINGS_MODULE="mobiliz.settings")
    assert done.stdout.strip() == "['__Host-sessionid', True, None, '/', True, True]", done.stderr


def test_the_second_factor_cannot_be_waived_in_production_by_a_variable():
    from tests.architecture.test_settings import PRODUCTION, run

    script = "from django.conf import settings; print(settings.SECOND_FACTOR_REQUIRED)"
    environment = {**PRODUCTION, "SECOND_FACTOR_REQUIRED": "false", "DJANGO_SETTINGS_MODULE": "mobiliz.settings"}
    assert run("-c", script, **environment).stdout.strip() == "True"
