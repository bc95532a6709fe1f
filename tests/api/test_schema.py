"""The OpenAPI document: complete, described, and what the API really answers."""

import json
from uuid import uuid4

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client

from tests.factories import journey

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(db):
    answer = Client().get("/api/v1/schema/")
    assert answer["Content-Type"] == "application/json"
    return answer.json()


def test_it_is_made_without_a_warning(capsys):
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert "openapi: 3.1.0" in capsys.readouterr().out


def test_it_is_public_and_also_yaml(db):
    answer = Client().get("/api/v1/schema/", headers={"accept": "application/yaml"})
    assert answer.content.startswith(b"openapi: 3.1.0")


def test_it_holds_every_address(document):
    assert set(document["paths"]) == {
        "/api/v1/garages/",
        "/api/v1/garages/{uid}/",
        "/api/v1/quote-previews/",
        "/api/v1/referrals/",
        "/api/v1/referrals/{uid}/",
        "/api/v1/reports/conversion",
    }


def operations(document):
    return [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_says_what_it_does_which_scope_it_asks_for_and_what_may_go_wrong(document):
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        ((scheme, scopes),) = operation["security"][0].items()
        assert scheme == "client"
        assert len(scopes) == 1, name
        assert {"200", "401", "403", "406", "429", "500"} <= set(operation["responses"]), name


def test_every_field_and_parameter_has_a_description(document):
    bare = [
        f"{name}.{field}"
        for name, shape in document["components"]["schemas"].items()
        for field, described in shape.get("properties", {}).items()
        if not described.get("description")
    ]
    for name, operation in operations(document):
        bare += [f"{name} {one['name']}" for one in operation.get("parameters", ()) if not one.get("description")]
    assert bare == []


# --- what it says is what is answered ---------------------------------------------------------------------
def closed(shape):
    """The same shape, refusing what it does not name."""
    if isinstance(shape, list):
        return [closed(one) for one in shape]
    if not isinstance(shape, dict):
        return shape
    inner = {key: closed(value) for key, value in shape.items()}
    return {**inner, "additionalProperties": False} if "properties" in shape else inner


def check(document, response, path, method="get"):
    described = document["paths"][path][method]["responses"][str(response.status_code)]["content"]
    shape = described[response["Content-Type"]]["schema"]
    whole = {**shape, "components": closed(document["components"])}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(response.json())


def test_garages_are_as_described(document, caller, garage, other_garage):
    check(document, caller.get("/api/v1/garages/", page_size=1), "/api/v1/garages/")
    check(document, caller.get("/api/v1/garages/", near="45,4"), "/api/v1/garages/")
    check(document, caller.get(f"/api/v1/garages/{garage.uid}/"), "/api/v1/garages/{uid}/")
    check(document, caller.get(f"/api/v1/garages/{uuid4()}/"), "/api/v1/garages/{uid}/")


def test_referrals_are_as_described(document, caller, adviser, workshop):
    quoted = journey.quoted(adviser, workshop).referral
    journey.draft(adviser)
    check(document, caller.get("/api/v1/referrals/"), "/api/v1/referrals/")
    check(document, caller.get("/api/v1/referrals/", state="x"), "/api/v1/referrals/")
    check(document, caller.get(f"/api/v1/referrals/{quoted.uid}/"), "/api/v1/referrals/{uid}/")


def test_the_report_is_as_described(document, caller, garage):
    path = "/api/v1/reports/conversion"
    for by in ("region", "month", "region,month"):
        check(document, caller.get(path, by=by, **{"from": "2015-01-01", "to": "2015-12-31"}), path)
    check(document, caller.get(path), path)


def test_quote_previews_are_as_described(document, caller):
    path = "/api/v1/quote-previews/"
    line = {"kind": "flat", "description": "Forfait", "quantity": "1", "unit_cost_excl_tax": "10"}
    check(document, caller.post(path, {"lines": [line], "issued_on": "2026-11-23", "vat_rate": "20"}), path, "post")
    check(document, caller.post(path, {"lines": []}), path, "post")
    check(document, caller.post(path, "{"), path, "post")


def test_problems_are_as_described(document):
    refused = Client().get("/api/v1/garages/")
    check(document, refused, "/api/v1/garages/")
    codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert refused.json()["code"] in codes


def test_the_document_names_no_person_and_no_machine(document):
    assert "127.0.0.1" not in json.dumps(document)


# --- the page ---------------------------------------------------------------------------------------------
def test_the_page_is_public_and_brings_everything_itself(db):
    page = Client().get("/api/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'data-schema="/api/v1/schema/"' in text
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in text
    assert 'id="insufficient_scope"' in text
    assert "https://" not in text


def test_the_page_has_nothing_inline(db):
    text = Client().get("/api/docs/").content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
