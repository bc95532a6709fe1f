"""Every condition in its three values, at its boundaries, with its papers."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest

from eligibility.facts import Benefit, Employment, Proof, ProofKind, Reason, Value, VehicleFacts
from eligibility.leaves import LEAVES, BadRule, Surroundings, leaf_of, months_before
from tests.eligibility.households import DAY, THRESHOLDS, facts

GIVEN = Surroundings(DAY, THRESHOLDS)
MET, NOT_MET, UNKNOWN = Value.MET, Value.NOT_MET, Value.UNKNOWN


def car(**known):
    usual = {"make": "Renault", "first_registered_year": 2012, "mileage_km": 150_000, "fiscal_hp": 5, "work": "light"}
    return VehicleFacts(**usual | known)


HOUSEHOLD_CASES = [
    ({"leaf": "income_below_threshold", "level_percent": 60}, {}, MET),
    ({"leaf": "income_below_threshold"}, {"annual_disposable_income_eur": Decimal("15455.99")}, MET),
    ({"leaf": "income_below_threshold"}, {"annual_disposable_income_eur": Decimal("15456.00")}, NOT_MET),
    ({"leaf": "income_below_threshold"}, {"annual_disposable_income_eur": None}, UNKNOWN),
    ({"leaf": "income_below_threshold"}, {"dwelling": "institution"}, UNKNOWN),
    ({"leaf": "income_below_threshold", "level_percent": 12}, {}, UNKNOWN),  # no such figure is published
    ({"leaf": "family_quotient_at_most", "limit_eur": "800"}, {"family_quotient_eur": Decimal("800.00")}, MET),
    ({"leaf": "family_quotient_at_most", "limit_eur": "800"}, {"family_quotient_eur": Decimal("800.01")}, NOT_MET),
    ({"leaf": "family_quotient_at_most", "limit_eur": "800"}, {"family_quotient_eur": Decimal("0")}, MET),
    ({"leaf": "family_quotient_at_most", "limit_eur": "800"}, {}, UNKNOWN),
    ({"leaf": "minimum_benefit", "among": ["rsa"]}, {"minimum_benefits": {Benefit.RSA: DAY}}, MET),
    ({"leaf": "minimum_benefit", "among": ["rsa"]}, {"minimum_benefits": {Benefit.RSA: date(2026, 3, 14)}}, NOT_MET),
    ({"leaf": "minimum_benefit", "among": ["rsa"]}, {"minimum_benefits": {Benefit.AAH: DAY}}, NOT_MET),
    ({"leaf": "minimum_benefit", "among": ["rsa", "aah"]}, {"minimum_benefits": {Benefit.AAH: DAY}}, MET),
    ({"leaf": "minimum_benefit", "among": ["rsa"]}, {"minimum_benefits": {}}, NOT_MET),
    ({"leaf": "minimum_benefit", "among": ["rsa"]}, {}, UNKNOWN),
    (
        {"leaf": "minimum_benefit", "among": ["rsa"], "within_months": 3},
        {"minimum_benefits": {Benefit.RSA: date(2025, 12, 15)}},
        MET,
    ),
    (
        {"leaf": "minimum_benefit", "among": ["rsa"], "within_months": 3},
        {"minimum_benefits": {Benefit.RSA: date(2025, 12, 14)}},
        NOT_MET,
    ),
    ({"leaf": "employment_among", "among": ["temporary_worker"]}, {"employment": Employment.TEMPORARY_WORKER}, MET),
    ({"leaf": "employment_among", "among": ["temporary_worker"]}, {"employment": Employment.EMPLOYEE}, NOT_MET),
    ({"leaf": "employment_among", "among": ["temporary_worker"]}, {}, UNKNOWN),
    ({"leaf": "needs_vehicle_for_work"}, {"needs_vehicle_for_work": True}, MET),
    ({"leaf": "needs_vehicle_for_work"}, {"needs_vehicle_for_work": False}, NOT_MET),
    ({"leaf": "needs_vehicle_for_work"}, {}, UNKNOWN),
    ({"leaf": "sent_by_among", "among": ["insertion", "town_hall"]}, {"sent_by": "town_hall"}, MET),
    ({"leaf": "sent_by_among", "among": ["insertion"]}, {"sent_by": "foundation"}, NOT_MET),
    ({"leaf": "sent_by_among", "among": ["insertion"]}, {}, UNKNOWN),
]
VEHICLE_CASES = [
    ({"leaf": "fiscal_horsepower_at_most", "limit": 8}, {"fiscal_hp": 8}, MET),
    ({"leaf": "fiscal_horsepower_at_most", "limit": 8}, {"fiscal_hp": 9}, NOT_MET),
    ({"leaf": "fiscal_horsepower_at_most", "limit": 8}, {"fiscal_hp": None}, UNKNOWN),
    ({"leaf": "vehicle_age_at_most", "limit_years": 15}, {"first_registered_year": 2011}, MET),
    # of 2010: sixteen years old this year, perhaps not yet today
    ({"leaf": "vehicle_age_at_most", "limit_years": 15}, {"first_registered_year": 2010}, UNKNOWN),
    ({"leaf": "vehicle_age_at_most", "limit_years": 15}, {"first_registered_year": 2009}, NOT_MET),
    ({"leaf": "vehicle_age_at_most", "limit_years": 15}, {"first_registered_year": None}, UNKNOWN),
    ({"leaf": "mileage_below", "limit_km": 200_000}, {"mileage_km": 199_999}, MET),
    ({"leaf": "mileage_below", "limit_km": 200_000}, {"mileage_km": 200_000}, NOT_MET),
    ({"leaf": "mileage_below", "limit_km": 200_000}, {"mileage_km": None}, UNKNOWN),
    ({"leaf": "brand_among", "groups": ["group"]}, {"make": "DACIA"}, MET),
    ({"leaf": "brand_among", "groups": ["group"]}, {"make": "Citroën"}, NOT_MET),
    ({"leaf": "brand_among", "groups": ["group", "generalist_european"]}, {"make": "citroen "}, MET),
    ({"leaf": "brand_among", "groups": ["group", "generalist_european"]}, {"make": "Toyota"}, NOT_MET),
    ({"leaf": "brand_among", "groups": ["group"]}, {"make": ""}, UNKNOWN),
    ({"leaf": "brand_among", "groups": ["group"]}, {"make": None}, UNKNOWN),
    ({"leaf": "work_is", "kind": "light"}, {"work": "light"}, MET),
    ({"leaf": "work_is", "kind": "light"}, {"work": "heavy"}, NOT_MET),
    ({"leaf": "work_is", "kind": "heavy"}, {"work": None}, UNKNOWN),
]


@pytest.mark.parametrize(("definition", "known", "value"), HOUSEHOLD_CASES)
def test_a_condition_of_the_household(definition, known, value):
    answer = leaf_of(definition).answer(facts(**known), GIVEN)
    assert answer.value is value
    assert bool(answer.missing) == (answer.reason is Reason.MISSING_FACT)


@pytest.mark.parametrize(("definition", "known", "value"), VEHICLE_CASES)
def test_a_condition_of_the_car(definition, known, value):
    assert leaf_of(definition).answer(car(**known), GIVEN).value is value


@pytest.mark.parametrize("code", LEAVES)
def test_every_condition_is_tried_in_its_three_values(code):
    tried = {value for definition, _known, value in [*HOUSEHOLD_CASES, *VEHICLE_CASES] if definition["leaf"] == code}
    assert tried == set(Value)


@pytest.mark.parametrize("definition", [case[0] for case in [*HOUSEHOLD_CASES, *VEHICLE_CASES]])
def test_what_is_stored_reads_back_as_the_same_condition(definition):
    leaf = leaf_of(definition)
    assert leaf_of(leaf.definition) == leaf
    assert leaf.sentence.strip(" .") == leaf.sentence


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ({"leaf": "income_below_threshold", "level_percent": 0}, "level_percent"),
        ({"leaf": "income_below_threshold", "level_percent": "60"}, ""),
        ({"leaf": "income_below_threshold", "level_percent": True}, ""),
        ({"leaf": "income_below_threshold", "proof_max_age_days": 0}, "proof_max_age_days"),
        ({"leaf": "family_quotient_at_most"}, ""),
        ({"leaf": "family_quotient_at_most", "limit_eur": "0"}, "limit_eur"),
        ({"leaf": "family_quotient_at_most", "limit_eur": "800.001"}, "limit_eur"),
        ({"leaf": "family_quotient_at_most", "limit_eur": "beaucoup"}, ""),
        ({"leaf": "family_quotient_at_most", "limit_eur": "NaN"}, ""),
        ({"leaf": "minimum_benefit", "among": []}, "among"),
        ({"leaf": "minimum_benefit", "among": "rsa"}, ""),
        ({"leaf": "minimum_benefit", "among": ["lottery"]}, "among"),
        ({"leaf": "minimum_benefit", "among": ["rsa"], "within_months": 25}, "within_months"),
        ({"leaf": "minimum_benefit", "among": ["employee"]}, "among"),
        ({"leaf": "employment_among", "among": ["rsa"]}, "among"),
        ({"leaf": "sent_by_among", "among": ["rsa"]}, "among"),
        ({"leaf": "fiscal_horsepower_at_most", "limit": 0}, "limit"),
        ({"leaf": "vehicle_age_at_most", "limit_years": 100}, "limit_years"),
        ({"leaf": "mileage_below", "limit_km": 10}, "limit_km"),
        ({"leaf": "brand_among", "groups": []}, "groups"),
        ({"leaf": "brand_among", "groups": ["sports"]}, ""),
        ({"leaf": "work_is", "kind": "any"}, ""),
        ({"leaf": "work_is"}, ""),
        ({"leaf": "horoscope"}, ""),
        ({"leaf": ["income_below_threshold"]}, ""),
        ({"leaf": "needs_vehicle_for_work", "limit": 3}, "limit"),
    ],
)
def test_what_is_no_condition_is_refused_with_its_field(definition, field):
    with pytest.raises(BadRule) as refused:
        leaf_of(definition, (0, 1))
    assert (refused.value.path, refused.value.field) == ((0, 1), field)
    assert refused.value.message.endswith(".")


# --- papers -----------------------------------------------------------------------------------------------
QUOTIENT = {"leaf": "family_quotient_at_most", "limit_eur": "800", "proof_max_age_days": 90}


def proven(days_before, kind=ProofKind.CAF_CERTIFICATE):
    return (Proof(kind, date.fromordinal(DAY.toordinal() - days_before)),)


@pytest.mark.parametrize(
    ("needs_proof", "proofs", "reason", "ends_on"),
    [
        (False, (), Reason.QUOTIENT_WITHIN_LIMIT, None),
        (False, proven(91), Reason.QUOTIENT_WITHIN_LIMIT, None),
        (False, proven(90), Reason.QUOTIENT_WITHIN_LIMIT, DAY),
        (True, (), Reason.PROOF_MISSING, None),
        (True, proven(10, ProofKind.PAYSLIPS), Reason.PROOF_MISSING, None),
        (True, proven(91), Reason.PROOF_TOO_OLD, None),
        (True, proven(-1), Reason.PROOF_MISSING, None),  # dated tomorrow
        (True, proven(90), Reason.QUOTIENT_WITHIN_LIMIT, DAY),
        (True, proven(91) + proven(30), Reason.QUOTIENT_WITHIN_LIMIT, date(2026, 5, 14)),
    ],
)
def test_a_paper_carries_a_yes_as_long_as_it_is_young_enough(needs_proof, proofs, reason, ends_on):
    leaf = leaf_of({**QUOTIENT, "needs_proof": needs_proof})
    answer = leaf.answer(facts(family_quotient_eur=Decimal("500"), proofs=proofs), GIVEN)
    assert (answer.reason, answer.proof_ends_on) == (reason, ends_on)


def test_a_no_needs_no_paper():
    leaf = leaf_of({**QUOTIENT, "needs_proof": True})
    assert leaf.answer(facts(family_quotient_eur=Decimal("900")), GIVEN).value is NOT_MET


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 15), 0, date(2026, 3, 15)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 31), 12, date(2025, 1, 31)),
        (date(2026, 1, 1), 13, date(2024, 12, 1)),
        (date(2025, 12, 31), 3, date(2025, 9, 30)),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_last(day, months, expected):
    assert months_before(day, months) == expected


def test_every_field_of_every_condition_stands_in_what_is_stored():
    for definition, _known, _value in [*HOUSEHOLD_CASES, *VEHICLE_CASES]:
        leaf = leaf_of(definition)
        assert set(leaf.definition) == {"leaf", *(one.name for one in fields(leaf))}
