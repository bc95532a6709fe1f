"""Many want the same places at the same moment, in real transactions: no cap is exceeded, nobody is lost or doubled."""

from collections import Counter

import pytest

from garages.actions import change_status
from garages.models import Garage, Status
from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from referrals import tasks, transitions
from referrals.models import Assignment, Incident, Referral
from referrals.states import DeclineReason
from referrals.transitions import Refused
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import GarageFactory
from tests.referrals.test_two_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def ready(adviser, count):
    return [journey.ready(adviser, last_name=f"Cas{number}") for number in range(count)]


def cap(garage, places):
    Garage.objects.filter(pk=garage.pk).update(weekly_cap=places)


def places_taken():
    """How many each garage holds now, by name."""
    return Counter(Assignment.objects.open().values_list("garage__name", flat=True))


def assert_each_is_somewhere_once(referrals):
    """With one garage, in the queue, or with a pilot: and never in two of these places."""
    for referral in referrals:
        fresh = journey.fresh(referral)
        held = Assignment.objects.of_referral(fresh).open().count()
        reported = Incident.objects.of_referral(fresh).open().count()
        assert (fresh.state, held + bool(fresh.queued_at) + reported) == ("waiting", 1)


def test_twenty_sent_at_once_never_exceed_the_cap(adviser, garage):
    cap(garage, 7)
    referrals, by = ready(adviser, 20), actor(adviser)
    results = at_once(*[(lambda one=one: transitions.send(one, garage=garage, by=by)) for one in referrals])
    refused = [one for one in results if isinstance(one, Refused)]
    assert (len(refused), {one.code for one in refused}) == (13, {"garage_full"})
    assert places_taken() == {"Garage de la Loire": 7}


def test_twenty_sent_at_once_without_a_garage_all_wait_for_a_place(adviser, garage):
    cap(garage, 0)
    referrals, by = ready(adviser, 20), actor(adviser)
    at_once(*[(lambda one=one: transitions.send(one, garage=None, by=by)) for one in referrals])
    assert Referral.objects.queued().count() == 20
    assert_each_is_somewhere_once(referrals)


def test_several_that_are_handed_over_at_once_share_the_places_that_are_left(adviser, workshop, garage):
    """Ten noes at once, three places at two other garages: three move on, seven wait."""
    cap(garage, 10)
    GarageFactory(name="Un", at="42095", weekly_cap=1)
    GarageFactory(name="Deux", at="42207", weekly_cap=2)
    held = [journey.sent(adviser, garage, last_name=f"Cas{number}") for number in range(10)]
    by, no = actor(workshop), DeclineReason.NO_CAPACITY
    results = at_once(*[(lambda one=one: transitions.decline(one, reason=no, by=by)) for one in held])
    assert results == [None] * 10
    assert places_taken() == {"Un": 1, "Deux": 2}
    assert Referral.objects.queued().count() == 7
    assert_each_is_somewhere_once(one.referral for one in held)


def test_garages_that_send_each_other_their_referrals_at_once_do_not_lock_each_other_out(adviser, db):
    """Each of three says nothing; each one's referrals go to the two others, tried in another order."""
    three = [GarageFactory(name=name, at=at, weekly_cap=4) for name, at in (("A", "42218"), ("B", "42095"))]
    three.append(GarageFactory(name="C", at="42207", weekly_cap=4))
    held = [
        journey.sent(adviser, garage, last_name=f"{garage.name}{number}", at=at)
        for garage, at in zip(three, ("42218", "42095", "42207"), strict=True)
        for number in range(4)
    ]
    results = at_once(*[(lambda one=one: transitions.lapse(one, by=SYSTEM)) for one in held])
    assert results == [None] * 12
    assert all(taken <= 4 for taken in places_taken().values())
    assert_each_is_somewhere_once(one.referral for one in held)


def test_the_queue_drained_by_two_workers_at_once_gives_one_place_once_and_to_the_oldest(adviser, garage):
    cap(garage, 0)
    referrals = ready(adviser, 6)
    for days, referral in zip(range(6, 0, -1), referrals, strict=True):
        with journey.days_ago(days):
            transitions.send(referral, garage=None, by=actor(adviser))
    cap(garage, 2)
    results = at_once(*[tasks.serve_the_queue] * 3)
    assert sum(results) == 2
    assert list(Referral.objects.queued().longest_queued_first()) == referrals[2:]
    assert places_taken() == {"Garage de la Loire": 2}


def test_a_case_in_somebodys_hands_keeps_its_turn_and_keeps_nobody_waiting(adviser, garage):
    """The adviser takes the oldest back while a worker serves the queue: the place goes to the next, once."""
    cap(garage, 0)
    older, newer = ready(adviser, 2)
    for days, referral in ((2, older), (1, newer)):
        with journey.days_ago(days):
            transitions.send(referral, garage=None, by=actor(adviser))
    cap(garage, 1)
    by = actor(adviser)
    at_once(lambda: transitions.unsend(older, by=by), tasks.serve_the_queue)
    tasks.serve_the_queue()
    assert places_taken() == {"Garage de la Loire": 1}
    states = {journey.fresh(older).state, journey.fresh(newer).state}
    assert states <= {"draft", "waiting"}


@pytest.mark.parametrize("status", [Status.PAUSED, Status.CLOSED])
def test_a_garage_that_pauses_or_closes_while_it_is_sent_to_ends_up_with_nothing_that_waits(
    adviser, pilot, garage, status
):
    cap(garage, 20)
    GarageFactory(name="Voisin", at="42095", weekly_cap=20)
    referrals, by, as_pilot = ready(adviser, 6), actor(adviser), actor(pilot)
    at_once(
        *[(lambda one=one: transitions.send(one, garage=garage, by=by)) for one in referrals],
        lambda: change_status(garage, status, on=clock.today(), by=as_pilot),
    )
    tasks.move_on_from_garages_that_left()
    assert set(places_taken()) <= {"Voisin"}
    for referral in referrals:
        fresh = journey.fresh(referral)
        held = Assignment.objects.of_referral(fresh).open().count()
        assert (fresh.state, held) in {("draft", 0), ("waiting", 1)}


def test_a_garage_that_leaves_is_left_once_by_two_workers(adviser, pilot, garage):
    cap(garage, 20)
    GarageFactory(name="Voisin", at="42095", weekly_cap=20)
    held = [journey.sent(adviser, garage, last_name=f"Cas{number}") for number in range(8)]
    change_status(garage, Status.PAUSED, on=clock.today(), by=actor(pilot))
    assert sum(at_once(*[tasks.move_on_from_garages_that_left] * 2)) + tasks.move_on_from_garages_that_left() == 8
    assert places_taken() == {"Voisin": 8}
    assert_each_is_somewhere_once(one.referral for one in held)
