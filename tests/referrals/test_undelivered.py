"""A message that did not arrive: somebody else at the garage is written to, the adviser and a pilot are told, once."""

import pytest

from mobiliz.lib import clock
from mobiliz.outbox.actions import send_again
from mobiliz.outbox.models import Fault, Message
from referrals import links, tasks, transitions
from referrals.models import Incident, PersonalLink
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(adviser, garage, pilot):
    ContactFactory(garage=garage, rank=1, first_name="Léa", last_name="Petit", email="parti@garage.example")
    ContactFactory(garage=garage, rank=2, email="second@garage.example")
    return journey.sent(adviser, garage)


def refuse(email):
    Message.objects.to(email).update(parked_at=clock.now(), fault=Fault.REFUSED.value)


def told(email):
    return [message.context["line"] for message in Message.objects.to(email)]


def test_the_next_one_at_the_garage_is_written_to_with_a_link_of_their_own(asked):
    refuse("parti@garage.example")
    assert tasks.tell_of_messages_that_were_lost() == 1
    asked_too = Message.objects.to("second@garage.example").get()
    link = PersonalLink.objects.get(email="second@garage.example")
    assert asked_too.context["url"] == links.url_of(link)


def test_the_adviser_is_told_to_telephone_and_a_pilot_has_an_incident(asked, adviser, pilot):
    refuse("parti@garage.example")
    tasks.tell_of_messages_that_were_lost()
    assert any("Léa Petit n’est pas arrivé" in line and "téléphonez" in line for line in told(adviser.user.email))
    incident = Incident.objects.get(referral=asked.referral)
    assert (incident.kind, incident.garage) == ("message_undelivered", asked.garage)
    assert told(pilot.user.email)


def test_it_is_told_once_however_often_the_round_is_made(asked):
    refuse("parti@garage.example")
    assert [tasks.tell_of_messages_that_were_lost() for _ in range(3)] == [1, 0, 0]
    assert Incident.objects.count() == 1


def test_what_is_answered_meanwhile_is_not_sent_to_anybody_else(asked, workshop):
    transitions.accept(asked, by=actor(workshop))
    refuse("parti@garage.example")
    tasks.tell_of_messages_that_were_lost()
    assert not Message.objects.to("second@garage.example").exists()


def test_nobody_is_troubled_about_a_case_that_is_over(asked, adviser):
    transitions.withdraw(asked.referral, reason="Ne veut plus", by=actor(adviser))
    refuse("parti@garage.example")
    assert tasks.tell_of_messages_that_were_lost() == 0
    assert not Incident.objects.exists()


def test_sent_again_and_lost_again_it_is_told_again(asked):
    refuse("parti@garage.example")
    tasks.tell_of_messages_that_were_lost()
    send_again(Message.objects.to("parti@garage.example").get())
    refuse("parti@garage.example")
    assert tasks.tell_of_messages_that_were_lost() == 1
