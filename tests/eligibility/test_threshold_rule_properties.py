"""What holds for every household, not only for the worked ones."""

import json
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from eligibility.facts import Facts, Outcome
from eligibility.income import THRESHOLD_RULE, decide
from eligibility.thresholds import Threshold, Thresholds

REFERENCE_DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
CENTS = st.integers(0, 20_000_000)
HOUSEHOLDS = st.tuples(st.integers(14 * 366, 36_500), st.lists(st.integers(0, 36_500), max_size=11)).map(
    lambda days: (days[0], *days[1])
)
MONTHLY_CENTS = st.integers(1, 500_000)


def euros(cents: int) -> Decimal:
    return Decimal(f"{cents // 100}.{cents % 100:02}")


def decided(days_old, income_cents, monthly_cents=128_800, on=date(2026, 3, 15)):
    """Days old at the reference date, the first 14 years or more; the threshold is in force."""
    facts = Facts(
        birth_dates=tuple(on - timedelta(days=days) for days in days_old),
        annual_disposable_income_eur=euros(income_cents),
        territory="mainland",
        dwelling="ordinary",
    )
    threshold = Threshold(2023, 60, euros(monthly_cents), date(1900, 1, 1), "published", "INSEE")
    return decide(facts, THRESHOLD_RULE, Thresholds([threshold]), on)


def is_yes(decision):
    return decision.outcome is Outcome.ELIGIBLE


@given(HOUSEHOLDS, CENTS, CENTS, MONTHLY_CENTS)
def test_more_income_never_turns_a_no_into_a_yes(household, one, other, monthly):
    less, more = sorted((one, other))
    assert is_yes(decided(household, less, monthly)) >= is_yes(decided(household, more, monthly))


@given(HOUSEHOLDS, st.integers(0, 36_500), CENTS, REFERENCE_DAYS)
def test_one_more_member_never_lowers_the_threshold_nor_turns_a_yes_into_a_no(household, born, income, on):
    before = decided(household, income, on=on)
    after = decided((*household, born), income, on=on)
    assert after.household_threshold_annual > before.household_threshold_annual
    assert is_yes(after) >= is_yes(before)


@given(HOUSEHOLDS, MONTHLY_CENTS)
def test_nothing_is_decided_by_rounding(household, monthly):
    """The limit is reckoned in thousandths, which may fall between two cents."""
    counts = decided(household, 0, monthly)
    tenths_of_units = 10 + 5 * (counts.aged_14_or_over - 1) + 3 * counts.under_14
    limit_in_thousandths = 12 * monthly * tenths_of_units
    highest_below = (limit_in_thousandths - 1) // 10
    assert is_yes(decided(household, highest_below, monthly))
    at_or_above = decided(household, highest_below + 1, monthly)
    assert at_or_above.outcome is Outcome.NOT_ELIGIBLE
    assert (at_or_above.reason == "EQUAL_TO_THRESHOLD") == (limit_in_thousandths % 10 == 0)


@given(HOUSEHOLDS, st.integers(1, 5_000), REFERENCE_DAYS)
def test_one_cent_below_is_a_yes_and_equal_is_a_no(household, monthly_euros, on):
    """With a threshold in whole euros, as INSEE prints them, the limit is a whole number of cents."""
    limit = int(decided(household, 0, 100 * monthly_euros, on).household_threshold_annual * 100)
    below, equal = (decided(household, cents, 100 * monthly_euros, on) for cents in (limit - 1, limit))
    assert (below.outcome, below.margin_annual_eur) == (Outcome.ELIGIBLE, Decimal("0.01"))
    assert (equal.reason, equal.outcome) == ("EQUAL_TO_THRESHOLD", Outcome.NOT_ELIGIBLE)


@given(HOUSEHOLDS.flatmap(lambda days: st.tuples(st.just(days), st.permutations(days))), CENTS)
def test_the_order_of_birth_dates_changes_nothing(orders, income):
    first, second = (decided(days_old, income) for days_old in orders)
    assert first == second
    assert json.dumps(first.trace()) == json.dumps(second.trace())


@given(HOUSEHOLDS, CENTS, MONTHLY_CENTS, REFERENCE_DAYS)
def test_a_trace_survives_json_and_comes_out_the_same_again(household, income, monthly, on):
    written, again = (json.dumps(decided(household, income, monthly, on).trace()) for _ in range(2))
    assert written == again
    assert json.dumps(json.loads(written)) == written
