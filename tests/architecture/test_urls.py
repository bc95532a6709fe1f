"""Every address x every role: what each is answered for an object of theirs or of another. None is left out."""

import logging
from collections import Counter
from itertools import groupby

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver, reverse

from tests.architecture.url_table import LOGIN, ROLES, ROWS, Row
from tests.architecture.world import THINGS, address_of
from tests.cast import sign_in

PLACES = ("garage", "other_garage", "structure", "agency")


def addresses(patterns=None, namespace=""):
    """The name of every address of the URLconf with the view behind it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or pattern.pattern}", pattern.callback
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, inner)


def test_every_address_stands_in_the_table():
    missing = {name for name, _ in addresses()} - {row.name for row in ROWS}
    assert not missing, f"Add a row for each of {sorted(missing)} to url_table.py"


def test_every_row_of_the_table_has_an_address():
    assert {row.name for row in ROWS} <= {name for name, _ in addresses()}


def test_no_address_is_served_under_two_names():
    assert [name for name, times in Counter(name for name, _ in addresses()).items() if times > 1] == []


def test_what_is_open_without_signing_in_is_so_by_decision():
    """A view says `login_not_required` exactly where the table says that it is open."""
    opened = {name for name, view in addresses() if not getattr(view, "login_required", True)}
    assert opened == {row.name for row in ROWS if row.get["anonymous"] != LOGIN}


# The cast is made, and signs in, once for so many rows: a third of the time went into that. Rows of the same object
# stand together and share it, since every answer is taken back; it goes before the next object is made.
ROWS_TOGETHER = 6


def together():
    in_order = sorted(ROWS, key=lambda row: row.of)
    for start in range(0, len(in_order), ROWS_TOGETHER):
        rows = in_order[start : start + ROWS_TOGETHER]
        yield pytest.param(rows, id="+".join(f"{row.name}-{row.of}".strip("-") for row in rows))


@pytest.fixture
def world(db, request, monkeypatch):
    """The cast, with the places where they work. Only the status is looked at here: no error page is drawn."""
    bare = lambda self, status: lambda request, exception=None: HttpResponse(status=status)  # noqa: E731
    monkeypatch.setattr("django.urls.resolvers.URLResolver.resolve_error_handler", bare)
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    yield {name: request.getfixturevalue(name) for name in (*PLACES, *ROLES[1:])}
    logging.getLogger("django.request").setLevel(logging.NOTSET)


@pytest.fixture
def signed_in(client, world):
    """The cookies of each role."""
    cookies = {"anonymous": {}}
    for role in ROLES[1:]:
        client.cookies.clear()
        cookies[role] = {name: one.value for name, one in sign_in(client, world[role]).cookies.items()}
    return cookies


def _answer(response):
    """The status, or that one is sent to sign in."""
    if response.status_code == 302 and response.headers["Location"].startswith("/connexion/?next="):
        return LOGIN
    return response.status_code


def _ask(client, cookies, method, url, data):
    """As it would be answered now: what it changed is taken back, so that the next role meets the same."""
    client.cookies.clear()
    client.cookies.load(cookies)
    with transaction.atomic():
        answer = _answer(getattr(client, method)(url, data))
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("rows", list(together()))
def test_each_role_is_answered_as_the_table_says(client, world, signed_in, rows):
    different = {}
    for of, of_one in groupby(rows, key=lambda row: row.of):
        with transaction.atomic():
            kwargs = address_of(of, dict(world))
            for row in of_one:
                different |= _different(client, reverse(row.name, kwargs=kwargs), row, signed_in)
            transaction.set_rollback(True)
    assert not different, "(GET, POST) answered"


def _different(client, url, row: Row, signed_in):
    """What is answered otherwise than the table says, by address and role."""
    found = {}
    for role in ROLES:
        asks = (("get", {}), ("post", row.data))
        answers = tuple(_ask(client, signed_in[role], method, url, data) for method, data in asks)
        if answers != (row.get[role], row.post[role]):
            found[url, role] = f"{answers}, in the table {(row.get[role], row.post[role])}"
    return found


def test_what_does_not_exist_is_not_there_for_anyone(client, pilot):
    sign_in(client, pilot)
    no_row, no_key = {"uid": "00000000-0000-4000-8000-000000000000"}, {"key": "nothing"}
    of_one = [row for row in ROWS if row.of and row.get["pilot"] == 200 and row.get["anonymous"] == LOGIN]
    addresses_of_nothing = {
        row.name: reverse(row.name, kwargs=no_key if row.of == "setting" else no_row) for row in of_one
    }
    assert {name: client.get(url).status_code for name, url in addresses_of_nothing.items()} == {
        row.name: 404 for row in of_one
    }


def test_the_table_names_things_that_the_world_can_make():
    assert {row.of for row in ROWS} == set(THINGS)
