"""Who may call what: scope x address, and that nobody gets in by a session."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern

from mobiliz import api_urls
from mobiliz.lib.api.views import ApiView
from tests import cast
from tests.api.conftest import EVERYTHING
from tests.api.problems import problem

pytestmark = pytest.mark.django_db

# Every address of the API below /api/v1/ with what it asks for; one that is not listed here fails a test.
ADDRESSES = {
    "api_garages": ("GET", "/api/v1/garages/", "directory:read", 200),
    "api_garage": ("GET", f"/api/v1/garages/{UUID(int=1)}/", "directory:read", 404),
    "api_quote_previews": ("POST", "/api/v1/quote-previews/", "directory:read", 422),
    "api_referrals": ("GET", "/api/v1/referrals/", "referrals:read", 200),
    "api_referral": ("GET", f"/api/v1/referrals/{UUID(int=1)}/", "referrals:read", 404),
    "api_report_conversion": (
        "GET",
        "/api/v1/reports/conversion?from=2015-01-01&to=2015-12-31",
        "reports:read",
        200,
    ),
}
PUBLIC = {"oauth_token", "oauth_revoke", "api_docs", "api_schema", "api_nothing"}


def ask(http, name):
    method, address, _, _ = ADDRESSES[name]
    return http.generic(method, address, "{}", content_type="application/json")


def test_every_address_is_in_the_table_or_public():
    names = {pattern.name for pattern in api_urls.urlpatterns if isinstance(pattern, URLPattern)}
    assert names == {*ADDRESSES, *PUBLIC}


def test_every_view_says_which_scope_each_of_its_methods_asks_for():
    views = [getattr(pattern.callback, "cls", None) for pattern in api_urls.urlpatterns]
    for view in [view for view in views if view and issubclass(view, ApiView)]:
        methods = {name.upper() for name in view.http_method_names if hasattr(view, name)}
        assert methods == set(view.required_scopes)


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_scope_opens_its_addresses(call_as, structure, name):
    _, _, scope, status = ADDRESSES[name]
    assert ask(call_as(structure, scope).http, name).status_code == status


@pytest.mark.parametrize("name", ADDRESSES)
def test_all_other_scopes_together_do_not(call_as, structure, name):
    _, _, needed, _ = ADDRESSES[name]
    others = [scope for scope in EVERYTHING if scope != needed]
    answer = ask(call_as(structure, *others).http, name)
    problem(answer, 403, "insufficient_scope")
    assert answer["WWW-Authenticate"] == f'Bearer realm="api", error="insufficient_scope", scope="{needed}"'


@pytest.mark.parametrize("name", ADDRESSES)
def test_without_a_token_nothing_opens(db, name):
    answer = ask(Client(), name)
    problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("who", cast.NAMES)
def test_a_session_opens_nothing_whatever_the_role(client, member, who):
    cast.sign_in(client, member(who))
    for name in ADDRESSES:
        problem(ask(client, name), 401, "not_authenticated")


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer inconnu", "Bearer a b", "Bearer \x80\xff", "bearer " + "x" * 5000],
)
def test_a_token_that_nobody_issued_is_refused(db, header):
    answer = Client().get("/api/v1/garages/", headers={"authorization": header})
    problem(answer, 401, "invalid_token")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


@pytest.mark.parametrize("header", ["", "Basic ZGVtbzpkZW1v", "Token inconnu"])
def test_another_way_to_sign_in_is_no_token(db, header):
    answer = Client().get("/api/v1/garages/", headers={"authorization": header})
    problem(answer, 401, "not_authenticated")


def test_a_token_in_the_address_is_not_read(caller):
    problem(Client().get("/api/v1/garages/", {"access_token": caller.token}), 401, "not_authenticated")


def test_the_token_counts_and_not_the_session_that_comes_with_it(caller, other_adviser, adviser):
    from tests.factories.journey import draft

    draft(adviser)
    cast.sign_in(caller.http, other_adviser)
    assert len(caller.ids("/api/v1/referrals/")) == 1
