"""Shares with their uncertainty."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobiliz.lib.proportions import MIN_DENOMINATOR, rate, too_small, wilson_interval

D = Decimal


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (300, 1000, "0.2724", "0.3291"),
        (311, 846, "0.3358", "0.4006"),
        (24, 49, "0.3558", "0.6253"),
        (2, 7, "0.0822", "0.6411"),
        (0, 10, "0.0000", "0.2775"),
        (10, 10, "0.7225", "1.0000"),
        (0, 0, "0.0000", "1.0000"),
    ],
)
def test_the_interval_is_wilsons_at_95_per_cent(successes, n, low, high):
    assert wilson_interval(successes, n) == (D(low), D(high))
    assert [str(bound) for bound in wilson_interval(successes, n)] == [low, high]


@pytest.mark.parametrize(
    ("successes", "n", "share"),
    [(300, 1000, "0.3000"), (1, 3, None), (4, 4, None), (0, 5, "0.0000"), (2, 7, "0.2857"), (7, 6, "1.1667")],
)
def test_a_rate_has_four_places_and_is_unknown_below_five(successes, n, share):
    found = rate(successes, n)
    assert (found if found is None else str(found)) == share


def test_too_few_means_fewer_than_five():
    assert MIN_DENOMINATOR == 5


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (1, -5), (6, 5)])
def test_impossible_counts_have_no_interval(successes, n):
    with pytest.raises(ValueError, match=r"Counts|proportion"):
        wilson_interval(successes, n)


@given(st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate_within_zero_and_one(counts):
    successes, n = counts
    low, high = wilson_interval(successes, n)
    assert 0 <= low <= high <= 1
    if (share := rate(successes, n)) is not None:
        assert low <= share <= high


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_more_cases_of_the_same_share_narrow_the_interval(counts):
    successes, n = counts
    low, high = wilson_interval(successes, n)
    closer_low, closer_high = wilson_interval(successes * 4, n * 4)
    assert closer_high - closer_low <= high - low


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({}, set()),
        ({"a": 0, "b": 5, "c": 12}, set()),
        ({"a": 4, "b": 12, "c": 7}, {"a", "c"}),  # one alone would follow from the total
        ({"a": 1, "b": 2, "c": 9, "d": 30}, {"a", "b", "c"}),  # three together are few as well
        ({"a": 3, "b": 4, "c": 9}, {"a", "b"}),
        ({"a": 3}, {"a"}),
    ],
)
def test_small_counts_are_hidden_and_what_would_give_them_away(counts, hidden):
    assert too_small(counts) == hidden


@given(st.dictionaries(st.integers(), st.integers(0, 40), max_size=12))
def test_no_small_count_follows_from_the_total(counts):
    hidden = too_small(counts)
    assert all(count == 0 or count >= MIN_DENOMINATOR for key, count in counts.items() if key not in hidden)
    is_there_another = any(count >= MIN_DENOMINATOR for count in counts.values())
    if hidden and is_there_another:
        assert len(hidden) > 1
        assert sum(counts[key] for key in hidden) >= MIN_DENOMINATOR
