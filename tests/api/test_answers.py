"""What every answer carries: its tag, who may keep it, and how many calls are left."""

from datetime import timedelta

import pytest

from garages.models import Garage
from mobiliz.lib import clock
from mobiliz.lib.api.policies import ClientThrottle
from tests.api.problems import problem

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/garages/"


# --- tags -------------------------------------------------------------------------------------------------
def test_an_answer_that_did_not_change_is_not_sent_again(caller, garage):
    for address in (ADDRESS, f"{ADDRESS}{garage.uid}/"):
        tag = caller.get(address)["ETag"]
        again = caller.get(address, headers={"if-none-match": tag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


def test_an_answer_that_changed_is_sent_with_another_tag(caller, garage):
    tag = caller.get(ADDRESS)["ETag"]
    Garage.objects.update(name="Autre nom")
    again = caller.get(ADDRESS, headers={"if-none-match": tag})
    assert again.status_code == 200
    assert again["ETag"] != tag


def test_a_list_that_goes_on_has_a_stable_tag(caller, garage, other_garage):
    first, second = caller.get(ADDRESS, page_size=1), caller.get(ADDRESS, page_size=1)
    assert first.json()["next"]
    assert first["ETag"] == second["ETag"]


def test_problems_and_posts_have_no_tag(caller):
    assert "ETag" not in caller.get(ADDRESS, level="x")
    assert "ETag" not in caller.post("/api/v1/quote-previews/", {})


def test_a_head_has_the_headers_and_no_body(caller, garage):
    answer = caller.http.head(ADDRESS)
    assert (answer.status_code, answer.content) == (200, b"")


def test_answers_are_kept_by_nobody_but_the_client(caller):
    good, bad = caller.get(ADDRESS), caller.get(ADDRESS, level="x")
    assert (good["Cache-Control"], bad["Cache-Control"]) == ("private, no-cache", "no-store")
    assert "Authorization" in good["Vary"]
    assert "Set-Cookie" not in good


# --- limits -----------------------------------------------------------------------------------------------
@pytest.fixture
def three_a_minute(monkeypatch):
    monkeypatch.setattr(ClientThrottle, "THROTTLE_RATES", {"client": "3/min"})
    with clock.moved_to(clock.now().replace(second=10, microsecond=0)):
        yield


def test_each_answer_says_how_many_calls_are_left(caller, three_a_minute):
    answers = [caller.get(ADDRESS) for _ in range(3)]
    assert [answer["RateLimit"] for answer in answers] == [f'"client";r={left};t=50' for left in (2, 1, 0)]
    assert answers[0]["RateLimit-Policy"] == '"client";q=3;w=60'


def test_the_call_too_many_is_told_when_to_come_back(caller, three_a_minute):
    for _ in range(3):
        caller.get(ADDRESS)
    refused = caller.get(ADDRESS)
    problem(refused, 429, "too_many_requests")
    assert (refused["Retry-After"], refused["RateLimit"]) == ("50", '"client";r=0;t=50')


def test_another_client_has_calls_of_its_own(caller, call_as, other_structure, three_a_minute):
    for _ in range(4):
        caller.get(ADDRESS)
    assert call_as(other_structure).get(ADDRESS).status_code == 200


def test_the_next_minute_begins_again(caller, three_a_minute):
    for _ in range(4):
        caller.get(ADDRESS)
    with clock.moved_to(clock.now() + timedelta(seconds=50)):
        assert caller.get(ADDRESS).status_code == 200


def test_a_cache_that_is_down_stops_nobody(caller, monkeypatch):
    from django.core.cache import cache

    monkeypatch.setattr(cache, "incr", lambda key: None)
    assert caller.get(ADDRESS).status_code == 200


def test_six_hundred_calls_a_minute_are_the_limit(caller):
    assert caller.get(ADDRESS)["RateLimit-Policy"] == '"client";q=600;w=60'
