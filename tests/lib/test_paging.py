"""Long lists, page by page: nothing twice, nothing left out, whatever comes or goes meanwhile."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import RequestFactory

from garages.forms import ORDERS as GARAGE_ORDERS
from garages.models import Garage
from mobiliz.accounts.forms import ORDERS as ACCOUNT_ORDERS
from mobiliz.accounts.models import User
from mobiliz.lib import paging
from mobiliz.lib.paging import DAYS, Order, address, paged
from mobiliz.lib.templatetags.mobiliz import count_fr
from mobiliz.territory.models import Commune
from partners.forms import ORDERS_OF_PILOTS
from partners.models import Structure
from referrals.desks.adviser.listing import ORDERS as REFERRAL_ORDERS
from referrals.desks.garage import ORDERS as HISTORY_ORDERS
from referrals.models import Assignment, Referral
from tests.factories.accounts import UserFactory
from tests.factories.garages import GarageFactory
from tests.factories.territory import COMMUNES

TOTAL = len(COMMUNES)
ORDERS = (
    Order("nom", "Nom", "search_name"),
    Order("taille", "Habitants", "population", is_down=True),
    Order("departement", "Département", "department_id"),
)


def _page(address="/communes/", rows=None, orders=ORDERS, length=5):
    path, _, query = address.partition("?")
    request = RequestFactory().get(path, query_params={}) if not query else RequestFactory().get(address)
    return paged(request, Commune.objects.all() if rows is None else rows, orders, length=length)


def _walk(page, side, **asked):
    """The names on this page and on all those that follow it on this side."""
    pages = [page]
    while following := getattr(pages[-1], side):
        pages.append(_page(following, **asked))
        assert len(pages) < 50
    return pages


def _keys(pages):
    return [row.pk for page in pages for row in page.rows]


@pytest.mark.parametrize("sorting", ["", "nom", "-nom", "taille", "-taille", "departement", "-departement"])
def test_forwards_and_back_every_row_comes_once_and_in_order(db, sorting):
    forwards = _walk(_page(f"/communes/?tri={sorting}" if sorting else "/communes/"), "after_url")
    keys = _keys(forwards)
    name, is_down = sorting.lstrip("-") or "nom", sorting.startswith("-")
    by = {order.name: order.by for order in ORDERS}[name]
    sign = "-" if is_down else ""
    assert keys == list(Commune.objects.order_by(f"{sign}{by}", f"{sign}pk").values_list("pk", flat=True))
    assert len(keys) == TOTAL
    backwards = _walk(forwards[-1], "before_url")
    # seen from the end pages are whole too, but for the first, which is page one
    assert _keys(backwards[-1:]) == keys[:5]
    assert sorted(set(_keys(backwards))) == sorted(keys)


def test_it_takes_two_queries_wherever_one_is(db, django_assert_num_queries):
    first = _page()
    for where in ("/communes/", first.after_url, _page(first.after_url).after_url):
        with django_assert_num_queries(2):
            _page(where)


@pytest.fixture
def names(db):
    """Garages called a to j, and what reads a page of three of them."""
    for letter in "abcdefghij":
        GarageFactory(name=letter)
    orders = (Order("nom", "Nom", "search_name"),)
    return lambda where="/garages/": _page(where, Garage.objects.all(), orders, length=3)


def _shown(page):
    return "".join(row.search_name for row in page.rows)


def test_what_comes_and_goes_meanwhile_neither_repeats_nor_hides_another(names):
    first = names()
    assert _shown(first) == "abc"
    GarageFactory(name="aa")
    GarageFactory(name="ca")
    second = names(first.after_url)
    assert _shown(second) == "cade"
    Garage.objects.filter(search_name="ca").update(search_name="z")
    third = names(second.after_url)
    assert _shown(third) == "fgh"
    assert _shown(names(third.before_url)) == "cde"


def test_back_at_the_beginning_the_first_page_is_whole(names):
    second = names(names().after_url)
    first = names(second.before_url)
    assert (_shown(first), first.before_url) == ("abc", "")
    Garage.objects.filter(search_name="a").update(search_name="zz")
    assert _shown(names(second.before_url)) == "bcd"


def test_a_page_beyond_which_everything_went_is_the_first(names):
    last = names(names(names().after_url).after_url)
    Garage.objects.filter(search_name__gt="f").update(search_name="a0")
    assert _shown(names(last.after_url))[0] == "a"


@pytest.mark.parametrize("tampered", ["", "x", "é", "0" * 5000, "gAAAAAB", "\x00", "a=b"])
@pytest.mark.parametrize("side", ["apres", "avant"])
def test_a_mark_that_was_made_up_leads_to_page_one(names, side, tampered):
    request = RequestFactory().get("/garages/", {side: tampered})
    found = paged(request, Garage.objects.all(), (Order("nom", "Nom", "search_name"),), length=3)
    assert _shown(found) == "abc"


def test_a_mark_is_of_its_list_and_of_its_order_alone(names):
    after = names().after_url
    assert _shown(names(after)) == "def"
    assert _shown(names(after.replace("/garages/", "/structures/"))) == "abc"
    assert _shown(names(f"{after}&tri=-nom")) == "jih"
    assert _shown(names(after[:-3])) == "abc"


def test_no_name_stands_in_the_address(names):
    GarageFactory(name="cacahuete")
    Garage.objects.filter(search_name="c").update(search_name="zz")
    assert "cacahuete" not in names().after_url


def test_what_was_never_confirmed_has_its_place_in_both_directions(db):
    days = [None, None, date(2020, 1, 1), None, date(2024, 5, 5), date(2024, 5, 5)]
    made = [GarageFactory(name=str(number), confirmed_on=day) for number, day in enumerate(days)]
    orders = (Order("confirmation", "", "confirmed_on", DAYS, empty=date.min),)
    for sorting, expected in (("", [0, 1, 3, 2, 4, 5]), ("-confirmation", [5, 4, 2, 3, 1, 0])):
        asked = {"rows": Garage.objects.all(), "orders": orders, "length": 2}
        pages = _walk(_page(f"/g/?tri={sorting}", **asked), "after_url", **asked)
        assert _keys(pages) == [made[number].pk for number in expected]


def test_moments_to_the_microsecond_are_marks_too(db):
    at = datetime(2024, 3, 31, 1, 59, 59, 999999, tzinfo=UTC)
    made = [UserFactory(last_login=None if number == 1 else at + timedelta(microseconds=number)) for number in range(5)]
    asked = {"rows": User.objects.all(), "orders": ACCOUNT_ORDERS, "length": 1}
    pages = _walk(_page("/c/?tri=-connexion", **asked), "after_url", **asked)
    assert _keys(pages) == [made[number].pk for number in (4, 3, 2, 0, 1)]


# --- what stands around the list ------------------------------------------------------------------------------
def test_the_neighbours_keep_the_filters_and_leave_out_what_is_empty(db):
    request = RequestFactory().get("/garages/", {"q": "st é", "level": "", "tri": "-nom"})
    found = paged(request, Commune.objects.all(), ORDERS, length=5)
    assert found.after_url.startswith("/garages/?q=st+%C3%A9&tri=-nom&apres=")


def test_a_heading_sorts_by_its_column_then_turns_the_list_round(db):
    found = _page("/communes/?q=st")
    assert [(head.url, head.sorted, head.way) for head in found.heads.values()] == [
        ("/communes/?q=st&tri=-nom", "ascending", "de Z à A"),
        ("/communes/?q=st&tri=-taille", "", "de Z à A"),
        ("/communes/?q=st&tri=departement", "", "de A à Z"),
    ]
    turned = _page(found.heads["nom"].url)
    assert (turned.heads["nom"].url, turned.heads["nom"].sorted) == ("/communes/?q=st", "descending")
    assert [choice.value for choice in turned.choices if choice.is_now] == ["-nom"]


def test_sorting_begins_at_the_top(db):
    second = _page(_page().after_url)
    assert "apres" not in second.heads["taille"].url


@pytest.mark.parametrize(
    ("asked", "how", "expected"),
    [
        ({"q": "a", "page": ""}, {}, "/l/?q=a"),
        ({"q": "a", "avant": "x"}, {"changes": {"tri": "-nom"}}, "/l/?q=a&tri=-nom"),
        ({"q": "a", "avant": "x"}, {"changes": {"apres": "y"}}, "/l/?q=a&apres=y"),
        ({"q": "a"}, {"without": "q"}, "/l/"),
        ({"avant": "x"}, {"keep_place": True}, "/l/?avant=x"),
    ],
)
def test_an_address_holds_what_was_asked_and_nothing_else(asked, how, expected):
    assert address(RequestFactory().get("/l/", asked), **how) == expected


def test_rows_are_counted_as_far_as_it_is_cheap(db, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED", 7)
    monkeypatch.setattr("mobiliz.lib.templatetags.mobiliz.COUNTED", 7)
    assert count_fr(_page(), "commune,communes") == "plus de 7\xa0communes"
    assert count_fr(_page(rows=Commune.objects.all()[:0].model.objects.none()), "commune,communes") == "0\xa0commune"


def test_an_empty_list_is_a_page_too(db):
    found = _page(rows=Commune.objects.none())
    assert (found.rows, found.total, found.before_url, found.after_url) == ([], 0, "", "")


# --- the lists of the house -----------------------------------------------------------------------------------
LISTS = [
    (Garage, GARAGE_ORDERS),
    (Structure, ORDERS_OF_PILOTS),
    (User, ACCOUNT_ORDERS),
    (Referral, REFERRAL_ORDERS),
    (Assignment, HISTORY_ORDERS),
]


@pytest.mark.parametrize(
    ("model", "order"),
    [pytest.param(model, one, id=f"{model.__name__} {one.name}") for model, orders in LISTS for one in orders],
)
def test_a_column_that_may_be_empty_says_what_stands_for_it(model, order):
    *path, last = order.by.split("__")
    for name in path:
        model = model._meta.get_field(name).related_model
    assert model._meta.get_field(last).null == (order.empty is not None)
