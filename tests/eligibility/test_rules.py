"""Trees of conditions: three-valued logic against the truth table, what is missing, until when, and what is no rule."""

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.facts import Benefit, Employment, Outcome, Proof, ProofKind, Reason, Value
from eligibility.leaves import BadRule, Leaf
from eligibility.rules import MOST_NODES, Group, RuleSet, combined, decide, facts_needed, leaves_of, parse, walk
from tests.eligibility.households import DAY, THRESHOLDS, facts

INCOME = {"leaf": "income_below_threshold", "level_percent": 60}
RSA = {"leaf": "minimum_benefit", "among": ["rsa"]}
WORK = {"leaf": "needs_vehicle_for_work"}
TEMP = {"leaf": "employment_among", "among": ["temporary_worker"]}
QUOTIENT = {"leaf": "family_quotient_at_most", "limit_eur": "800"}

# one fact each, so that a tree over these can be put into any mixture of values
SWITCHES = {
    "needs_vehicle_for_work": (WORK, {Value.MET: True, Value.NOT_MET: False, Value.UNKNOWN: None}),
    "employment": (
        TEMP,
        {Value.MET: Employment.TEMPORARY_WORKER, Value.NOT_MET: Employment.STUDENT, Value.UNKNOWN: None},
    ),
    "family_quotient_eur": (QUOTIENT, {Value.MET: Decimal(1), Value.NOT_MET: Decimal(900), Value.UNKNOWN: None}),
    "minimum_benefits": (RSA, {Value.MET: {Benefit.RSA: DAY}, Value.NOT_MET: {}, Value.UNKNOWN: None}),
}


def any_of(*parts):
    return {"op": "any", "of": list(parts)}


def all_of(*parts):
    return {"op": "all", "of": list(parts)}


def at_least(least, *parts):
    return {"op": "at_least", "n": least, "of": list(parts)}


def rule_set(definition, validity_days=180):
    return RuleSet(7, parse(definition), validity_days)


def decided(definition, validity_days=180, **known):
    return decide(facts(**known), rule_set(definition, validity_days), THRESHOLDS, DAY)


leaf_names = st.sampled_from(sorted(SWITCHES))
trees = st.recursive(
    leaf_names.map(lambda name: SWITCHES[name][0]),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=4).map(lambda of: any_of(*of)),
        st.lists(parts, min_size=1, max_size=4).map(lambda of: all_of(*of)),
        st.lists(parts, min_size=1, max_size=4).flatmap(
            lambda of: st.integers(1, len(of)).map(lambda least: at_least(least, *of))
        ),
    ),
    max_leaves=9,
)


def depth(definition):
    return 1 + max(map(depth, definition["of"])) if "of" in definition else 0


def two_valued(definition, truth):
    """What any reader would say of the rule if everything were known."""
    if "leaf" in definition:
        return truth[definition["leaf"]]
    met = sum(two_valued(part, truth) for part in definition["of"])
    needed = {"any": 1, "all": len(definition["of"])}.get(definition["op"]) or definition["n"]
    return met >= needed


@given(
    trees.filter(lambda tree: depth(tree) <= 5), st.fixed_dictionaries(dict.fromkeys(SWITCHES, st.sampled_from(Value)))
)
def test_a_tree_never_says_what_a_completion_of_the_facts_could_contradict(definition, values):
    """A yes is a yes however the unknown turns out, and so is a no; brute force over every completion."""
    known = {name: SWITCHES[name][1][value] for name, value in values.items()}
    decision = decided(definition, **known)
    open_ones = [name for name, value in values.items() if value is Value.UNKNOWN]
    outcomes = set()
    for completion in product((True, False), repeat=len(open_ones)):
        truth = {SWITCHES[name][0]["leaf"]: value is Value.MET for name, value in values.items()}
        truth |= {SWITCHES[name][0]["leaf"]: one for name, one in zip(open_ones, completion, strict=True)}
        outcomes.add(two_valued(definition, truth))
    if decision.finding.value is not Value.UNKNOWN:
        assert outcomes == {decision.finding.value is Value.MET}
    assert bool(decision.missing) == (decision.finding.value is Value.UNKNOWN)
    assert set(decision.missing) <= set(open_ones)
    assert decision.reasons


@given(trees.filter(lambda tree: depth(tree) <= 5))
def test_what_is_stored_reads_back_as_the_same_rule(definition):
    rule = parse(definition)
    assert parse(rule.definition) == rule


KLEENE = [
    (["met", "unknown"], 1, "met"),
    (["met", "unknown"], 2, "unknown"),
    (["not_met", "unknown"], 1, "unknown"),
    (["not_met", "unknown"], 2, "not_met"),
    (["met", "not_met"], 1, "met"),
    (["met", "not_met"], 2, "not_met"),
    (["unknown", "unknown"], 1, "unknown"),
    (["met", "met", "not_met", "unknown"], 2, "met"),
    (["met", "not_met", "not_met", "unknown"], 2, "unknown"),
    (["met", "not_met", "not_met", "unknown"], 3, "not_met"),
]


@pytest.mark.parametrize(("values", "least", "expected"), KLEENE)
def test_at_least_so_many_in_three_values(values, least, expected):
    assert combined([Value(one) for one in values], least) is Value(expected)


ROUTES = any_of(INCOME, all_of(WORK, at_least(1, RSA, TEMP)))


