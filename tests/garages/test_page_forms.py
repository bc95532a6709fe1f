"""The forms of a garage's page: hours, terms, charter, owner; who confirms; who is told that another was quicker."""

import re

import pytest

from garages.models import Garage
from mobiliz.lib import clock
from tests import cast
from tests.factories.garages import ContactFactory, GarageFactory

TODAY = f"{clock.today():%d/%m/%Y}"
TERMS = {"instalments": "yes", "instalments_max": "3", "on": TODAY, "agreed_with": "Karim Benali"}


def _text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def _shown(client, address):
    """What the form shows, as a browser would send it back unchanged."""
    form = client.get(address).context["form"]
    shown = {field.name: field.value() for field in form}
    return {name: _typed(value) for name, value in shown.items() if value not in (None, False, "", [], ())}


def _typed(value):
    return value if isinstance(value, str | list) else [*value] if isinstance(value, tuple) else str(value)


# --- hours and work -------------------------------------------------------------------------------------------
def test_a_week_is_typed_once_with_its_exceptions(client, pilot, garage):
    cast.sign_in(client, pilot)
    address = f"/garages/{garage.uid}/modifier/"
    typed = {"hours": "8h-12h, 14h-18h", "hours_2": "fermé", "hours_5": "8h30-12h", "works": ["upkeep", "tyres"]}
    assert client.post(address, _shown(client, address) | typed | {"brands": "all"}).status_code == 302
    kept = Garage.objects.get().opening_hours
    assert kept["0"] == kept["4"] == [["08:00", "12:00"], ["14:00", "18:00"]]
    assert kept["5"] == [["08:30", "12:00"]]
    assert "2" not in kept
    text = _text(client.get(f"/garages/{garage.uid}/")).replace("\xa0", " ")
    assert "Entretien et freins, pneus et géométrie" in text
    assert "Toutes marques" in text
    assert "Le mercredi</span> fermé" in text
    shown = _shown(client, address)
    assert {name: value for name, value in shown.items() if name.startswith("hours")} == {
        "hours": "8h-12h, 14h-18h",
        "hours_2": "fermé",
        "hours_5": "8h30-12h",
        "hours_6": "fermé",
    }
    assert client.post(address, shown).status_code == 302
    assert Garage.objects.get().opening_hours == kept


def test_hours_that_are_none_are_said_beside_their_field(client, pilot, garage):
    address = f"/garages/{garage.uid}/modifier/"
    cast.sign_in(client, pilot)
    response = client.post(address, _shown(client, address) | {"hours_1": "l’après-midi", "hours": "8h-12h"})
    assert response.status_code == 422
    assert "comme « 8h-12h, 14h-18h »" in response.context["form"].errors["hours_1"][0]
    text = _text(response)
    assert 'value="l’après-midi"' in text
    assert '<details class="more" open> <summary>Un jour de la semaine diffère' in text


def test_what_a_garage_cannot_do_is_no_answer(client, pilot, garage):
    address = f"/garages/{garage.uid}/modifier/"
    cast.sign_in(client, pilot)
    response = client.post(address, _shown(client, address) | {"works": ["spaceships"]})
    assert response.status_code == 422
    assert response.context["form"].errors["works"]


# --- two pilots at once ---------------------------------------------------------------------------------------
def test_the_second_pilot_reads_what_the_first_changed_and_loses_nothing(client, pilot, garage):
    address = f"/garages/{garage.uid}/modifier/"
    cast.sign_in(client, pilot)
    before = _shown(client, address)
    assert client.post(address, before | {"phone": "04 77 00 00 01"}).status_code == 302
    late = client.post(address, before | {"address": "9 rue Neuve"})
    assert late.status_code == 422
    text = _text(late).replace("\xa0", " ")
    assert "Quelqu’un vient de modifier cette fiche." in text
    assert '<a href="#id_phone">Téléphone du garage</a> : 04 77 00 00 01' in text
    assert 'value="9 rue Neuve"' in text
    assert Garage.objects.get().address == "1 rue de la Gare"
    again = before | {"address": "9 rue Neuve", "phone": "04 77 00 00 01"}
    again["seen"] = re.search(r'name="seen" value="(\w+)"', text)[1]
    assert client.post(address, again).status_code == 302
    assert Garage.objects.get().address == "9 rue Neuve"


