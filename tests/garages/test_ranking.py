"""Which garage first: each figure counts one way only, and the same garages are always in the same order."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garages.ranking import WEIGHTS, Facts, Part, order, ranked, score
from garages.words import record_in_words

counts = st.integers(0, 200)
# how fast figures are drawn on a busy machine proves nothing about the order
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def facts(draw, **fixed):
    """What may be known of a garage: no more repaired than quoted, no answer in less than no time."""
    quotes, answers = draw(counts), draw(counts)
    drawn = {
        "garage": draw(st.integers(1, 10_000)),
        "distance_km": draw(st.floats(0, 200)),
        "places_left": draw(st.integers(-3, 50)),
        "weekly_cap": draw(st.integers(0, 50)),
        "answers": answers,
        "answer_days": draw(st.floats(0, 30)) * answers,
        "silences": draw(counts),
        "quotes": quotes,
        "repaired": draw(st.integers(0, quotes)),
        "received": draw(counts),
        "is_known": draw(st.booleans()),
    }
    return Facts(**{**drawn, **fixed})


# --- one way only -----------------------------------------------------------------------------------------
WORSE = ["distance_km", "answer_days", "received"]
BETTER = ["places_left", "weekly_cap"]


@pytest.mark.parametrize("name", WORSE)
@unhurried
@given(one=facts(), more=st.floats(0.1, 50))
def test_more_of_it_never_helps(name, one, more):
    worse = replace(one, **{name: getattr(one, name) + more})
    assert score(worse).total <= score(one).total


@pytest.mark.parametrize("name", BETTER)
@unhurried
@given(one=facts(), more=st.integers(1, 20))
def test_more_of_it_never_harms(name, one, more):
    better = replace(one, **{name: getattr(one, name) + more})
    assert score(better).total >= score(one).total


@unhurried
@given(one=facts(), more=st.integers(1, 20))
def test_one_more_repair_of_the_same_quotes_helps_and_one_more_quote_without_repair_harms(one, more):
    as_many = replace(one, quotes=one.quotes + more)
    assert score(replace(as_many, repaired=one.repaired + more)).total > score(as_many).total
    assert score(as_many).total < score(one).total


@unhurried
@given(one=facts(), silences=st.integers(1, 5))
def test_a_silence_is_worse_than_an_answer_within_the_days_that_it_costs(one, silences):
    silent = replace(one, silences=one.silences + silences)
    quick = replace(one, answers=one.answers + silences, answer_days=one.answer_days + 2 * silences)
    assert score(silent).total < score(quick).total


# --- the score --------------------------------------------------------------------------------------------
def test_the_weights_make_a_hundred():
    assert sum(WEIGHTS.values()) == 100
    assert set(WEIGHTS) == set(Part)


@unhurried
@given(one=facts())
def test_each_part_is_between_nothing_and_its_weight_and_the_total_is_their_sum(one):
    points = score(one).points
    assert all(0 <= points[part] <= WEIGHTS[part] for part in Part)
    assert 0 <= score(one).total <= 100
    assert score(one).total == pytest.approx(sum(points.values()))


NEW = {"garage": 1, "distance_km": 30, "places_left": 2, "weekly_cap": 2}


@pytest.mark.parametrize(
    ("known", "part", "points"),
    [
        ({"distance_km": 0}, Part.DISTANCE, 35),
        ({"distance_km": 30}, Part.DISTANCE, 17.5),
        ({"distance_km": 90}, Part.DISTANCE, 8.75),
        ({}, Part.ANSWER, 12.5),  # as the programme asks: two days
        ({"answers": 3, "answer_days": 0}, Part.ANSWER, 25 * 2 / 3),  # halfway between 0 and the usual 2 days
        ({"silences": 1}, Part.ANSWER, 25 * 2 / (2 + 11 / 4)),
        ({}, Part.CONVERSION, 15 * 0.30),  # as the whole programme in 2015
        ({"quotes": 1, "repaired": 1}, Part.CONVERSION, 15 * 2.5 / 6),
        ({"quotes": 30, "repaired": 20}, Part.CONVERSION, 15 * 21.5 / 35),
        ({}, Part.SHARE, 15),
        ({"received": 8}, Part.SHARE, 7.5),  # all that it takes in four weeks
        ({"places_left": 0}, Part.PLACES, 0),
        ({"places_left": 2}, Part.PLACES, 5),
    ],
)
def test_points(known, part, points):
    assert score(Facts(**{**NEW, **known})).points[part] == pytest.approx(points)


def test_one_repaired_out_of_one_does_not_pass_twenty_out_of_thirty():
    lucky, proven = (Facts(**NEW, quotes=q, repaired=r) for q, r in ((1, 1), (30, 20)))
    assert score(lucky).points[Part.CONVERSION] < score(proven).points[Part.CONVERSION]


# --- the order --------------------------------------------------------------------------------------------
@unhurried
@given(st.lists(facts(), max_size=12, unique_by=lambda one: one.garage), st.randoms())
def test_the_order_does_not_depend_on_the_order_in_which_they_come(garages, chance):
    shuffled = list(garages)
    chance.shuffle(shuffled)
    assert ranked(shuffled) == ranked(garages)


@unhurried
@given(st.lists(facts(), min_size=2, max_size=12, unique_by=lambda one: one.garage))
def test_those_worked_with_come_first_then_the_better_score(garages):
    found = ranked(garages)
    for before, after in pairwise(found):
        assert (before.is_known, score(before).total) >= (after.is_known, score(after).total)


@unhurried
@given(one=facts(), other=st.integers(1, 10_000))
def test_equal_ones_go_by_garage(one, other):
    twin = replace(one, garage=other)
    assert [found.garage for found in ranked([one, twin])] == sorted([one.garage, other])
    assert (order(one) == order(twin)) == (one.garage == other)


# --- in words ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, ["rien reçu depuis quatre semaines"]),
        (
            {"answers": 4, "answer_days": 1.2, "received": 1},
            ["répond le jour même", "1 demande reçue en quatre semaines"],
        ),
        (
            {"answers": 4, "answer_days": 4.4, "received": 3},
            ["répond en 1 jour", "3 demandes reçues en quatre semaines"],
        ),
        (
            {"answers": 7, "answer_days": 14, "silences": 2, "received": 2},
            ["répond en 2 jours", "n’a pas répondu à 2 demandes sur 9", "2 demandes reçues en quatre semaines"],
        ),
        (
            {"quotes": 6, "repaired": 4},
            ["4 de ses 6 derniers devis de ce genre ont été réparés", "rien reçu depuis quatre semaines"],
        ),
        (
            {"quotes": 6, "repaired": 1},
            ["1 de ses 6 derniers devis de ce genre a été réparé", "rien reçu depuis quatre semaines"],
        ),
        (
            {"quotes": 1, "repaired": 1},
            ["son dernier devis de ce genre a été réparé", "rien reçu depuis quatre semaines"],
        ),
        ({"quotes": 1}, ["rien reçu depuis quatre semaines"]),
    ],
)
def test_what_is_known_is_said_and_nothing_else(known, said):
    assert record_in_words(Facts(**{**NEW, **known})) == said
