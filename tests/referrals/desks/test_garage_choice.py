"""Step 4: the garage from a list and a map; what was chosen is there when one comes back."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from garages.models import Term
from mobiliz.lib import clock
from mobiliz.lib.periods import iso_week_monday
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.models import GarageChoice, LogEntry
from tests.factories import journey
from tests.factories.garages import ContactFactory, GarageFactory

pytestmark = pytest.mark.django_db

# As far north of Saint-Étienne as their name says, in kilometres
HOME = (45.4396, 4.3875)


def at_km(km, **facts):
    return GarageFactory(name=f"Garage à {km} km", latitude=HOME[0] + km / 111.195, longitude=HOME[1], **facts)


def url(referral, name="garage"):
    return reverse(f"referral_{name}", args=[referral.uid])


def text_of(response):
    return unescape(response.content.decode())


@pytest.fixture
def ready(adviser, garage):
    """A person at Saint-Étienne, where the cast's garage is, who agrees to 30 km."""
    return journey.ready(adviser, distance_agreed_km=30)


def choose(browser, referral, garage, **typed):
    return browser.post(url(referral), {"garage": garage.uid, **typed})


def fill(garage, adviser):
    for name in ("Un", "Deux"):
        journey.sent(adviser, garage, first_name=name)


# --- the list ---------------------------------------------------------------------------------------------
def test_each_garage_is_shown_with_distance_level_places_and_who_to_call(as_adviser, ready, garage):
    contact = ContactFactory(garage=garage, phone="+33477010203")
    page = text_of(as_adviser.get(url(ready)))
    assert "Un garage peut" in page
    for said in ("moins d’1 km à vol d’oiseau", "2 places cette semaine", "RA2 (agent)", str(contact)):
        assert said in page
    assert 'href="tel:+33477010203"' in page


def test_the_first_that_is_proposed_is_chosen_until_another_is(as_adviser, ready, garage):
    other = at_km(10)
    checked = re.compile(r'<input type="radio" id="garage-([0-9a-f-]+)"[^>]* checked>')
    assert checked.findall(text_of(as_adviser.get(url(ready)))) == [str(garage.uid)]
    choose(as_adviser, ready, other)
    assert checked.findall(text_of(as_adviser.get(url(ready)))) == [str(other.uid)]


def test_the_others_are_shown_on_demand(as_adviser, ready, adviser):
    for km in (1, 2, 3, 4, 20):
        at_km(km)
    at_km(45)
    first = text_of(as_adviser.get(url(ready)))
    assert "Garage à 20 km" not in first
    assert "Voir un autre garage à moins de 30 km" in first
    more = text_of(as_adviser.get(url(ready), {"distance": "30"}))
    assert "Garage à 20 km" in more
    assert "Voir plus loin, jusqu’à 60 km" in more
    assert "au-delà des 30 km acceptés" in text_of(as_adviser.get(url(ready), {"distance": "60"}))


def test_a_full_garage_is_shown_but_cannot_be_chosen(as_adviser, ready, adviser, garage):
    fill(garage, adviser)
    at_km(10)
    page = text_of(as_adviser.get(url(ready), {"distance": "30"}))
    assert "complet cette semaine" in page
    response = as_adviser.post(f"{url(ready)}?distance=30", {"garage": garage.uid})
    assert response.status_code == 422
    assert "Ce garage est complet cette semaine." in text_of(response)


def test_those_asked_before_are_left_out_with_a_word_why(as_adviser, adviser, workshop, garage):
    referral = journey.declined(adviser, workshop).referral
    at_km(10)
    page = text_of(as_adviser.get(url(referral)))
    assert "Déjà sollicités pour ce dossier" in page
    assert "Garage de la Loire : déclinée (pas de place en ce moment)" in page
    assert f"garage-{garage.uid}" not in page


def test_a_garage_that_one_knows_says_since_when(as_adviser, ready, adviser, workshop):
    journey.accepted(adviser, workshop, first_name="Samir")
    page = text_of(as_adviser.get(url(ready)))
    assert "Vous le connaissez" in page
    assert day_fr(clock.today()) in page


