"""All garages within reach are full: the dossier is sent without one, waits its turn, and says so everywhere."""

from html import unescape

import pytest
from django.urls import reverse

from garages.models import Garage
from referrals import tasks, transitions
from referrals.models import Incident
from referrals.states import DeclineReason
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import GarageFactory

pytestmark = pytest.mark.django_db


def at(referral, name):
    return reverse(f"referral_{name}", args=[referral.uid])


def text_of(response):
    return unescape(response.content.decode())


@pytest.fixture
def full(db):
    return GarageFactory(name="Garage plein", weekly_cap=0)


@pytest.fixture
def ready(adviser):
    return journey.ready(adviser, distance_agreed_km=30)


def test_the_list_offers_to_wait_when_all_are_full(as_adviser, ready, full):
    page = text_of(as_adviser.get(at(ready, "garage")))
    assert "Relire, puis envoyer en attente d’une place" in page
    read_over = text_of(as_adviser.get(at(ready, "send")))
    assert "Les garages à moins de 30 km sont complets cette semaine" in read_over
    assert "Envoyer, en attente d’une place" in read_over


def test_nothing_of_it_is_offered_while_a_garage_has_a_place(as_adviser, ready, full, garage):
    for step in ("garage", "send"):
        assert "attente d’une place" not in text_of(as_adviser.get(at(ready, step)))
    answer = as_adviser.post(at(ready, "queue"))
    assert answer.status_code == 422
    assert "Garage de la Loire a une place cette semaine" in text_of(answer)
    assert journey.fresh(ready).state == "draft"


def test_sent_without_a_garage_it_says_what_happens_next_and_by_when(as_adviser, ready, full):
    answer = as_adviser.post(at(ready, "queue"), follow=True)
    assert answer.redirect_chain[-1][0] == at(ready, "sent")
    page = text_of(answer)
    assert "Envoyé : il attend une place" in page
    assert "à moins de 30 km est pour ce dossier, à son tour" in page
    assert "un pilote cherche" in page
    assert journey.fresh(ready).queued_at is not None


def test_desk_and_case_say_since_when_and_that_the_turn_is_kept(as_adviser, ready, full):
    as_adviser.post(at(ready, "queue"))
    for address in (reverse("desk"), at(ready, "case")):
        page = text_of(as_adviser.get(address))
        assert "Attend une place" in page
        assert "depuis le" in page
        assert "La première place qui se libère est pour ce dossier" in page
        assert "Sans garage" not in page
    assert "le dossier attend une place" in text_of(as_adviser.get(at(ready, "case")))


def test_a_place_that_opens_is_told_in_the_case(as_adviser, ready, full):
    as_adviser.post(at(ready, "queue"))
    Garage.objects.filter(pk=full.pk).update(weekly_cap=1)
    tasks.serve_the_queue()
    page = text_of(as_adviser.get(at(ready, "case")))
    assert "Une place s’est libérée : Garage plein" in page
    assert "Attend une place" not in page


def test_a_double_click_sends_it_once(as_adviser, ready, full):
    as_adviser.post(at(ready, "queue"))
    answer = as_adviser.post(at(ready, "queue"), follow=True)
    assert "attend déjà une place" in text_of(answer)


def test_where_there_is_no_garage_at_all_it_goes_to_a_pilot_at_once(as_adviser, ready):
    assert "Envoyer, un pilote cherche" in text_of(as_adviser.get(at(ready, "send")))
    page = text_of(as_adviser.post(at(ready, "queue"), follow=True))
    assert "un pilote est prévenu et cherche" in page
    assert Incident.objects.of_referral(ready).get().kind == "no_garage"


def test_a_waiting_one_without_garage_can_wait_for_a_place_too(as_adviser, adviser, workshop, full):
    held = journey.sent(adviser, journey.garage_of(workshop), distance_agreed_km=30)
    transitions.decline(held, reason=DeclineReason.NO_SHOW, by=actor(workshop))
    assert "Attendre la première place" in text_of(as_adviser.get(at(held.referral, "garage")))
    page = text_of(as_adviser.post(at(held.referral, "queue"), follow=True))
    assert "la première place qui se libère est pour lui" in page
    assert journey.fresh(held.referral).queued_at is not None
    assert "Ce dossier attend une place depuis" in text_of(as_adviser.get(at(held.referral, "garage")))


def test_a_pilot_is_not_asked_to_choose_while_it_only_waits_its_turn(client, as_adviser, as_pilot, ready, full):
    as_adviser.post(at(ready, "queue"))
    assert "sans garage" not in text_of(as_pilot.get(reverse("desk")))
