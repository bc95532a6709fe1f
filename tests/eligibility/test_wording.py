"""A rule read aloud: the whole, the difference between two versions, and what would change a no."""

from decimal import Decimal

import pytest

from eligibility.facts import Employment
from eligibility.rules import RuleSet, decide, parse
from eligibility.wording import difference, lines, read, what_would_change
from tests.eligibility.households import ADULT, CHILD, DAY, THRESHOLDS, facts
from tests.eligibility.test_rules import INCOME, QUOTIENT, RSA, TEMP, WORK, all_of, any_of, at_least


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def between(before, after, days=(180, 180)):
    return [plain(one) for one in difference(RuleSet(1, parse(before), days[0]), RuleSet(2, parse(after), days[1]))]


def test_a_rule_is_read_as_nested_lines():
    told = [plain(line) for line in lines(parse(any_of(INCOME, at_least(2, WORK, RSA, TEMP))))]
    assert told == [
        "Il faut une au moins de ces conditions :",
        "    - le revenu du foyer est en dessous du seuil de pauvreté, à 60 % du niveau de vie médian",
        "    Il faut 2 au moins de ces 3 conditions :",
        "        - la voiture est nécessaire pour travailler, ou pour chercher un travail",
        "        - la personne reçoit le RSA",
        "        - la personne est en intérim",
    ]


def test_a_reading_says_where_it_stands_and_which_papers_count():
    reading = read(parse(any_of(INCOME, {**QUOTIENT, "needs_proof": True, "proof_max_age_days": 60})))
    first, second = reading.of
    assert (reading.is_group, first.path, second.path) == (True, (0,), (1,))
    assert second.text == "Le quotient familial ne dépasse pas 800 euros"
    assert plain(second.proof) == "Justificatif exigé : attestation de la CAF ou de la MSA, de moins de 60 jours"
    assert first.proof.startswith("Justificatif possible")
    assert first.source


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (INCOME, INCOME, []),
        (any_of(INCOME, RSA), any_of(RSA, INCOME), []),
        (
            QUOTIENT,
            {**QUOTIENT, "limit_eur": "770"},
            ["Le quotient familial ne dépasse pas 770 euros. Avant : le quotient familial ne dépasse pas 800 euros."],
        ),
        (
            INCOME,
            any_of(INCOME, RSA),
            ["Il faut une au moins de ces conditions.", "Nouvelle condition : la personne reçoit le RSA."],
        ),
        (any_of(INCOME, RSA, TEMP), any_of(INCOME, TEMP), ["Condition retirée : la personne reçoit le RSA."]),
        (
            any_of(RSA, TEMP),
            all_of(RSA, TEMP),
            ["Il faut toutes ces conditions, au lieu de : il faut une au moins de ces conditions."],
        ),
        (
            at_least(2, RSA, TEMP, WORK),
            at_least(1, RSA, TEMP, WORK),
            ["Il faut une au moins de ces conditions, au lieu de 2."],
        ),
        (
            any_of(INCOME, all_of(RSA, WORK)),
            any_of(INCOME, all_of(RSA, TEMP)),
            [
                "Nouvelle condition : la personne est en intérim.",
                "Condition retirée : la voiture est nécessaire pour travailler, ou pour chercher un travail.",
            ],
        ),
        (
            RSA,
            {**RSA, "needs_proof": True, "proof_max_age_days": 30},
            [
                "Un justificatif est exigé pour : la personne reçoit le RSA.",
                "Le justificatif vaut 30 jours, au lieu de 90, pour : la personne reçoit le RSA.",
            ],
        ),
        (
            {**RSA, "needs_proof": True},
            RSA,
            ["Un justificatif n’est plus exigé pour : la personne reçoit le RSA."],
        ),
        (
            INCOME,
            WORK,
            [
                "Nouvelle condition : la voiture est nécessaire pour travailler, ou pour chercher un travail.",
                "Condition retirée : le revenu du foyer est en dessous du seuil de pauvreté, "
                "à 60 % du niveau de vie médian.",
            ],
        ),
    ],
)
def test_a_change_is_told_in_sentences(before, after, told):
    assert between(before, after) == told


def test_a_shorter_validity_is_a_change():
    assert between(INCOME, INCOME, (180, 90)) == ["Une évaluation vaut 90 jours, au lieu de 180."]


def changes(definition, **known):
    decision = decide(facts(**known), RuleSet(1, parse(definition), 180), THRESHOLDS, DAY)
    return [plain(one) for one in what_would_change(decision)]


@pytest.mark.parametrize(
    ("income", "told"),
    [
        ("15456.00", "avec un euro de moins par an, le revenu du foyer serait en dessous du seuil"),
        ("15456.01", "avec 1 € de moins par mois, le revenu du foyer serait en dessous du seuil"),
        ("15600.00", "avec 13 € de moins par mois, le revenu du foyer serait en dessous du seuil"),
        ("15600.01", "avec 13 € de moins par mois, le revenu du foyer serait en dessous du seuil"),
    ],
)
def test_how_far_the_income_is_away(income, told):
    assert changes(INCOME, annual_disposable_income_eur=Decimal(income)) == [told]


def test_only_what_alone_would_make_it_a_yes_is_told():
    over = {
        "annual_disposable_income_eur": Decimal("15600.00"),
        "minimum_benefits": {},
        "employment": Employment.STUDENT,
    }
    assert changes(any_of(INCOME, RSA), **over)[1:] == ["si la personne reçoit le RSA"]
    assert changes(any_of(INCOME, all_of(RSA, TEMP)), **over) == [changes(INCOME, **over)[0]]
    assert changes(all_of(RSA, TEMP), **over) == []
    assert changes(all_of(TEMP, WORK), needs_vehicle_for_work=True, employment=Employment.STUDENT) == [
        "si la personne est en intérim"
    ]


def test_neither_a_yes_nor_an_unknown_has_anything_to_change():
    assert changes(INCOME) == []
    assert changes(WORK) == []
    assert changes(INCOME, birth_dates=(ADULT, CHILD)) == []
