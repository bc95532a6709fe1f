"""Every address x every role: what each is answered for an object of theirs or of another. None is left out."""

import logging
from collections import Counter

import pytest
from django.db import transaction
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


@pytest.fixture
def world(db, request):
    """The cast, with the places where they work."""
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    yield {name: request.getfixturevalue(name) for name in (*PLACES, *ROLES[1:])}
    logging.getLogger("django.request").setLevel(logging.NOTSET)


def _answer(response):
    """The status, or that one is sent to sign in."""
    if response.status_code == 302 and response.headers["Location"].startswith("/connexion/?next="):
        return LOGIN
    return response.status_code


def _ask(client, method, url, data):
    """As it would be answered now: what it changed is taken back, so that the next role meets the same."""
    with transaction.atomic():
        answer = _answer(getattr(client, method)(url, data))
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.of}".strip("-"))
def test_each_role_is_answered_as_the_table_says(client, world, row: Row):
    url = reverse(row.name, kwargs=address_of(row.of, world))
    different = {}
    for role in ROLES:
        client.cookies.clear()
        if role != "anonymous":
            sign_in(client, world[role])
        answers = (_ask(client, "get", url, {}), _ask(client, "post", url, row.data))
        if answers != (row.get[role], row.post[role]):
            different[role] = f"{answers}, in the table {(row.get[role], row.post[role])}"
    assert not different, f"{url}: (GET, POST) answered"


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
