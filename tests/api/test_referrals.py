"""A partner's own referrals, as its system reads them."""

import json
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from referrals.api import FHIR_STATUS, FHIR_STATUS_OF_CLOSED, fhir_status
from referrals.states import Outcome, State
from tests.api.problems import problem
from tests.factories import journey
from tests.factories import referrals as make

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/referrals/"


@pytest.fixture
def quoted(adviser, workshop):
    return journey.quoted(adviser, workshop).referral


def test_a_quoted_referral_is_told_with_person_vehicle_garage_and_total(caller, quoted, structure, garage):
    person, vehicle = quoted.beneficiary, quoted.vehicle
    expected = {
        "id": str(quoted.uid),
        "number": quoted.number,
        "status": "in-progress",
        "business_status": "quoted",
        "outcome": None,
        "offer": {"code": "reparation", "name": quoted.offer.name},
        "organisation": {"id": str(structure.organisation.uid), "name": "Wimoov"},
        "beneficiary": {"id": str(person.uid), "first_name": "Nadia", "last_name": "Benali"},
        "vehicle": {
            "id": str(vehicle.uid),
            "make": "Renault",
            "model": "Clio",
            "first_registered_year": 2015,
            "plate": "DA-123-BC",
            "mileage_km": 186400,
            "fuel": "unknown",
        },
        "region": {"code": "84", "name": "Auvergne-Rhône-Alpes"},
        "garage": {"id": str(garage.uid), "name": "Garage de la Loire"},
        "quote_total": {"amount": "207.60", "currency": "EUR"},
        "created_at": quoted.created_at.isoformat(),
        "sent_at": quoted.sent_at.isoformat(),
        "updated_at": quoted.updated_at.isoformat(),
        "closed_at": None,
    }
    assert caller.get(f"{ADDRESS}{quoted.uid}/").json() == expected
    assert caller.get(ADDRESS).json() == {"results": [expected], "next": None}


def without_chance(told):
    """`told` without identifiers and instants, in whose digits chance may write any year or sum."""
    if isinstance(told, list):
        return [without_chance(each) for each in told]
    if isinstance(told, dict):
        return {name: without_chance(of) for name, of in told.items() if name != "id" and not name.endswith("_at")}
    return told


def test_neither_income_nor_household_nor_notes_are_ever_told(caller, adviser, workshop):
    referral = journey.quoted(adviser, workshop, last_name="Martin").referral
    referral.beneficiary.notes = {"text": "confidence-7713"}
    referral.beneficiary.save()
    told = json.dumps(without_chance([caller.get(ADDRESS).json(), caller.get(f"{ADDRESS}{referral.uid}/").json()]))
    for secret in ("confidence-7713", "14400", "1986", "2018", "+33639981247", "chauffe", "eligible", "income"):
        assert secret not in told


def test_a_draft_has_neither_vehicle_nor_garage_nor_region(caller, adviser):
    referral = journey.draft(adviser)
    told = caller.get(f"{ADDRESS}{referral.uid}/").json()
    assert (told["status"], told["vehicle"], told["garage"], told["quote_total"], told["region"], told["sent_at"]) == (
        "draft",
        None,
        None,
        None,
        None,
        None,
    )


def test_an_agency_belongs_to_its_structure(caller, agency_adviser, agency):
    journey.draft(agency_adviser)
    (row,) = caller.get(ADDRESS).json()["results"]
    assert row["organisation"]["name"] == "Wimoov Loire"


def test_another_partners_referral_does_not_exist(call_as, other_structure, quoted):
    stranger = call_as(other_structure)
    assert stranger.ids(ADDRESS) == []
    problem(stranger.get(f"{ADDRESS}{quoted.uid}/"), 404, "not_found")
    problem(stranger.get(f"{ADDRESS}{uuid4()}/"), 404, "not_found")


# --- which garage -----------------------------------------------------------------------------------------
def told_garage(caller):
    (row,) = caller.get(ADDRESS).json()["results"]
    return row["garage"] and row["garage"]["name"], row["quote_total"] and row["quote_total"]["amount"]


@pytest.fixture
def referral(structure, garage):
    return make.make_referral(
        upto="quoted", organisation=structure.organisation, garage=garage, sent_on=date(2026, 3, 10)
    )


def test_a_garage_that_gave_it_back_has_it_no_more(caller, referral):
    make.give_back(referral, date(2026, 3, 20))
    assert told_garage(caller) == (None, None)


def test_the_next_garage_has_it_without_the_quote_of_the_first(caller, referral, other_garage):
    make.give_back(referral, date(2026, 3, 20))
    make.put_to(referral, other_garage, on=date(2026, 3, 21))
    assert told_garage(caller) == ("Garage de la Creuse", None)


