"""An answer in plain words: a table of households and rules, what the person reads, and what never stands there."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.facts import Benefit, Employment, Facts, Outcome, Proof, ProofKind
from eligibility.plain import tell, tell_of_car
from eligibility.rules import RuleSet, decide, parse
from eligibility.thresholds import Threshold, Thresholds
from eligibility.wording import enough_a_month

ON = date(2026, 3, 1)
KNOWN = Thresholds([Threshold(2023, 60, Decimal(1288), date(2025, 7, 7), "published", "INSEE")])
ADULT, CHILD = date(1986, 5, 1), date(2018, 9, 3)


def leaf(code, **more):
    proven = {} if code == "sent_by_among" else {"needs_proof": False, "proof_max_age_days": 90}
    return {"leaf": code, **proven, **more}


INCOME = leaf("income_below_threshold", level_percent=60)
RSA = leaf("minimum_benefit", among=["rsa"], within_months=0)
QUOTIENT = leaf("family_quotient_at_most", limit_eur="800")
JOB = leaf("employment_among", among=["job_seeker", "temporary_worker"])
WORK = leaf("needs_vehicle_for_work")
SENT = leaf("sent_by_among", among=["association"])
PAPER = {**QUOTIENT, "needs_proof": True}


def facts(**more):
    usual = {
        "birth_dates": (ADULT, CHILD),
        "annual_disposable_income_eur": Decimal(14400),
        "territory": "mainland",
        "dwelling": "ordinary",
    }
    return Facts(**{**usual, **more})


def told(rule, is_granted=False, **more):
    rule_set = RuleSet(1, parse(rule, "household"), 180)
    found = tell(decide(facts(**more), rule_set, KNOWN, ON), is_granted=is_granted)
    spaced = [tuple(" ".join(one.split()) for one in part) for part in (found.why, found.changes, found.bring)]
    return found.answer.partition(",")[0], *spaced


LIMIT = "Pour un foyer comme le vôtre (2 personnes), la limite est de 1 674,40 € par mois."
OVER = {"annual_disposable_income_eur": Decimal(24000)}
CASES = [
    # the rule; the facts; yes or no; why; what would change it; what to bring
    (INCOME, {}, "Oui", ["Le revenu de votre foyer est en dessous de la limite.", LIMIT], [], []),
    (
        INCOME,
        OVER,
        "Non",
        ["Le revenu de votre foyer dépasse la limite.", LIMIT],
        ["si le revenu de votre foyer baissait de 326 € par mois"],
        [],
    ),
    (
        INCOME,
        {"annual_disposable_income_eur": Decimal("20092.80")},
        "Non",
        ["Le revenu de votre foyer atteint la limite.", LIMIT],
        ["si le revenu de votre foyer baissait d’un euro par an"],
        [],
    ),
    (
        INCOME,
        {"birth_dates": (ADULT,), "annual_disposable_income_eur": Decimal(9000)},
        "Oui",
        [
            "Le revenu de votre foyer est en dessous de la limite.",
            "Pour un foyer comme le vôtre (une personne), la limite est de 1 288 € par mois.",
        ],
        [],
        [],
    ),
    (
        INCOME,
        {"annual_disposable_income_eur": None},
        "On ne sait pas encore",
        ["Il nous manque le revenu de votre foyer."],
        [],
        ["le revenu de votre foyer"],
    ),
    (
        INCOME,
        {"dwelling": "student_alone"},
        "On ne sait pas encore",
        ["La limite de revenu n’est pas publiée pour votre logement ou votre territoire."],
        [],
        [],
    ),
    (RSA, {"minimum_benefits": {Benefit.RSA: None}}, "Oui", ["Vous recevez le RSA."], [], []),
    (RSA, {"minimum_benefits": {}}, "Non", ["Vous ne recevez pas le RSA."], ["si vous recevez le RSA"], []),
    (
        QUOTIENT,
        {"family_quotient_eur": Decimal(801)},
        "Non",
        ["Votre quotient familial dépasse 800 €."],
        ["avec un quotient familial de 800 € au plus"],
        [],
    ),
    (
        PAPER,
        {"family_quotient_eur": Decimal(500)},
        "On ne sait pas encore",
        ["Il nous manque un papier de moins de 90 jours (attestation de la CAF ou de la MSA)."],
        [],
        ["un papier de moins de 90 jours (attestation de la CAF ou de la MSA)"],
    ),
    (
        PAPER,
        {"family_quotient_eur": Decimal(500), "proofs": (Proof(ProofKind.CAF_CERTIFICATE, date(2026, 2, 1)),)},
        "Oui",
        ["Votre quotient familial ne dépasse pas 800 €."],
        [],
        [],
    ),
    (JOB, {"employment": Employment.JOB_SEEKER}, "Oui", ["Vous êtes en recherche d’emploi ou en intérim."], [], []),
    (
        JOB,
        {"employment": Employment.RETIRED},
        "Non",
        ["Vous n’êtes pas en recherche d’emploi ou en intérim."],
        ["si vous êtes en recherche d’emploi ou en intérim"],
        [],
    ),
    (
        WORK,
        {"needs_vehicle_for_work": False},
        "Non",
        ["La voiture ne vous est pas nécessaire pour travailler."],
        ["si vous avez besoin de la voiture pour travailler ou pour chercher un travail"],
        [],
    ),
    (SENT, {"sent_by": "association"}, "Oui", ["Une association vous accompagne."], [], []),
    (
        SENT,
        {"sent_by": "foundation"},
        "Non",
        ["La structure qui vous accompagne n’est pas une association."],
        ["si une association vous accompagne"],
        [],
    ),
    # of several routes only those that count are told
    (
        {"op": "any", "of": [INCOME, RSA]},
        {**OVER, "minimum_benefits": {Benefit.RSA: None}},
        "Oui",
        ["Vous recevez le RSA."],
        [],
        [],
    ),
    (
        {"op": "any", "of": [INCOME, RSA]},
        {**OVER, "minimum_benefits": {}},
        "Non",
        ["Le revenu de votre foyer dépasse la limite, et vous ne recevez pas le RSA.", LIMIT],
        ["si le revenu de votre foyer baissait de 326 € par mois", "si vous recevez le RSA"],
        [],
    ),
    # two things at once: neither alone would do
    (
        {"op": "all", "of": [RSA, WORK]},
        {"minimum_benefits": {}, "needs_vehicle_for_work": False},
        "Non",
        ["Vous ne recevez pas le RSA, et la voiture ne vous est pas nécessaire pour travailler."],
        [],
        [],
    ),
]


@pytest.mark.parametrize(("rule", "given_facts", "answer", "why", "changes", "bring"), CASES)
def test_what_the_person_reads(rule, given_facts, answer, why, changes, bring):
    said, found_why, found_changes, found_bring = told(rule, **given_facts)
    assert said.partition(" :")[0].partition("\u00a0:")[0] == answer
    assert (list(found_why), list(found_changes), list(found_bring)) == (why, changes, bring)


def test_a_yes_that_somebody_gave_says_so_and_not_what_the_computation_lacked():
    said, why, changes, bring = told(INCOME, is_granted=True, dwelling="student_alone")
    assert said == "Oui"
    assert why == ("Un responsable du programme a regardé votre situation et vos papiers, et il a dit oui.",)
    assert (changes, bring) == ((), ())


JARGON = ["UC", "unité", "seuil", "disponible", "éligib", "barème", "pilote", "médian", "INSEE", "la personne", "_"]
amounts = st.decimals(0, 60000, places=2)


@given(income=amounts, quotient=amounts, alone=st.booleans(), dwelling=st.sampled_from(["ordinary", "student_alone"]))
def test_no_income_and_no_jargon_whatever_the_case(income, quotient, alone, dwelling):
    rule = {"op": "any", "of": [INCOME, {"op": "all", "of": [QUOTIENT, RSA]}, JOB]}
    more = {"minimum_benefits": {}, "employment": Employment.OTHER, "family_quotient_eur": quotient}
    births = (ADULT,) if alone else (ADULT, CHILD)
    found = told(rule, annual_disposable_income_eur=income, dwelling=dwelling, birth_dates=births, **more)
    text = " ".join((found[0], *found[1], *found[2], *found[3]))
    assert [word for word in JARGON if word in text] == []
    assert found[1], "there is always a why"
    shown = f"{income:,.2f}".replace(",", " ").replace(".", ",")
    assert shown not in text.replace("la limite est de " + shown, "")


@given(over=st.decimals(Decimal("0.01"), 60000, places=2))
def test_so_many_euros_a_month_less_is_below_and_one_less_is_not(over):
    enough = enough_a_month(over)
    assert enough * 12 > over
    assert (enough - 1) * 12 <= over


def test_every_outcome_has_its_answer():
    answers = {told(INCOME)[0], told(INCOME, **OVER)[0], told(INCOME, dwelling="student_alone")[0]}
    assert len(answers) == len(Outcome)


KM, AGE = "La voiture a moins de 200 000 km.", "La voiture a 15 ans au plus."
CARS = [
    ("eligible", False, [], [], ["Elle entre dans la règle."]),
    ("eligible", True, [KM], [], ["Un responsable du programme l’a acceptée."]),
    (
        "needs_review",
        False,
        [KM],
        ["le kilométrage"],
        ["On ne sait pas encore si elle entre dans la règle.", "Il nous manque le kilométrage."],
    ),
    ("needs_review", False, [KM], [], ["On ne sait pas encore si elle entre dans la règle."]),
    (
        "not_eligible",
        False,
        [KM, AGE],
        [],
        [
            "Elle n’entre pas dans la règle.",
            "Ce qui n’est pas rempli : la voiture a moins de 200 000 km ; la voiture a 15 ans au plus.",
            "Un responsable du programme peut l’accepter quand même : votre conseiller le lui demande.",
        ],
    ),
]


@pytest.mark.parametrize(("outcome", "is_granted", "asked", "missing", "said"), CARS)
def test_what_the_person_reads_of_the_car(outcome, is_granted, asked, missing, said):
    found = tell_of_car(Outcome(outcome), asked, missing, is_granted=is_granted)
    assert [" ".join(one.split()) for one in found] == said


@pytest.mark.parametrize(
    ("income", "is_granted", "awaits_car", "answer"),
    [
        (14400, False, False, "Oui,"),
        (14400, False, True, "Votre situation donne droit"),
        (14400, True, True, "Votre situation donne droit"),
        (24000, False, True, "Non,"),
    ],
)
def test_a_yes_for_the_household_is_none_while_the_car_waits(income, is_granted, awaits_car, answer):
    found = facts(annual_disposable_income_eur=Decimal(income))
    decision = decide(found, RuleSet(1, parse(INCOME, "household"), 180), KNOWN, ON)
    assert tell(decision, is_granted=is_granted, awaits_car=awaits_car).answer.startswith(answer)
