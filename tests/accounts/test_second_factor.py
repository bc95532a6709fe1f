"""The second factor: switched on by a code of the telephone, asked for at sign-in, opened by a recovery code once."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from mobiliz.accounts import ceiling
from tests.accounts.telephone import ACCOUNT, ACTIVATE, CODES, OFF, REVERIFY, VERIFY, code_for, later
from tests.factories.accounts import PASSWORD
from tests.post_office import delivered


def password_step(client):
    return client.post("/connexion/", {"login": "conseillere@wimoov.example", "password": PASSWORD})


@pytest.fixture
def secret(client, adviser, switch_on):
    """The adviser has just switched the second factor on."""
    password_step(client)
    return switch_on(client)


def test_the_picture_to_scan_is_shown_with_the_secret_in_letters(client, adviser):
    password_step(client)
    answer = client.get(ACTIVATE)
    page = answer.content.decode()
    assert "data:image/svg+xml;base64," in page
    assert answer.context["form"].secret in page.replace(" ", "")


def test_a_wrong_code_does_not_switch_it_on(client, adviser):
    password_step(client)
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
    assert newcomer.get(ACCOUNT).status_code == 200


def test_a_code_serves_once_even_while_the_cache_is_away(secret):
    for newcomer, opens in [(Client(), True), (Client(), False)]:
        cache.clear()
        password_step(newcomer)
        newcomer.post(VERIFY, {"code": code_for(secret)})
        assert (newcomer.get(ACCOUNT).status_code == 200) == opens


@pytest.mark.parametrize(("step", "opens"), [(-2, False), (-1, False), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_half_a_minute_early_or_late(secret, step, opens):
    """The code of the step before served to switch it on: it is refused, as would be any older one."""
    newcomer = Client()
    password_step(newcomer)
    newcomer.post(VERIFY, {"code": code_for(secret, step)})
    assert (newcomer.get(ACCOUNT).status_code == 200) == opens


def test_an_older_code_is_refused_after_a_newer_one(secret):
    for step, opens in [(1, True), (0, False)]:
        newcomer = Client()
        password_step(newcomer)
        newcomer.post(VERIFY, {"code": code_for(secret, step)})
        assert (newcomer.get(ACCOUNT).status_code == 200) == opens


def test_a_wrong_code_opens_nothing_and_the_form_says_so(secret):
    newcomer = Client()
    password_step(newcomer)
    answer = newcomer.post(VERIFY, {"code": "000000"})
    assert "ne convient pas" in answer.context["form"].errors["code"][0]
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
        assert (newcomer.get(ACCOUNT).status_code == 200) == opens


def test_recovery_codes_are_made_anew_and_the_old_ones_are_void(client, secret):
    before = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    client.post("/compte/deuxieme-facteur/codes/nouveaux/")
    after = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert after
    assert not set(before) & set(after)


def test_recovery_codes_are_shown_once_to_be_printed_or_kept_in_a_file(client, secret):
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    first, again = client.get(CODES).content.decode(), client.get(CODES).content.decode()
    assert f"data:text/plain;charset=utf-8,Mobiliz%0A{'%0A'.join(codes)}%0A" in first
    assert not any(code in again for code in codes)
    assert "Il vous reste 10 codes" in again


def test_it_is_switched_off_by_its_holder(client, secret):
    client.post(OFF)
    assert not Authenticator.objects.exists()
    assert password_step(Client()).headers["Location"] == "/bureau/"


def test_just_after_signing_in_it_is_switched_on_without_the_password_again(client, adviser):
    password_step(client)
    assert client.get(ACTIVATE).status_code == 200


def test_what_changes_it_asks_for_the_password_again_a_while_later(client, adviser):
    password_step(client)
    with later(minutes=16):
        asked = client.get(ACTIVATE).headers["Location"]
        assert asked.startswith("/compte/reconnexion/")
        assert client.post(asked, {"password": "un autre mot de passe"}).context["form"].errors
        assert client.post(asked, {"password": PASSWORD}).headers["Location"] == ACTIVATE


def test_the_code_does_as_well_as_the_password_then(client, secret):
    with later(minutes=16):
        asked = client.get(OFF).headers["Location"].replace("/compte/reconnexion/", REVERIFY)
        assert client.post(asked, {"code": code_for(secret)}).headers["Location"] == OFF


def test_the_secret_is_not_kept_in_clear(secret):
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_the_recovery_codes_are_not_kept_in_clear(secret):
    kept = Authenticator.objects.get(type="recovery_codes")
    codes = kept.wrap().get_unused_codes()
    assert not any(code in str(kept.data) for code in codes)


# --- limits -----------------------------------------------------------------------------------------------
def wrong_codes(count, adviser):
    """As many wrong codes as would be tried over a day, from many addresses."""
    newcomer = Client()
    password_step(newcomer)
    for number in range(count):
        cache.delete_many(_quick_limits())
        newcomer.post(VERIFY, {"code": "000000"}, REMOTE_ADDR=f"203.0.113.{number}")
    return newcomer


def _quick_limits():
    return [key.split(":", 2)[2] for key in cache._cache if "allauth" in key]


def test_at_the_tenth_wrong_code_the_person_is_told(secret, adviser):
    wrong_codes(9, adviser)
    assert [mail.subject for mail in delivered() if "mot de passe" in mail.subject] == []
    wrong_codes(2, adviser)
    told = [mail for mail in delivered() if "a peut-être votre mot de passe" in mail.subject]
    assert [adviser.user.email in mail.to[0] for mail in told] == [True]


def test_above_the_limit_of_a_day_even_the_right_code_waits(secret, adviser):
    for _attempt in range(ceiling.CODES.amount):
        ceiling.CODES.count(str(adviser.user.pk))
    newcomer = Client()
    password_step(newcomer)
    answer = newcomer.post(VERIFY, {"code": code_for(secret)})
    assert "Trop de codes faux aujourd’hui" in answer.content.decode()
    with later(minutes=24 * 60):
        password_step(newcomer)
        assert newcomer.post(VERIFY, {"code": code_for(secret)}).headers["Location"] == "/bureau/"


def test_a_new_password_by_mail_opens_the_codes_again(secret, adviser):
    ceiling.CODES.count(str(adviser.user.pk))
    ceiling.forget(adviser.user)
    assert not cache.get(ceiling.CODES._place(str(adviser.user.pk)))


# --- other sessions ---------------------------------------------------------------------------------------
def test_switching_it_on_ends_the_sessions_opened_by_the_password_alone(client, adviser, switch_on):
    elsewhere = Client()
    password_step(elsewhere)
    password_step(client)
    switch_on(client)
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert client.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize("left", [3, 4])
def test_the_account_page_warns_when_few_recovery_codes_are_left(client, secret, left):
    kept = Authenticator.objects.get(type="recovery_codes")
    kept.data["used_mask"] = 2 ** (10 - left) - 1
    kept.save()
    page = client.get(ACCOUNT).content.decode()
    assert ("Créez-en de nouveaux avant d’en manquer" in page) == (left == 3)
    assert f"reste {left}" in page
