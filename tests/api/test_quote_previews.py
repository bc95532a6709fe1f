"""Lines in, totals out: as the garage's own page would reckon them, and nothing stored."""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garages.models import PriceSchedule, VatRate
from tests.api.problems import fields, problem
from tests.factories.garages import GarageFactory, PriceScheduleFactory, VatRateFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/quote-previews/"
CASES = Path(__file__).parents[1] / "garages" / "data" / "quote_cases.csv"
LABOUR = {"kind": "labour", "description": "Distribution", "quantity": "2.00"}
PART = {
    "kind": "part",
    "description": "Kit",
    "quantity": "1",
    "unit_cost_excl_tax": "100.00",
    "unit_public_excl_tax": "150.00",
    "part_origin": "new",
}


@pytest.fixture(autouse=True)
def _schedules():
    PriceScheduleFactory()
    VatRateFactory()
    VatRateFactory(territory="04", percent=Decimal("8.5"))


def preview(caller, *lines, **more):
    return caller.post(ADDRESS, {"issued_on": "2026-11-23", "lines": list(lines), **more})


# --- the worked cases -------------------------------------------------------------------------------------
def worked_cases():
    lines, totals = defaultdict(list), {}
    with CASES.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["row"] == "line":
                lines[row["case"]].append(row)
            else:
                totals[row["case"]] = row
    return [pytest.param(lines[case], total, id=f"case {case}") for case, total in totals.items()]


def as_line(row):
    kind, _, origin = row["kind"].partition("_")
    return {
        "kind": kind,
        "description": row["description"],
        "quantity": row["qty"],
        "unit_cost_excl_tax": row["unit_cost_ht"],
        "unit_public_excl_tax": row["unit_public_ht"],
        **({"part_origin": origin} if origin else {}),
    }


@pytest.mark.parametrize(("lines", "total"), worked_cases())
def test_the_six_worked_cases_come_out_to_the_cent(caller, lines, total):
    instalments = total["instalments"].split("|")
    answer = caller.post(
        ADDRESS,
        {
            "issued_on": total["issue_date"],
            "vat_rate": total["vat_pct"],
            "contributions": [total["third_party"]],
            "instalments": len(instalments),
            "lines": [as_line(row) for row in lines],
        },
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "total_excl_tax": total["total_ht"],
        "vat": total["vat"],
        "total_incl_tax": total["total_ttc"],
        "public_excl_tax": total["public_ht"],
        "public_incl_tax": total["public_ttc"],
        "saving_incl_tax": total["saving_ttc"],
        "saving_percent": total["saving_pct"],
        "left_to_pay": total["left_to_pay"],
        "instalments": instalments,
        "warnings": [],
    }


def test_there_are_six_worked_cases():
    assert len(worked_cases()) == 6


# --- schedule and VAT -------------------------------------------------------------------------------------
def test_labour_takes_its_rate_from_the_schedule(caller):
    told = preview(caller, LABOUR).json()
    assert (told["total_excl_tax"], told["vat"], told["total_incl_tax"]) == ("70.00", "14.00", "84.00")


def test_a_rate_that_is_not_the_schedules_is_refused(caller):
    answer = preview(caller, PART, {**LABOUR, "unit_cost_excl_tax": "36.00"})
    assert fields(answer, 422, "invalid_body") == {"lines.1.unit_cost_excl_tax": "rate_not_of_schedule"}


@pytest.mark.parametrize(
    ("at", "options", "vat"),
    [("42218", {}, "14.00"), ("97411", {}, "5.95"), ("2A004", {}, "14.00"), ("42218", {"is_vat_exempt": True}, "0.00")],
)
def test_vat_is_that_of_the_garages_territory(caller, at, options, vat):
    garage = GarageFactory(at=at, **options)
    assert preview(caller, LABOUR, garage=str(garage.uid)).json()["vat"] == vat


def test_a_given_vat_rate_counts_before_that_of_the_territory(caller):
    garage = GarageFactory(at="97411")
    assert preview(caller, LABOUR, garage=str(garage.uid), vat_rate="20").json()["vat"] == "14.00"


