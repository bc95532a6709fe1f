"""What is told of an account: a row of the outbox, in the transaction of what it tells."""

from pathlib import Path
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

from mobiliz.accounts import letters
from mobiliz.outbox.actions import letter_of
from mobiliz.outbox.models import Message
from tests.accounts.telephone import ACTIVATE, CODES, OFF, code_for
from tests.factories.accounts import PASSWORD

NAMES = sorted(file.stem for file in (Path(settings.BASE_DIR) / "templates/emails/accounts").glob("*.txt"))
CONTEXTS = {
    "password_link": {"url": f"{settings.SITE_ADDRESS}/compte/mot-de-passe/nouveau/1-x/", "hours": 2, "days": 0},
    "new_device": {"device": "Firefox sur Linux", "moment": "lundi 2 mars à 9 h", "network": "203.0.113.*"},
}
NEW = "une tout autre phrase"


@pytest.mark.parametrize("name", NAMES)
def test_each_letter_can_be_read(adviser, name):
    letters.tell(adviser.user, name, **CONTEXTS.get(name, {}))
    letter = letter_of(Message.objects.get())
    assert letter.subject.startswith("Mobiliz\u00a0: ")
    assert letter.text.startswith("Bonjour Aline Dubois,")
    assert all(str(value) in letter.text for value in CONTEXTS.get(name, {}).values() if value)
    assert not {"[", "{"} & set(letter.text)
    assert " ;" not in letter.text


def test_the_same_event_is_told_once_and_another_one_again(adviser):
    for key in ("one", "one", "", ""):
        letters.tell(adviser.user, "wrong_codes", key=key)
    assert Message.objects.count() == 3


# --- what is done and told in one ---------------------------------------------------------------------------
def change_password(client):
    return client.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})


def switch_on(client):
    secret = client.get(ACTIVATE).context["form"].secret
    return client.post(ACTIVATE, {"code": code_for(secret, -1)})


def switch_off(client):
    return client.post(OFF)


def make_codes(client):
    return client.post(f"{CODES}nouveaux/")


def state(user):
    user.refresh_from_db()
    return user.password, sorted(Authenticator.objects.filter(user=user).values_list("type", "data"))


@pytest.fixture
def at_the_account(adviser):
    """Just signed in, with a second factor or without."""

    def signed_in(with_factor):
        browser = Client(raise_request_exception=False)
        browser.post("/connexion/", {"login": adviser.user.email, "password": PASSWORD})
        if with_factor:
            switch_on(browser)
        return browser

    return signed_in


ACTS = [
    (change_password, False, "password_changed"),
    (switch_on, False, "totp_activated"),
    (switch_off, True, "totp_deactivated"),
    (make_codes, True, "recovery_codes_generated"),
]


@pytest.mark.parametrize(("act", "with_factor", "told"), ACTS)
def test_each_change_is_told_once(at_the_account, adviser, act, with_factor, told, django_capture_on_commit_callbacks):
    browser = at_the_account(with_factor)
    before = Message.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        assert act(browser).status_code == 302
    found = [(one.template, one.recipient_email) for one in Message.objects.order_by("pk")[before:]]
    assert found == [(f"accounts/{told}", adviser.user.email)]


@pytest.mark.parametrize(("act", "with_factor", "told"), ACTS)
def test_where_the_message_cannot_be_written_nothing_has_changed(at_the_account, adviser, act, with_factor, told):
    browser = at_the_account(with_factor)
    before = state(adviser.user)
    with patch("mobiliz.accounts.letters.post", side_effect=ZeroDivisionError):
        assert act(browser).status_code == 500
    assert state(adviser.user) == before
