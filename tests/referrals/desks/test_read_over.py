"""The last step shows what goes out and to whom; afterwards the page says what happens next, and by when."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from mobiliz.lib import clock
from referrals import unfinished
from referrals.models import Assignment, Unfinished
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.garages import ContactFactory

pytestmark = pytest.mark.django_db


def step(referral, name):
    return reverse(f"referral_{name}", args=[referral.uid])


def text_of(response):
    return unescape(response.content.decode())


@pytest.fixture
def ready(adviser, garage):
    """With its garage chosen."""
    person = {"address": "3 rue du Puits", "email": "nadia@example.org", "notes": "Préfère le matin"}
    return journey.chosen(adviser, garage, **person)


# --- read over --------------------------------------------------------------------------------------------
def test_everything_stands_on_one_page_with_the_way_to_change_it(as_adviser, ready, garage):
    page = text_of(as_adviser.get(step(ready, "send")))
    for said in (
        "Nadia Benali",
        "Saint-Étienne",
        "06 39 98 12 47".replace(" ", "\u00a0"),
        "Clio",
        "Éligible",
        garage.name,
    ):
        assert said in page
    for name in ("person", "household", "vehicle", "garage"):
        assert f'href="{step(ready, name)}' in page


def test_what_is_missing_leads_to_where_it_is_done(as_adviser, adviser):
    referral = journey.draft(adviser)
    page = text_of(as_adviser.get(step(referral, "send")))
    assert f'<a href="{step(referral, "household")}">Évaluez l’éligibilité du foyer.</a>' in page
    assert f'<a href="{step(referral, "vehicle")}">Décrivez le véhicule.</a>' in page


@pytest.mark.parametrize(
    ("made", "first"),
    [
        (journey.draft, "household"),
        (journey.assessed, "vehicle"),
        (lambda adviser: journey.assessed(adviser, dwelling="student_alone"), "vehicle"),
        (journey.ready, "garage"),
    ],
)
def test_the_desk_resumes_at_the_first_step_that_lacks_something(as_adviser, adviser, made, first):
    referral = made(adviser)
    assert f'href="{step(referral, first)}"' in text_of(as_adviser.get("/bureau/"))


SEEN_AT_ONCE = ("Nadia", "Saint-Étienne", "jusqu’au")
SEEN_ONCE_ACCEPTED = ("Nadia Benali", "06 39 98 12 47".replace(" ", "\u00a0"), "DA-123-BC")
NEVER_SEEN = (
    "1er mai 1986".replace(" ", "\u00a0"),
    "3 rue du Puits",
    "nadia@example.org",
    "Préfère le matin",
    "14 400",
)


def test_the_garage_reads_what_the_page_promises_and_no_more(as_adviser, ready, garage, workshop):
    promised = text_of(as_adviser.get(step(ready, "send")))
    box = promised[promised.index("Ce que le garage lira") : promised.index("Envoyer à")]
    at_once, accepted = box.split("Une fois qu’il a accepté")
    assert all(said in at_once for said in SEEN_AT_ONCE)
    assert not any(said in at_once for said in SEEN_ONCE_ACCEPTED)
    assert all(said in accepted for said in SEEN_ONCE_ACCEPTED)

    as_adviser.post(step(ready, "send"), {"garage": garage.uid})
    held, as_workshop = Assignment.objects.get(), sign_in(Client(), workshop)
    before = text_of(as_workshop.get(reverse("assignment", args=[held.uid])))
    assert all(said in before for said in SEEN_AT_ONCE)
    assert not any(said in before for said in (*SEEN_ONCE_ACCEPTED, *NEVER_SEEN))
    as_workshop.post(reverse("assignment_act", args=[held.uid, "accepter"]))
    after = text_of(as_workshop.get(reverse("assignment", args=[held.uid])))
    assert all(said in after for said in SEEN_ONCE_ACCEPTED)
    assert not any(said in after for said in NEVER_SEEN)


def test_the_garage_that_was_chosen_is_still_chosen_after_lunch(as_adviser, ready, garage):
    as_adviser.post(step(ready, "garage"), {"garage": garage.uid, "choice_reason": "à pied"})
    page = text_of(as_adviser.get(step(ready, "send")))
    assert f"Envoyer à {garage.name}" in page
    assert "à pied" in page


def test_a_garage_that_left_meanwhile_is_said_to_have_left(as_adviser, ready, garage):
    garage.statuses.update(until_on=clock.today())
    garage.statuses.create(status="closed", from_on=clock.today())
    response = as_adviser.get(step(ready, "send"))
    assert response.status_code == 200
    assert f"{garage.name} ne prend plus cette orientation" in text_of(response)
    assert "Envoyer à" not in text_of(response)


def test_what_is_typed_elsewhere_and_not_saved_is_said_before_it_goes(as_adviser, ready, adviser):
    unfinished.keep(ready.uid, "person", typed={"last_name": ["Autre"]}, by=actor(adviser))
    page = text_of(as_adviser.get(step(ready, "send")))
    assert "Une saisie n’est pas enregistrée" in page
    assert f'<a href="{step(ready, "person")}">La personne</a></li>' in page


def test_once_it_is_sent_nothing_that_was_typed_is_left(as_adviser, ready, garage, adviser):
    unfinished.keep(ready.uid, "person", typed={"last_name": ["Autre"]}, by=actor(adviser))
    as_adviser.post(step(ready, "send"), {"garage": garage.uid})
    assert not Unfinished.objects.exists()


# --- what happens next ------------------------------------------------------------------------------------
def test_after_sending_one_reads_what_comes_next_by_when_and_whom_to_call(as_adviser, adviser, garage):
    ContactFactory(garage=garage, first_name="Odile", last_name="Faure", phone="+33465717777")
    with clock.moved_to(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        referral = journey.chosen(adviser, garage)
        response = as_adviser.post(step(referral, "send"), {"garage": garage.uid})
        assert response.headers["Location"] == step(referral, "sent")
        page = text_of(as_adviser.get(step(referral, "sent"))).replace("\u00a0", " ")
    assert "au plus tard le mercredi 4 mars à 18 h" in page
    assert "Odile Faure" in page
    assert referral.spoken_number in page
    assert "Il appelle Nadia au 06 39 98 12 47" in page


def test_without_a_telephone_the_garage_goes_through_the_adviser(as_adviser, adviser, garage):
    referral = journey.sent(adviser, garage, phone="").referral
    assert "Il vous appelle pour le rendez-vous" in text_of(as_adviser.get(step(referral, "sent")))


def test_after_sending_to_a_pilot_no_garage_is_promised(as_adviser, adviser):
    referral = journey.ready(adviser, dwelling="student_alone")
    response = as_adviser.post(step(referral, "send_for_review"), follow=True)
    page = text_of(response)
    assert response.redirect_chain[-1][0] == step(referral, "sent")
    assert "Envoyé à un pilote" in page
    assert "Ce n’est pas un refus." in page
    assert "Aucun garage." in page


@pytest.mark.parametrize("name", ["draft", "declined", "accepted", "completed"])
def test_before_it_is_sent_and_once_it_is_answered_the_case_says_where_it_stands(as_adviser, adviser, workshop, name):
    made = journey.draft(adviser) if name == "draft" else getattr(journey, name)(adviser, workshop).referral
    assert as_adviser.get(step(made, "sent")).headers["Location"] == step(made, "case")


def test_what_happens_next_costs_few_queries(as_adviser, adviser, garage, django_assert_max_num_queries):
    referral = journey.sent(adviser, garage).referral
    with django_assert_max_num_queries(9):
        as_adviser.get(step(referral, "sent"))
