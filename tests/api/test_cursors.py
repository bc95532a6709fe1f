"""A list read from cursor to cursor leaves nothing out and repeats nothing, whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garages.models import Garage
from tests.api.problems import fields
from tests.factories.garages import GarageFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/garages/"
START = datetime(2026, 1, 1, tzinfo=UTC)
# few moments, so that many rows share one
moments = st.integers(0, 3).map(lambda minutes: START + timedelta(minutes=minutes))
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def follow(caller, between=lambda: None, **parameters):
    """Every id, page after page; `between` is what others do meanwhile."""
    seen, page = [], caller.get(ADDRESS, **parameters).json()
    while True:
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            return seen
        between()
        page = caller.http.get(page["next"]).json()


@pytest.fixture
def garages():
    """Makes garages that changed at these moments; those of a former example go."""

    def made(changed):
        Garage.objects.update(updated_at=START)
        present = list(Garage.objects.order_by("pk"))
        present += [GarageFactory() for _ in range(len(changed) - len(present))]
        for garage, moment in zip(present, changed, strict=False):
            Garage.objects.filter(pk=garage.pk).update(updated_at=moment)
        return Garage.objects.count()

    return made


@FEW
@given(changed=st.lists(moments, max_size=9), size=st.integers(1, 5))
def test_pages_hold_every_row_once_in_order(caller, garages, changed, size):
    garages(changed)
    expected = [str(uid) for uid in Garage.objects.order_by("updated_at", "pk").values_list("uid", flat=True)]
    assert follow(caller, page_size=size) == expected


@FEW
@given(changed=st.lists(moments, min_size=3, max_size=7), size=st.integers(1, 3), new=st.lists(moments, max_size=3))
def test_rows_that_others_add_neither_hide_nor_repeat_those_that_were_there(caller, garages, changed, size, new):
    garages(changed)
    before = {str(uid) for uid in Garage.objects.values_list("uid", flat=True)}
    arriving = iter(new)

    def someone_joins():
        moment = next(arriving, None)
        if moment is not None:
            GarageFactory(updated_at=moment)

    seen = follow(caller, someone_joins, page_size=size)
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_a_row_that_changes_while_others_read_is_seen_again_and_hides_none(caller, garages):
    garages([START + timedelta(minutes=minute) for minute in range(6)])
    first, *_ = Garage.objects.order_by("updated_at")
    changes = iter([first])

    def the_first_changes():
        for garage in changes:
            Garage.objects.filter(pk=garage.pk).update(updated_at=START + timedelta(days=1))

    seen = follow(caller, the_first_changes, page_size=2)
    assert len(seen) == 7
    assert (seen[0], seen[-1]) == (str(first.uid), str(first.uid))
    assert len(set(seen)) == 6


def test_the_next_page_keeps_what_was_asked_and_is_a_whole_link(caller):
    for level in ("RA1", "RA2", "RA1", "RA1"):
        GarageFactory(level=level)
    page = caller.get(ADDRESS, level="RA1", page_size=2).json()
    assert page["next"].startswith("http://testserver/api/v1/garages/?")
    assert [row["level"] for row in caller.http.get(page["next"]).json()["results"]] == ["RA1"]


def test_fifty_rows_are_a_page_and_two_hundred_the_longest(caller):
    for _ in range(51):
        GarageFactory()
    assert len(caller.get(ADDRESS).json()["results"]) == 50
    assert len(caller.get(ADDRESS, page_size=1000).json()["results"]) == 51


def test_a_page_says_no_count(caller, garage):
    assert set(caller.get(ADDRESS).json()) == {"results", "next"}


def cursor_of(page):
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(page["next"]).query)["cursor"][0]


def test_a_cursor_that_is_not_ours_is_refused(caller):
    GarageFactory.create_batch(2)
    cursor = cursor_of(caller.get(ADDRESS, page_size=1).json())
    for wrong in ("x", cursor[:-1], cursor[1:], cursor.replace(":", "."), "é", "\x01", "a" * 5000):
        refused = caller.get(ADDRESS, cursor=wrong)
        assert fields(refused, 400, "invalid_cursor") == {"cursor": "invalid_cursor"}


def test_a_cursor_of_another_list_is_refused(caller):
    GarageFactory.create_batch(2)
    cursor = cursor_of(caller.get(ADDRESS, page_size=1).json())
    assert fields(caller.get("/api/v1/referrals/", cursor=cursor), 400, "invalid_cursor")