def test_two_who_correct_a_contact_at_once(client, pilot, garage):
    contact = ContactFactory(garage=garage)
    address = f"/garages/interlocuteurs/{contact.uid}/modifier/"
    cast.sign_in(client, pilot)
    before = _shown(client, address)
    assert client.post(address, before | {"phone": "06 00 00 00 01"}).status_code == 302
    late = client.post(address, before | {"last_name": "Autre"})
    assert late.status_code == 422
    assert "Ligne directe</a> : 06 00 00 00 01" in _text(late)


# --- what is agreed -------------------------------------------------------------------------------------------
def test_a_pilot_notes_what_is_agreed_and_an_adviser_reads_it(client, pilot, adviser, garage, other_garage_workshop):
    cast.sign_in(client, pilot)
    assert client.post(f"/garages/{garage.uid}/accords/", TERMS).status_code == 302
    page = f"/garages/{garage.uid}/"
    read = _text(cast.sign_in(client, adviser).get(page))
    assert "Paiement en 3 fois au plus, sans frais" in read
    assert "avec Karim Benali" in read
    assert "Modifier les accords" not in read
    assert "Paiement en 3 fois" not in _text(cast.sign_in(client, other_garage_workshop).get(page))


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"instalments_max": ""}, "instalments_max", "Indiquez en combien de fois"),
        ({"instalments_max": "1"}, "instalments_max", "d’au moins 2"),
        ({"instalments_max": "13"}, "instalments_max", "d’au plus 12"),
        ({"instalments": "conditional"}, "instalments_words", "Dites à quelle condition"),
        ({"courtesy_car": "conditional"}, "courtesy_car_words", "Dites à quelle condition"),
        ({"courtesy_car": "peut-être"}, "courtesy_car", "choix valide"),
        ({"agreed_with": ""}, "agreed_with", "Indiquez avec qui"),
        ({"on": "31/12/2199"}, "on", "pas encore venu"),
        ({"other": "son numéro : 1 86 05 42 218 001 71"}, "other", "numéro de sécurité sociale"),
    ],
)
def test_an_agreement_that_lacks_something_is_asked_again(client, pilot, garage, typed, field, says):
    response = cast.sign_in(client, pilot).post(f"/garages/{garage.uid}/accords/", TERMS | typed)
    assert response.status_code == 422
    assert says in " ".join(response.context["form"].errors[field])
    assert not garage.terms.exists()


def test_an_answer_that_is_taken_back_takes_its_words_along(client, pilot, garage):
    cast.sign_in(client, pilot)
    posted = TERMS | {"instalments": "no", "instalments_words": "jamais", "reused_parts_words": "oublié"}
    assert client.post(f"/garages/{garage.uid}/accords/", posted).status_code == 302
    assert [(one.kind, one.instalments, one.words) for one in garage.terms.all()] == [("instalments", None, "jamais")]


# --- charter and owner ----------------------------------------------------------------------------------------
def test_a_charter_that_lacks_a_signature_is_completed(client, pilot, garage):
    cast.sign_in(client, pilot)
    address = f"/garages/{garage.uid}/charte/"
    assert client.post(address, {"version": "2", "garage_signed_on": "06/05/2024"}).status_code == 302
    assert "Il manque une signature" in _text(client.get(f"/garages/{garage.uid}/"))
    shown = _shown(client, address)
    assert shown["version"] == "2"
    assert client.post(address, shown | {"programme_signed_on": "10/05/2024"}).status_code == 302
    assert "Signée des deux côtés" in _text(client.get(f"/garages/{garage.uid}/"))
    assert _shown(client, address) == {}


def test_another_owner_is_noted_then_the_engagement_confirmed(client, pilot, owner, garage):
    page = f"/garages/{garage.uid}/"
    cast.sign_in(client, pilot)
    assert client.post(f"{page}proprietaire/", {"on": TODAY, "owner": "Nadège Fournier"}).status_code == 302
    cast.sign_in(client, owner)
    assert "L’engagement de ce garage est à confirmer" in _text(client.get(page))
    done = client.post(f"{page}engagement/", follow=True)
    assert "L’engagement du garage est confirmé aujourd’hui." in _text(done)
    assert "L’engagement de ce garage est à confirmer" not in _text(client.get(page))


