"""Everything that can go wrong is told alike: a problem document with a stable code, in French."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import connection
from django.test import Client

from garages import api as garages
from mobiliz.lib.api.problems import KINDS
from tests.api.problems import fields, problem

pytestmark = pytest.mark.django_db

PREVIEWS = "/api/v1/quote-previews/"


def test_an_address_that_is_none_is_not_found(db):
    for address in ("/api/", "/api/v1/", "/api/v1/rien/", "/api/v1/garages/pas-un-uuid/"):
        problem(Client().get(address), 404, "not_found")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("/api/v1/garages?level=RA1", "/api/v1/garages/?level=RA1"),
        ("/api/v1/reports/conversion/", "/api/v1/reports/conversion"),
    ],
)
def test_a_last_slash_too_many_or_too_few_leads_to_the_address(wrong, right):
    answer = Client().get(wrong)
    assert (answer.status_code, answer["Location"]) == (308, right)


def test_a_body_posted_without_the_last_slash_is_sent_again(caller):
    answer = caller.http.post("/api/v1/quote-previews", "{}", content_type="application/json", follow=True)
    problem(answer, 422, "invalid_body")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_a_method_that_an_address_does_not_have_is_refused(caller, method):
    answer = caller.http.generic(method, "/api/v1/garages/")
    problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD"


def test_another_format_is_not_offered(caller):
    problem(caller.get("/api/v1/garages/", headers={"accept": "application/xml"}), 406, "not_acceptable")


def test_a_browser_reads_json_too(caller):
    wanted = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert caller.get("/api/v1/garages/", headers={"accept": wanted})["Content-Type"] == "application/json"


def test_a_form_is_not_read(caller):
    problem(caller.http.post(PREVIEWS, {"lines": "[]"}), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "{'lines': []}",
        b"\xff\xfe",
        '{"lines": [NaN]}',
        '{"a": "\\ud800"}',
        "[" * 100_000,
        '{"a":' * 50_000,
    ],
)
def test_a_body_that_is_not_json_is_refused(caller, body):
    problem(caller.post(PREVIEWS, body), 400, "malformed_body")


@pytest.mark.parametrize("body", ["", "[]", '"lines"', "null", "3"])
def test_json_that_is_no_object_is_refused(caller, body):
    assert caller.post(PREVIEWS, body).status_code in {400, 422}


def test_a_body_without_end_is_refused(caller):
    problem(caller.post(PREVIEWS, '{"lines": "' + "x" * 1_000_000 + '"}'), 413, "body_too_large")


def test_an_unknown_parameter_is_named(caller):
    answer = caller.get("/api/v1/garages/", levle="RA1")
    assert fields(answer, 400, "invalid_parameter") == {"levle": "unknown_parameter"}


def test_every_wrong_parameter_is_named_at_once(caller):
    answer = caller.get("/api/v1/garages/", level="RA9", region="99", near="ici", updated_since="hier", page_size="0")
    assert fields(answer, 400, "invalid_parameter") == {
        "level": "invalid_choice",
        "region": "does_not_exist",
        "near": "invalid",
        "updated_since": "invalid",
        "page_size": "min_value",
    }


def test_messages_are_french(caller):
    answer = caller.post(PREVIEWS, {})
    assert problem(answer, 422, "invalid_body")["errors"] == [
        {"field": "lines", "code": "required", "message": "Ce champ est obligatoire."}
    ]


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (PermissionDenied("in secret"), 403, "forbidden"),
        (SuspiciousOperation("in secret"), 400, "bad_request"),
        (RequestDataTooBig("in secret"), 413, "body_too_large"),
        (ValidationError({"name": ValidationError("Trop court.", code="short")}), 422, "invalid_body"),
        (ValidationError("Trop court.", code="short"), 422, "invalid_body"),
    ],
)
def test_what_django_raises_is_told_alike(caller, monkeypatch, raised, status, code):
    monkeypatch.setattr(garages, "read_parameters", lambda *a: (_ for _ in ()).throw(raised))
    found = problem(caller.get("/api/v1/garages/"), status, code)
    assert "in secret" not in str(found)
    if code == "invalid_body":
        assert [(error["code"], error["message"]) for error in found["errors"]] == [("short", "Trop court.")]


def test_what_nobody_expected_is_logged_and_told_without_its_words(caller, monkeypatch, caplog):
    monkeypatch.setattr(garages, "read_parameters", lambda *a: 1 / 0)
    caller.http.raise_request_exception = False
    found = problem(caller.get("/api/v1/garages/"), 500, "internal_error")
    assert "division" not in str(found)
    assert "ZeroDivisionError" in caplog.text


def test_a_database_that_does_not_answer_is_told_without_its_words(caller, monkeypatch):
    def fail(*args, **kwargs):
        raise connection.Database.OperationalError("could not connect to 10.0.0.1")

    monkeypatch.setattr(garages, "page_of", fail)
    caller.http.raise_request_exception = False
    assert "10.0.0.1" not in str(problem(caller.get("/api/v1/garages/"), 500, "internal_error"))


def test_each_kind_has_its_own_code_and_words():
    assert len({kind.title for kind in KINDS.values()}) == len(KINDS)
    assert all(kind.advice for kind in KINDS.values())
