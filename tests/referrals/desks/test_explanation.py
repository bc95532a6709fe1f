"""Why this answer: the computation with its sources, the answers before it, and a sheet in plain words."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from eligibility.erasing import erase_assessments
from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals import actions, transitions
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.journey import fresh

pytestmark = pytest.mark.django_db

YES = {"why": "Vit seul de sa bourse", "evidence": "Avis de bourse du 3 septembre"}


def url(referral, name=""):
    return reverse(f"referral_explanation{name}", args=[referral.uid])


def plain(response):
    assert response.status_code == 200
    text = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def parts(response):
    """What is for the adviser, and what is for the person."""
    computed, _, handed = plain(response).partition("À remettre à la personne")
    return computed, handed


def test_the_adviser_reads_the_computation_with_its_sources(as_adviser, adviser):
    referral = journey.ready(adviser)
    computed, _handed = parts(as_adviser.get(url(referral)))
    for said in (
        "1 288 × 1,3 × 12 = 20 092,80 € par an",
        "14 400,00 € < 20 092,80 € : en dessous de 5 692,80 €",
        "Règle version 1 , en vigueur depuis le 1er mars 2012",
        "revenus de 2023, à 60 % : 1 288,00 € par mois INSEE",
        "Justificatifs vus aucun n’est noté",
        "par Aline Dubois",
        "Aucune : c’est la première.",
    ):
        assert said in computed
    assert f'href="/regles/{referral.assessment.rule_set.uid}/"' in as_adviser.get(url(referral)).content.decode()


SAID = [
    ({}, "Oui, vous avez droit", ["Jusqu’au", "Votre conseiller demande à un garage"]),
    ({"income": "24000"}, "Non, vous n’y avez pas droit", ["La réponse serait oui :", "baissait de 326 € par mois"]),
    ({"dwelling": "student_alone"}, "On ne sait pas encore", ["Ce n’est pas un non", "sous deux jours"]),
    ({"income": None}, "On ne sait pas encore", ["Ce qu’il faut apporter le revenu de votre foyer"]),
]


@pytest.mark.parametrize(("household", "answer", "said"), SAID)
def test_the_sheet_says_it_in_plain_words_with_whom_to_call(as_adviser, adviser, household, answer, said):
    referral = journey.assessed(adviser, **household)
    alone = plain(as_adviser.get(url(referral, "_sheet")))
    for one in (answer, *said, "Qui appeler ?", "Aline Dubois, Wimoov"):
        assert one in alone
    for figure in ("14 400", "24 000", "20 092", "UC", "seuil", "éligib", "Éligible", "disponible", "pilote"):
        assert figure not in alone
    _computed, handed = parts(as_adviser.get(url(referral)))
    assert answer in handed


def test_the_sheet_tells_until_when(as_adviser, adviser):
    referral = journey.ready(adviser)
    until = " ".join(day_fr(referral.assessment.valid_until).split())
    assert f"Jusqu’au {until}." in plain(as_adviser.get(url(referral, "_sheet")))


def test_a_yes_after_a_review_says_who_why_and_on_what(as_adviser, adviser, pilot):
    referral = journey.in_review(adviser)
    transitions.approve_review(referral, by=actor(pilot), **YES)
    computed, handed = parts(as_adviser.get(url(referral)))
    assert "Décision d’un pilote, et non du calcul" in computed
    for said in (*YES.values(), "Hélène Caron", "étudiant vivant seul"):
        assert said in computed
        assert said not in handed
    assert "a regardé votre situation et vos papiers, et il a dit oui" in handed
    before = computed.split("Les réponses d’avant")[1]
    assert "à examiner, calcul" in before


def test_each_earlier_answer_is_listed_the_last_first(as_adviser, adviser, django_assert_max_num_queries):
    referral = journey.assessed(adviser)
    for income in ("24000", "14400", "30000", "15000"):
        journey.assess(referral, adviser, income=income)
        referral = fresh(referral)
    with django_assert_max_num_queries(12) as many:
        computed, _handed = parts(as_adviser.get(url(referral)))
    before = computed.split("Les réponses d’avant")[1]
    assert re.findall(r": (éligible|non éligible),", before) == ["non éligible", "éligible", "non éligible", "éligible"]
    assert "24 000" not in before
    listed = [query for query in many if "WITH RECURSIVE" in query["sql"]]
    assert len(listed) == 1
    assert '"trace"' not in listed[0]["sql"]


def test_a_pilot_reads_it_while_deciding_and_not_after(as_regional_pilot, adviser, django_assert_max_num_queries):
    referral = journey.in_review(adviser)
    assert url(referral) in as_regional_pilot.get(reverse("review", args=[referral.uid])).content.decode()
    with django_assert_max_num_queries(12):
        computed, _handed = parts(as_regional_pilot.get(url(referral)))
    assert "étudiant vivant seul" in computed
    as_regional_pilot.post(reverse("review_approve", args=[referral.uid]), YES)
    assert as_regional_pilot.get(url(referral)).status_code == 403
    assert as_regional_pilot.get(url(referral, "_sheet")).status_code == 403


def test_another_structures_assessment_does_not_exist_for_one(as_adviser, adviser, other_adviser):
    """Even on a case of one's own: what is read is the household that another asked about."""
    referral = journey.ready(adviser)
    foreign = journey.ready(other_adviser, last_name="Autre")
    referral.assessment = foreign.assessment
    referral.save(update_fields=["assessment"])
    assert as_adviser.get(url(referral)).status_code == 404


def test_a_draft_without_an_answer_has_nothing_to_explain(as_adviser, adviser):
    assert as_adviser.get(url(journey.draft(adviser))).status_code == 404