def test_what_was_agreed_is_shown_so_that_nobody_negotiates_it_again(as_adviser, ready, garage):
    kept = {"garage": garage, "kind": "instalments", "agreed_on": clock.today()}
    Term.objects.create(**kept, answer="yes", instalments=3, ended_on=clock.today())
    Term.objects.create(**kept, answer="yes", instalments=4)
    page = text_of(as_adviser.get(url(ready)))
    assert "Paiement en 4 fois au plus, sans frais" in page
    assert "Paiement en 3 fois" not in page


# --- nothing to propose -----------------------------------------------------------------------------------
def test_none_within_reach_says_so_and_shows_the_nearest(as_adviser, adviser):
    referral = journey.ready(adviser, distance_agreed_km=30)
    at_km(45)
    page = text_of(as_adviser.get(url(referral)))
    assert "Aucun garage à moins de 30 km de Saint-Étienne" in page
    assert "Garage à 45 km" in page
    assert "Demandez d’abord à Nadia" in page


def test_all_full_says_when_places_open_again(as_adviser, ready, adviser, garage):
    fill(garage, adviser)
    page = text_of(as_adviser.get(url(ready)))
    assert "Les garages à moins de 30 km sont complets cette semaine" in page
    assert day_fr(iso_week_monday(clock.today()) + timedelta(days=7), "weekday") in page


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("97209", "Aucun garage du réseau pour l’instant : Martinique"),
        ("56152", "Aucun garage du réseau sur cette île"),
        ("06088", "Aucun garage du réseau à moins de 200 km de Nice"),
    ],
)
def test_where_there_is_no_garage_at_all_the_page_says_whom_to_tell(as_adviser, adviser, at, said):
    page = text_of(as_adviser.get(url(journey.ready(adviser, at=at))))
    assert said in page
    assert "Relire, puis envoyer sans garage" in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]


def test_when_all_have_said_no_the_page_says_who_did(as_adviser, adviser, workshop):
    page = text_of(as_adviser.get(url(journey.declined(adviser, workshop).referral)))
    assert "Il ne reste aucun garage à solliciter" in page
    assert "Garage de la Loire : déclinée" in page


def test_a_search_that_finds_nothing_offers_the_way_back(as_adviser, ready):
    page = text_of(as_adviser.get(url(ready), {"q": "Zzz"}))
    assert "Aucun garage actif ne correspond à « Zzz »" in page
    assert "Revoir tous les garages" in page


@pytest.mark.parametrize("asked", [{"distance": "abc"}, {"distance": "-4"}, {"distance": "9999"}, {"q": "\x00'\"<"}])
def test_a_search_that_makes_no_sense_is_as_none(as_adviser, ready, asked):
    assert as_adviser.get(url(ready), asked).status_code == 200


# --- the map ----------------------------------------------------------------------------------------------
def test_the_map_bears_the_numbers_of_the_list_and_each_pin_leads_to_its_line(as_adviser, ready, garage):
    at_km(10)
    at_km(45)
    page = text_of(as_adviser.get(url(ready), {"distance": "60"}))
    pins = re.findall(r'<a class="pin" data-look="(\w+)" data-rank="(\d+)" href="#([^"]+)" aria-label="([^"]+)"', page)
    assert [(look, rank) for look, rank, _href, _label in pins] == [("proposed", "1"), ("proposed", "2"), ("far", "3")]
    assert all(f'id="{href}" name="garage"' in page for _look, _rank, href, _label in pins)
    assert pins[2][3] == "Garage 3 : Garage à 45 km, Saint-Étienne, à 45 km, au-delà de la distance acceptée"
    assert "Contours : MapSVG, licence" in page
    assert 'aria-label="Carte de Loire (42) : Saint-Étienne, un cercle de 30 km autour' in page


def test_overseas_the_map_has_points_and_no_attribution(as_adviser, adviser):
    GarageFactory(name="Garage des Isles", at="97209")
    page = text_of(as_adviser.get(url(journey.ready(adviser, at="97209"))))
    assert "Chaque point est une commune du département." in page
    assert "MapSVG" not in page


