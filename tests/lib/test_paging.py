"""Long lists, page by page."""

import pytest
from django.test import RequestFactory

from mobiliz.lib.paging import paged
from mobiliz.territory.models import Commune
from tests.factories.territory import COMMUNES

TOTAL = len(COMMUNES)


@pytest.mark.parametrize(
    ("asked", "first", "length"),
    [
        ("", 1, 5),
        ("1", 1, 5),
        ("2", 6, 5),
        ("4", 16, TOTAL - 15),
        ("99", 16, TOTAL - 15),
        ("0", 1, 5),
        ("-1", 1, 5),
        ("deux", 1, 5),
        ("²", 1, 5),
        ("9" * 5000, 1, 5),
    ],
)
def test_the_page_that_is_asked_for_or_the_nearest_there_is(db, asked, first, length, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = paged(RequestFactory().get("/", {"page": asked}), Commune.objects.order_by("pk"), length=5)
    assert (found.first, len(found.rows), found.total) == (first, length, TOTAL)
    assert found.position == f"{first} à {first + length - 1} sur {TOTAL}"


def test_the_neighbours_keep_the_filters(db):
    request = RequestFactory().get("/garages/", {"q": "st é", "page": "2"})
    found = paged(request, Commune.objects.order_by("pk"), length=5)
    assert found.before_url == "/garages/?q=st+%C3%A9&page=1"
    assert found.after_url == "/garages/?q=st+%C3%A9&page=3"


def test_a_short_list_has_no_neighbours_and_says_no_position(db):
    found = paged(RequestFactory().get("/"), Commune.objects.order_by("pk"))
    assert (found.before_url, found.after_url, found.position) == ("", "", "")


def test_an_empty_list_is_a_page_too(db):
    found = paged(RequestFactory().get("/"), Commune.objects.none())
    assert (found.rows, found.total, found.first, found.position) == ([], 0, 0, "")
