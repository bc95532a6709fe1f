"""A garage says that something did not work, in one press from its page; it reads there what a pilot answers."""

from html import unescape

import pytest
from django.urls import reverse

from mobiliz.accounts.actors import SYSTEM
from mobiliz.outbox.models import Message
from referrals import transitions
from referrals.models import Incident, IncidentKind, LogEntry, Resolution
from referrals.states import DeclineReason
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.garages import ContactFactory

pytestmark = pytest.mark.django_db

BUTTON = "Cela n’a pas marché</button>"
TOLD = "un pilote a répondu à ce que vous avez signalé : connectez-vous pour lire sa réponse."
WORDS = "La personne ne répond plus au téléphone"


def text_of(response):
    return unescape(response.content.decode())


def page(client, assignment):
    return text_of(client.get(reverse("assignment", args=[assignment.uid])))


def press(client, assignment, **typed):
    return client.post(reverse("assignment_act", args=[assignment.uid, "incident"]), typed, follow=True)


def answer(incident, pilot, words="J’appelle la structure ce matin"):
    transitions.answer_incident(incident, words=words, resolution=Resolution.ADVISER_HELPED, by=actor(pilot))


def told(contact):
    return [one.context["news"] for one in Message.objects.to(contact.email)]


@pytest.fixture
def as_reception(client, reception):
    return sign_in(client, reception)


@pytest.fixture
def held(adviser, workshop):
    return journey.accepted(adviser, workshop)


def test_one_press_reports_it_about_the_garage_and_the_page_says_by_when(as_reception, reception, held):
    assert BUTTON in page(as_reception, held)
    told = text_of(press(as_reception, held))
    incident = Incident.objects.get()
    assert (incident.kind, incident.garage, incident.reported_by) == ("did_not_work", held.garage, reception)
    assert incident.words is None
    assert "C’est signalé" in told
    assert "un pilote répond avant" in told
    assert "Incident : cela n’a pas marché" in told  # in what happened
    assert BUTTON not in told


@pytest.mark.parametrize("step", ["accepted", "quoted", "agreed", "completed"])
def test_the_button_stands_there_whatever_the_garage_is_at(client, adviser, workshop, step):
    sign_in(client, workshop)
    assignment = getattr(journey, step)(adviser, workshop)
    assert BUTTON in page(client, assignment)
    press(client, assignment)
    assert Incident.objects.count() == 1
    assert journey.fresh(assignment).referral.state == step


def test_before_the_answer_too(client, adviser, workshop, garage):
    sign_in(client, workshop)
    assert BUTTON in page(client, journey.sent(adviser, garage))


def test_a_double_press_reports_it_once(as_reception, held):
    for _ in range(2):
        press(as_reception, held)
    assert Incident.objects.count() == 1
    assert LogEntry.objects.of_referral(held.referral).of_verb("report_incident").count() == 1


def test_words_follow_and_the_same_words_twice_are_said_once(as_reception, held):
    press(as_reception, held)
    for _ in range(2):
        shown = text_of(press(as_reception, held, words=WORDS))
    assert Incident.objects.get().words == WORDS
    assert f"« {WORDS} »" in shown


def test_words_that_are_refused_are_shown_as_they_were_typed(as_reception, held):
    response = press(as_reception, held, words="Son numéro : 1 86 05 42 218 001 64")
    assert response.status_code == 422
    assert "sécurité sociale" in text_of(response)
    assert "1 86 05 42 218 001 64" in text_of(response)
    assert not Incident.objects.exists()


def test_the_pilot_knows_who_reads_the_answer_and_the_garage_reads_it(as_reception, as_pilot, pilot, held):
    press(as_reception, held, words=WORDS)
    incident = Incident.objects.get()
    seen = text_of(as_pilot.get(reverse("incident", args=[incident.uid])))
    assert "Votre réponse au garage et à la structure" in seen
    assert WORDS in seen
    answer(incident, pilot)
    shown = page(as_reception, held)
    assert "J’appelle la structure ce matin" in shown
    assert "Hélène Caron" in shown
    assert BUTTON in shown  # for what fails next


