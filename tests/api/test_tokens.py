"""A partner's system asks for a token with its id and secret, uses it, and gives it back."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from partners.clients import ClientRefused, register_client
from partners.models import ApiClient
from tests.api.problems import problem

pytestmark = pytest.mark.django_db

SECRET = "un secret que personne ne connaît"


@pytest.fixture
def opened(structure):
    granted = ["directory:read", "referrals:read"]
    return register_client(organisation=structure.organisation, name="SI", scopes=granted, by=SYSTEM, secret=SECRET)


def ask(opened, secret=SECRET, **fields):
    """By HTTP Basic, as RFC 6749 prefers."""
    basic = b64encode(f"{opened.client_id}:{secret}".encode()).decode()
    body = {"grant_type": "client_credentials", **fields}
    return Client(enforce_csrf_checks=True).post("/o/token/", body, headers={"authorization": f"Basic {basic}"})


def garages(token):
    return Client().get("/api/v1/garages/", headers={"authorization": f"Bearer {token}"})


def test_id_and_secret_give_a_token_that_opens_the_api_until_it_is_revoked(opened, garage):
    answer = ask(opened, scope="directory:read")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    token = answer.json()["access_token"]
    assert answer.json() == {
        "access_token": token,
        "expires_in": 3600,
        "token_type": "Bearer",
        "scope": "directory:read",
    }
    assert garages(token).json()["results"][0]["id"] == str(garage.uid)

    gone = Client(enforce_csrf_checks=True).post(
        "/o/revoke/", {"token": token, "client_id": opened.client_id, "client_secret": SECRET}
    )
    assert gone.status_code == 200
    problem(garages(token), 401, "invalid_token")


def test_id_and_secret_may_stand_in_the_body(opened):
    body = {"grant_type": "client_credentials", "client_id": opened.client_id, "client_secret": SECRET}
    assert Client().post("/o/token/", body).status_code == 200


def test_who_names_no_scope_gets_all_that_was_granted(opened):
    assert ask(opened).json()["scope"] == "directory:read referrals:read"


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"scope": "directory:read reports:read"}, 400, "invalid_scope"),
        ({"scope": "anything"}, 400, "invalid_scope"),
        ({"grant_type": "password", "username": "a", "password": "b"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "unsupported_grant_type"),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"},
            400,
            "unsupported_grant_type",
        ),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"secret": "faux"}, 401, "invalid_client"),
    ],
)
def test_a_refused_token_is_told_in_the_words_of_oauth(opened, fields, status, error):
    answer = ask(opened, **fields)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("address", ["/o/token/", "/o/revoke/"])
@pytest.mark.parametrize("query", ["?%zz", "?client_id=x&client_secret=y", "?a=%00"])
def test_credentials_in_an_address_are_not_read(db, address, query):
    answer = Client().post(address + query, {"grant_type": "client_credentials"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("address", ["/o/token/", "/o/revoke/"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_a_token_is_asked_for_by_post_only(db, address, method):
    answer = Client().generic(method, address)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize("client_id", ["", "unknown", "with\x00null"])
def test_an_unknown_client_gets_no_token(db, client_id):
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": SECRET}
    answer = Client().post("/o/token/", body)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_client_that_is_not_active_gets_no_token_and_its_tokens_are_refused(opened):
    token = ask(opened).json()["access_token"]
    ApiClient.objects.update(is_active=False)
    assert ask(opened).json()["error"] == "invalid_client"
    problem(garages(token), 401, "invalid_token")


def test_an_application_that_speaks_for_no_partner_gets_no_token(opened):
    ApiClient.objects.all().delete()
    assert ask(opened).json()["error"] == "invalid_client"


def test_a_token_lives_an_hour(opened):
    token = ask(opened).json()["access_token"]
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert garages(token).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        problem(garages(token), 401, "invalid_token")


def test_a_scope_taken_from_the_client_is_taken_from_its_tokens_too(opened):
    token = ask(opened).json()["access_token"]
    ApiClient.objects.update(scopes="referrals:read")
    problem(garages(token), 403, "insufficient_scope")


def test_a_token_asked_for_another_server_does_not_open_ours(opened):
    elsewhere = ask(opened, resource="https://ailleurs.example/api").json()["access_token"]
    problem(garages(elsewhere), 401, "invalid_token")
    ours = ask(opened, resource="http://testserver/api").json()["access_token"]
    assert garages(ours).status_code == 200


def test_neither_secret_nor_token_can_be_read_in_the_database(opened):
    token = ask(opened).json()["access_token"]
    stored = json.dumps([*Application.objects.values(), *AccessToken.objects.values()], default=str)
    assert SECRET not in stored
    assert token not in stored


def test_another_partner_cannot_revoke_a_token(opened, other_structure):
    token = ask(opened).json()["access_token"]
    other = register_client(organisation=other_structure.organisation, name="SI", scopes=["directory:read"], by=SYSTEM)
    Client().post("/o/revoke/", {"token": token, "client_id": other.client_id, "client_secret": other.secret})
    assert garages(token).status_code == 200


@pytest.mark.parametrize("name", ["authorize", "applications", "introspect", "register", "device-authorization"])
def test_nothing_else_of_the_library_has_an_address(name):
    with pytest.raises(Resolver404):
        resolve(f"/o/{name}/")


# --- the command ------------------------------------------------------------------------------------------
def run(capsys, organisation, *scopes):
    call_command("create_api_client", "--organisation", str(organisation.uid), "--name", "SI", "--scopes", *scopes)
    told = capsys.readouterr().out
    return dict(line.split("=", 1) for line in told.splitlines())


def test_the_command_prints_id_and_secret_that_work(capsys, structure):
    told = run(capsys, structure.organisation, "directory:read", "reports:read")
    body = {"grant_type": "client_credentials", **told}
    assert Client().post("/o/token/", body).json()["scope"] == "directory:read reports:read"
    assert ApiClient.objects.get().organisation == structure.organisation


def test_the_command_refuses_a_scope_that_does_not_exist(capsys, structure):
    with pytest.raises(CommandError, match="directory:read"):
        run(capsys, structure.organisation, "directory:write")
    assert not Application.objects.exists()


def test_the_command_refuses_an_unknown_organisation(capsys, structure):
    structure.organisation.uid = structure.uid
    with pytest.raises(CommandError, match="Aucune organisation"):
        run(capsys, structure.organisation, "directory:read")


def test_neither_a_garage_nor_an_agency_has_a_system_of_its_own(garage, agency):
    for place in (garage, agency):
        with pytest.raises(ClientRefused):
            register_client(organisation=place.organisation, name="SI", scopes=["directory:read"], by=SYSTEM)


# --- secrets may not be tried for ever --------------------------------------------------------------------
@pytest.fixture
def _one_minute():
    """Limits count by the minute: the test does not begin at the end of one."""
    with clock.moved_to(datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)):
        yield


@pytest.mark.usefixtures("_one_minute")
def test_after_ten_wrong_secrets_even_the_right_one_waits(opened):
    for _attempt in range(10):
        assert ask(opened, secret="faux").status_code == 401
    answer = ask(opened)
    assert (answer.status_code, answer.json()["error"]) == (429, "slow_down")
    assert answer["Retry-After"] == "50"
    assert answer["Cache-Control"] == "no-store"
    assert "50 seconds" in answer.json()["error_description"]
    with clock.moved_to(datetime(2026, 3, 2, 9, 1, 1, tzinfo=UTC)):
        assert ask(opened).status_code == 200


@pytest.mark.usefixtures("_one_minute")
def test_wrong_secrets_from_elsewhere_or_of_another_client_close_nothing(opened):
    for _attempt in range(12):
        body = {"grant_type": "client_credentials", "client_id": opened.client_id, "client_secret": "faux"}
        Client().post("/o/token/", body, REMOTE_ADDR="203.0.113.9")
        Client().post("/o/token/", {**body, "client_id": "another"})
    assert ask(opened).status_code == 200


@pytest.mark.usefixtures("_one_minute")
def test_ids_may_not_be_tried_in_turn(opened):
    for number in range(60):
        body = {"grant_type": "client_credentials", "client_id": f"id{number}", "client_secret": "faux"}
        assert Client().post("/o/token/", body).status_code == 401
    assert ask(opened).status_code == 429


@pytest.mark.usefixtures("_one_minute")
def test_tokens_rightly_asked_for_are_not_counted(opened):
    assert {ask(opened).status_code for _time in range(12)} == {200}


@pytest.mark.usefixtures("_one_minute")
def test_giving_back_a_token_counts_alike(opened):
    body = {"token": "x", "client_id": opened.client_id, "client_secret": "faux"}
    answers = [Client().post("/o/revoke/", body).status_code for _attempt in range(11)]
    assert answers == [401] * 10 + [429]