@pytest.mark.parametrize(
    ("known", "outcome", "reasons", "missing"),
    [
        ({}, "eligible", [Reason.BELOW_THRESHOLD], ()),
        (
            {"annual_disposable_income_eur": Decimal(20000)},
            "needs_review",
            [Reason.MISSING_FACT],
            ("needs_vehicle_for_work", "minimum_benefits", "employment"),
        ),
        (
            {"annual_disposable_income_eur": Decimal(20000), "needs_vehicle_for_work": False},
            "not_eligible",
            [Reason.ABOVE_THRESHOLD, Reason.VEHICLE_NOT_NEEDED_FOR_WORK],
            (),
        ),
        (
            {
                "annual_disposable_income_eur": None,
                "needs_vehicle_for_work": True,
                "employment": Employment.TEMPORARY_WORKER,
            },
            "eligible",
            [Reason.VEHICLE_NEEDED_FOR_WORK, Reason.EMPLOYMENT_AMONG],
            (),
        ),
        (
            {"dwelling": "institution", "needs_vehicle_for_work": False},
            "needs_review",
            [Reason.OUTSIDE_THRESHOLD_COVERAGE],
            (),
        ),
    ],
)
def test_one_route_suffices_and_each_answer_names_what_decided(known, outcome, reasons, missing):
    decision = decided(ROUTES, **known)
    assert decision.outcome is Outcome(outcome)
    assert list(decision.reasons) == reasons
    assert decision.missing == missing


def test_the_trace_tells_every_condition_and_is_the_same_again():
    trace = decided(ROUTES).trace()
    assert trace == decided(ROUTES).trace()
    assert trace["tree"]["of"][0]["figures"]["margin_annual_eur"] == "3456.00"
    assert [part["value"] for part in trace["tree"]["of"][1]["of"]] == ["unknown", "unknown"]
    assert parse(trace["rule_set"]["definition"]) == parse(ROUTES)
    assert "1986" not in str(trace)  # no birth date


def test_facts_are_asked_once_in_the_order_of_the_rule():
    assert facts_needed(parse(any_of(WORK, RSA, all_of(WORK, TEMP)))) == [
        "needs_vehicle_for_work",
        "minimum_benefits",
        "employment",
    ]


# --- until when -------------------------------------------------------------------------------------------
def paper(kind, days_left):
    return Proof(kind, DAY - timedelta(days=90 - days_left))


CAF, JOB = paper(ProofKind.CAF_CERTIFICATE, 10), paper(ProofKind.EMPLOYMENT_CONTRACT, 40)
BOTH = {"family_quotient_eur": Decimal(1), "employment": Employment.TEMPORARY_WORKER, "proofs": (CAF, JOB)}


@pytest.mark.parametrize(
    ("definition", "validity", "days"),
    [
        (all_of(QUOTIENT, TEMP), 180, 10),
        (any_of(QUOTIENT, TEMP), 180, 40),
        (at_least(2, QUOTIENT, TEMP, WORK), 180, 10),
        (any_of(QUOTIENT, TEMP), 30, 30),
        (any_of(QUOTIENT, WORK), 180, 10),
        (all_of(INCOME, TEMP), 180, 10),  # the certificate carries the income too, and ends first
    ],
)
def test_an_answer_ends_with_the_papers_that_carry_it(definition, validity, days):
    decision = decided(definition, validity, **BOTH)
    assert decision.valid_until == DAY + timedelta(days=days)


def test_a_condition_without_paper_carries_as_long_as_the_rule():
    decision = decided(any_of(QUOTIENT, WORK), needs_vehicle_for_work=True, **{**BOTH, "proofs": (CAF,)})
    assert decision.valid_until == DAY + timedelta(days=180)


def test_what_is_not_a_yes_counts_for_no_day():
    assert decided(WORK).valid_until is None
    assert decided(WORK, needs_vehicle_for_work=False).valid_until is None


# --- what is no rule --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("definition", "path", "field"),
    [
        ("income", (), ""),
        (None, (), ""),
        ([INCOME], (), ""),
        ({}, (), ""),
        ({"op": "all", "of": []}, (), ""),
        ({"op": "some", "of": [INCOME]}, (), "op"),
        ({"op": "at_least", "of": [INCOME]}, (), "n"),
        ({"op": "at_least", "n": 2, "of": [INCOME]}, (), "n"),
        ({"op": "at_least", "n": 0, "of": [INCOME]}, (), "n"),
        ({"op": "at_least", "n": True, "of": [INCOME]}, (), "n"),
        (any_of(INCOME, all_of(WORK, {"op": "any", "of": []})), (1, 1), ""),
        (any_of(INCOME, {"leaf": "mileage_below", "limit_km": 200000}), (1,), ""),
        (any_of(INCOME, {"leaf": "minimum_benefit", "among": []}), (1,), "among"),
        (any_of(any_of(any_of(any_of(any_of(any_of(INCOME)))))), (0, 0, 0, 0, 0), ""),
        (any_of(*[INCOME] * MOST_NODES), (), ""),
    ],
)
def test_what_is_no_rule_is_refused_at_its_place(definition, path, field):
    with pytest.raises(BadRule) as refused:
        parse(definition)
    assert (refused.value.path, refused.value.field) == (path, field)


def test_a_rule_about_cars_takes_conditions_of_cars():
    definition = any_of(
        {"leaf": "mileage_below", "limit_km": 200000}, {"leaf": "vehicle_age_at_most", "limit_years": 15}
    )
    assert len(leaves_of(parse(definition, "vehicle"))) == 2
    with pytest.raises(BadRule):
        parse(INCOME, "vehicle")


def test_the_tree_is_walked_in_the_order_of_reading():
    places = [(path, type(one).__name__) for path, one in walk(parse(ROUTES)) if isinstance(one, Leaf | Group)]
    assert [path for path, _name in places] == [(), (0,), (1,), (1, 0), (1, 1), (1, 1, 0), (1, 1, 1)]
