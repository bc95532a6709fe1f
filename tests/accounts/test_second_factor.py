"""The second factor: switched on by a code of the telephone, asked for at sign-in, opened by a recovery code once."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from tests.factories.accounts import PASSWORD

ACTIVATE = "/compte/deuxieme-facteur/application/activer/"
VERIFY = "/compte/deuxieme-facteur/verifier/"
CODES = "/compte/deuxieme-facteur/codes/"


def code_for(secret):
    """What the telephone shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def password_step(client):
    return client.post("/connexion/", {"login": "conseillere@wimoov.example", "password": PASSWORD})


def password_twice(client):
    """What changes the second factor asks for the password again."""
    password_step(client)
    client.post("/compte/reconnexion/", {"password": PASSWORD})


@pytest.fixture
def secret(client, adviser):
    """The adviser has just switched the second factor on; the telephone's secret."""
    password_twice(client)
    secret = client.get(ACTIVATE).context["form"].secret
    answer = client.post(ACTIVATE, {"code": code_for(secret)})
    assert answer.headers["Location"] == CODES
    cache.clear()  # a code serves once; the tests do not wait for the next
    return secret


def test_the_picture_to_scan_is_shown_with_the_secret_in_letters(client, adviser):
    password_twice(client)
    answer = client.get(ACTIVATE)
    page = answer.content.decode()
    assert "data:image/svg+xml;base64," in page
    assert answer.context["form"].secret in page.replace(" ", "")


def test_a_wrong_code_does_not_switch_it_on(client, adviser):
    password_twice(client)
    client.get(ACTIVATE)
    answer = client.post(ACTIVATE, {"code": "000000"})
    assert answer.context["form"].errors
    assert not Authenticator.objects.exists()


def test_after_that_the_password_alone_opens_nothing(secret):
    newcomer = Client()
    assert password_step(newcomer).headers["Location"].startswith(VERIFY)
    assert newcomer.get("/bureau/").status_code == 302


def test_the_code_of_the_telephone_opens_the_desk(secret):
    newcomer = Client()
    password_step(newcomer)
    assert newcomer.get(VERIFY).status_code == 200
    assert newcomer.post(VERIFY, {"code": code_for(secret)}).headers["Location"] == "/bureau/"
    assert newcomer.get("/compte/deuxieme-facteur/").status_code == 200


def test_a_code_serves_once(secret):
    for newcomer, opens in [(Client(), True), (Client(), False)]:
        password_step(newcomer)
        newcomer.post(VERIFY, {"code": code_for(secret)})
        assert (newcomer.get("/compte/deuxieme-facteur/").status_code == 200) == opens


def test_a_wrong_code_opens_nothing_and_the_form_says_so(secret):
    newcomer = Client()
    password_step(newcomer)
    answer = newcomer.post(VERIFY, {"code": "000000"})
    assert answer.context["form"].errors["code"] == ["Code incorrect."]
    assert newcomer.get("/bureau/").status_code == 302


def test_codes_may_not_be_tried_for_ever(secret):
    newcomer = Client()
    password_step(newcomer)
    for _ in range(10):
        newcomer.post(VERIFY, {"code": "000000"})
    newcomer.post(VERIFY, {"code": code_for(secret)})
    assert newcomer.get("/bureau/").status_code == 302


def test_a_recovery_code_opens_once(client, secret):
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert codes[0] in client.get(CODES).content.decode()
    for newcomer, opens in [(Client(), True), (Client(), False)]:
        password_step(newcomer)
        newcomer.post(VERIFY, {"code": codes[0]})
        assert (newcomer.get("/compte/deuxieme-facteur/").status_code == 200) == opens


def test_recovery_codes_are_made_anew_and_the_old_ones_are_void(client, secret):
    before = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    client.post("/compte/deuxieme-facteur/codes/nouveaux/")
    after = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert after
    assert not set(before) & set(after)


def test_recovery_codes_may_be_kept_in_a_file(client, secret):
    answer = client.get("/compte/deuxieme-facteur/codes/telecharger/")
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_it_is_switched_off_by_its_holder(client, secret):
    client.post("/compte/deuxieme-facteur/application/desactiver/")
    assert not Authenticator.objects.exists()
    assert password_step(Client()).headers["Location"] == "/bureau/"


def test_what_changes_it_asks_for_the_password_again(client, adviser):
    password_step(client)
    asked = client.get(ACTIVATE).headers["Location"]
    assert asked.startswith("/compte/reconnexion/")
    assert client.post(asked, {"password": "un autre mot de passe"}).context["form"].errors
    assert client.post(asked, {"password": PASSWORD}).headers["Location"] == ACTIVATE


def test_the_code_does_as_well_as_the_password_then(client, secret):
    newcomer = Client()
    password_step(newcomer)
    newcomer.post(VERIFY, {"code": code_for(secret)})
    asked = newcomer.get("/compte/deuxieme-facteur/application/desactiver/").headers["Location"]
    assert newcomer.get(asked).status_code == 200


def test_the_secret_is_not_kept_in_clear(secret):
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_the_recovery_codes_are_not_kept_in_clear(secret):
    kept = Authenticator.objects.get(type="recovery_codes")
    codes = kept.wrap().get_unused_codes()
    assert not any(code in str(kept.data) for code in codes)
