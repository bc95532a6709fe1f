"""The network's conversion rate, as partners' systems read it."""

from datetime import date

import pytest

from referrals.models import Referral
from reporting import cells
from tests.api.problems import fields
from tests.factories import referrals as make
from tests.factories.garages import GarageFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/reports/conversion"
YEAR = {"from": "2015-01-01", "to": "2015-12-31"}
COUNTS = ("referrals_sent", "quotes_proposed", "repairs_done", "open_quotes")


@pytest.fixture
def history(other_structure):
    """In 2015, ADIE sent ten persons of the Loire (six quoted, three repaired) and two of the Creuse."""

    def sent(count, upto, at, month):
        for _ in range(count):
            make.make_referral(
                upto=upto, at=at, garage=garage, organisation=other_structure.organisation, sent_on=date(2015, month, 3)
            )

    garage = GarageFactory(at="42218")
    sent(3, "repaired", "42218", 3)
    sent(3, "quoted", "42218", 3)
    sent(4, "sent", "42218", 4)
    sent(2, "repaired", "23096", 4)
    cells.count_again(list(Referral.objects.values_list("pk", flat=True)))


def counts(row):
    return tuple(row[name] for name in COUNTS)


def test_the_report_has_the_agreed_shape(caller, history):
    told = caller.get(ADDRESS, by="region", **YEAR).json()
    assert list(told) == ["from", "to", "basis", "by", "total", "rows"]
    assert (told["from"], told["to"], told["basis"], told["by"]) == ("2015-01-01", "2015-12-31", "cohort", ["region"])
    assert told["total"] == {
        "active_garages": 1,
        "referrals_sent": 12,
        "quotes_proposed": 8,
        "repairs_done": 5,
        "conversion_rate": "0.6250",
        "conversion_interval": ["0.3057", "0.8632"],
        "referral_yield": "0.4167",
        "open_quotes": 3,
    }


def test_a_partner_reads_the_networks_totals_and_small_rows_are_left_out(caller, call_as, history, other_structure):
    for system in (caller, call_as(other_structure)):
        rows = system.get(ADDRESS, by="region", **YEAR).json()["rows"]
        assert all(row["referrals_sent"] == 0 or row["referrals_sent"] >= 5 for row in rows)
        assert "75" not in [row["region"]["code"] for row in rows]


def test_a_total_of_less_than_five_persons_is_hidden(caller):
    make.make_referral(upto="repaired", sent_on=date(2015, 3, 3))
    cells.count_again(list(Referral.objects.values_list("pk", flat=True)))
    told = caller.get(ADDRESS, **YEAR).json()
    assert told["total"] is None
    assert all(row["referrals_sent"] == 0 for row in told["rows"])


def test_by_month_each_row_has_its_month(caller, history):
    rows = caller.get(ADDRESS, by="month", **YEAR).json()["rows"]
    assert {row["month"]: counts(row) for row in rows if row["referrals_sent"]} == {
        "2015-03": (6, 6, 3, 3),
        "2015-04": (6, 2, 2, 0),
    }
    assert all("region" not in row for row in rows)


def test_by_region_and_month_each_row_has_both(caller, history):
    told = caller.get(ADDRESS, by="region,month", **YEAR).json()
    assert told["by"] == ["region", "month"]
    march = next(row for row in told["rows"] if row["referrals_sent"] == 6)
    assert (march["region"]["code"], march["month"], march["conversion_rate"]) == ("84", "2015-03", "0.5000")


def test_without_by_the_rows_are_regions(caller):
    assert caller.get(ADDRESS, **YEAR).json()["by"] == ["region"]


def test_a_rate_of_few_is_null(caller):
    for _ in range(5):
        make.make_referral(upto="accepted", sent_on=date(2015, 3, 3))
    cells.count_again(list(Referral.objects.values_list("pk", flat=True)))
    total = caller.get(ADDRESS, **YEAR).json()["total"]
    assert (total["conversion_rate"], total["conversion_interval"], total["referral_yield"]) == (None, None, "0.0000")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"from": None}, {"from": "required"}),
        ({"from": None, "to": None}, {"from": "required", "to": "required"}),
        ({"from": "hier"}, {"from": "invalid"}),
        ({"to": "2015-02-30"}, {"to": "invalid"}),
        ({"from": "2015-01-02"}, {"from": "period"}),
        ({"to": "2015-12-30"}, {"to": "period"}),
        ({"to": "2014-12-31"}, {"to": "period"}),
        ({"from": "0001-01-01", "to": "0001-01-31"}, {"to": "period"}),
        ({"to": "9999-12-31"}, {"to": "period"}),
        ({"from": "1980-01-01"}, {"from": "period"}),
        ({"by": "garage"}, {"by": "invalid_choice"}),
        ({"by": "region,region"}, {"by": "invalid_choice"}),
        ({"by": "region,"}, {"by": "invalid_choice"}),
        ({"by": "region\x00"}, {"by": "invalid_choice"}),
        ({"scope": "own"}, {"scope": "unknown_parameter"}),
    ],
)
def test_a_wrong_parameter_is_named(caller, asked, expected):
    parameters = {name: value for name, value in {**YEAR, **asked}.items() if value is not None}
    assert fields(caller.get(ADDRESS, **parameters), 400, "invalid_parameter") == expected


def test_the_queries_do_not_grow_with_what_is_asked(caller, history, django_assert_num_queries):
    with django_assert_num_queries(3):
        caller.get(ADDRESS, **YEAR)
    with django_assert_num_queries(3):
        caller.get(ADDRESS, by="region,month", **{"from": "2012-01-01", "to": "2026-10-31"})
