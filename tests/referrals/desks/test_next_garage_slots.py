"""A slot of the next garage, taken on the page where that garage is asked."""

from html import unescape

import pytest
from django.urls import reverse

from referrals import transitions
from referrals.models import Appointment, Assignment, Slot
from referrals.words import moment_at_garage
from tests.cast import actor
from tests.factories import journey
from tests.factories.accounts import MembershipFactory
from tests.factories.garages import GarageFactory

pytestmark = pytest.mark.django_db

TAKEN = "Ce créneau n’est plus libre : choisissez-en un autre, ou laissez le garage proposer."


@pytest.fixture
def waiting(adviser, workshop):
    """Declined while there was no other garage: it waits without one, and the adviser chooses."""
    return journey.declined(adviser, workshop).referral


@pytest.fixture
def next_workshop(waiting, garage):
    """Of a garage of the same town that has just opened."""
    there = GarageFactory(name="Garage du Gier", commune=garage.commune)
    return MembershipFactory(role="garage_workshop", organisation=there.organisation)


@pytest.fixture
def next_garage(next_workshop):
    return journey.garage_of(next_workshop)


@pytest.fixture
def slot(next_workshop):
    return journey.slot(next_workshop, note="diagnostic")


def url(referral):
    return reverse("referral_garage", args=[referral.uid])


def text_of(response):
    return unescape(response.content.decode())


def ask(browser, referral, garage, **typed):
    return browser.post(url(referral), {"garage": garage.uid, "choice_reason": "Elle y va à pied", **typed})


def test_it_is_chosen_with_the_garage_and_held_until_the_answer(as_adviser, waiting, next_garage, slot, next_workshop):
    when = moment_at_garage(slot.starts_at, next_garage)
    assert f"{when}, diagnostic</option>" in text_of(as_adviser.get(url(waiting)))
    told = as_adviser.post(
        url(waiting), {"garage": next_garage.uid, "choice_reason": "Proche", "slot": slot.uid}, follow=True
    )
    assert f"avec le créneau du {when}" in text_of(told)
    slot.refresh_from_db()
    assert (slot.taken_for, slot.taken_until) == (waiting, None)
    transitions.accept(Assignment.objects.of_referral(waiting).open().get(), by=actor(next_workshop))
    assert Appointment.objects.get().starts_at == slot.starts_at


def test_none_is_chosen_by_default(as_adviser, waiting, next_garage, slot):
    assert ask(as_adviser, waiting, next_garage).status_code == 302
    slot.refresh_from_db()
    assert slot.taken_for is None


def test_one_that_went_meanwhile_is_said_beside_it_and_nothing_typed_is_lost(
    as_adviser, waiting, next_garage, slot, colleague
):
    transitions.hold_slot(journey.ready(colleague, last_name="Diallo"), slot=slot, by=actor(colleague))
    response = ask(as_adviser, waiting, next_garage, slot=str(slot.uid))
    html = text_of(response)
    assert response.status_code == 422
    assert html.count(TAKEN) == 2  # in the summary and beside the field
    assert "Elle y va à pied" in html
    assert f'value="{next_garage.uid}" data-rank' in html
    assert "checked" in html.split(f'value="{next_garage.uid}"')[1].split(">")[0]
    assert not Assignment.objects.of_referral(waiting).open().exists()


def test_two_who_take_it_at_once_book_it_once(as_adviser, waiting, next_garage, slot, colleague, monkeypatch):
    """It goes between the reading of the form and the verb's lock."""
    from referrals.desks.adviser import garage_choice

    other, asked = journey.ready(colleague, last_name="Diallo"), transitions.assign

    def quicker(*given, **named):
        transitions.hold_slot(other, slot=slot, by=actor(colleague))
        return asked(*given, **named)

    monkeypatch.setattr(garage_choice.transitions, "assign", quicker)
    response = ask(as_adviser, waiting, next_garage, slot=str(slot.uid))
    assert response.status_code == 422
    assert text_of(response).count("n’est plus libre chez Garage du Gier") == 2
    assert Slot.objects.get(pk=slot.pk).taken_for == other
    assert not Assignment.objects.of_referral(waiting).open().exists()


def test_a_double_post_asks_once_and_keeps_the_slot(as_adviser, waiting, next_garage, slot):
    assert ask(as_adviser, waiting, next_garage, slot=str(slot.uid)).status_code == 302
    again = ask(as_adviser, waiting, next_garage, slot=str(slot.uid))
    assert "déjà proposée à Garage du Gier" in text_of(again)
    assert Assignment.objects.of_referral(waiting).open().count() == 1
    slot.refresh_from_db()
    assert slot.taken_for == waiting


def test_one_of_another_garage_is_said_with_both_names(as_adviser, waiting, next_garage, slot, garage):
    third = GarageFactory(name="Garage du Furan", commune=garage.commune)
    response = ask(as_adviser, waiting, third, slot=str(slot.uid))
    html = text_of(response)
    assert response.status_code == 422
    assert "Ce créneau est chez Garage du Gier : choisissez-en un de Garage du Furan" in html
    assert f'<option value="{slot.uid}" selected>' in html


def test_without_slots_nothing_is_asked(as_adviser, waiting):
    assert "Retenir un créneau" not in text_of(as_adviser.get(url(waiting)))


def test_a_draft_chooses_it_where_it_is_read_over(as_adviser, adviser, slot):
    assert "Retenir un créneau" not in text_of(as_adviser.get(url(journey.ready(adviser))))


def test_a_search_keeps_what_was_chosen(as_adviser, waiting, next_garage, slot):
    given = {"q": "Gier", "garage": str(next_garage.uid), "slot": str(slot.uid)}
    assert f'<option value="{slot.uid}" selected>' in text_of(as_adviser.get(url(waiting), given))


def test_few_are_shown_of_a_garage_that_published_many(as_adviser, waiting, next_workshop, next_garage):
    from tests.factories.journey import opening

    moments = [opening(days, hour) for days in range(2, 8) for hour in (9, 11, 14, 16)]
    transitions.publish_slots(next_garage, moments=moments, by=actor(next_workshop))
    assert text_of(as_adviser.get(url(waiting))).count("<option") == 13


def test_slots_take_no_more_queries_for_one_or_many(
    as_adviser, waiting, next_workshop, garage, slot, django_assert_max_num_queries
):
    for _ in range(6):
        there = GarageFactory(commune=garage.commune)
        journey.slot(MembershipFactory(role="garage_workshop", organisation=there.organisation))
    with django_assert_max_num_queries(12):
        as_adviser.get(url(waiting))
