"""The small functions that other tests stand on really reach what they promise."""

import pytest

from tests.factories import journey

pytestmark = pytest.mark.django_db


def test_each_step_before_a_garage_leads_to_its_state(adviser, pilot):
    assert journey.draft(adviser).state == "draft"
    assert journey.ready(adviser).assessment.outcome == "eligible"
    assert journey.assessed(adviser, income="40000").assessment.outcome == "not_eligible"
    assert journey.in_review(adviser).state == "review"
    assert journey.approved(adviser, pilot).state == "waiting"


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("declined", "waiting"),
        ("accepted", "accepted"),
        ("quoted", "quoted"),
        ("agreed", "agreed"),
        ("completed", "completed"),
    ],
)
def test_each_step_with_a_garage_leads_to_its_state(adviser, workshop, step, state):
    assert getattr(journey, step)(adviser, workshop).referral.state == state