@pytest.mark.parametrize("asked", [{}, {"distance": "60"}, {"q": "45"}])
def test_the_fragment_is_the_part_of_the_page_that_it_replaces(as_adviser, ready, asked):
    at_km(45)
    page = text_of(as_adviser.get(url(ready), asked))
    fragment = text_of(as_adviser.get(url(ready), asked, headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    # before it the distance that was looked at, which replaces the field beside
    beside, rest = fragment.strip().split("\n", 1)
    assert beside.startswith('<input id="id_distance"')
    assert rest.strip() in page


def test_changing_the_distance_keeps_what_was_pressed(as_adviser, ready):
    other = at_km(10)
    page = text_of(as_adviser.get(url(ready), {"distance": "60", "garage": str(other.uid)}))
    assert re.search(rf'id="garage-{other.uid}"[^>]* checked', page)
    assert as_adviser.get(url(ready), {"garage": "<script>"}).status_code == 200


# --- the choice -------------------------------------------------------------------------------------------
def test_the_choice_is_kept_and_nothing_is_sent(as_adviser, ready, adviser, garage):
    response = choose(as_adviser, ready, garage)
    assert response.headers["Location"] == url(ready, "send")
    kept = GarageChoice.objects.get()
    assert (kept.referral, kept.garage, kept.chosen_by) == (ready, garage, adviser)
    assert "Envoyer à Garage de la Loire" in text_of(as_adviser.get(url(ready, "send")))
    assert journey.fresh(ready).state == "draft"


def test_the_same_choice_twice_is_one_and_another_takes_its_place(as_adviser, ready, garage):
    other = at_km(10)
    for chosen in (garage, garage, other):
        choose(as_adviser, ready, chosen)
    assert GarageChoice.objects.get().garage == other


def test_choosing_nothing_is_said_beside_the_list_and_nothing_typed_is_lost(as_adviser, ready):
    response = as_adviser.post(url(ready), {"choice_reason": "à pied", "agreed_km": "45"})
    page = text_of(response)
    assert response.status_code == 422
    assert "Choisissez un garage." in page
    assert 'value="à pied"' in page
    assert 'value="45"' in page
    assert '<a href="#id_garage">' in page


@pytest.mark.parametrize("uid", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_what_is_not_in_the_list_cannot_be_chosen(as_adviser, ready, uid):
    assert as_adviser.post(url(ready), {"garage": uid}).status_code == 422
    assert not GarageChoice.objects.exists()


def test_a_garage_beyond_the_distance_wants_the_persons_new_word(as_adviser, ready):
    far = at_km(44.2)
    address = f"{url(ready)}?distance=60"
    typed = {"garage": far.uid, "choice_reason": "sur le chemin du travail"}
    refused = as_adviser.post(address, typed)
    assert refused.status_code == 422
    assert "Ce garage est à 45 km : si la personne accepte d’y aller, indiquez au moins 45 km." in text_of(refused)
    assert as_adviser.post(address, {**typed, "agreed_km": "40"}).status_code == 422
    assert as_adviser.post(address, {**typed, "agreed_km": "45 km"}).status_code == 302
    kept = GarageChoice.objects.get()
    assert kept.agreed_km == 45
    # it counts once it is sent
    assert journey.fresh(ready).distance_agreed_km == 30
    read = text_of(as_adviser.get(url(ready, "send")))
    assert "d’aller jusqu’à 45 km pour ce garage, au lieu de 30 km" in read
    as_adviser.post(url(ready, "send"), {"garage": far.uid})
    sent = journey.fresh(ready)
    assert (sent.state, sent.distance_agreed_km) == ("waiting", 45)
    log = LogEntry.objects.of_referral(sent).of_verb("send").get()
    assert log.detail == {"agreed_km": 45, "agreed_before_km": 30}
    case = text_of(as_adviser.get(url(ready, "case")))
    assert "La personne accepte d’aller jusqu’à 45 km (30 km auparavant)." in case


def test_within_the_distance_a_word_typed_by_the_way_changes_nothing(as_adviser, ready, garage):
    choose(as_adviser, ready, garage, agreed_km="150")
    assert GarageChoice.objects.get().agreed_km is None


def test_another_than_those_proposed_wants_a_short_reason(as_adviser, ready):
    for km in (1, 2, 3, 4):
        at_km(km)
    other = at_km(20)
    address = f"{url(ready)}?distance=30"
    refused = as_adviser.post(address, {"garage": other.uid})
    assert refused.status_code == 422
    assert "Dites en quelques mots pourquoi" in text_of(refused)
    nir = as_adviser.post(address, {"garage": other.uid, "choice_reason": "2 85 05 42 218 123 46"})
    assert "numéro de sécurité sociale" in text_of(nir)
    assert as_adviser.post(address, {"garage": other.uid, "choice_reason": "elle y va à pied"}).status_code == 302
    shown = text_of(as_adviser.get(url(ready)))
    assert 'value="elle y va à pied"' in shown
    assert other.name in shown


def test_where_none_is_proposed_no_reason_is_wanted(as_adviser, adviser):
    referral = journey.ready(adviser, distance_agreed_km=30)
    far = at_km(45)
    assert choose(as_adviser, referral, far, agreed_km="45").status_code == 302


@pytest.mark.parametrize(("then", "said"), [("full", "est complet cette semaine"), ("gone", "ne prend plus")])
def test_coming_back_to_a_garage_that_cannot_take_it_any_more_says_so(as_adviser, ready, adviser, garage, then, said):
    choose(as_adviser, ready, garage)
    at_km(10)
    if then == "full":
        fill(garage, adviser)
    else:
        garage.statuses.update(status="paused")
    page = text_of(as_adviser.get(url(ready)))
    assert f"{garage.name} {said}" in page
    assert "Vous l’aviez choisi" in page


def test_a_distance_that_was_lowered_after_the_choice_is_asked_again(as_adviser, adviser):
    referral = journey.chosen(adviser, at_km(45), distance_agreed_km=60)
    referral.distance_agreed_km = 30
    referral.save(update_fields=["distance_agreed_km"])
    page = text_of(as_adviser.get(url(referral, "send")))
    assert "est plus loin que la personne ne l’a accepté" in page
    assert "Envoyer à" not in page


# --- the next garage --------------------------------------------------------------------------------------
def test_the_next_garage_is_asked_at_once(as_adviser, adviser, workshop):
    referral = journey.declined(adviser, workshop, distance_agreed_km=30).referral
    far = at_km(45)
    response = choose(as_adviser, referral, far, agreed_km="50")
    assert response.headers["Location"] == url(referral, "case")
    held = referral.assignments.get(ended_at__isnull=True)
    assert (held.garage, held.agreed_km) == (far, 50)
    assert journey.fresh(referral).distance_agreed_km == 50
    assert not GarageChoice.objects.exists()


def test_a_pilot_asks_the_persons_word_too(as_pilot, adviser, workshop):
    referral = journey.declined(adviser, workshop, distance_agreed_km=30).referral
    far = at_km(45)
    assert choose(as_pilot, referral, far).status_code == 422
    assert choose(as_pilot, referral, far, agreed_km="50").status_code == 302


def test_a_place_taken_meanwhile_is_told_and_nothing_is_lost(as_adviser, adviser, workshop):
    referral = journey.declined(adviser, workshop).referral
    other = at_km(10)
    fill(other, adviser)
    response = choose(as_adviser, referral, other, choice_reason="à pied")
    assert response.status_code == 422
    assert "complet cette semaine" in text_of(response)
    assert 'value="à pied"' in text_of(response)


# --- its cost ---------------------------------------------------------------------------------------------
def test_one_or_many_garages_cost_the_same_queries(as_adviser, adviser, garage, django_assert_num_queries):
    chosen = at_km(150)
    referral = journey.chosen(adviser, chosen, agreed_km=150, reason="Sa sœur y habite", distance_agreed_km=30)
    with django_assert_num_queries(11):
        as_adviser.get(url(referral))
    for km in range(1, 30):
        ContactFactory(garage=at_km(km))
    for asked in ({}, {"distance": "60"}):
        with django_assert_num_queries(11):
            as_adviser.get(url(referral), asked)
    with django_assert_num_queries(11):
        as_adviser.get(url(referral), {"q": "Garage à 2"})
