"""A garage that pauses or leaves: what waits there goes to the next; what it had begun only once it has closed."""

import pytest

from garages.models import GarageStatus
from mobiliz.accounts.actors import SYSTEM
from referrals import transitions
from referrals.models import Assignment, LogEntry
from referrals.tasks import move_on_from_garages_that_left
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("status", "moved"), [("paused", 1), ("closed", 1), ("active", 0)])
def test_what_waits_at_a_garage_that_left_is_taken_from_it_once(adviser, garage, status, moved):
    assignment = journey.sent(adviser, garage)
    GarageStatus.objects.filter(garage=garage).update(status=status)
    assert move_on_from_garages_that_left() == moved
    assert move_on_from_garages_that_left() == 0
    fresh = journey.fresh(assignment)
    assert (fresh.referral.state, fresh.is_open) == ("waiting", not moved)


def test_what_was_accepted_stays_where_it_is(adviser, workshop, garage):
    assignment = journey.accepted(adviser, workshop)
    GarageStatus.objects.filter(garage=garage).update(status="paused")
    assert move_on_from_garages_that_left() == 0
    assert journey.fresh(assignment).is_open


def test_the_log_says_that_the_platform_did_it_and_why(adviser, garage, other_garage):
    assignment = journey.sent(adviser, garage)
    GarageStatus.objects.filter(garage=garage).update(status="closed")
    move_on_from_garages_that_left()
    last = LogEntry.objects.of_referral(assignment.referral).of_verb("lapse").get()
    assert (last.verb, last.actor_kind, last.detail) == ("lapse", "system", {"end": "left"})
    assert "la plateforme" in last.actor_in_words


def test_the_garage_may_be_asked_again_when_it_is_back(adviser, garage):
    assignment = journey.sent(adviser, garage)
    GarageStatus.objects.filter(garage=garage).update(status="paused")
    move_on_from_garages_that_left()
    GarageStatus.objects.filter(garage=garage).update(status="active")
    assert transitions.assign(assignment.referral, garage=garage, by=actor(adviser)).is_open
    assert Assignment.objects.visible_to(SYSTEM).count() == 2