def test_the_case_and_the_verdict_lead_there(as_adviser, adviser):
    referral = journey.ready(adviser)
    for name in ("referral_case", "referral_household", "referral_send"):
        assert f'href="{url(referral)}"' in as_adviser.get(reverse(name, args=[referral.uid])).content.decode()


def test_whoever_reads_the_case_sees_that_a_pilot_said_yes(client, adviser, pilot, regional_pilot):
    referral = journey.approved(adviser, pilot)
    case = reverse("referral_case", args=[referral.uid])
    assert "Accordée par un pilote, après examen." in plain(sign_in(client, regional_pilot).get(case))
    assert "Accordée par Hélène Caron" in plain(sign_in(Client(), adviser).get(case))
    computed = reverse("referral_case", args=[journey.ready(adviser).uid])
    assert "Accordée par" not in plain(sign_in(Client(), adviser).get(computed))


def test_no_birth_date_of_anyone_stands_on_the_sheet(as_adviser, adviser):
    referral = journey.ready(adviser)
    alone = plain(as_adviser.get(url(referral, "_sheet")))
    assert day_fr(date(2018, 9, 3)) not in alone
    assert "ans" not in re.findall(r"\w+", alone)


def test_of_someone_erased_only_the_answer_is_left(as_adviser, adviser):
    referral = journey.ready(adviser)
    erase_assessments([referral.assessment_id])
    page = plain(as_adviser.get(url(referral)))
    assert "seule la réponse reste" in page
    assert "À remettre à la personne" not in page
    assert as_adviser.get(url(referral, "_sheet")).status_code == 404


def with_car(referral, adviser, **known):
    car = actions.VehicleInput(
        **{
            "make": "Renault",
            "model": "Clio",
            "first_registered_year": 2005,
            "plate": "DA-123-BC",
            "plate_format": "SIV",
            **known,
        }
    )
    fault = actions.FaultInput(complaint="Elle chauffe.", is_drivable=True, since="weeks")
    actions.describe_vehicle(referral, vehicle=car, fault=fault, by=actor(adviser))


CARS = [
    ({"mileage_km": 100000}, "Oui, vous avez droit", "Elle entre dans la règle."),
    ({"mileage_km": 300000}, "Il reste à regarder la voiture", "Elle n’entre pas dans la règle."),
    ({"mileage_km": None}, "Il reste à regarder la voiture", "Il nous manque le kilométrage."),
]


@pytest.mark.parametrize(("known", "answer", "of_car"), CARS)
def test_a_yes_is_not_told_while_the_car_waits(
    as_adviser, adviser, known, answer, of_car, django_assert_max_num_queries
):
    referral = journey.assessed(adviser)
    with_car(referral, adviser, **known)
    with django_assert_max_num_queries(12):
        computed, handed = parts(as_adviser.get(url(referral)))
    assert answer in handed
    assert of_car in handed.split("Et votre voiture ?")[1]
    assert "Lire la règle pour les voitures, version 3" in computed


@pytest.mark.parametrize(
    ("reach", "days", "said"),
    [
        ("accepted", 0, "Oui, vous avez droit"),  # the last day counts
        ("accepted", 1, "La réponse était oui jusqu’au"),
        ("quoted", 1, "Votre devis a été fait à temps"),  # its later end stops neither answer nor repair
    ],
)
def test_a_yes_that_has_ended_is_not_told_as_a_yes(adviser, workshop, reach, days, said):
    referral = getattr(journey, reach)(adviser, workshop).referral
    day = referral.assessment.valid_until + timedelta(days=days)
    with clock.moved_to(datetime(day.year, day.month, day.day, 9, tzinfo=UTC)):
        as_adviser = sign_in(Client(), adviser)
        computed, handed = parts(as_adviser.get(url(referral)))
        case = plain(as_adviser.get(reverse("referral_case", args=[referral.uid])))
    assert said in handed
    assert ("expirée" in computed) == said.startswith("La réponse était")
    assert ("L’évaluation valait jusqu’au" in case) == bool(days)


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        ("sent", "Votre conseiller demande à un garage"),
        ("accepted", "Le garage vous donne un devis gratuit"),
        ("quoted", "Lisez le devis du garage"),
        ("agreed", "Le garage répare la voiture"),
    ],
)
def test_what_happens_next_is_where_the_case_stands(as_adviser, adviser, workshop, garage, reach, said):
    held = getattr(journey, reach)(adviser, garage if reach == "sent" else workshop)
    alone = plain(as_adviser.get(url(held.referral, "_sheet")))
    assert f"Et maintenant ? {said}" in alone


def test_of_a_closed_case_the_sheet_promises_nothing(as_adviser, adviser, garage):
    referral = journey.sent(adviser, garage).referral
    transitions.withdraw(referral, reason="other", by=actor(adviser))
    assert "Et maintenant ? Ce dossier est fermé." in plain(as_adviser.get(url(referral, "_sheet")))


def test_a_pilots_no_is_told_as_a_no(as_adviser, adviser, pilot):
    referral = journey.refused(adviser, pilot, why="Logé par ses parents")
    alone = plain(as_adviser.get(url(referral, "_sheet")))
    assert "Non, vous n’y avez pas droit pour le moment." in alone
    assert "a regardé votre situation et vos papiers, et il a dit non" in alone
    assert "On ne sait pas encore" not in alone


def test_a_pilots_no_to_the_car_is_told_as_a_no_too(as_adviser, adviser, pilot):
    referral = journey.assessed(adviser)
    with_car(referral, adviser, mileage_km=300000)
    transitions.send_for_review(referral, by=actor(adviser))
    transitions.refuse_review(fresh(referral), why="Trop usée", by=actor(pilot))
    alone = plain(as_adviser.get(url(referral, "_sheet")))
    assert "Non, vous n’y avez pas droit pour le moment." in alone
    assert "Et votre voiture ?" not in alone
