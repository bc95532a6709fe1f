"""What ranking is told of each garage, who is left out, and the word that another choice wants."""

from datetime import date, datetime, timedelta

import pytest

from garages.models import Garage
from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused as RefusedInWords
from mobiliz.programme.models import Key, Setting
from referrals import actions, transitions
from referrals.candidates import candidates, wants_a_reason
from referrals.models import Assignment, PreDiagnosis, Referral, Vehicle
from referrals.states import DeclineReason
from referrals.transitions import Refused
from tests.cast import actor
from tests.factories import journey
from tests.referrals.test_candidates import at_km, find, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(adviser):
    """A person at Saint-Étienne who agrees to 30 km."""
    return journey.ready(adviser, distance_agreed_km=30)


def facts_of(referral, member, garage):
    found = candidates(journey.fresh(referral), by=actor(member))
    return next(one.facts for one in found.shown if one.garage == garage)


# --- what is known of each --------------------------------------------------------------------------------
def test_nothing_is_known_of_a_new_garage(near, adviser, garage):
    facts = facts_of(near, adviser, garage)
    assert (facts.answers, facts.silences, facts.quotes, facts.received, facts.is_known) == (0, 0, 0, 0, False)
    assert (facts.places_left, facts.weekly_cap) == (2, 2)


def test_answers_silences_quotes_and_repairs_are_counted(near, adviser, other_adviser, workshop, garage):
    Garage.objects.filter(pk=garage.pk).update(weekly_cap=20)
    journey.completed(other_adviser, workshop)
    journey.quoted(other_adviser, workshop, last_name="Deux")
    journey.declined(other_adviser, workshop, last_name="Trois")
    transitions.lapse(journey.sent(other_adviser, garage, last_name="Quatre"), by=SYSTEM)
    taken_back = journey.sent(other_adviser, garage, last_name="Cinq")
    transitions.unsend(taken_back.referral, by=actor(other_adviser))
    facts = facts_of(near, adviser, garage)
    assert (facts.answers, facts.silences) == (3, 1)
    assert (facts.quotes, facts.repaired) == (2, 1)
    assert facts.received == 4
    assert facts.places_left == 18
    assert not facts.is_known


@pytest.mark.parametrize(
    ("put", "answered", "days"),
    [
        ("2026-03-02 10:00", "2026-03-02 10:00", 0),
        ("2026-03-02 10:00", "2026-03-03 10:00", 1),
        ("2026-03-06 10:00", "2026-03-09 10:00", 1),  # over a weekend
        ("2026-03-06 10:00", "2026-03-16 10:00", 6),  # over two
        ("2026-03-07 10:00", "2026-03-09 08:00", 0),  # put on a Saturday
    ],
)
def test_days_to_answer_leave_weekends_out(near, adviser, other_adviser, workshop, garage, put, answered, days):
    put_at, answered_at = (
        datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=clock.PARIS) for text in (put, answered)
    )
    held = journey.accepted(other_adviser, workshop)
    Assignment.objects.filter(pk=held.pk).update(put_at=put_at, accepted_at=answered_at)
    with clock.moved_to(answered_at + timedelta(days=1)):
        assert facts_of(near, adviser, garage).answer_days == pytest.approx(days)


def test_only_quotes_for_the_same_kind_of_work_count(near, adviser, other_adviser, workshop, garage):
    Garage.objects.filter(pk=garage.pk).update(weekly_cap=20)
    for name, symptoms in (("Un", ["brake_soft"]), ("Deux", ["clutch_slips"])):
        held = journey.quoted(other_adviser, workshop, last_name=name)
        PreDiagnosis.objects.filter(referral=held.referral).update(symptoms=symptoms)
    assert facts_of(near, adviser, garage).quotes == 2
    PreDiagnosis.objects.filter(referral=near).update(symptoms=["brake_grinds"])
    assert facts_of(near, adviser, garage).quotes == 1


def test_what_was_received_weeks_ago_does_not_count_in_the_share_and_years_ago_not_at_all(
    near, adviser, other_adviser, workshop, garage
):
    for name, days in (("Un", 40), ("Deux", 900)):
        held = journey.declined(other_adviser, workshop, last_name=name)
        then = clock.now() - timedelta(days=days)
        Assignment.objects.filter(pk=held.pk).update(put_at=then, ended_at=then)
    facts = facts_of(near, adviser, garage)
    assert (facts.received, facts.answers) == (0, 1)


# --- the order --------------------------------------------------------------------------------------------
def test_a_garage_that_stays_silent_comes_after_one_a_little_farther(near, adviser, other_adviser):
    silent, farther = at_km(4), at_km(7)
    for name in ("Un", "Deux", "Trois"):
        with journey.days_ago(60):
            transitions.lapse(journey.sent(other_adviser, silent, last_name=name), by=SYSTEM)
    assert names(find(near, adviser).proposed) == [farther.name, silent.name]


