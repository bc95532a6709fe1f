"""Nobody is sent farther than they agreed to, whoever asks, unless they say so anew; and never across the sea."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from mobiliz.accounts.actors import SYSTEM, Actor
from partners.clients import register_client
from referrals import transitions
from referrals.models import Assignment, LogEntry
from referrals.reach import is_within, least_word_km
from referrals.transitions import Refused
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import GarageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lyon(db):
    """A garage some 50 km from Saint-Étienne."""
    return GarageFactory(name="Garage de Lyon", at="69123")


@pytest.fixture
def callers(adviser, pilot, structure):
    """Who may put a referral to a garage: the adviser, the structure's system, a pilot, the clock."""
    scopes = frozenset({"referrals:read", "referrals:write"})
    opened = register_client(organisation=structure.organisation, name="SI", scopes=scopes, by=SYSTEM)
    return {
        "adviser": actor(adviser),
        "client": Actor.api_client(opened.client, scopes),
        "pilot": actor(pilot),
        "system": SYSTEM,
    }


def near(adviser, **person):
    return journey.ready(adviser, distance_agreed_km=30, **person)


def waiting(adviser, workshop):
    return journey.declined(adviser, workshop, distance_agreed_km=30).referral


@pytest.mark.parametrize("caller", ["adviser", "client"])
def test_sending_beyond_the_distance_agreed_is_refused_and_changes_nothing(adviser, lyon, callers, caller):
    referral = near(adviser)
    with pytest.raises(Refused, match=r"accepte d’aller jusqu’à 30 km\. Demandez-lui d’abord") as refused:
        transitions.send(referral, garage=lyon, by=callers[caller])
    assert (refused.value.code, refused.value.field) == ("beyond_distance_agreed", "agreed_km")
    kept = journey.fresh(referral)
    assert (kept.state, kept.distance_agreed_km) == ("draft", 30)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("caller", ["adviser", "pilot", "system"])
def test_the_next_garage_is_within_the_distance_agreed_too(adviser, workshop, lyon, callers, caller):
    referral = waiting(adviser, workshop)
    with pytest.raises(Refused) as refused:
        transitions.assign(referral, garage=lyon, by=callers[caller])
    assert refused.value.code == "beyond_distance_agreed"


@pytest.mark.parametrize("caller", ["adviser", "client"])
def test_with_the_persons_new_word_it_is_sent_and_the_log_says_who_asked_and_what_was_before(
    adviser, lyon, callers, caller
):
    referral = near(adviser)
    assignment = transitions.send(referral, garage=lyon, agreed_km=60, by=callers[caller])
    assert journey.fresh(referral).distance_agreed_km == 60
    assert journey.fresh(assignment).agreed_km == 60
    entry = LogEntry.objects.of_referral(referral).of_verb("send").get()
    assert entry.detail == {"agreed_km": 60, "agreed_before_km": 30}
    assert entry.actor_kind == callers[caller].kind


@pytest.mark.parametrize("caller", ["adviser", "pilot"])
def test_the_next_garage_may_be_farther_with_the_persons_new_word(adviser, workshop, lyon, callers, caller):
    referral = waiting(adviser, workshop)
    transitions.assign(referral, garage=lyon, agreed_km=55, by=callers[caller])
    assert journey.fresh(referral).distance_agreed_km == 55
    entry = LogEntry.objects.of_referral(referral).of_verb("assign").get()
    assert entry.detail == {"agreed_km": 55, "agreed_before_km": 30}


@pytest.mark.parametrize(
    ("word", "code"), [(40, "beyond_distance_agreed"), (0, "distance_not_sane"), (5000, "distance_not_sane")]
)
def test_a_word_that_does_not_reach_or_makes_no_sense_is_refused_and_not_kept(adviser, lyon, word, code):
    referral = near(adviser)
    with pytest.raises(Refused) as refused:
        transitions.send(referral, garage=lyon, agreed_km=word, by=actor(adviser))
    assert refused.value.code == code
    assert journey.fresh(referral).distance_agreed_km == 30


def test_a_refusal_for_want_of_a_place_does_not_keep_the_new_word(adviser, lyon):
    lyon.weekly_cap = 0
    lyon.save(update_fields=["weekly_cap"])
    referral = near(adviser)
    with pytest.raises(Refused, match="complet"):
        transitions.send(referral, garage=lyon, agreed_km=60, by=actor(adviser))
    assert journey.fresh(referral).distance_agreed_km == 30


def test_within_the_distance_nothing_is_noted_of_it(adviser, garage):
    referral = near(adviser)
    assert transitions.send(referral, garage=garage, by=actor(adviser)).agreed_km == 30
    assert LogEntry.objects.of_referral(referral).of_verb("send").get().detail == {}


@pytest.mark.parametrize(
    ("home", "there"),
    [
        ("97209", "42218"),  # Martinique, mainland
        ("97411", "97209"),  # La Réunion, Martinique
    ],
)
def test_nobody_is_sent_across_the_sea_whatever_they_agreed_to(adviser, pilot, home, there):
    over_there = GarageFactory(name="Garage d’en face", at=there)
    referral = journey.approved(adviser, pilot, at=home)
    with pytest.raises(Refused, match="de l’autre côté de la mer") as refused:
        transitions.assign(referral, garage=over_there, agreed_km=200, by=actor(adviser))
    assert refused.value.code == "across_the_sea"


def test_the_database_knows_no_assignment_beyond_what_was_agreed(adviser, garage):
    assignment = journey.sent(adviser, garage, distance_agreed_km=30)
    for wrong in ({"distance_km": Decimal("30.1")}, {"distance_km": None}):
        with pytest.raises(IntegrityError, match="assignment_within_distance_agreed"), transaction.atomic():
            Assignment.objects.of_referral(assignment.referral).update(**wrong)


@pytest.mark.parametrize(
    ("distance", "agreed", "within", "least"),
    [(29.96, 30, True, 30), (30.04, 30, True, 30), (30.06, 30, False, 31), (44.2, 30, False, 45), (0.0, 1, True, 0)],
)
def test_a_distance_counts_to_a_tenth_of_a_kilometre(distance, agreed, within, least):
    assert is_within(distance, agreed) is within
    assert is_within(Decimal(str(distance)), agreed) is within
    assert least_word_km(distance) == least
    assert within or is_within(distance, least)