# --- confirming -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "offered"),
    [("pilot", True), ("owner", True), ("workshop", False), ("adviser", False), ("other_garage_workshop", False)],
)
def test_who_is_offered_to_confirm(client, member, garage, who, offered):
    ContactFactory(garage=garage)
    text = _text(cast.sign_in(client, member(who)).get(f"/garages/{garage.uid}/"))
    assert ("Tout est juste" in text) is offered
    assert ("Toujours juste" in text) is offered


def test_confirming_twice_is_no_fault(client, owner, garage):
    contact = ContactFactory(garage=garage)
    cast.sign_in(client, owner)
    for _ in range(2):
        assert client.post(f"/garages/interlocuteurs/{contact.uid}/confirmation/").status_code == 302
        assert client.post(f"/garages/{garage.uid}/confirmation/").status_code == 302
    assert "Fiche confirmée aujourd’hui par Marc Roux" in _text(client.get(f"/garages/{garage.uid}/"))


def test_a_garage_that_left_says_so_to_who_confirms(client, pilot):
    closed = GarageFactory(status="closed")
    done = cast.sign_in(client, pilot).post(f"/garages/{closed.uid}/confirmation/", follow=True)
    assert "sorti du réseau" in _text(done)
    assert Garage.objects.get().confirmed_on is None


def test_ones_own_garage_has_an_address(client, reception, garage):
    assert cast.sign_in(client, reception).get("/garages/le-mien/").headers["Location"] == f"/garages/{garage.uid}/"


# --- who changed what -----------------------------------------------------------------------------------------
def test_pilots_read_who_changed_what(client, pilot, garage, django_assert_max_num_queries):
    cast.sign_in(client, pilot)
    address = f"/garages/{garage.uid}/modifier/"
    assert "Aucune modification depuis l’inscription" in _text(client.get(f"/garages/{garage.uid}/modifications/"))
    client.post(address, _shown(client, address) | {"phone": "04 77 00 00 01", "name": "<b>Atelier</b>"})
    with django_assert_max_num_queries(12):
        text = _text(client.get(f"/garages/{garage.uid}/modifications/")).replace("\xa0", " ")
    assert "04 77 12 34 56" in text
    assert "04 77 00 00 01" in text
    assert "Hélène Caron" in text
    assert "&lt;b&gt;Atelier&lt;/b&gt;" in text
    with django_assert_max_num_queries(12):
        assert "par Hélène Caron." in _text(client.get(f"/garages/{garage.uid}/"))


# --- the list around a place ----------------------------------------------------------------------------------
def test_around_a_place_the_nearest_come_first_with_their_distance(client, adviser):
    for at in ("42218", "42207", "69123"):
        GarageFactory(name=f"Garage {at}", at=at)
    GarageFactory(name="Trop loin", at="97411")
    response = cast.sign_in(client, adviser).get("/garages/", {"near": "st etienne"})
    assert [row.name for row in response.context["found"].rows] == ["Garage 42218", "Garage 42207", "Garage 69123"]
    text = _text(response)
    assert "Distances à vol d’oiseau" in text
    assert "Autour de (commune) : <strong>Saint-Étienne (42000)</strong>" in text.replace("\xa0", " ")
    nowhere = client.get("/garages/", {"near": "Trifouilly"})
    assert "Nous ne trouvons pas cette commune." in _text(nowhere)
    assert len(nowhere.context["found"].rows) == 4


def test_pilots_find_what_is_to_be_confirmed(client, pilot, adviser):
    GarageFactory(name="Fraîche", confirmed_on=clock.today())
    GarageFactory(name="Jamais")
    asked = {"stale": "on"}
    assert [row.name for row in cast.sign_in(client, pilot).get("/garages/", asked).context["found"].rows] == ["Jamais"]
    assert len(cast.sign_in(client, adviser).get("/garages/", asked).context["found"].rows) == 2


@pytest.mark.parametrize(("asked", "names"), [({"work": "tyres"}, ["Tout"]), ({"brands": "all"}, ["Tout"]), ({}, None)])
def test_garages_are_found_by_what_they_repair(client, adviser, asked, names):
    GarageFactory(name="Tout", works=["tyres", "upkeep"], brands="all")
    GarageFactory(name="Rien de noté")
    found = [row.name for row in cast.sign_in(client, adviser).get("/garages/", asked).context["found"].rows]
    assert found == (names or ["Rien de noté", "Tout"])
