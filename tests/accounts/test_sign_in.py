"""Signing in: what opens, what does not, and nothing that tells a stranger who has an account."""

import pytest
from django.contrib.auth import authenticate
from django.test import Client, override_settings

from mobiliz.accounts.demonstration import DEMONSTRATION_LOGINS, DEMONSTRATION_PASSWORD
from tests.factories.accounts import PASSWORD, UserFactory
from tests.post_office import delivered

WRONG = "L’adresse électronique ou le mot de passe est faux. Vérifiez les deux."


def sign_in(client, email="conseillere@wimoov.example", password=PASSWORD, **more):
    return client.post("/connexion/", {"login": email, "password": password, **more})


def errors(answer):
    return answer.context["form"].non_field_errors()


@pytest.mark.parametrize("email", ["conseillere@wimoov.example", " CONSEILLERE@Wimoov.example "])
def test_the_right_password_leads_to_the_desk(client, adviser, email):
    assert sign_in(client, email).headers["Location"] == "/bureau/"


def test_a_page_asked_for_before_is_reached_after(client, adviser):
    asked = client.get("/compte/?a=1")
    assert asked.headers["Location"] == "/connexion/?next=/compte/%3Fa%3D1"
    assert sign_in(client, next="/compte/?a=1").headers["Location"] == "/compte/?a=1"


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "https://evil.example/",
        "http:evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "///evil.example",
        "https:/evil.example",
        " //evil.example",
        "/\t/evil.example",
    ],
)
def test_signing_in_never_leads_out_of_the_house(client, adviser, evil):
    assert sign_in(client, next=evil).headers["Location"] == "/bureau/"
    assert evil not in client.get("/connexion/", {"next": evil}).headers.get("Location", "")


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, adviser):
    wrong = sign_in(client, password="un autre mot de passe")
    unknown = sign_in(client, email="personne@nulle-part.example")
    assert errors(wrong) == errors(unknown) == [WRONG]
    assert wrong.status_code == unknown.status_code


def test_an_unknown_address_takes_the_same_work(client, adviser, monkeypatch):
    hashed = []
    from django.contrib.auth import hashers

    real = hashers.make_password
    monkeypatch.setattr("django.contrib.auth.base_user.make_password", lambda raw: hashed.append(raw) or real(raw))
    sign_in(client, email="personne@nulle-part.example")
    assert hashed == [PASSWORD]


def test_forgetting_a_password_is_answered_alike_for_everyone(client, adviser):
    known = client.post("/compte/mot-de-passe/oublie/", {"email": adviser.user.email})
    unknown = client.post("/compte/mot-de-passe/oublie/", {"email": "personne@nulle-part.example"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [mail.to for mail in delivered()] == [[f'"{adviser.user.get_full_name()}" <{adviser.user.email}>']]


def test_after_five_wrong_passwords_even_the_right_one_waits(client, adviser):
    for _ in range(5):
        assert errors(sign_in(client, password="un autre mot de passe")) == [WRONG]
    assert "Trop d’essais" in errors(sign_in(client))[0]


def test_an_unknown_address_is_locked_as_a_known_one_is(client, adviser):
    for _ in range(5):
        sign_in(client, email="personne@nulle-part.example")
    assert "Trop d’essais" in errors(sign_in(client, email="personne@nulle-part.example"))[0]


def test_another_account_is_not_locked_with_it(client, adviser, other_adviser):
    for _ in range(5):
        sign_in(client, password="un autre mot de passe")
    assert sign_in(client, other_adviser.user.email).status_code == 302


def test_one_network_address_may_not_try_for_ever(client, db):
    for number in range(10):
        sign_in(client, email=f"essai{number}@nulle-part.example")
    assert "Trop d’essais" in errors(sign_in(client, email="encore@nulle-part.example"))[0]


def test_thirty_requests_a_minute_are_enough(client, db):
    for _ in range(30):
        client.post("/connexion/", {})
    answer = client.post("/connexion/", {})
    assert answer.status_code == 429
    assert "minute" in answer.content.decode()


def test_a_closed_account_is_told_so_only_with_its_password(client, adviser):
    adviser.user.is_active = False
    adviser.user.save()
    assert errors(sign_in(client, password="un autre mot de passe")) == [WRONG]
    answer = sign_in(client)
    assert answer.headers["Location"] == "/compte/inactif/"
    assert client.get("/compte/inactif/").status_code == 200
    assert client.get("/bureau/").status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(client, db, django_user_model, method):
    typed = {"email": "moi@nulle-part.example", "password1": PASSWORD, "password2": PASSWORD}
    answer = getattr(client, method)("/inscription/", typed)
    assert "sur invitation" in answer.content.decode()
    assert not django_user_model.objects.exists()


def test_leaving_without_being_there_leads_home(client, db):
    assert client.post("/deconnexion/").headers["Location"] == "/"


def test_a_new_password_ends_the_other_sessions(client, adviser):
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    new = "une tout autre phrase"
    client.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert elsewhere.get("/bureau/").status_code == 302


# --- the published password -------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["production", "development", "test"])
@pytest.mark.parametrize("typed", [DEMONSTRATION_PASSWORD, "Mobiliz-Demo"])
def test_the_published_password_opens_nothing_outside_the_demonstration(client, db, mode, typed):
    UserFactory(email="pilote@mobiliz.example", password=typed)
    with override_settings(MOBILIZ_MODE=mode):
        assert errors(sign_in(client, "pilote@mobiliz.example", typed)) == [WRONG]
        assert authenticate(None, email="pilote@mobiliz.example", password=typed) is None


def test_it_opens_the_demonstration(client, db):
    user = UserFactory(email="pilote@mobiliz.example", password=DEMONSTRATION_PASSWORD)
    with override_settings(MOBILIZ_MODE="demo"):
        assert authenticate(None, email=user.email, password=DEMONSTRATION_PASSWORD) == user


@pytest.mark.parametrize(("mode", "shown"), [("demo", True), ("production", False)])
def test_the_published_logins_stand_on_the_sign_in_page_of_the_demonstration_only(client, db, mode, shown):
    with override_settings(MOBILIZ_MODE=mode):
        page = client.get("/connexion/").content.decode()
    assert all((login.email in page) == shown for login in DEMONSTRATION_LOGINS)
    assert (DEMONSTRATION_PASSWORD in page) == shown
