"""Before a garage is asked: consent, eligibility, vehicle, a place in the week."""

from datetime import timedelta

import pytest

from garages.models import GarageStatus
from mobiliz.lib import clock
from referrals import transitions
from referrals.readiness import missing_for_sending
from referrals.transitions import Refused
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db


def _send(referral, garage, adviser):
    return transitions.send(referral, garage=garage, by=actor(adviser))


def test_a_bare_draft_says_everything_it_lacks(adviser, garage):
    referral = journey.draft(adviser)
    codes = [one.code for one in missing_for_sending(referral, clock.today())]
    assert codes == ["no_assessment", "no_vehicle", "no_prediagnosis"]
    with pytest.raises(Refused, match="Décrivez le véhicule"):
        _send(referral, garage, adviser)


@pytest.mark.parametrize(
    ("given", "told"),
    [({"income": "90000"}, "n’est pas éligible"), ({"dwelling": "institution"}, "à examiner par un pilote")],
)
def test_only_an_eligible_household_is_sent(adviser, garage, given, told):
    referral = journey.ready(adviser)
    journey.assess(referral, adviser, **given)
    with pytest.raises(Refused, match=told):
        _send(referral, garage, adviser)


def test_an_expired_assessment_is_made_again_before_sending(adviser, garage):
    referral = journey.ready(adviser)
    with clock.moved_to(clock.now() + timedelta(days=181)):
        with pytest.raises(Refused, match="a expiré"):
            _send(referral, garage, adviser)
        journey.assess(referral, adviser)
        assert _send(referral, garage, adviser).is_open


def test_only_what_is_unsure_goes_to_a_pilot(adviser):
    with pytest.raises(Refused, match="Seul un foyer"):
        transitions.send_for_review(journey.ready(adviser), by=actor(adviser))


def test_a_pilots_yes_supersedes_the_assessment_and_says_why(adviser, pilot):
    referral = journey.approved(adviser, pilot)
    assessment = referral.assessment
    assert (assessment.method, assessment.outcome, assessment.made_by) == ("review", "eligible", pilot)
    assert assessment.decision_note == {"why": "Vit seul de ses bourses", "evidence": "Avis de bourse"}
    assert assessment.supersedes.outcome == "needs_review"
    assert (referral.state, referral.sent_at is not None) == ("waiting", True)


@pytest.mark.parametrize(("why", "evidence", "field"), [(" ", "Avis", "why"), ("Vit seul", "", "evidence")])
def test_a_pilot_says_why_and_on_what(adviser, pilot, why, evidence, field):
    referral = journey.in_review(adviser)
    with pytest.raises(Refused) as refused:
        transitions.approve_review(referral, why=why, evidence=evidence, by=actor(pilot))
    assert refused.value.field == field


@pytest.mark.parametrize("status", ["paused", "closed", "invited"])
def test_a_garage_that_is_not_active_gets_nothing(adviser, garage, status):
    GarageStatus.objects.filter(garage=garage).update(status=status)
    with pytest.raises(Refused, match="ne prend pas d’orientation") as refused:
        _send(journey.ready(adviser), garage, adviser)
    assert refused.value.field == "garage"


def test_the_cap_counts_what_is_open_or_accepted_this_week(adviser, workshop, garage):
    garage.weekly_cap = 1
    garage.save(update_fields=["weekly_cap"])
    first = _send(journey.ready(adviser), garage, adviser)
    with pytest.raises(Refused, match="complet cette semaine"):
        _send(journey.ready(adviser, last_name="Deux"), garage, adviser)
    transitions.unsend(first.referral, by=actor(adviser))
    second = _send(journey.ready(adviser, last_name="Trois"), garage, adviser)
    transitions.accept(second, by=actor(workshop))
    with pytest.raises(Refused, match="complet cette semaine"):
        _send(journey.ready(adviser, last_name="Quatre"), garage, adviser)


def test_places_are_those_of_the_week_in_which_it_is_put(adviser, garage):
    garage.weekly_cap = 1
    garage.save(update_fields=["weekly_cap"])
    with journey.days_ago(7):
        _send(journey.ready(adviser), garage, adviser)
    assert _send(journey.ready(adviser, last_name="Deux"), garage, adviser).is_open


def test_the_region_is_frozen_at_the_first_sending(adviser, garage):
    referral = _send(journey.ready(adviser, at="42218"), garage, adviser).referral
    transitions.unsend(referral, by=actor(adviser))
    beneficiary = referral.beneficiary
    beneficiary.commune_id = "23096"
    beneficiary.save()
    sent_at = journey.fresh(referral).sent_at
    again = journey.fresh(_send(journey.fresh(referral), garage, adviser).referral)
    assert (again.region_id, again.department_id, again.sent_at) == ("84", "42", sent_at)
