"""The title of the dashboard says the finding."""

from decimal import Decimal

import pytest

from reporting import words


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ("0.3333", "Un devis sur trois aboutit à une réparation"),
        ("0.3550", "Un peu plus d’un devis sur trois aboutit à une réparation"),
        ("0.3000", "Trois devis sur dix aboutissent à une réparation"),
        ("0.3680", "Un peu moins de deux devis sur cinq aboutissent à une réparation"),
        ("0.3120", "Un peu plus de trois devis sur dix aboutissent à une réparation"),
        ("0.3900", "Un peu moins de deux devis sur cinq aboutissent à une réparation"),
        ("0.5000", "Un devis sur deux aboutit à une réparation"),
        ("0.6700", "Deux devis sur trois aboutissent à une réparation"),
        ("0.0100", "Moins d’un devis sur vingt aboutit à une réparation"),
        ("0.9900", "Un peu plus de dix-neuf devis sur vingt aboutissent à une réparation"),
        ("0.0000", "Aucun devis n’a encore abouti à une réparation"),
        ("1.0000", "Tous les devis ont abouti à une réparation"),
    ],
)
def test_a_share_is_said_as_people_say_it(rate, said):
    assert words.finding(Decimal(rate), sent=100) == said


@pytest.mark.parametrize("thousandths", range(1, 1000, 7))
def test_every_share_can_be_said(thousandths):
    said = words.finding(Decimal(thousandths) / 1000, sent=1000)
    assert said[0].isupper()
    assert said.endswith(" à une réparation")


def test_too_few_are_said_to_be_too_few():
    assert words.finding(None, sent=3) == "Trop peu de devis pour en dire un taux"
    assert words.percent(None) == "trop peu"
    assert words.interval(None) == "–"


def test_nothing_is_said_to_be_nothing():
    assert words.finding(None, sent=0) == "Aucune orientation envoyée sur cette période"


def test_rates_and_intervals_are_french():
    assert words.percent(Decimal("0.3680")) == "36,8\u00a0%"
    assert words.interval((Decimal("0.3355"), Decimal("0.4012"))) == "33,6 à 40,1\u00a0%"


def test_the_reasons_of_losses_are_in_words():
    assert words.reasons([("quote_declined", 12), ("withdrawn", 1)]) == "devis refusé\u00a0(12), abandon\u00a0(1)"
