"""The computation in French, line by line."""

import json
from datetime import date
from decimal import Decimal

import pytest

from eligibility.explain import day, explain, number
from eligibility.facts import REASON_SENTENCES, Outcome, Reason
from eligibility.income import THRESHOLD_RULE, decide
from eligibility.labels import DWELLING_LABELS, FACT_LABELS, OUTCOME_LABELS, TERRITORY_LABELS
from eligibility.leaves import LEAVES
from tests.eligibility.households import ADULT, CHILD, DAY, TEENAGER, THRESHOLDS, facts


def explained(on=DAY, **known):
    """Label -> text with plain spaces, from the trace as it comes back from storage."""
    trace = decide(facts(**known), THRESHOLD_RULE, THRESHOLDS, on).trace()
    lines = explain(json.loads(json.dumps(trace)))
    return {line.label: line.text.replace("\u202f", " ").replace("\u00a0", " ") for line in lines}


def test_a_yes_is_explained_line_by_line():
    lines = explained(
        birth_dates=(ADULT, date(1988, 9, 12), TEENAGER, CHILD),
        annual_disposable_income_eur=Decimal("35548.68"),
    )
    assert lines == {
        "Réponse": f"Éligible. {REASON_SENTENCES[Reason.BELOW_THRESHOLD]}",
        "Foyer": "4 personnes : 3 de 14 ans ou plus, 1 de moins de 14 ans (âges au 15 mars 2026)",
        "Unités de consommation": ("1 + 0,5 × 2 + 0,3 × 1 = 2,3 UC (échelle OCDE modifiée, celle de l’INSEE)"),
        "Seuil de pauvreté": (
            "1 288 € par mois pour 1 UC (INSEE, année de revenus 2023, 60 % du niveau de vie médian ; "
            "en vigueur depuis le 7 juillet 2025)"
        ),
        "Seuil du foyer": "1 288 × 2,3 × 12 = 35 548,80 € par an",
        "Revenu disponible": "35 548,68 € par an (déclaré pour le foyer)",
        "Comparaison": "35 548,68 € < 35 548,80 € : en dessous de 0,12 €",
        "Niveau de vie": (
            "35 548,68 ÷ 12 ÷ 2,3 = 1 288,00 € par mois pour 1 UC (arrondi pour l’affichage, sans effet sur la réponse)"
        ),
        "Validité": "jusqu’au 11 septembre 2026 inclus (180 jours)",
    }


@pytest.mark.parametrize(
    ("given", "label", "text"),
    [
        (
            {"annual_disposable_income_eur": Decimal("15456")},
            "Comparaison",
            "15 456,00 € = 15 456,00 € : égal",
        ),
        (
            {"annual_disposable_income_eur": Decimal("22800")},
            "Comparaison",
            "> 15 456,00 € : au-dessus de 7 344,00 €",
        ),
        ({"annual_disposable_income_eur": Decimal("0")}, "Comparaison", "0,00 € < 15 456,00 €"),
        ({"annual_disposable_income_eur": Decimal("-3500")}, "Revenu disponible", "\u22123 500,00 € par an"),
        ({}, "Foyer", "1 personne : 1 de 14 ans ou plus, 0 de moins de 14 ans"),
        ({}, "Unités de consommation", "1 UC (échelle"),
        ({}, "Seuil du foyer", "1 288 × 1 × 12 = 15 456,00 €"),
        ({"birth_dates": (ADULT, CHILD)}, "Unités de consommation", "1 + 0,3 × 1 = 1,3 UC"),
        ({"birth_dates": (ADULT,) * 3}, "Unités de consommation", "1 + 0,5 × 2 = 2 UC"),
        (
            {"threshold_year": 2012},
            "Seuil de pauvreté",
            "année de revenus 2012, 60 % du niveau de vie médian ; année",
        ),
        ({"threshold_year": 2020}, "Seuil de pauvreté", "chiffre non validé par l’INSEE"),
        (
            {"birth_dates": None, "dwelling": None},
            "Il manque",
            "les dates de naissance du foyer, le type de logement",
        ),
        ({"territory": "drom"}, "Situation", "outre-mer, logement ordinaire"),
        ({"dwelling": "student_alone"}, "Situation", "France métropolitaine, étudiant vivant seul"),
        ({"annual_disposable_income_eur": Decimal("15455.995")}, "Revenu disponible", "15 455,995 € par an"),
    ],
)
def test_each_line_says_its_figure(given, label, text):
    assert text in explained(**given)[label]


NOT_REACHED = {
    "birth_dates": ((), {"Réponse", "Revenu disponible"}),
    "annual_disposable_income_eur": (None, {"Réponse", "Il manque"}),
    "threshold_year": (
        2024,
        {"Réponse", "Foyer", "Unités de consommation", "Revenu disponible", "Niveau de vie"},
    ),
    "territory": ("drom", {"Réponse", "Situation", "Revenu disponible"}),
}


@pytest.mark.parametrize("fact", NOT_REACHED)
def test_a_figure_that_was_not_reached_has_no_line(fact):
    value, labels = NOT_REACHED[fact]
    assert set(explained(**{fact: value})) == labels


def test_every_code_has_its_words():
    assert set(OUTCOME_LABELS) == set(Outcome)
    assert set(REASON_SENTENCES) == set(Reason)
    assert set(FACT_LABELS) == {"proofs", *(name for leaf in LEAVES.values() for name in leaf.needs)}
    assert set(TERRITORY_LABELS) == {"mainland", "drom"}
    assert set(DWELLING_LABELS) == {"ordinary", "institution", "student_alone"}


def test_figures_and_their_units_are_held_together():
    trace = decide(facts(), THRESHOLD_RULE, THRESHOLDS, DAY).trace()
    comparison = next(line.text for line in explain(trace) if line.label == "Comparaison")
    assert comparison == ("12\u202f000,00\u00a0€ < 15\u202f456,00\u00a0€\u00a0: en dessous de 3\u202f456,00\u00a0€")


def test_numbers_and_days_are_written_the_french_way():
    assert number("1234567.50") == "1\u202f234\u202f567,50"
    assert number("-12") == "\u221212"
    assert day("2026-03-01") == "1er\u00a0mars\u00a02026"
    assert day("2025-08-31") == "31\u00a0août\u00a02025"
