"""The threshold rule, case by case."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext

import pytest

from eligibility.facts import REASON_SENTENCES, Outcome, Reason, amount_text
from eligibility.income import THRESHOLD_RULE, completed_years, consumption_units, decide
from eligibility.thresholds import Threshold, Thresholds
from tests.eligibility.households import ADULT, CASES, CHILD, DAY, TEENAGER, THRESHOLDS, facts


def decided(on=DAY, rule_set=THRESHOLD_RULE, thresholds=THRESHOLDS, **known):
    return decide(facts(**known), rule_set, thresholds, on)


def worked(case):
    """The decision of one line of eligibility_cases.csv."""
    return decide(
        facts(
            birth_dates=tuple(map(date.fromisoformat, case["household_birth_dates"].split())),
            annual_disposable_income_eur=Decimal(case["annual_disposable_income_eur"]),
            threshold_year=(int(case["threshold_year"]) if case["threshold_selection"] == "explicit_year" else None),
        ),
        replace(THRESHOLD_RULE, level_percent=int(case["level_percent_of_median"])),
        THRESHOLDS,
        date.fromisoformat(case["reference_date"]),
    )


def figure(text):
    return Decimal(text) if text else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case_id"])
def test_each_worked_case_gives_its_answer_and_every_figure(case):
    decision = worked(case)
    threshold = decision.threshold
    year = int(case["threshold_year"]) if threshold else None

    assert (decision.outcome, decision.reason) == (case["outcome"], case["reason_code"])
    assert decision.members == int(case["household_members"])
    assert decision.aged_14_or_over == int(case["members_aged_14_or_over"])
    assert decision.under_14 == int(case["members_under_14"])
    assert decision.consumption_units == figure(case["consumption_units"])
    assert decision.standard_of_living_monthly == figure(case["standard_of_living_monthly_eur_display"])
    assert (threshold and threshold.income_year) == year
    assert (threshold and threshold.monthly_amount_eur) == figure(case["threshold_monthly_eur"])
    assert decision.household_threshold_annual == figure(case["household_threshold_annual_eur"])
    assert decision.margin_annual_eur == figure(case["margin_annual_eur"])
    if decision.margin_annual_eur is not None:
        assert (decision.margin_annual_eur > 0) == (case["below_threshold"] == "yes")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case_id"])
def test_each_worked_case_counts_the_ages_of_the_household(case):
    on = date.fromisoformat(case["reference_date"])
    births = map(date.fromisoformat, case["household_birth_dates"].split())
    assert [completed_years(born, on) for born in births] == [int(age) for age in case["ages"].split()]


AGES = [
    # born, on, completed years
    ("2012-03-15", "2026-03-14", 13),
    ("2012-03-15", "2026-03-15", 14),  # the 14th birthday counts
    ("2012-03-15", "2026-03-16", 14),
    ("2026-03-15", "2026-03-15", 0),
    ("2025-12-31", "2026-01-01", 0),
    ("2008-02-29", "2022-02-28", 13),  # born on 29 February: 1 March in other years
    ("2008-02-29", "2022-03-01", 14),
    ("2008-02-29", "2024-02-28", 15),  # and 29 February where there is one
    ("2008-02-29", "2024-02-29", 16),
    ("2010-02-28", "2024-02-29", 14),
    ("2010-03-01", "2024-02-29", 13),
    ("1896-02-29", "1910-02-28", 13),
    ("1886-03-01", "1900-02-28", 13),  # 1900 was no leap year
    ("1926-05-01", "2026-05-01", 100),
]


@pytest.mark.parametrize(("born", "on", "years"), AGES)
def test_age_is_in_completed_years(born, on, years):
    assert completed_years(date.fromisoformat(born), date.fromisoformat(on)) == years


@pytest.mark.parametrize(
    ("older", "younger", "units"),
    [
        (1, 0, "1.0"),
        (2, 0, "1.5"),
        (1, 1, "1.3"),
        (2, 2, "2.1"),
        (6, 6, "5.3"),
        (12, 0, "6.5"),
        (1, 10, "4.0"),
    ],
)
def test_consumption_units_follow_the_scale(older, younger, units):
    assert str(consumption_units(older, younger)) == units


def threshold(amount):
    return Threshold(2023, 60, Decimal(amount), date(2025, 7, 7), "published", "INSEE")


# What is given instead of a single adult with 12,000 euros, and the reason that follows.
REASONS = [
    ({}, Reason.BELOW_THRESHOLD),
    ({"annual_disposable_income_eur": Decimal("15455.99")}, Reason.BELOW_THRESHOLD),
    ({"annual_disposable_income_eur": Decimal("15456.00")}, Reason.EQUAL_TO_THRESHOLD),
    ({"annual_disposable_income_eur": Decimal("15456")}, Reason.EQUAL_TO_THRESHOLD),
    ({"annual_disposable_income_eur": Decimal("15456.01")}, Reason.ABOVE_THRESHOLD),
    ({"annual_disposable_income_eur": Decimal("0")}, Reason.ZERO_DISPOSABLE_INCOME_BELOW_THRESHOLD),
    ({"annual_disposable_income_eur": Decimal("-0.00")}, Reason.ZERO_DISPOSABLE_INCOME_BELOW_THRESHOLD),
    ({"annual_disposable_income_eur": Decimal("-0.01")}, Reason.NEGATIVE_DISPOSABLE_INCOME),
    ({"annual_disposable_income_eur": Decimal("0.001")}, Reason.AMOUNT_HAS_SUB_CENT_PRECISION),
    ({"annual_disposable_income_eur": Decimal("-3.005")}, Reason.AMOUNT_HAS_SUB_CENT_PRECISION),
    (
        {"annual_disposable_income_eur": Decimal("12000.000")},
        Reason.BELOW_THRESHOLD,
    ),  # whole cents all the same
    ({"threshold_year": 2024}, Reason.UNKNOWN_THRESHOLD_YEAR),
    ({"threshold_year": 2020}, Reason.DISPUTED_THRESHOLD),
    ({"on": date(2010, 9, 30)}, Reason.NO_THRESHOLD_IN_FORCE),
    ({"birth_dates": ()}, Reason.EMPTY_HOUSEHOLD),
    ({"birth_dates": (CHILD,)}, Reason.NO_MEMBER_AGED_14_OR_OVER),
    ({"birth_dates": (date(2012, 3, 16),)}, Reason.NO_MEMBER_AGED_14_OR_OVER),
    ({"birth_dates": (date(2012, 3, 15),)}, Reason.BELOW_THRESHOLD),
    ({"birth_dates": (ADULT, date(2026, 3, 16))}, Reason.BIRTH_DATE_AFTER_REFERENCE_DATE),
    ({"birth_dates": (ADULT, date(2026, 3, 15))}, Reason.BELOW_THRESHOLD),
    ({"birth_dates": None}, Reason.MISSING_FACT),
    ({"annual_disposable_income_eur": None}, Reason.MISSING_FACT),
    ({"territory": None}, Reason.MISSING_FACT),
    ({"dwelling": None}, Reason.MISSING_FACT),
    ({"territory": "drom"}, Reason.OUTSIDE_THRESHOLD_COVERAGE),
    ({"dwelling": "institution"}, Reason.OUTSIDE_THRESHOLD_COVERAGE),
    ({"dwelling": "student_alone"}, Reason.OUTSIDE_THRESHOLD_COVERAGE),
]


@pytest.mark.parametrize(("given", "reason"), REASONS)
def test_each_fact_leads_to_its_reason(given, reason):
    assert decided(**given).reason is reason


def test_every_reason_of_the_threshold_is_met_by_a_case():
    assert {reason for _, reason in REASONS} == set(list(Reason)[: list(Reason).index(Reason.QUOTIENT_WITHIN_LIMIT)])


def test_every_reason_has_a_sentence():
    assert set(Reason) == set(REASON_SENTENCES)


def test_only_figures_on_both_sides_of_a_valid_comparison_give_a_yes_or_a_no():
    met = {reason for _, reason in REASONS}
    sure = {reason: reason.outcome for reason in met if reason.outcome is not Outcome.NEEDS_REVIEW}
    assert sure == {
        Reason.BELOW_THRESHOLD: Outcome.ELIGIBLE,
        Reason.ZERO_DISPOSABLE_INCOME_BELOW_THRESHOLD: Outcome.ELIGIBLE,
        Reason.EQUAL_TO_THRESHOLD: Outcome.NOT_ELIGIBLE,
        Reason.ABOVE_THRESHOLD: Outcome.NOT_ELIGIBLE,
    }


def test_missing_facts_are_all_named():
    nothing = dict.fromkeys(("birth_dates", "annual_disposable_income_eur", "territory", "dwelling"))
    assert decided(**nothing).missing == tuple(nothing)
    assert decided(birth_dates=None).missing == ("birth_dates",)
    assert decided().missing == ()


def test_an_answer_counts_for_180_days_and_a_no_for_none():
    assert decided().valid_until == date(2026, 9, 11)
    assert decided(rule_set=replace(THRESHOLD_RULE, validity_days=30)).valid_until == date(2026, 4, 14)
    assert decided(annual_disposable_income_eur=Decimal("99999")).valid_until is None
    assert decided(territory="drom").valid_until is None


def test_the_named_year_is_used_even_before_its_publication():
    assert decided(on=date(2012, 7, 11), threshold_year=2012).threshold.monthly_amount_eur == 987


@pytest.mark.parametrize(
    ("income", "shown"),
    [("12.06", "1.01"), ("12.05", "1.00"), ("-12.06", "-1.01"), ("0.06", "0.01"), ("0.05", "0.00")],
)
def test_the_shown_standard_of_living_is_rounded_half_up(income, shown):
    decision = decided(annual_disposable_income_eur=Decimal(income))
    assert str(decision.standard_of_living_monthly) == shown


def test_huge_amounts_are_compared_exactly_whatever_the_decimal_context():
    limit_in_cents = 12 * int("9" * 42)
    below, equal = (Decimal(f"{c // 100}.{c % 100:02}") for c in (limit_in_cents - 1, limit_in_cents))
    known = Thresholds([threshold("9" * 40 + ".99")])
    with localcontext(prec=3):
        one_cent = decided(thresholds=known, annual_disposable_income_eur=below)
        assert (one_cent.reason, one_cent.margin_annual_eur) == (Reason.BELOW_THRESHOLD, Decimal("0.01"))
        assert decided(thresholds=known, annual_disposable_income_eur=equal).reason is Reason.EQUAL_TO_THRESHOLD
        assert decided(annual_disposable_income_eur=Decimal("0.01")).margin_annual_eur == Decimal("15455.99")


def test_what_cannot_be_exact_raises_rather_than_being_rounded():
    with pytest.raises(ArithmeticError):
        decided(annual_disposable_income_eur=Decimal("1e250"))
    with pytest.raises(TypeError):
        decided(annual_disposable_income_eur=12000.0)


def test_a_moment_is_not_taken_for_a_day():
    with pytest.raises(TypeError):
        decided(birth_dates=(datetime(1986, 5, 1, tzinfo=UTC),))


def test_the_threshold_may_have_cents_and_a_third_decimal_is_kept():
    decision = decided(thresholds=Thresholds([threshold("1216.51")]), birth_dates=(ADULT, CHILD))
    assert decision.trace()["household_threshold_annual_eur"] == "18977.556"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("22800", "22800.00"),
        ("2.28E+4", "22800.00"),
        ("22800.50", "22800.50"),
        ("22800.5", "22800.50"),
        ("18977.5560", "18977.556"),
        ("-0.00", "0.00"),
        ("0E+3", "0.00"),
        ("-3500", "-3500.00"),
        ("1" * 60 + ".01", "1" * 60 + ".01"),
    ],
)
def test_one_amount_is_written_in_one_way(amount, text):
    assert amount_text(Decimal(amount)) == text


def test_the_trace_holds_every_figure_and_no_birth_date():
    decision = decided(
        birth_dates=(ADULT, date(1988, 9, 12), TEENAGER, CHILD),
        annual_disposable_income_eur=Decimal("35548.68"),
    )
    assert json.dumps(decision.trace()) == json.dumps(
        {
            "engine_version": "1",
            "rule_set": {
                "version": 1,
                "definition": {"leaf": "income_below_threshold", "level_percent": 60},
                "validity_days": 180,
            },
            "on": "2026-03-15",
            "outcome": "eligible",
            "reason": "BELOW_THRESHOLD",
            "missing": [],
            "territory": "mainland",
            "dwelling": "ordinary",
            "members": 4,
            "aged_14_or_over": 3,
            "under_14": 1,
            "consumption_units": "2.3",
            "threshold_year_named": None,
            "threshold": {
                "income_year": 2023,
                "level_percent": 60,
                "monthly_amount_eur": "1288.00",
                "in_force_from": "2025-07-07",
                "status": "published",
            },
            "household_threshold_annual_eur": "35548.80",
            "annual_disposable_income_eur": "35548.68",
            "margin_annual_eur": "0.12",
            "standard_of_living_monthly_eur": "1288.00",
            "valid_until": "2026-09-11",
        }
    )


def test_a_figure_that_was_not_reached_is_none_in_the_trace():
    trace = decided(annual_disposable_income_eur=None).trace()
    reached = {name for name, value in trace.items() if value not in (None, [])}
    assert reached == {
        "engine_version",
        "rule_set",
        "on",
        "outcome",
        "reason",
        "missing",
        "territory",
        "dwelling",
    }


def test_the_same_facts_written_otherwise_give_the_same_trace():
    spare = Thresholds([threshold("1288")])
    stored = Thresholds([replace(threshold("1288.00"), source="INSEE, note corrigée")])
    first = decided(thresholds=spare, annual_disposable_income_eur=Decimal("12000"))
    again = decided(thresholds=stored, annual_disposable_income_eur=Decimal("12000.00"))
    assert json.dumps(first.trace()) == json.dumps(again.trace())
