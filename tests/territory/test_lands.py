"""Which land a commune stands on, and that the codes are those of the communes meant."""

import csv

import pytest

from mobiliz.territory.actions import DATA
from mobiliz.territory.lands import ISLANDS, MAINLAND, land_of


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("42218", "42"), ("75056", "75"), True),
        (("2A004", "2A"), ("2B033", "2B"), True),  # the whole of Corsica
        (("2B033", "2B"), ("06088", "06"), False),
        (("97209", "972"), ("97105", "971"), False),
        (("97411", "974"), ("97611", "976"), False),
        (("56152", "56"), ("56241", "56"), True),  # both on Belle-Île
        (("56152", "56"), ("56121", "56"), False),
        (("97112", "971"), ("97105", "971"), False),  # Marie-Galante
        (("97608", "976"), ("97611", "976"), False),  # Petite-Terre
        (("17168", "17"), ("17300", "17"), True),  # Oléron has a bridge
        (("85163", "85"), ("85191", "85"), True),  # Noirmoutier too
    ],
)
def test_the_same_land_is_what_one_reaches_without_crossing_the_sea(one, other, is_same):
    assert (land_of(*one) == land_of(*other)) is is_same


def test_the_mainland_is_most_of_the_country():
    assert land_of("42218", "42") is MAINLAND
    assert not MAINLAND.is_small_island
    assert land_of("85113", "85").is_small_island


def test_the_codes_of_the_islands_are_those_of_their_communes():
    with (DATA / "communes.csv").open(newline="", encoding="utf-8") as text:
        names = {row["insee_code"]: row["name"] for row in csv.DictReader(text)}
    # the code officiel géographique names most islands in their commune; the others by their communes
    assert {names[code] for code in ISLANDS["Belle-Île"]} == {"Bangor", "Le Palais", "Locmaria", "Sauzon"}
    assert {names[code] for code in ISLANDS["Petite-Terre"]} == {"Dzaoudzi", "Pamandzi"}
    assert names[ISLANDS["Yeu"][0]] == "L'Île-d'Yeu"
    assert names[ISLANDS["Ouessant"][0]] == "Ouessant"
    assert "Marie-Galante" in names[ISLANDS["Marie-Galante"][0]]
    assert {code for codes in ISLANDS.values() for code in codes} <= set(names)
