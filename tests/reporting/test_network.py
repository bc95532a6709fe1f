"""The public page: who is in the network, in numbers and on a map; the nearest garage, and nobody's line."""

import re
from html import unescape

import pytest

from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from reporting.network import CLASSES, Network, class_of
from tests.factories.garages import ContactFactory, GarageFactory
from tests.factories.partners import StructureFactory

pytestmark = pytest.mark.django_db

PAGE = "/reseau/"


def text_of(response):
    return unescape(response.content.decode())


@pytest.fixture
def network(garage, other_garage, structure, other_structure):
    """Two active garages, one paused, two structures in the network and one that left."""
    GarageFactory(name="En pause", at="69123", status="paused")
    GarageFactory(name="Invité", at="69123", status="invited")
    StructureFactory(name="Partie", at="42218", ended_on=clock.today())


def test_everyone_reads_who_is_in_the_network(client, network):
    page = text_of(client.get(PAGE))
    assert "2 garages réparent à prix coûtant" in page
    assert "1 autre garage est en pause." in page
    assert f"Chiffres du {day_fr(clock.today())}." in page
    assert "entreprise indépendante et volontaire, pas le constructeur" in page
    assert "Contours : MapSVG, licence" in page


def test_the_counts_are_those_of_the_active_and_of_the_current(network):
    counted = Network.today()
    assert counted.active_by_department == {"42": 1, "23": 1}
    assert (counted.active, counted.paused, counted.covered) == (2, 1, 2)
    assert sum(count for _kind, count in counted.kinds) == 2
    assert {str(label): count for label, count in counted.levels} == {
        "RA1 (concession)": 0,
        "RA2 (agent)": 2,
        "succursale": 0,
    }


def test_the_map_has_its_table_and_overseas_stands_beside_it(client, network):
    GarageFactory(name="Des Isles", at="97209")
    page = text_of(client.get(PAGE))
    assert '<svg class="map france"' in page
    beside = re.search(r'<ul class="overseas".*?</ul>', page, re.DOTALL).group()
    assert re.search(r"Martinique</span><strong>1<", beside)
    table = page[page.index("Voir le tableau") :]
    assert re.search(r"42 Loire</th><td>Auvergne-Rhône-Alpes</td><td class=\"num\">1<", table)


@pytest.mark.parametrize(("count", "level"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (6, 3), (7, 4), (99, 4)])
def test_a_department_is_of_the_class_of_its_count(count, level):
    assert class_of(count) == level
    assert CLASSES[level][0] <= count


def test_an_empty_network_is_a_page_too(client):
    page = text_of(client.get(PAGE))
    assert "Aucune pour l’instant." in page


# --- the nearest ------------------------------------------------------------------------------------------
def test_the_nearest_garage_is_told_by_name_and_commune_and_no_line_of_anyone(client, network, garage):
    contact = ContactFactory(garage=garage, first_name="Odile", last_name="Faure", phone="+33477010203")
    page = text_of(client.get(PAGE, {"commune": "Firminy"}))
    assert "<strong>Garage de la Loire</strong>, Saint-Étienne (Loire)" in page
    for private in (contact.last_name, "01 02 03", "tel:", garage.address, garage.siret):
        assert private not in page


@pytest.mark.parametrize("asked", ["42095", "42700", "firminy", "Firminy (42700)"])
def test_a_commune_is_understood_as_people_write_it(client, network, asked):
    assert "Garage de la Loire" in text_of(client.get(PAGE, {"commune": asked}))


def test_a_name_of_several_offers_each(client, network):
    page = text_of(client.get(PAGE, {"commune": "Saint-Denis"}))
    assert "Précisez" in page
    assert '<a href="?commune=Saint-Denis%20%2893200%29">' in page


@pytest.mark.parametrize("asked", ["Tombouctou", "<script>alert(1)</script>", "x" * 5000, "\x00"])
def test_what_is_no_commune_is_told_what_to_write(client, network, asked):
    response = client.get(PAGE, {"commune": asked})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert (
        "Nous ne trouvons pas cette commune." in text_of(response) or "Précisez" in text_of(response) or asked == "\x00"
    )


def test_nobody_is_sent_across_the_sea(client, network):
    page = text_of(client.get(PAGE, {"commune": "Fort-de-France"}))
    assert "Aucun garage du réseau n’est accessible par la route" in page


def test_the_fragment_is_what_the_page_holds(client, network):
    asked = {"commune": "Firminy"}
    fragment = text_of(client.get(PAGE, asked, headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    assert fragment.strip() in text_of(client.get(PAGE, asked))


# --- its cost ---------------------------------------------------------------------------------------------
def test_the_page_costs_few_queries_however_large_the_network_is(client, network, django_assert_num_queries):
    with django_assert_num_queries(3):
        client.get(PAGE)
    for _number in range(20):
        GarageFactory(at="42095")
    with django_assert_num_queries(3):
        client.get(PAGE)
    with django_assert_num_queries(5):
        client.get(PAGE, {"commune": "Firminy"})