def test_the_garages_own_schedule_counts_before_the_programmes(caller, garage):
    PriceScheduleFactory(scope="garage", scope_key=str(garage.uid), hourly_rate_excl_tax=Decimal("30.00"))
    assert preview(caller, LABOUR, garage=str(garage.uid)).json()["total_excl_tax"] == "60.00"
    assert preview(caller, LABOUR).json()["total_excl_tax"] == "70.00"


def test_an_unknown_garage_is_named(caller):
    assert fields(preview(caller, LABOUR, garage=str(uuid4())), 422, "invalid_body") == {"garage": "unknown_garage"}


def test_a_day_without_a_schedule_is_named(caller):
    answer = preview(caller, LABOUR, issued_on="2011-12-31")
    assert fields(answer, 422, "invalid_body") == {"issued_on": "not_in_force"}


def test_a_day_without_a_vat_rate_is_named_unless_a_rate_is_given(caller):
    VatRate.objects.all().delete()
    assert fields(preview(caller, LABOUR), 422, "invalid_body") == {"vat_rate": "not_in_force"}
    assert preview(caller, LABOUR, vat_rate="20").status_code == 200


def test_without_a_day_it_is_priced_today(caller):
    assert caller.post(ADDRESS, {"lines": [LABOUR]}).json()["total_incl_tax"] == "84.00"


# --- what is left to pay ----------------------------------------------------------------------------------
def test_contributions_are_taken_off_and_the_rest_is_paid_in_instalments(caller):
    told = preview(caller, LABOUR, PART, contributions=["100.00", "4.00"], instalments=3).json()
    assert (told["left_to_pay"], told["instalments"]) == ("100.00", ["33.34", "33.33", "33.33"])


def test_a_line_without_a_public_price_is_told(caller):
    told = preview(caller, LABOUR, PART).json()
    assert [warning["code"] for warning in told["warnings"]] == ["public_price_missing"]
    assert "Distribution" in told["warnings"][0]["message"]
    assert told["saving_incl_tax"] == "60.00"


def test_without_any_public_price_there_is_no_saving(caller):
    told = preview(caller, LABOUR).json()
    assert (told["public_incl_tax"], told["saving_incl_tax"], told["saving_percent"]) == (None, None, None)


# --- wrong input ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"lines": "required"}),
        ({"lines": []}, {"lines": "lines_empty"}),
        ({"lines": {}}, {"lines": "not_a_list"}),
        ({"lines": ["x"]}, {"lines.0": "invalid"}),
        (
            {"lines": [LABOUR, {}]},
            {"lines.1.kind": "required", "lines.1.description": "required", "lines.1.quantity": "required"},
        ),
        ({"lines": [{**LABOUR, "kind": "discount"}]}, {"lines.0.kind": "invalid_choice"}),
        ({"lines": [{**LABOUR, "quantity": "deux"}]}, {"lines.0.quantity": "invalid"}),
        ({"lines": [{**LABOUR, "quantity": "1,5"}]}, {"lines.0.quantity": "invalid"}),
        ({"lines": [{**LABOUR, "quantity": True}]}, {"lines.0.quantity": "invalid"}),
        ({"lines": [{**LABOUR, "quantity": None}]}, {"lines.0.quantity": "null"}),
        ({"lines": [{**LABOUR, "quantity": "0"}]}, {"lines.0.quantity": "not_positive"}),
        ({"lines": [{**LABOUR, "quantity": "1e400000000"}]}, {"lines.0.quantity": "too_large"}),
        ({"lines": [{**LABOUR, "quantity": "1e-400000000"}]}, {"lines.0.quantity": "too_many_decimals"}),
        ({"lines": [{**LABOUR, "quantity": "NaN"}]}, {"lines.0.quantity": "invalid"}),
        ({"lines": [{**LABOUR, "quantity": "Infinity"}]}, {"lines.0.quantity": "invalid"}),
        ({"lines": [{**LABOUR, "description": " "}]}, {"lines.0.description": "description_missing"}),
        ({"lines": [{**LABOUR, "description": "a\u0000b"}]}, {"lines.0.description": "null_characters_not_allowed"}),
        ({"lines": [{**LABOUR, "unit_cost": "35"}]}, {"lines.0.unit_cost": "unknown_field"}),
        ({"lines": [{**PART, "part_origin": None}]}, {"lines.0.part_origin": "part_origin_missing"}),
        ({"lines": [{**PART, "unit_cost_excl_tax": "-1"}]}, {"lines.0.unit_cost_excl_tax": "negative"}),
        ({"lines": [{**PART, "unit_cost_excl_tax": "151"}]}, {"lines.0.unit_cost_excl_tax": "cost_above_public"}),
        ({"lines": [PART] * 101}, {"lines": "too_many_lines"}),
        ({"lines": [PART], "vat_rate": "-1"}, {"vat_rate": "negative"}),
        ({"lines": [PART], "vat_rate": "vingt"}, {"vat_rate": "invalid"}),
        ({"lines": [PART], "contributions": ["-1"]}, {"contributions": "negative"}),
        ({"lines": [PART], "contributions": ["1", "un"]}, {"contributions.1": "invalid"}),
        ({"lines": [PART], "contributions": ["1000"]}, {"contributions": "contributions_above_total"}),
        ({"lines": [PART], "instalments": 0}, {"instalments": "instalments_out_of_range"}),
        ({"lines": [PART], "instalments": 1.5}, {"instalments": "invalid"}),
        ({"lines": [PART], "issued_on": "23/11/2026"}, {"issued_on": "invalid"}),
        ({"lines": [PART], "garage": "x"}, {"garage": "invalid"}),
        ({"lines": [PART], "title": "x"}, {"title": "unknown_field"}),
        ({"lines": [{}], "title": "x", "garage": 3.5}, {"title": "unknown_field"}),
    ],
)
def test_what_is_wrong_is_named_with_its_field(caller, body, expected):
    found = fields(caller.post(ADDRESS, body), 422, "invalid_body")
    assert expected.items() <= found.items(), found