def test_hand_over_takes_the_same_order_as_the_list(adviser, other_adviser, workshop, garage):
    silent, farther = at_km(4), at_km(7)
    for name in ("Un", "Deux", "Trois"):
        with journey.days_ago(60):
            transitions.lapse(journey.sent(other_adviser, silent, last_name=name), by=SYSTEM)
    held = journey.sent(adviser, garage, distance_agreed_km=30)
    transitions.decline(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    assert Assignment.objects.of_referral(held.referral).open().get().garage == farther


def test_the_page_says_why_each_stands_where_it_stands(near, adviser, other_adviser, workshop, client):
    from tests.cast import sign_in

    journey.quoted(other_adviser, workshop)
    page = sign_in(client, adviser).get(f"/orientations/{near.uid}/garage/").content.decode()
    assert "répond le jour même · 1 demande reçue en quatre semaines" in page
    assert "Comment ils sont classés" in page
    assert "la distance à vol d’oiseau : 35" in page


# --- who is left out --------------------------------------------------------------------------------------
def test_who_does_not_do_such_work_is_left_out_and_who_has_not_said_is_not(near, adviser):
    PreDiagnosis.objects.filter(referral=near).update(symptoms=["clutch_slips"])
    at_km(1, works=["tyres"])
    at_km(2, works=["upkeep", "mechanics"])
    at_km(3)
    assert names(find(journey.fresh(near), adviser).proposed) == ["2 km", "3 km"]


def test_who_repairs_the_makers_brands_alone_is_left_out_for_another_car(near, adviser):
    at_km(1, brands="maker")
    at_km(2, brands="all")
    at_km(3)
    assert names(find(near, adviser).proposed) == ["1 km", "2 km", "3 km"]
    Vehicle.objects.filter(pk=near.vehicle_id).update(make="Peugeot")
    assert names(find(journey.fresh(near), adviser).proposed) == ["2 km", "3 km"]


# --- the circles ------------------------------------------------------------------------------------------
def test_the_circle_widens_by_the_programmes_settings(near, adviser):
    for key, value in ((Key.CIRCLE_NEAR, 25), (Key.CIRCLE_WIDER, 50), (Key.CIRCLE_WIDEST, 70)):
        Setting.objects.update_or_create(key=key, in_force_from=date(2026, 1, 1), defaults={"value": value})
    at_km(10)
    at_km(45)
    assert find(near, adviser).next_km == 50


# --- another choice wants a word --------------------------------------------------------------------------
@pytest.fixture
def sixth(near):
    """Five are proposed; this one, within the distance too, is not."""
    for km in (1, 2, 3, 4, 5):
        at_km(km)
    return at_km(20)


@pytest.mark.parametrize("words", ["", "   "])
def test_sending_to_another_than_those_proposed_wants_a_word(near, adviser, sixth, words):
    with pytest.raises(Refused, match="pourquoi ce garage plutôt que ceux proposés") as refused:
        transitions.send(near, garage=sixth, choice_reason=words, by=actor(adviser))
    assert (refused.value.code, refused.value.field) == ("reason_missing", "choice_reason")
    assert journey.fresh(near).state == "draft"


def test_with_a_word_it_is_sent_and_the_word_is_kept(near, adviser, sixth):
    held = transitions.send(near, garage=sixth, choice_reason="Elle y va à pied", by=actor(adviser))
    assert held.choice_reason == "Elle y va à pied"


def test_those_proposed_want_none(near, adviser, sixth):
    first = find(near, adviser).proposed[-1].garage
    assert transitions.send(near, garage=first, by=actor(adviser)).is_open


def test_where_nothing_is_proposed_nothing_is_asked(near, adviser):
    far = at_km(45)
    assert not wants_a_reason(near, far)
    assert transitions.send(near, garage=far, agreed_km=50, by=actor(adviser)).is_open


def test_the_next_garage_wants_a_word_too_but_not_from_the_platform(adviser, workshop, garage, pilot):
    held = journey.sent(adviser, garage, distance_agreed_km=30)
    transitions.decline(held, reason=DeclineReason.UNSAFE_VEHICLE, by=actor(workshop))
    for km in (1, 2, 3, 4, 5):
        at_km(km)
    sixth = at_km(20)
    for member in (adviser, pilot):
        with pytest.raises(Refused, match="plutôt que ceux proposés"):
            transitions.assign(held.referral, garage=sixth, by=actor(member))
    assert transitions.assign(held.referral, garage=sixth, by=SYSTEM).is_open


def test_what_was_chosen_at_its_step_is_not_asked_again_when_it_is_sent(near, adviser):
    chosen = at_km(20)
    actions.choose_garage(near, garage=chosen, by=actor(adviser))
    for km in (1, 2, 3, 4, 5):
        at_km(km)
    assert transitions.send(near, garage=chosen, by=actor(adviser)).is_open


def test_the_step_asks_for_the_word_even_where_the_page_did_not(near, adviser, sixth):
    with pytest.raises(RefusedInWords, match="plutôt que ceux proposés"):
        actions.choose_garage(near, garage=sixth, by=actor(adviser))
    assert actions.choose_garage(near, garage=sixth, reason="Il est sur sa route", by=actor(adviser)).garage == sixth


# --- what it costs ----------------------------------------------------------------------------------------
def test_ranking_costs_two_queries_however_many_garages(near, adviser, django_assert_num_queries):
    from referrals.candidates import within_agreed

    for count in (1, 30):
        for km in range(count):
            at_km(km / 2)
        loaded = Referral.objects.for_step(actor(adviser)).get(pk=near.pk)
        with django_assert_num_queries(2):
            assert within_agreed(loaded)
