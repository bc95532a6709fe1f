"""When the car is seen, as adviser and garage read and fix it; and the slots that a garage publishes."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mobiliz.lib import clock
from referrals import actions, transitions
from referrals.clock import moment_at
from referrals.models import Appointment, Slot
from referrals.states import DeclineReason
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.journey import fresh, opening

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_monday_morning():
    with clock.moved_to(datetime(2026, 11, 16, 8, tzinfo=UTC)):
        yield


@pytest.fixture
def held(adviser, workshop):
    return journey.accepted(adviser, workshop)


@pytest.fixture
def as_workshop(workshop):
    return sign_in(Client(), workshop)


def later(**delta):
    return clock.moved_to(clock.now() + timedelta(**delta))


def address(held):
    return reverse("appointments", args=[held.uid])


def read(client, held):
    answer = client.get(address(held))
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def do(client, held, name, **typed):
    answer = client.post(reverse("appointment_act", args=[held.uid, name]), typed, follow=True)
    return answer.status_code, answer.content.decode().replace("\u00a0", " ")


def seen(held):
    return str(held.appointments.last().uid)


# --- from one side to the other ---------------------------------------------------------------------------
def test_a_garage_proposes_and_the_adviser_confirms_with_company(as_workshop, as_adviser, held):
    status, html = do(as_workshop, held, "proposer", day="24/11/2026", hour="10h30")
    assert (status, "Mardi 24 novembre à 10 h 30" in html, "à confirmer" in html) == (200, True, True)
    assert "demandez à la personne" in read(as_adviser, held)
    status, html = do(as_adviser, held, "confirmer", seen=seen(held), needs_accompaniment="on")
    assert "Rendez-vous confirmé." in html
    assert "La personne vient accompagnée." in read(as_workshop, held)


def test_what_was_agreed_by_telephone_is_confirmed_at_once(as_workshop, held):
    _status, html = do(as_workshop, held, "proposer", day="24/11/2026", hour="10h30", is_agreed="on")
    assert "Mettre dans mon agenda" in html
    assert held.appointments.get().status == "booked"


def test_an_adviser_takes_one_of_the_slots_that_the_garage_published(as_adviser, held, workshop):
    slot = journey.slot(workshop, note="diagnostic")
    assert "vendredi 20 novembre à 9 h, diagnostic" in read(as_adviser, held)
    do(as_adviser, held, "proposer", slot=str(slot.uid))
    made = held.appointments.get()
    assert (made.status, made.slot) == ("booked", slot)


def test_a_slot_that_went_meanwhile_is_said_and_nothing_is_booked(as_adviser, held, adviser, workshop):
    slot = journey.slot(workshop)
    other = journey.accepted(adviser, workshop, last_name="Diallo")
    transitions.propose_appointment(other, starts_at=slot.starts_at, by=actor(adviser))
    status, html = do(as_adviser, held, "proposer", slot=str(slot.uid))
    assert status == 422
    assert not held.appointments.exists()
    assert "Indiquez" in html or "n’est plus libre" in html


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "22/11/2026", "hour": "10h"}, "un dimanche ou un jour férié"),
        ({"day": "24/11/2026", "hour": ""}, "Indiquez le jour et l’heure."),
        ({"day": "13/11/2026", "hour": "10h"}, "Choisissez un moment à venir."),
        ({"day": "24/11/2026", "hour": "3h"}, "est fermé le mardi 24 novembre à 3 h"),
    ],
)
def test_a_moment_that_cannot_be_comes_back_as_it_was_typed(as_workshop, held, typed, said):
    status, html = do(as_workshop, held, "proposer", **typed)
    assert (status, said in html) == (422, True)
    assert typed["day"] in html
    assert not held.appointments.exists()


def test_moved_by_one_side_the_other_confirms_and_the_first_stays_readable(as_adviser, as_workshop, held, workshop):
    journey.appointment(held, workshop)
    do(as_adviser, held, "deplacer", seen=seen(held), day="25/11/2026", hour="14h", why="Elle travaille le matin")
    html = read(as_workshop, held)
    assert "Mercredi 25 novembre à 14 h" in html
    assert "dites si vous êtes là" in html
    assert "Lundi 23 novembre à 10 h" in html
    page = as_workshop.get(reverse("assignment", args=[held.uid])).content.decode()
    assert "Elle travaille le matin" in page  # the word for the other side is read by it


def test_cancelled_with_a_word_both_can_begin_again(as_adviser, held, workshop):
    journey.appointment(held, workshop)
    status, _html = do(as_adviser, held, "annuler", seen=seen(held), why="")
    assert status == 422
    do(as_adviser, held, "annuler", seen=seen(held), why="Hospitalisée")
    assert "Aucun rendez-vous n’est fixé" in read(as_adviser, held)


def test_whoever_comes_second_is_told_who_was_first(as_adviser, as_workshop, held, workshop):
    journey.appointment(held, workshop, is_agreed=False)
    shown = seen(held)
    do(as_adviser, held, "deplacer", seen=shown, day="25/11/2026", hour="14h")
    _status, html = do(as_workshop, held, "confirmer", seen=shown)
    assert "Déjà fait : rendez-vous déplacé par Aline Dubois" in html
    assert held.appointments.live().get().status == "proposed"


def test_after_the_hour_the_garage_says_whether_the_person_came(as_workshop, as_adviser, held, workshop):
    journey.appointment(held, workshop)
    assert "La personne est venue" not in read(as_workshop, held)
    with later(days=8):
        assert "la personne est-elle venue" in read(as_workshop, held)
        assert "Elle n’est pas venue" in read(as_workshop, held)
        assert "<button" not in read(as_adviser, held).split('id="prevu"')[1].split("</section>")[0]
        do(as_workshop, held, "venue", seen=seen(held))
    assert held.appointments.get().status == "kept"


def test_before_the_garage_accepts_nothing_is_fixed(as_adviser, adviser, garage):
    assert "se fixe quand le garage accepte" in read(as_adviser, journey.sent(adviser, garage))


def test_after_a_hand_over_the_garage_is_led_to_what_is_left(as_workshop, held, workshop):
    transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    assert as_workshop.get(address(held)).url == reverse("assignment", args=[held.uid])


# --- accepting with a moment ------------------------------------------------------------------------------
def test_a_garage_accepts_and_proposes_in_one_press(as_workshop, adviser, garage):
    held = journey.sent(adviser, garage)
    answer = as_workshop.post(
        reverse("assignment_act", args=[held.uid, "accepter"]), {"day": "24/11/2026", "hour": "9h"}
    )
    assert answer.status_code == 302
    assert fresh(held).accepted_at
    assert held.appointments.get().starts_at == moment_at(date(2026, 11, 24), time(9))


def test_a_bad_moment_does_not_accept_and_says_why(as_workshop, adviser, garage):
    held = journey.sent(adviser, garage)
    answer = as_workshop.post(
        reverse("assignment_act", args=[held.uid, "accepter"]), {"day": "22/11/2026", "hour": "9h"}
    )
    assert answer.status_code == 422
    assert "dimanche ou un jour férié" in answer.content.decode()
    assert fresh(held).accepted_at is None


def test_a_garage_reads_which_slot_was_asked_for(as_workshop, adviser, workshop, garage):
    slot = journey.slot(workshop)
    held = transitions.send(journey.ready(adviser), garage=garage, slot=slot, by=actor(adviser))
    page = as_workshop.get(reverse("assignment", args=[held.uid])).content.decode().replace("\u00a0", " ")
    assert "La structure a retenu votre créneau du vendredi 20 novembre à 9 h." in page


# --- a slot held while sending ----------------------------------------------------------------------------
def test_an_adviser_keeps_a_slot_and_sends_with_it(as_adviser, adviser, workshop, garage):
    slot, referral = journey.slot(workshop), journey.ready(adviser)
    actions.choose_garage(referral, garage=garage, by=actor(adviser))
    send = reverse("referral_send", args=[referral.uid])
    assert "Retenir un créneau" in as_adviser.get(send).content.decode()
    kept = as_adviser.post(reverse("referral_hold_slot", args=[referral.uid]), {"slot": slot.uid}, follow=True)
    assert "Créneau gardé une demi-heure." in kept.content.decode()
    assert as_adviser.post(send, {"garage": garage.uid}).status_code == 302
    slot = fresh(slot)
    assert (slot.taken_for, slot.taken_until) == (referral, None)


def test_a_slot_taken_by_a_colleague_meanwhile_is_said(as_adviser, adviser, colleague, workshop, garage):
    slot, referral = journey.slot(workshop), journey.ready(adviser)
    actions.choose_garage(referral, garage=garage, by=actor(adviser))
    other = journey.ready(colleague, last_name="Diallo")
    transitions.hold_slot(other, slot=slot, by=actor(colleague))
    kept = as_adviser.post(reverse("referral_hold_slot", args=[referral.uid]), {"slot": slot.uid}, follow=True)
    assert "n’est plus libre chez Garage de la Loire" in kept.content.decode()


def test_choosing_none_lets_go(as_adviser, adviser, workshop):
    slot, referral = journey.slot(workshop), journey.ready(adviser)
    transitions.hold_slot(referral, slot=slot, by=actor(adviser))
    as_adviser.post(reverse("referral_hold_slot", args=[referral.uid]), {"slot": ""})
    assert fresh(slot).taken_for is None


# --- the garage's slots -----------------------------------------------------------------------------------
def test_a_week_of_slots_is_typed_day_by_day(as_workshop, garage):
    week = reverse("slots") + "?semaine=2026-11-23"
    typed = {"day_20261123": "9h, 10h30 et 14:00", "day_20261125": "8h", "minutes": "45", "note": "diagnostic"}
    html = as_workshop.post(week, typed, follow=True).content.decode().replace("\u00a0", " ")
    assert "4 créneaux publiés." in html
    assert "Lundi 23 novembre à 10 h 30, 45 minutes" in html
    starts = [local.astimezone(clock.PARIS).hour for local in Slot.objects.values_list("starts_at", flat=True)]
    assert sorted(starts) == [8, 9, 10, 14]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day_20261123": "matin"}, "Écrivez les heures comme"),
        ({"day_20261123": "25h"}, "Écrivez les heures comme"),
        ({}, "Écrivez au moins une heure"),
        ({"day_20261123": "3h"}, "est fermé"),
    ],
)
def test_what_is_no_hour_is_said_and_stays(as_workshop, garage, typed, said):
    answer = as_workshop.post(reverse("slots") + "?semaine=2026-11-23", {**typed, "minutes": "30"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Slot.objects.exists()


def test_the_hours_of_the_garage_are_shown_as_a_help_and_its_closed_days_have_no_box(as_workshop, garage):
    garage.opening_hours = {"0": [["08:00", "12:00"]]}
    garage.save(update_fields=["opening_hours"])
    html = as_workshop.get(reverse("slots") + "?semaine=2026-11-23").content.decode()
    assert "ouvert 8h-12h" in html
    assert "day_20261123" in html
    assert "day_20261124" not in html


def test_a_free_slot_is_withdrawn_and_a_taken_one_is_not(as_workshop, adviser, workshop, garage):
    free, taken = journey.slot(workshop), journey.slot(workshop, opening(3))
    transitions.send(journey.ready(adviser), garage=garage, slot=taken, by=actor(adviser))
    assert "Créneau retiré." in _withdrawn(as_workshop, free)
    assert "est pris" in _withdrawn(as_workshop, taken)
    assert [fresh(slot).withdrawn_at is None for slot in (free, taken)] == [False, True]


def _withdrawn(client, slot):
    return client.post(reverse("slot_withdraw", args=[slot.uid]), follow=True).content.decode()


@pytest.mark.parametrize("week", ["", "2020-01-01", "2099-01-01", "hier"])
def test_any_week_asked_for_is_one_in_reach(as_workshop, garage, week):
    assert as_workshop.get(reverse("slots"), {"semaine": week}).status_code == 200


@pytest.mark.parametrize(
    ("day", "first"),
    [("2026-11-23", "20261123"), ("2026-11-26", "20261126"), ("2026-11-27", "20261130"), ("2026-11-29", "20261130")],
)
def test_the_page_opens_on_a_week_that_has_a_day_left(as_workshop, garage, day, first):
    garage.opening_hours = {str(one): [["08:00", "12:00"]] for one in range(5)}
    garage.save(update_fields=["opening_hours"])
    with clock.moved_to(datetime.fromisoformat(f"{day}T21:00+01:00")):
        page = as_workshop.get(reverse("slots")).content.decode()
    assert re.findall(r'name="day_(\d+)"', page)[0] == first


# --- desks and calendars ----------------------------------------------------------------------------------
def test_the_garage_s_desk_shows_the_week(as_workshop, held, workshop):
    journey.appointment(held, workshop, starts_at=opening(2))
    html = as_workshop.get(reverse("desk")).content.decode().replace("\u00a0", " ")
    assert "Rendez-vous de la semaine" in html
    assert "Mercredi 18 novembre à 10 h" in html


def test_the_adviser_s_desk_shows_what_is_to_be_asked_of_the_person(as_adviser, held, workshop):
    proposed = journey.appointment(held, workshop, is_agreed=False)
    assert "Rendez-vous : à voir avec la personne" in as_adviser.get(reverse("desk")).content.decode()
    transitions.confirm_appointment(proposed, by=actor(workshop))
    assert "Rendez-vous : à voir avec la personne" not in as_adviser.get(reverse("desk")).content.decode()


def test_the_calendar_file_names_the_case_and_not_the_person(as_adviser, held, workshop):
    made = journey.appointment(held, workshop)
    answer = as_adviser.get(reverse("appointment_file", args=[made.uid]))
    text = answer.content.replace(b"\r\n ", b"").decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "DTSTART:20261123T090000Z" in text
    assert f"UID:{made.event_uid}@" in text
    assert "METHOD:PUBLISH" in text
    assert "Benali" not in text


def test_an_old_file_s_address_gives_the_event_as_it_is_now(as_adviser, held, workshop):
    made = journey.appointment(held, workshop)
    moved = transitions.move_appointment(made, starts_at=opening(9), is_agreed=True, by=actor(workshop))
    text = as_adviser.get(reverse("appointment_file", args=[made.uid])).content.decode()
    assert "SEQUENCE:2" in text
    transitions.cancel_appointment(moved, why="Hospitalisée", by=actor(workshop))
    text = as_adviser.get(reverse("appointment_file", args=[made.uid])).content.decode()
    assert "METHOD:CANCEL" in text
    assert "STATUS:CANCELLED" in text
    assert "SEQUENCE:3" in text


def test_the_page_takes_few_queries(as_adviser, held, workshop, django_assert_max_num_queries):
    for days in range(1, 6):
        journey.slot(workshop, opening(days))
    journey.appointment(held, workshop)
    read(as_adviser, held)
    with django_assert_max_num_queries(10):
        read(as_adviser, held)
    assert Appointment.objects.count() == 1


def test_what_was_written_does_not_crowd_the_story_of_the_case(as_adviser, as_workshop, held, workshop):
    journey.message(held, workshop)
    for client, name, uid in ((as_adviser, "referral_case", held.referral.uid), (as_workshop, "assignment", held.uid)):
        assert "Message échangé" not in client.get(reverse(name, args=[uid])).content.decode()


@pytest.mark.parametrize("days", [3, 12])
def test_both_desks_say_when_the_car_is_seen_and_count_from_there(as_adviser, as_workshop, held, workshop, days):
    """Two working days after the appointment, whenever that is, and not five after the yes."""
    made = journey.appointment(held, workshop, starts_at=opening(days))
    due = {3: "lundi 23 novembre", 12: "mercredi 2 décembre"}[days]
    desk = as_workshop.get(reverse("desk")).content.decode().replace("\u00a0", " ")
    assert f"Devis à proposer avant {due}" in desk
    case = as_adviser.get(reverse("referral_case", args=[held.referral.uid])).content.decode().replace("\u00a0", " ")
    assert "Garage de la Loire attend Nadia le" in case
    with later(days=25):
        late = as_adviser.get(reverse("referral_case", args=[held.referral.uid])).content.decode()
        assert "La personne est-elle venue" in late
    assert fresh(made).status == "booked"