def test_the_garage_is_written_to_when_a_pilot_answers_and_reads_it_in_what_happened(
    as_reception, pilot, adviser, held
):
    contact = ContactFactory(garage=held.garage, email="accueil@garage.example")
    transitions.report_incident(held.referral, kind=IncidentKind.DID_NOT_WORK, by=actor(adviser))
    press(as_reception, held)
    for incident in Incident.objects.order_by("pk"):
        answer(incident, pilot, words=f"Réponse {incident.pk}")
    assert [said for said in told(contact) if "pilote" in said] == [TOLD]
    shown = page(as_reception, held)
    assert shown.count("Un pilote a répondu : vu avec la structure") == 1
    own, others = Incident.objects.order_by("-pk")
    assert own.answer in shown
    assert others.answer not in shown


def test_a_garage_that_has_lost_it_meanwhile_is_told_nothing(as_reception, workshop, pilot, held):
    contact = ContactFactory(garage=held.garage, email="accueil@garage.example")
    press(as_reception, held)
    transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    answer(Incident.objects.of_kind(IncidentKind.DID_NOT_WORK).get(), pilot)
    assert not [said for said in told(contact) if "pilote" in said]


def test_the_structure_reads_it_and_can_neither_change_it_nor_take_it_back(as_reception, as_adviser, held):
    press(as_reception, held, words=WORDS)
    incident = Incident.objects.get()
    shown = text_of(as_adviser.get(reverse("referral_case", args=[held.referral.uid])))
    assert WORDS in shown
    assert reverse("referral_incident", args=[held.referral.uid]) in shown  # its own stays apart
    for act in ("incident_complete", "incident_take_back"):
        address = reverse(act, args=[incident.uid])
        assert address not in shown
        assert as_adviser.post(address, {"words": "Autre chose"}).status_code == 403
    assert Incident.objects.get().words == WORDS


def test_what_the_structure_says_is_apart_and_not_for_the_garage(as_reception, adviser, held):
    said = {"kind": IncidentKind.DID_NOT_WORK, "words": "Ce garage est désagréable"}
    transitions.report_incident(held.referral, by=actor(adviser), **said)
    transitions.report_incident(held.referral, kind=IncidentKind.MESSAGE_UNDELIVERED, garage=held.garage, by=SYSTEM)
    before = page(as_reception, held)
    assert BUTTON in before
    press(as_reception, held, words=WORDS)
    shown = page(as_reception, held)
    for html in (before, shown):
        assert "désagréable" not in html
        assert "un message n’est pas arrivé" not in html.lower()
    mine = Incident.objects.of_kind(IncidentKind.DID_NOT_WORK).order_by("pk")
    assert [one.words for one in mine] == ["Ce garage est désagréable", WORDS]


def test_another_garage_reads_nothing_of_it(client, adviser, workshop, other_garage_workshop, held):
    transitions.report_incident(held.referral, kind=IncidentKind.DID_NOT_WORK, words=WORDS, by=actor(workshop))
    transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    there = journey.garage_of(other_garage_workshop)
    new = transitions.assign(journey.fresh(held.referral), garage=there, choice_reason="Proche", by=actor(adviser))
    sign_in(client, other_garage_workshop)
    assert WORDS not in page(client, new)
    press(client, new, words="Le nôtre")
    said = Incident.objects.of_kind(IncidentKind.DID_NOT_WORK).order_by("pk")
    assert [one.words for one in said] == [WORDS, "Le nôtre"]


def test_whoever_just_lost_it_is_told_and_reports_nothing(client, workshop, held):
    sign_in(client, workshop)
    transitions.give_back(held, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    before = Incident.objects.count()
    assert "Déjà fait" in text_of(press(client, held))
    assert Incident.objects.of_kind(IncidentKind.DID_NOT_WORK).count() == 0
    assert Incident.objects.count() == before


def test_a_personal_link_offers_no_incident(client, adviser, garage):
    from tests.architecture.world import token_for

    assignment = journey.sent(adviser, garage)
    address = reverse("personal_link_act", args=[token_for(assignment), "incident"])
    assert client.post(address).status_code == 404
