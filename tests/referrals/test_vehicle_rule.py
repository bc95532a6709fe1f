"""The rule for cars: asked as the car is described, read before sending, decided by a pilot where it says no yes."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from eligibility.assess import replay
from eligibility.models import Assessment
from mobiliz.lib import clock
from referrals import actions, transitions
from referrals.readiness import missing_for_review, missing_for_sending, wants_review
from referrals.states import State
from referrals.symptoms import FAMILIES
from referrals.trades import work_of
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.referrals.desks.test_household_step import text_of

pytestmark = pytest.mark.django_db

YEAR = clock.today().year
CAR = actions.VehicleInput(make="Renault", model="Clio", first_registered_year=YEAR - 5, mileage_km=90_000)
FAULT = actions.FaultInput(complaint="Freine mal", is_drivable=True, since="weeks")


def described(referral, adviser, **changes):
    actions.describe_vehicle(referral, vehicle=replace(CAR, **changes), fault=FAULT, by=actor(adviser))
    return journey.fresh(referral)


@pytest.fixture
def ready(adviser):
    return journey.ready(adviser)


# both limits and the operator are those of the third known version
CASES = [
    ({}, "eligible"),
    ({"mileage_km": 250_000}, "eligible"),
    ({"first_registered_year": YEAR - 20}, "eligible"),
    ({"first_registered_year": YEAR - 20, "mileage_km": 199_999}, "eligible"),
    ({"first_registered_year": YEAR - 20, "mileage_km": 200_000}, "not_eligible"),
    ({"first_registered_year": YEAR - 20, "mileage_km": None}, "needs_review"),
    ({"make": "Toyota"}, "not_eligible"),
    ({"make": "peugeot"}, "eligible"),
]


@pytest.mark.parametrize(("changes", "outcome"), CASES)
def test_a_car_is_asked_of_the_rule_in_force_as_it_is_described(ready, adviser, changes, outcome):
    referral = described(ready, adviser, **changes)
    made = Assessment.objects.get(pk=referral.vehicle_assessment_id)
    assert (made.outcome, made.rule_set.subject, made.rule_set.version) == (outcome, "vehicle", 3)
    assert replay(made)
    codes = [one.code for one in missing_for_sending(referral, clock.today())]
    assert codes == ([] if outcome == "eligible" else ["vehicle_not_covered"])
    assert wants_review(referral) is (outcome != "eligible")


def test_the_same_car_again_is_not_assessed_again(ready, adviser):
    first = described(ready, adviser).vehicle_assessment_id
    assert described(ready, adviser).vehicle_assessment_id == first
    other = described(ready, adviser, mileage_km=95_000).vehicle_assessment
    assert other.supersedes_id == first


def test_a_car_outside_the_rule_goes_to_no_garage(ready, adviser, garage):
    referral = described(ready, adviser, make="Toyota")
    with pytest.raises(transitions.Refused, match="un pilote décide") as refused:
        transitions.send(referral, garage=garage, by=actor(adviser))
    assert refused.value.code == "vehicle_not_covered"


def test_a_pilot_may_take_it_and_says_why(ready, adviser, pilot, garage):
    referral = described(ready, adviser, make="Toyota")
    before = referral.assessment_id
    transitions.send_for_review(referral, by=actor(adviser))
    transitions.approve_review(
        referral, why="Seule voiture du foyer, petits travaux.", evidence="Carte grise", by=actor(pilot)
    )
    referral = journey.fresh(referral)
    assert referral.state == State.WAITING
    made = Assessment.objects.get(pk=referral.vehicle_assessment_id)
    assert (made.method, made.outcome, made.made_by) == ("review", "eligible", pilot)
    assert made.reasons == ["BRAND_NOT_AMONG"]
    assert referral.assessment_id == before, "the household's own answer stands, and is not renewed"
    transitions.assign(referral, garage=garage, by=actor(adviser))


def test_a_household_that_is_refused_is_no_case_for_a_pilot_whatever_the_car(ready, adviser):
    referral = described(ready, adviser, make="Toyota")
    referral.assessment.outcome = "not_eligible"
    assert not wants_review(referral)
    assert [one.code for one in missing_for_review(referral)] == ["nothing_to_review"]


def test_before_the_first_rule_for_cars_nothing_is_asked_of_them(ready, adviser, monkeypatch):
    from eligibility.models import RuleSet

    monkeypatch.setattr(RuleSet.objects.all().__class__, "in_force_on", lambda self, _day: self.none())
    referral = described(ready, adviser, make="Toyota")
    assert referral.vehicle_assessment is None
    assert [one.code for one in missing_for_sending(referral, clock.today())] == []


def test_the_page_before_sending_says_it_and_offers_the_pilot(ready, adviser, client):
    referral = described(ready, adviser, make="Toyota")
    page = text_of(sign_in(client, adviser).get(reverse("referral_send", args=[referral.uid])))
    assert "Hors de la règle pour les voitures" in page
    assert "Envoyer à un pilote pour examen" in page
    assert "Il faut toutes ces conditions" in page


def test_the_pilot_reads_what_the_rule_says_of_the_car(ready, adviser, pilot, client):
    referral = described(ready, adviser, make="Toyota")
    transitions.send_for_review(referral, by=actor(adviser))
    page = text_of(sign_in(client, pilot).get(reverse("review", args=[referral.uid])))
    assert "Hors de la règle pour les voitures" in page
    assert "Seule la voiture est à examiner" in page
    assert "Revenu disponible" not in page  # what the decision does not need is not shown
    assert "14" + "\u202f" + "400" not in page
    assert client.get(reverse("referral_explanation", args=[referral.uid])).status_code == 403


def test_a_yes_to_the_car_does_not_renew_a_household_that_has_ended(ready, adviser, pilot):
    referral = described(ready, adviser, make="Toyota")
    transitions.send_for_review(referral, by=actor(adviser))
    word = {"why": "Petits travaux.", "evidence": "Carte grise", "by": actor(pilot)}
    with clock.moved_to(journey.days_on(181)):
        with pytest.raises(transitions.Refused, match="pas d’évaluation valable"):
            transitions.approve_review(referral, **word)
        assert journey.fresh(referral).state == State.REVIEW
        journey.assess(journey.fresh(referral), adviser)  # its adviser makes it again: nobody waits for ever
        transitions.approve_review(referral, **word)
    assert journey.fresh(referral).state == State.WAITING


def test_one_decision_settles_a_household_and_a_car(adviser, pilot):
    referral = journey.draft(adviser)
    journey.assess(referral, adviser, dwelling="institution")
    referral = described(referral, adviser, make="Toyota")
    transitions.send_for_review(referral, by=actor(adviser))
    transitions.approve_review(referral, why="Vu avec lui.", evidence="Attestation", by=actor(pilot))
    referral = journey.fresh(referral)
    assert (referral.assessment.method, referral.vehicle_assessment.method) == ("review", "review")


def test_the_desk_says_that_the_car_is_to_be_examined(ready, adviser, client):
    described(ready, adviser, make="Toyota")
    assert "Voiture à faire examiner" in text_of(sign_in(client, adviser).get(reverse("desk")))


@pytest.mark.parametrize(
    ("families", "work"),
    [((), None), (("brakes",), "light"), (("brakes", "gearbox"), "heavy"), (("body",), "heavy"), (("smoke",), None)],
)
def test_work_is_as_heavy_as_the_heaviest_that_was_noticed(families, work):
    symptoms = [family.symptoms[0].code for family in FAMILIES if family.code in families]
    assert work_of(symptoms) == work


def test_a_car_of_the_year_between_is_for_a_pilot(ready, adviser):
    """Sixteen years old this year, perhaps not yet today: nobody knows from the year alone."""
    with clock.moved_to(clock.now().replace(month=6, day=1, hour=9)):
        referral = described(ready, adviser, first_registered_year=YEAR - 16, mileage_km=250_000)
    assert referral.vehicle_assessment.outcome == "needs_review"
    assert referral.vehicle_assessment.reference_date == date(YEAR, 6, 1)
