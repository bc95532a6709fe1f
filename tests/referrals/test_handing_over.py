"""By itself to the next garage: which one, never one that refused, never too far; else the queue, else a pilot."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from garages.actions import change_status
from garages.models import GarageStatus, Status
from mobiliz.accounts.actors import SYSTEM
from mobiliz.lib import clock
from mobiliz.outbox.models import Message
from referrals import actions, tasks, transitions
from referrals.models import Assignment, Incident, LogEntry, Referral, Resolution
from referrals.states import LEADS, DeclineReason, End, Lead, Outcome
from referrals.transitions import Refused
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import GarageFactory

pytestmark = pytest.mark.django_db

# As far north of Saint-Étienne as their name says, in kilometres
HOME = (45.4396, 4.3875)


def at_km(km, **facts):
    return GarageFactory(name=f"{km} km", latitude=HOME[0] + km / 111.195, longitude=HOME[1], **facts)


def sent(adviser, garage, **person):
    """Put to this garage, for a person who goes as far as 30 km."""
    return journey.sent(adviser, garage, **{"distance_agreed_km": 30, **person})


def decline(assignment, workshop, reason="no_capacity"):
    transitions.decline(assignment, reason=DeclineReason(reason), by=actor(workshop))


def holder(assignment):
    """The name of the garage that has it now."""
    held = Assignment.objects.of_referral(assignment.referral).open().first()
    return held.garage.name if held else None


def told(referral):
    """What the log says since it was opened: verb, who, detail."""
    log = LogEntry.objects.of_referral(referral).order_by("position")
    return [(one.verb, one.actor_kind, one.detail) for one in log][1:]


def incidents(referral):
    return list(Incident.objects.of_referral(referral).open().values_list("kind", flat=True))


def pause(garage, status="paused"):
    GarageStatus.objects.filter(garage=garage).update(status=status)


@pytest.fixture
def asked(adviser, garage):
    """A referral that waits for the garage at Saint-Étienne."""
    return sent(adviser, garage)


# --- to the next ------------------------------------------------------------------------------------------
def test_a_no_leads_to_the_nearest_other_garage_and_the_log_says_that_the_platform_did_it(asked, workshop):
    at_km(20)
    at_km(5)
    decline(asked, workshop)
    assert holder(asked) == "5 km"
    assert told(asked.referral)[1:] == [
        ("decline", "member", {"reason": "no_capacity"}),
        ("assign", "system", {"after": "declined"}),
    ]
    assert journey.fresh(asked.referral).state == "waiting"


def test_silence_leads_to_the_next(asked):
    at_km(5)
    transitions.lapse(asked, by=SYSTEM)
    assert holder(asked) == "5 km"
    assert told(asked.referral)[-1] == ("assign", "system", {"after": "lapsed"})


def test_what_is_given_back_leads_to_the_next_and_the_quote_is_withdrawn(adviser, workshop):
    at_km(5)
    held = journey.quoted(adviser, workshop, distance_agreed_km=30)
    transitions.give_back(held, reason=DeclineReason.NOT_OUR_TRADE, by=actor(workshop))
    assert holder(held) == "5 km"
    assert journey.fresh(held).quote.withdrawn_at is not None
    assert journey.fresh(held.referral).state == "waiting"


def test_it_goes_from_garage_to_garage_and_to_none_a_second_time(asked):
    for km in (5, 10, 15):
        at_km(km)
    names = []
    while held := Assignment.objects.of_referral(asked.referral).open().first():
        names.append(held.garage.name)
        transitions.lapse(held, by=SYSTEM)
    assert names == ["Garage de la Loire", "5 km", "10 km", "15 km"]
    assert incidents(asked.referral) == ["no_garage"]


def test_the_next_one_is_not_one_that_is_full_paused_closed_or_only_invited(asked, workshop):
    for km, facts in {2: {"weekly_cap": 0}, 3: {"status": "paused"}, 4: {"status": "closed"}}.items():
        at_km(km, **facts)
    at_km(5, status="invited")
    at_km(29)
    decline(asked, workshop)
    assert holder(asked) == "29 km"


@pytest.mark.parametrize(("km", "goes"), [(30.04, True), (30.06, False), (45, False)])
def test_the_next_one_is_within_the_distance_agreed(asked, workshop, km, goes):
    at_km(km)
    decline(asked, workshop)
    assert bool(holder(asked)) is goes
    assert incidents(asked.referral) == ([] if goes else ["no_garage"])


def test_the_next_one_is_not_across_the_sea(adviser):
    """From Quiberon, Belle-Île is 15 km away, by boat."""
    GarageFactory(name="Belle-Île", at="56152")
    held = sent(adviser, GarageFactory(name="Quiberon", at="56186"), at="56186")
    transitions.lapse(held, by=SYSTEM)
    assert holder(held) is None
    assert incidents(held.referral) == ["no_garage"]


def test_it_keeps_what_was_agreed_and_how_far_it_is(asked, workshop):
    at_km(12)
    decline(asked, workshop)
    held = Assignment.objects.of_referral(asked.referral).open().get()
    assert (held.agreed_km, float(held.distance_km)) == (30, 12.0)


def test_a_place_that_a_no_has_freed_is_free_for_another(adviser, workshop, garage):
    garage.weekly_cap = 1
    garage.save(update_fields=["weekly_cap"])
    first = sent(adviser, garage)
    decline(first, workshop)
    assert sent(adviser, garage, first_name="Samir").is_open


# --- never a garage twice ---------------------------------------------------------------------------------
@pytest.mark.parametrize("end", ["declined", "lapsed", "given_back"])
def test_who_said_no_or_nothing_is_never_asked_again_by_anyone(adviser, workshop, pilot, garage, end):
    held = sent(adviser, garage)
    if end == "declined":
        decline(held, workshop)
    elif end == "lapsed":
        transitions.lapse(held, by=SYSTEM)
    else:
        transitions.accept(held, by=actor(workshop))
        transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    assert journey.fresh(held).end == end
    for who in (actor(adviser), actor(pilot), SYSTEM):
        with pytest.raises(Refused) as refused:
            transitions.assign(held.referral, garage=garage, by=who)
        assert refused.value.code == "garage_declined_before"
    # nor by the database
    with pytest.raises(IntegrityError, match="assignment_never_asked_again"), transaction.atomic():
        Assignment.objects.create(referral=held.referral, garage=garage, week=held.week)


def test_a_garage_that_was_only_asked_and_taken_back_may_be_asked_again(adviser, garage):
    held = sent(adviser, garage)
    transitions.unsend(held.referral, by=actor(adviser))
    assert transitions.send(held.referral, garage=garage, by=actor(adviser)).is_open


def test_a_garage_that_paused_without_an_answer_may_be_asked_again_when_it_is_back(adviser, garage, asked):
    pause(garage)
    tasks.move_on_from_garages_that_left()
    near = at_km(3)
    pause(garage, "active")
    transitions.assign(asked.referral, garage=near, by=actor(adviser))
    transitions.lapse(Assignment.objects.of_referral(asked.referral).open().get(), by=SYSTEM)
    assert holder(asked) == "Garage de la Loire"


# --- where each reason leads ------------------------------------------------------------------------------
def test_each_reason_leads_somewhere():
    assert set(LEADS) == set(DeclineReason)


@pytest.mark.parametrize("reason", [reason.value for reason in DeclineReason])
@pytest.mark.parametrize("act", ["decline", "give_back"])
def test_a_reason_leads_to_the_next_garage_to_the_adviser_or_to_a_pilot(adviser, workshop, asked, act, reason):
    at_km(5)
    if act == "give_back":
        transitions.accept(asked, by=actor(workshop))
    getattr(transitions, act)(asked, reason=DeclineReason(reason), by=actor(workshop))
    lead = LEADS[DeclineReason(reason)]
    assert holder(asked) == ("5 km" if lead == Lead.NEXT_GARAGE else None)
    assert incidents(asked.referral) == (["out_of_programme"] if lead == Lead.PILOT else [])
    fresh = journey.fresh(asked.referral)
    assert (fresh.state, fresh.queued_at) == ("waiting", None)


def test_the_adviser_can_go_on_after_any_reason(adviser, workshop, asked):
    second = at_km(5)
    decline(asked, workshop, "unsafe_vehicle")
    assert transitions.assign(asked.referral, garage=second, by=actor(adviser)).is_open


# --- the queue --------------------------------------------------------------------------------------------
def test_when_all_others_are_full_it_waits_for_a_place(asked, workshop):
    at_km(5, weekly_cap=0)
    decline(asked, workshop)
    fresh = journey.fresh(asked.referral)
    assert (fresh.state, holder(asked)) == ("waiting", None)
    assert fresh.queued_at is not None
    assert told(asked.referral)[-1] == ("queue", "system", {"after": "declined"})
    assert incidents(asked.referral) == []


def test_it_is_sent_without_a_garage_when_all_are_full(adviser):
    at_km(5, weekly_cap=0)
    referral = journey.ready(adviser, distance_agreed_km=30)
    assert transitions.send(referral, garage=None, by=actor(adviser)) is None
    fresh = journey.fresh(referral)
    assert (fresh.state, bool(fresh.queued_at), bool(fresh.sent_at)) == ("waiting", True, True)
    assert [one[:2] for one in told(referral)][-2:] == [("send", "member"), ("queue", "system")]


def test_it_is_not_sent_to_the_queue_while_a_garage_has_a_place(adviser):
    at_km(5, weekly_cap=0)
    at_km(25)
    referral = journey.ready(adviser, distance_agreed_km=30)
    with pytest.raises(Refused, match="25 km a une place cette semaine") as refused:
        transitions.send(referral, garage=None, by=actor(adviser))
    assert refused.value.code == "place_free"
    assert journey.fresh(referral).state == "draft"


def test_sent_without_a_garage_where_there_is_none_it_is_at_once_a_pilots_incident(adviser):
    at_km(45)
    referral = journey.ready(adviser, distance_agreed_km=30)
    transitions.send(referral, garage=None, by=actor(adviser))
    assert incidents(referral) == ["no_garage"]
    fresh = journey.fresh(referral)
    assert (fresh.state, fresh.queued_at) == ("waiting", None)


def queued(adviser, **person):
    referral = journey.ready(adviser, distance_agreed_km=30, **person)
    transitions.send(referral, garage=None, by=actor(adviser))
    return journey.fresh(referral)


@pytest.fixture
def full(db):
    """One garage, with no place this week."""
    return at_km(5, weekly_cap=0)


def open_places(garage, cap):
    garage.weekly_cap = cap
    garage.save(update_fields=["weekly_cap"])


def test_each_place_that_opens_goes_to_the_one_that_waits_longest(adviser, full):
    with journey.days_ago(2):
        older = queued(adviser, first_name="Awa")
    newer = queued(adviser, first_name="Samir")
    assert tasks.serve_the_queue() == 0
    open_places(full, 1)
    assert (tasks.serve_the_queue(), tasks.serve_the_queue()) == (1, 0)
    assert Assignment.objects.of_referral(older).open().get().garage == full
    assert (journey.fresh(older).queued_at, bool(journey.fresh(newer).queued_at)) == (None, True)
    assert told(older)[-1] == ("assign", "system", {"after": "queue"})
    open_places(full, 2)
    assert tasks.serve_the_queue() == 1
    assert journey.fresh(newer).queued_at is None


@pytest.mark.parametrize("opens", ["new week", "decline", "lapse", "unsend", "cap raised", "pause ended"])
def test_a_place_opens_by(adviser, workshop, garage, opens):
    open_places(garage, 1)
    if opens == "pause ended":
        pause(garage)
        at_km(8, weekly_cap=0)
    held = sent(adviser, garage) if opens != "pause ended" else None
    waiting = queued(adviser, first_name="Samir")
    assert tasks.serve_the_queue() == 0
    acts = {
        "decline": lambda: decline(held, workshop),
        "lapse": lambda: transitions.lapse(held, by=SYSTEM),
        "unsend": lambda: transitions.unsend(held.referral, by=actor(adviser)),
        "cap raised": lambda: open_places(garage, 2),
        "pause ended": lambda: pause(garage, "active"),
    }
    if opens != "new week":
        acts[opens]()
    with clock.moved_to(clock.now() + timedelta(days=7 if opens == "new week" else 0)):
        assert tasks.serve_the_queue() == 1
    assert Assignment.objects.of_referral(waiting).open().get().garage == garage


def test_a_place_too_far_for_the_oldest_goes_to_the_next(adviser, full):
    with journey.days_ago(2):
        near_only = queued(adviser, first_name="Awa")
    farther = journey.ready(adviser, distance_agreed_km=60, first_name="Samir")
    transitions.send(farther, garage=None, by=actor(adviser))
    at_km(50)
    assert tasks.serve_the_queue() == 1
    assert journey.fresh(near_only).queued_at is not None
    assert Assignment.objects.of_referral(farther).open().get().garage.name == "50 km"


def test_who_refused_it_before_is_no_place_for_it(adviser, workshop, garage, full):
    held = sent(adviser, garage)
    decline(held, workshop)
    assert journey.fresh(held.referral).queued_at is not None
    assert tasks.serve_the_queue() == 0
    assert journey.fresh(held.referral).queued_at is not None


def test_when_the_last_garage_that_it_waited_for_leaves_a_pilot_is_told_at_once(adviser, full):
    referral = queued(adviser)
    pause(full, "closed")
    tasks.serve_the_queue()
    fresh = journey.fresh(referral)
    assert (fresh.queued_at, incidents(fresh)) == (None, ["no_garage"])


@pytest.mark.parametrize("way", ["unsend", "withdraw", "close", "assign"])
def test_whoever_leaves_the_queue_leaves_it_whole(adviser, full, way):
    referral, by = queued(adviser), actor(adviser)
    farther = at_km(45)
    acts = {
        "unsend": lambda: transitions.unsend(referral, by=by),
        "withdraw": lambda: transitions.withdraw(referral, reason="A trouvé une voiture", by=by),
        "close": lambda: transitions.close(referral, outcome=Outcome.UNREACHABLE, reason="Trois appels", by=by),
        "assign": lambda: transitions.assign(referral, garage=farther, agreed_km=50, by=by),
    }
    acts[way]()
    assert journey.fresh(referral).queued_at is None
    open_places(full, 2)
    assert tasks.serve_the_queue() == 0


def test_the_database_knows_nobody_who_waits_in_the_queue_in_another_state(adviser):
    referral = journey.ready(adviser)
    with pytest.raises(IntegrityError, match="referral_queued_while_waiting"), transaction.atomic():
        Referral.objects.with_uid(referral.uid).update(queued_at=clock.now())


def test_a_waiting_referral_without_garage_can_be_put_into_the_queue_once(adviser, workshop, asked):
    full = at_km(5, weekly_cap=0)
    decline(asked, workshop, "no_show")
    transitions.queue(asked.referral, by=actor(adviser))
    assert journey.fresh(asked.referral).queued_at is not None
    with pytest.raises(Refused, match="attend déjà une place"):
        transitions.queue(asked.referral, by=actor(adviser))
    open_places(full, 1)
    assert tasks.serve_the_queue() == 1


def test_what_a_garage_holds_is_not_queued(adviser, asked):
    with pytest.raises(Refused, match="déjà proposée à Garage de la Loire"):
        transitions.queue(asked.referral, by=actor(adviser))


# --- a long wait ------------------------------------------------------------------------------------------
MONDAY = date(2026, 3, 2)


def at(day, hour=10):
    return clock.moved_to(datetime.combine(day, time(hour), clock.PARIS))


@pytest.mark.parametrize(("days", "hour", "reported"), [(7, 17, 0), (7, 19, 1), (6, 19, 0), (8, 10, 1)])
def test_after_five_working_days_in_the_queue_a_pilot_is_told_once(adviser, full, days, hour, reported):
    """Queued on a Monday morning, it is due on the next Monday evening."""
    with at(MONDAY):
        referral = queued(adviser)
    with at(MONDAY + timedelta(days=days), hour):
        assert tasks.report_long_waits() == reported
        assert tasks.report_long_waits() == 0
        assert incidents(referral) == ["queued_too_long"] * reported


def test_an_answered_incident_of_the_queue_is_not_reported_again(adviser, pilot, full):
    with at(MONDAY):
        referral = queued(adviser)
    with at(MONDAY + timedelta(days=9)):
        tasks.report_long_waits()
        incident = Incident.objects.of_referral(referral).get()
        transitions.answer_incident(
            incident, words="Vu avec le garage", resolution=Resolution.GARAGE_REMINDED, by=actor(pilot)
        )
    with at(MONDAY + timedelta(days=20)):
        assert tasks.report_long_waits() == 0
        assert journey.fresh(referral).queued_at is not None


# --- a garage leaves --------------------------------------------------------------------------------------
def leave(garage, pilot, status=Status.CLOSED):
    change_status(garage, status, on=clock.today(), by=actor(pilot))
    return tasks.move_on_from_garages_that_left()


@pytest.mark.parametrize("status", [Status.PAUSED, Status.CLOSED])
def test_what_waits_at_a_garage_that_leaves_goes_to_the_next(asked, garage, pilot, status):
    at_km(5)
    assert leave(garage, pilot, status) == 1
    assert holder(asked) == "5 km"
    assert journey.fresh(asked).end == End.GARAGE_LEFT
    assert told(asked.referral)[-2:] == [("lapse", "system", {"end": "left"}), ("assign", "system", {"after": "left"})]


@pytest.mark.parametrize("step", ["accepted", "quoted"])
def test_a_garage_that_closes_gives_back_what_it_had_begun(adviser, workshop, garage, pilot, step):
    at_km(5)
    held = getattr(journey, step)(adviser, workshop, distance_agreed_km=30)
    assert (leave(garage, pilot), tasks.move_on_from_garages_that_left()) == (1, 0)
    assert holder(held) == "5 km"
    assert told(held.referral)[-2:] == [
        ("give_back", "system", {"end": "left"}),
        ("assign", "system", {"after": "left"}),
    ]
    if step == "quoted":
        assert journey.fresh(held).quote.withdrawn_at is not None


def test_the_adviser_hears_that_the_garage_has_left_and_not_an_empty_reason(adviser, workshop, garage, pilot):
    journey.accepted(adviser, workshop, distance_agreed_km=30)
    leave(garage, pilot)
    words = " ".join(one.context["line"] for one in Message.objects.to(adviser.user.email))
    assert "Garage de la Loire a quitté le réseau" in words
    assert "rend le dossier" not in words


def test_a_repair_agreed_at_a_garage_that_closes_stays_and_a_pilot_is_told_once(adviser, workshop, garage, pilot):
    held = journey.agreed(adviser, workshop)
    assert (leave(garage, pilot), tasks.move_on_from_garages_that_left()) == (1, 0)
    assert (journey.fresh(held.referral).state, journey.fresh(held).is_open) == ("agreed", True)
    incident = Incident.objects.of_referral(held.referral).get()
    assert (incident.kind, incident.garage) == ("garage_closed", garage)
    transitions.answer_incident(incident, words="Repris ailleurs", resolution=Resolution.GARAGE_FOUND, by=actor(pilot))
    assert tasks.move_on_from_garages_that_left() == 0


@pytest.mark.parametrize("step", ["accepted", "quoted", "agreed"])
def test_a_pause_leaves_what_it_had_begun_where_it_is(adviser, workshop, garage, pilot, step):
    held = getattr(journey, step)(adviser, workshop)
    assert leave(garage, pilot, Status.PAUSED) == 0
    assert journey.fresh(held).is_open
    assert incidents(held.referral) == []


# --- after a review ---------------------------------------------------------------------------------------
def approve(referral, pilot):
    transitions.approve_review(referral, why="Vit seul", evidence="Avis de bourse", by=actor(pilot))


def in_review_with_choice(adviser, garage, **choice):
    referral = journey.ready(adviser, dwelling="student_alone", distance_agreed_km=30)
    actions.choose_garage(referral, garage=garage, by=actor(adviser), **choice)
    transitions.send_for_review(referral, by=actor(adviser))
    return journey.fresh(referral)


def test_a_pilots_yes_sends_it_to_the_garage_that_was_chosen(adviser, pilot, garage):
    referral = in_review_with_choice(adviser, garage, reason="Elle y va à pied")
    approve(referral, pilot)
    held = Assignment.objects.of_referral(referral).open().get()
    assert (held.garage, held.choice_reason) == (garage, "Elle y va à pied")
    assert told(referral)[-1] == ("assign", "system", {"after": "review"})


def test_a_garage_chosen_farther_away_is_asked_with_the_persons_new_word(adviser, pilot):
    referral = in_review_with_choice(adviser, at_km(45), agreed_km=50)
    approve(referral, pilot)
    assert journey.fresh(referral).distance_agreed_km == 50
    assert told(referral)[-1][2] == {"after": "review", "agreed_km": 50, "agreed_before_km": 30}


@pytest.mark.parametrize("trouble", ["full", "paused", "beyond"])
def test_where_the_chosen_garage_cannot_be_asked_the_adviser_chooses(adviser, pilot, trouble):
    chosen = at_km(45 if trouble == "beyond" else 5)
    referral = in_review_with_choice(adviser, chosen, agreed_km=40 if trouble == "beyond" else None)
    if trouble == "full":
        open_places(chosen, 0)
    if trouble == "paused":
        pause(chosen)
    approve(referral, pilot)
    fresh = journey.fresh(referral)
    assert (fresh.state, fresh.distance_agreed_km, fresh.queued_at) == ("waiting", 30, None)
    assert not Assignment.objects.of_referral(referral).exists()