def test_the_latest_version_of_a_quote_counts(caller, referral):
    quote = make.open_assignment(referral).quote
    more = {"total_excl_tax": Decimal("200.00"), "vat": Decimal("40.00"), "total_incl_tax": Decimal("240.00")}
    make.quote_version(quote, date(2026, 3, 18), number=2, **more)
    assert told_garage(caller) == ("Garage de la Loire", "240.00")


def test_the_garage_that_had_it_when_it_was_closed_stays_told(caller, referral):
    make.close(referral, Outcome.UNREACHABLE, on=date(2026, 3, 25))
    assert told_garage(caller) == ("Garage de la Loire", "120.00")


def test_a_reopened_referral_has_no_garage(caller, referral):
    make.close(referral, Outcome.UNREACHABLE, on=date(2026, 3, 25))
    make.reopen(referral, date(2026, 3, 26))
    assert told_garage(caller) == (None, None)


def test_a_repaired_one_keeps_its_garage(caller, structure, garage):
    make.make_referral(upto="repaired", organisation=structure.organisation, garage=garage)
    assert told_garage(caller) == ("Garage de la Loire", "120.00")


# --- states -----------------------------------------------------------------------------------------------
def test_every_state_and_outcome_has_its_fhir_status():
    assert set(FHIR_STATUS) == set(State) - {State.CLOSED}
    assert set(FHIR_STATUS_OF_CLOSED) == set(Outcome)
    known = {"draft", "requested", "accepted", "in-progress", "completed", "rejected", "cancelled", "failed"}
    assert {*FHIR_STATUS.values(), *FHIR_STATUS_OF_CLOSED.values()} == known


@pytest.mark.parametrize(
    ("state", "outcome", "expected"),
    [
        ("draft", "", "draft"),
        ("review", "", "requested"),
        ("waiting", "", "requested"),
        ("accepted", "", "accepted"),
        ("quoted", "", "in-progress"),
        ("agreed", "", "in-progress"),
        ("completed", "", "completed"),
        ("closed", "not_eligible", "rejected"),
        ("closed", "withdrawn", "cancelled"),
        ("closed", "no_garage_found", "failed"),
    ],
)
def test_other_systems_understand_where_it_stands(state, outcome, expected):
    assert fhir_status(state, outcome) == expected


# --- lists ------------------------------------------------------------------------------------------------
def test_a_list_is_narrowed_by_state_region_and_moment(caller, structure, garage):
    own = {"organisation": structure.organisation, "garage": garage}
    draft = make.make_referral(upto="draft", sent_on=date(2026, 1, 5), **own)
    loire = make.make_referral(upto="sent", at="42218", sent_on=date(2026, 2, 5), **own)
    creuse = make.make_referral(upto="sent", at="23096", sent_on=date(2026, 3, 5), **own)
    assert caller.ids(ADDRESS) == [str(draft.uid), str(loire.uid), str(creuse.uid)]
    assert caller.ids(ADDRESS, state="draft") == [str(draft.uid)]
    assert caller.ids(ADDRESS, region="75") == [str(creuse.uid)]
    assert caller.ids(ADDRESS, updated_since="2026-02-01") == [str(loire.uid), str(creuse.uid)]
    assert caller.ids(ADDRESS, updated_since="2026-02-01", region="84") == [str(loire.uid)]


def test_what_moves_comes_last(caller, structure, garage):
    own = {"organisation": structure.organisation, "garage": garage}
    first = make.make_referral(upto="sent", sent_on=date(2026, 1, 5), **own)
    second = make.make_referral(upto="sent", sent_on=date(2026, 1, 6), **own)
    make.accept(first, date(2026, 1, 7))
    assert caller.ids(ADDRESS) == [str(second.uid), str(first.uid)]


def queries(caller, address, **asked):
    with CaptureQueriesContext(connection) as seen:
        assert caller.get(address, **asked).status_code == 200
    return len(seen)


def test_fifty_referrals_cost_as_many_queries_as_one(caller, structure, garage):
    own = {"organisation": structure.organisation, "garage": garage}
    referral = make.make_referral(upto="quoted", **own)
    one = queries(caller, ADDRESS, region="84")
    assert queries(caller, f"{ADDRESS}{referral.uid}/") <= 3
    for number in range(49):
        make.make_referral(upto=make.STAGES[number] if number < 6 else "sent", **own)
    assert len(caller.ids(ADDRESS)) == 50
    assert queries(caller, ADDRESS, region="84") == one <= 4
