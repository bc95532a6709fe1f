"""Rounding, VAT, percentages and shares, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobiliz.lib.money import add_up, percent, split_equally, to_cents, vat_on

D = Decimal
cents = st.decimals(min_value=0, max_value=100_000, places=2)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("23.1075", "23.11"),
        ("0.005", "0.01"),
        ("0.0049", "0.00"),
        ("2.675", "2.68"),
        ("2.665", "2.67"),
        ("-0.005", "-0.01"),
        ("-0.004", "0.00"),
        ("10", "10.00"),
    ],
)
def test_amounts_round_half_up_to_the_cent(amount, rounded):
    assert str(to_cents(D(amount))) == rounded


@pytest.mark.parametrize(
    ("base", "rate", "vat"),
    [
        ("57.53", "20", "11.51"),
        ("1.65", "20", "0.33"),
        ("100", "8.5", "8.50"),
        ("0.59", "8.5", "0.05"),
        ("80", "0", "0.00"),
    ],
)
def test_vat_is_rounded_once_on_its_base(base, rate, vat):
    assert str(vat_on(D(base), D(rate))) == vat


@pytest.mark.parametrize(
    ("part", "whole", "result"),
    [
        ("54.32", "123.36", D("44.0")),
        ("1", "3", D("33.3")),
        ("1", "8", D("12.5")),
        ("0.25", "1000", D("0.0")),
        ("1", "0", None),
    ],
)
def test_per_cent_has_one_decimal_and_is_unknown_of_nothing(part, whole, result):
    assert percent(D(part), D(whole)) == result


def test_nothing_adds_up_to_zero_cents():
    assert str(add_up([])) == "0.00"


@pytest.mark.parametrize(
    ("amount", "shares", "result"),
    [
        ("334.85", 3, ["111.63", "111.61", "111.61"]),
        ("419.16", 3, ["139.72"] * 3),
        ("0.02", 3, ["0.02", "0.00", "0.00"]),
        ("10.00", 1, ["10.00"]),
    ],
)
def test_shares_are_equal_with_the_remainder_on_the_first(amount, shares, result):
    assert [str(share) for share in split_equally(D(amount), shares)] == result


@given(amount=cents, shares=st.integers(1, 12))
def test_shares_sum_to_the_amount_and_differ_by_less_cents_than_there_are_shares(amount, shares):
    parts = split_equally(amount, shares)
    assert sum(parts) == amount
    assert len(parts) == shares
    assert D(0) <= max(parts) - min(parts) <= (shares - 1) * D("0.01")
    assert parts[0] == max(parts)