def test_every_fault_of_the_lines_is_told_at_once(caller):
    answer = preview(caller, {**LABOUR, "quantity": "-1"}, {**PART, "part_origin": None}, vat_rate="60")
    assert set(fields(answer, 422, "invalid_body")) == {"lines.0.quantity", "lines.1.part_origin", "vat_rate"}


@pytest.mark.parametrize("figure", [35, 35.0, "35", "35.00", "35.0000"])
def test_a_figure_may_be_a_string_or_a_number(caller, figure):
    assert preview(caller, {**LABOUR, "unit_cost_excl_tax": figure}).json()["total_excl_tax"] == "70.00"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from([*LABOUR, "unit_cost_excl_tax", "unit_public_excl_tax", "part_origin"])
bodies = st.fixed_dictionaries(
    {"lines": st.lists(st.dictionaries(keys, json_values), max_size=2) | json_values},
    optional=dict.fromkeys(("issued_on", "vat_rate", "garage", "contributions", "instalments"), json_values),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies)
def test_whatever_is_sent_is_priced_or_refused_in_words(caller, body):
    answer = caller.post(ADDRESS, body)
    assert answer.status_code == 200 or problem(answer, 422, "invalid_body")["errors"]


# --- side effects -----------------------------------------------------------------------------------------
def test_nothing_is_stored_and_the_queries_do_not_grow_with_the_lines(caller, garage):
    def statements(count):
        with CaptureQueriesContext(connection) as seen:
            assert preview(caller, *[PART] * count, garage=str(garage.uid)).status_code == 200
        return [query["sql"] for query in seen]

    few, many = statements(1), statements(60)
    assert len(few) == len(many) <= 5
    assert all(sql.startswith("SELECT") for sql in many)


def test_a_schedule_that_ended_counts_no_more(caller):
    PriceSchedule.objects.update(in_force_until=date(2026, 1, 1))
    PriceScheduleFactory(in_force_from=date(2026, 1, 1), hourly_rate_excl_tax=Decimal("40.00"))
    assert preview(caller, LABOUR).json()["total_excl_tax"] == "80.00"
    assert preview(caller, LABOUR, issued_on="2025-12-31").json()["total_excl_tax"] == "70.00"
