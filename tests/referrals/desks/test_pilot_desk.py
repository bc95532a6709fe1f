"""The pilot's desk and the review of an eligibility; the volunteer's desk."""

from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from eligibility.income import completed_years
from mobiliz.lib import clock
from tests.cast import sign_in
from tests.factories import journey

pytestmark = pytest.mark.django_db

DESK = "/bureau/"
YES = {"why": "Vit seul de sa bourse", "evidence": "Avis de bourse du 3 septembre"}


def text_of(response):
    return unescape(response.content.decode())


def review(referral, name=""):
    return reverse(f"review_{name}" if name else "review", args=[referral.uid])


# --- the desk ---------------------------------------------------------------------------------------------
def test_an_empty_desk_says_what_will_come(as_pilot):
    page = text_of(as_pilot.get(DESK))
    assert "Rien ne vous attend" in page
    assert "Les incidents signalés, les éligibilités à examiner" in page


def test_reviews_come_first_the_oldest_first(as_regional_pilot, adviser, workshop):
    journey.in_review(adviser, last_name="Récente")
    with journey.days_ago(10):
        journey.in_review(adviser, last_name="Ancienne")
    journey.declined(adviser, workshop, reason="no_show", last_name="SansGarage")
    page = text_of(as_regional_pilot.get(DESK))
    assert page.index("Ancienne") < page.index("Récente") < page.index("SansGarage")
    assert "En retard de" in page
    assert "À décider" in page
    assert "À faire : 2 examens, 1 sans garage" in page
    assert 'href="/tableau-de-bord/"' in page


def test_a_pilot_of_another_region_is_not_asked(client, other_regional_pilot, adviser):
    referral = journey.in_review(adviser)
    sign_in(client, other_regional_pilot)
    assert "Nadia" not in text_of(client.get(DESK))
    assert client.get(review(referral)).status_code == 404
    assert client.post(review(referral, "approve"), YES).status_code == 404


def test_many_reviews_cost_as_many_queries_as_one(as_pilot, adviser, workshop, django_assert_max_num_queries):
    garage = journey.garage_of(workshop)
    garage.weekly_cap = 50
    garage.save()
    journey.in_review(adviser)
    journey.declined(adviser, workshop)
    with django_assert_max_num_queries(12) as few:
        as_pilot.get(DESK)
    for number in range(8):
        journey.in_review(adviser, first_name=f"Examen {number}")
        journey.declined(adviser, workshop, first_name=f"Sans {number}")
    with django_assert_max_num_queries(12) as many:
        as_pilot.get(DESK)
    assert len(many) == len(few)
    assert not [query for query in many if '"trace"' in query["sql"] or '"notes"' in query["sql"]]


# --- the review -------------------------------------------------------------------------------------------
def test_the_figures_are_shown_while_deciding_and_only_then(as_regional_pilot, adviser, django_assert_max_num_queries):
    referral = journey.in_review(adviser, notes="Rappeler après 17 h.")
    with django_assert_max_num_queries(12):
        page = text_of(as_regional_pilot.get(review(referral)))
    assert "14\u202f400" in page
    assert "étudiant vivant seul" in page
    assert f"2 personnes : {completed_years(date(1986, 5, 1), clock.today())} ans, " in page
    assert "Rappeler après 17 h." not in page
    case = text_of(as_regional_pilot.get(reverse("referral_case", args=[referral.uid])))
    assert review(referral) in case
    assert "14\u202f400" not in case
    as_regional_pilot.post(review(referral, "approve"), YES)
    after = as_regional_pilot.get(review(referral), follow=True)
    assert "n’est pas à examiner" in text_of(after)
    assert "14\u202f400" not in text_of(after)


def test_a_yes_lets_the_adviser_choose_the_garage(as_pilot, as_adviser, adviser):
    referral = journey.in_review(adviser)
    response = as_pilot.post(review(referral, "approve"), YES, follow=True)
    assert "Éligibilité accordée" in text_of(response)
    assert journey.fresh(referral).state == "waiting"
    assert "aucun garage n’est encore prévenu" in text_of(as_adviser.get(DESK))
    case = text_of(as_adviser.get(reverse("referral_case", args=[referral.uid])))
    assert "Vit seul de sa bourse" in case
    assert "Avis de bourse du 3 septembre" in case


def test_a_no_closes_the_case_with_its_reason(as_pilot, as_adviser, adviser):
    referral = journey.in_review(adviser)
    as_pilot.post(review(referral, "refuse"), {"why": "Logé par ses parents"})
    closed = journey.fresh(referral)
    assert (closed.state, closed.outcome) == ("closed", "not_eligible")
    assert "Logé par ses parents" in text_of(as_adviser.get(reverse("referral_case", args=[referral.uid])))


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("approve", {**YES, "why": ""}, "Dites pourquoi vous accordez l’éligibilité."),
        ("approve", {**YES, "evidence": " "}, "Dites sur quel justificatif repose votre décision."),
        ("refuse", {"why": ""}, "le conseiller l’expliquera"),
    ],
)
def test_a_decision_without_its_reason_is_said_beside_the_field(as_pilot, adviser, name, typed, said):
    referral = journey.in_review(adviser)
    response = as_pilot.post(review(referral, name), typed)
    page = text_of(response)
    assert response.status_code == 422
    assert said in page
    assert all(value in page for value in typed.values())
    assert journey.fresh(referral).state == "review"


def test_two_pilots_at_once_the_second_is_told(as_pilot, as_regional_pilot, adviser):
    referral = journey.in_review(adviser)
    as_pilot.post(review(referral, "approve"), YES)
    response = as_regional_pilot.post(review(referral, "refuse"), {"why": "Trop tard"}, follow=True)
    assert "Déjà fait : éligibilité accordée après examen par Hélène Caron" in text_of(response)
    assert journey.fresh(referral).state == "waiting"


def test_an_adviser_may_not_decide(as_adviser, as_other_adviser, adviser):
    referral = journey.in_review(adviser)
    assert as_adviser.get(review(referral)).status_code == 403
    assert as_adviser.post(review(referral, "approve"), YES).status_code == 403
    assert as_other_adviser.get(review(referral)).status_code == 404


def test_a_referral_that_is_not_in_review_leads_to_its_case(as_pilot, adviser, garage):
    referral = journey.sent(adviser, garage).referral
    response = as_pilot.get(review(referral))
    assert response.headers["Location"] == reverse("referral_case", args=[referral.uid])


# --- the volunteer ----------------------------------------------------------------------------------------
def test_the_volunteers_desk_says_what_will_come_and_shows_no_dossier(volunteer, adviser):
    journey.in_review(adviser)
    page = text_of(sign_in(Client(), volunteer).get(DESK))
    assert "Les demandes arriveront sur cette page" in page
    assert "Benali" not in page
