"""Pages for everyone: figures from the engine, nobody's name, nothing lost on paper or on the way in."""

from datetime import date

import pytest
from django.urls import reverse

from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import eur
from mobiliz.public import figures
from mobiliz.public.changelog import read_changelog
from tests.cast import sign_in
from tests.factories import journey
from tests.factories.garages import PriceScheduleFactory, VatRateFactory

PAGES = ("rules", "person", "adviser", "garage", "help", "privacy", "accessibility", "legal", "news", "leaflet")


@pytest.fixture
def _priced(db):
    PriceScheduleFactory()
    VatRateFactory()
    journey.threshold()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_without_rules_or_prices_too(client, db, name):
    page = client.get(reverse(f"public_{name}"))
    assert page.status_code == 200
    assert page.content.decode().count("<h1>") == 1


@pytest.mark.usefixtures("_priced")
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_cheap(client, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        client.get(reverse(f"public_{name}"))


def test_every_page_leads_to_the_others(client, db):
    page = client.get("/aide/").content.decode()
    for name in ("rules", "help", "leaflet", "news", "privacy", "accessibility", "legal"):
        assert f'href="{reverse(f"public_{name}")}"' in page


def test_the_doors_of_the_home_page_open(client, db):
    page = client.get("/").content.decode()
    for name in ("person", "adviser", "garage"):
        assert f'href="{reverse(f"public_{name}")}"' in page


def test_signed_in_one_keeps_ones_navigation(client, adviser):
    page = sign_in(client, adviser).get("/regles/").content.decode()
    assert "Aline Dubois" in page
    assert 'href="/bureau/"' in page


# --- the rules: see test_rulebook --------------------------------------------------------------------------
@pytest.mark.usefixtures("_priced")
def test_the_rate_follows_the_schedule(client):
    price = figures.price_on(clock.today())
    page = client.get("/regles/").content.decode()
    assert eur(price.schedule.hourly_rate_excl_tax) in page
    assert eur(price.rate_incl_tax) in page
    assert price.brakes.public_incl_tax - price.brakes.compared_incl_tax == price.brakes.saving_incl_tax


def test_without_a_schedule_the_page_says_so(client, db):
    assert figures.price_on(date(1990, 1, 1)) is None


# --- who is near ------------------------------------------------------------------------------------------
def near(client, text, **more):
    return client.get("/j-ai-besoin/", {"commune": text, **more})


def test_the_nearest_place_stands_first(client, structure, agency, other_structure):
    places = near(client, "Saint-Étienne").context["places"]
    assert places[0].name == agency.name
    assert places[0].km < 1
    assert [place.km for place in places] == sorted(place.km for place in places)


def test_no_person_and_no_line_of_a_person_is_shown(client, adviser, agency_adviser):
    page = near(client, "42100").content.decode()
    assert adviser.user.last_name not in page
    assert agency_adviser.user.last_name not in page
    assert adviser.phone not in page


def test_who_left_the_network_is_not_shown(client, structure, agency):
    structure.ended_on = date(2025, 1, 1)
    structure.save()
    assert near(client, "Saint-Étienne").context["places"] == []


@pytest.mark.parametrize("text", ["nulle part", "<script>", "%", "99999", "x" * 5000, "\x00"])
def test_what_is_no_commune_is_told_so(client, db, text):
    page = near(client, text)
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().split("<main")[1].split("</main>")[0]
    assert page.context["here"] is None


# --- what changed -----------------------------------------------------------------------------------------
def test_the_changelog_is_read_by_version_and_word():
    march = "## 1.2 (mars)\n\n- **Devis** : un [lien](x) et\n  la suite ; tout.\n- Autre chose.\n"
    written = f"# Titre\n\n{march}\n## 1.1\n\n- **A** : b\n"
    versions = read_changelog(written)
    assert [version.title for version in versions] == ["1.2 (mars)", "1.1"]
    assert [(entry.about, entry.text) for entry in versions[0].entries] == [
        ("Devis", "un lien et la suite\u00a0; tout."),
        ("", "Autre chose."),
    ]


def test_a_script_in_the_changelog_is_text(client, db, monkeypatch):
    from mobiliz.public import views

    monkeypatch.setattr(views, "_versions", lambda: read_changelog("## <b>\n- **<i>** : <script>\n"))
    page = client.get("/nouveautes/").content.decode()
    assert "&lt;script&gt;" in page


def test_our_own_changelog_is_shown(client, db):
    assert "Mon compte" in client.get("/nouveautes/").content.decode()


# --- who publishes ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["PUBLISHER", "HOST_PROVIDER", "CONTACT_EMAIL"])
def test_the_legal_page_names_who_publishes_the_site(client, db, settings, name):
    setattr(settings, name, "Fondation de l’Exemple")
    assert "Fondation de l’Exemple" in client.get("/mentions-legales/").content.decode()
