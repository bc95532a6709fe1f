"""The pilot's dashboard: from cells alone, for the period asked, in French."""

from datetime import date
from html.parser import HTMLParser

import pytest

from mobiliz.lib import clock
from referrals.models import Referral
from referrals.states import Outcome
from reporting import cells
from reporting.models import LossCell, PlaceCell, Reader
from tests import cast
from tests.factories import referrals as make
from tests.factories.garages import GarageFactory

pytestmark = pytest.mark.django_db

URL = "/tableau-de-bord/"
YEAR = {"du": "2015-01", "au": "2015-12"}
NOW = make.moment(date(2026, 11, 23))


@pytest.fixture(autouse=True)
def _today():
    with clock.moved_to(NOW):
        yield


@pytest.fixture
def as_pilot(client, pilot):
    return cast.sign_in(client, pilot)


def cell(month=date(2015, 1, 1), region="84", department="42", **counts):
    return PlaceCell.objects.create(month=month, region_id=region, department_id=department, **counts)


def a_good_year():
    for month in range(1, 11):
        reached = {"accepted": 100, "quoted": 100, "agreed": 40, "repaired": 30, "lost": 60, "sent": 100}
        counts = {f"referrals_{name}": count for name, count in reached.items()}
        cell(date(2015, month, 1), **counts, quotes_proposed=100, repairs_done=30, open_quotes=10)
    LossCell.objects.create(
        month=date(2015, 1, 1), region_id="84", lost_at="quoted", outcome="quote_declined", referrals_lost=600
    )


class Words(HTMLParser):
    """What people read, and the tables row by row."""

    def __init__(self, html):
        super().__init__()
        self.tables, self.text, self.in_cell = [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag):
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        self.text += data
        if self.in_cell:
            self.tables[-1][-1][-1] += data.strip()


def read(client, **asked):
    answer = client.get(URL, asked)
    assert answer.status_code == 200
    return Words(answer.content.decode().replace("\u202f", " ").replace("\u00a0", " "))


# --- who ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("pilot", 200),
        ("regional_pilot", 200),
        ("adviser", 403),
        ("owner", 403),
        ("workshop", 403),
        ("reception", 403),
        ("volunteer", 403),
        ("administrator", 403),
        ("stranger", 403),
    ],
)
def test_pilots_alone_see_it(client, member, name, status):
    assert cast.sign_in(client, member(name)).get(URL).status_code == status


def test_others_are_asked_to_sign_in(client):
    assert client.get(URL)["Location"].startswith("/connexion/")


def test_a_regional_pilot_sees_the_own_region_and_no_other(client, regional_pilot):
    a_good_year()
    cell(region="11", department="75", referrals_sent=7777)
    cast.sign_in(client, regional_pilot)
    words = read(client, **YEAR)
    assert "Auvergne-Rhône-Alpes" in words.text
    assert "7 777" not in words.text
    assert client.get(URL, {"region": "84"}).status_code == 200
    for elsewhere in ("11", "france"):
        assert client.get(URL, {"region": elsewhere}).status_code == 404


@pytest.mark.parametrize("code", ["99", "8", "84x", "<script>"])
def test_an_unknown_region_does_not_exist(as_pilot, code):
    assert as_pilot.get(URL, {"region": code}).status_code == 404


# --- what --------------------------------------------------------------------------------------------------
def test_the_title_says_the_finding(as_pilot):
    a_good_year()
    answer = as_pilot.get(URL, YEAR)
    assert "<title>Trois devis sur dix aboutissent à une réparation – Tableau de bord – Mobiliz</title>" in (
        answer.content.decode()
    )


def test_both_rates_have_their_name_their_n_and_the_interval(as_pilot):
    a_good_year()
    words = read(as_pilot, **YEAR)
    assert "taux de transformation (1 000 devis proposés, intervalle à 95 % : 27,2 à 32,9 %)" in words.text
    assert "part des orientations réparées (1 000 orientations envoyées)" in words.text
    assert words.text.count("30,0 %") >= 2
    assert "100 sont encore en cours" in words.text


def test_the_funnel_has_its_table(as_pilot):
    a_good_year()
    steps = read(as_pilot, **YEAR).tables[0]
    assert steps[1:] == [
        ["Orientées", "1 000", "100,0 %", "–", "–"],
        ["Acceptées par un garage", "1 000", "100,0 %", "0", "0"],
        ["Devis proposé", "1 000", "100,0 %", "0", "0"],
        ["Devis acceptéPerdues avant : devis refusé (600)", "400", "40,0 %", "0", "600"],
        ["Réparées", "300", "30,0 %", "100", "0"],
    ]


def test_the_trend_has_a_line_for_each_month(as_pilot):
    a_good_year()
    trend = read(as_pilot, **YEAR).tables[1]
    assert [line[0] for line in trend[1:]][:3] == ["janv.", "févr.", "mars"]
    assert trend[1][1:] == ["100", "100", "30", "30,0 %", "21,9 à 39,6 %", "10"]
    assert trend[12][1:] == ["0", "0", "0", "trop peu", "–", "0"]


def test_a_long_period_is_drawn_by_year(as_pilot):
    a_good_year()
    trend = read(as_pilot, du="2015-01", au="2026-11").tables[1]
    assert [line[0] for line in trend[1:]] == [str(year) for year in range(2015, 2027)]
    assert trend[1][1:5] == ["1 000", "1 000", "300", "30,0 %"]


def test_regions_stand_in_a_table_with_a_way_into_each(as_pilot):
    a_good_year()
    cell(region="11", department="75", referrals_sent=4, quotes_proposed=4, repairs_done=4)
    GarageFactory(at="23096", joined_on=date(2014, 1, 1))
    words = read(as_pilot, **YEAR)
    assert words.tables[2][1:] == [
        ["Auvergne-Rhône-Alpes", "0", "1 000", "1 000", "300", "30,0 %", "27,2 à 32,9 %", "30,0 %", "100"],
        ["Île-de-France", "0", "4", "4", "4", "trop peu", "–", "trop peu", "0"],
        ["Nouvelle-Aquitaine", "1", "0", "0", "0", "trop peu", "–", "trop peu", "0"],
    ]
    assert 'href="?du=2015-01&amp;au=2015-12&amp;region=84"' in as_pilot.get(URL, YEAR).content.decode()


def test_a_region_alone_shows_its_own_figures(as_pilot):
    a_good_year()
    cell(region="11", department="75", referrals_sent=6, quotes_proposed=5, repairs_done=1)
    words = read(as_pilot, **YEAR, region="11")
    assert "Un devis sur cinq aboutit à une réparation" in words.text
    assert len(words.tables) == 2


@pytest.mark.parametrize("everywhere", ["", "france"])
def test_the_whole_country_can_be_asked_for(as_pilot, everywhere):
    a_good_year()
    words = read(as_pilot, **YEAR, region=everywhere)
    assert "France entière" in words.text
    assert "obligatoire" not in words.text


def test_nothing_yet_says_what_will_appear(as_pilot):
    words = read(as_pilot)
    assert "Aucune orientation envoyée sur cette période" in words.text
    assert "dès la première orientation envoyée" in words.text
    assert not words.tables


# --- when --------------------------------------------------------------------------------------------------
def test_the_last_twelve_months_are_shown_unless_another_period_is_asked(as_pilot):
    for month, count in {date(2025, 11, 1): 1, date(2025, 12, 1): 10, date(2026, 11, 1): 100}.items():
        cell(month, referrals_sent=count)
    assert "part des orientations réparées (110 orientations envoyées)" in read(as_pilot).text


def test_each_known_year_has_its_link(as_pilot):
    cell(date(2014, 5, 1), referrals_sent=9)
    html = as_pilot.get(URL).content.decode()
    assert '<a href="?du=2014-01&amp;au=2014-12">2014</a>' in html
    assert '<a href="?du=2014-05&amp;au=2026-11">Depuis le début</a>' in html
    assert ">2020</a>" not in html  # a year without a referral has nothing to show
    assert ">2013</a>" not in html
    assert "9 orientations envoyées" in read(as_pilot, du="2014-01", au="2014-12").text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"du": "2026-05", "au": "2026-03"}, "choisissez un mois plus tardif"),
        ({"du": "bientôt", "au": "2026-03"}, "Choisissez un mois de la liste."),
        ({"du": "1999-01", "au": "2026-03"}, "Choisissez un mois de la liste."),
        ({"du": "", "au": "2026-03"}, "Ce champ est obligatoire."),
    ],
)
def test_a_period_that_makes_no_sense_is_said_beside_the_field(as_pilot, asked, told):
    words = read(as_pilot, **asked)
    assert told in words.text
    assert "de décembre 2025 à novembre 2026" in words.text


# --- how much, how fresh -----------------------------------------------------------------------------------
@pytest.mark.parametrize("months", [1, 50])
def test_the_number_of_queries_does_not_grow(as_pilot, django_assert_num_queries, months):
    for month in range(months):
        cell(date(2015 + month // 12, month % 12 + 1, 1), region="84", referrals_sent=9)
        GarageFactory()
    with django_assert_num_queries(8):
        as_pilot.get(URL, {"du": "2015-01", "au": "2026-11"})


def live(client, **asked):
    return client.get(URL, asked, headers={"HX-Request": "true"})


def test_the_page_asks_for_newer_figures_and_gets_them_once_there_are_any(as_pilot):
    a_good_year()
    reader = Reader.objects.create(name=cells.READER, transaction=7, last_id=3, read_at=clock.now())
    assert "vu=7-3" in as_pilot.get(URL, YEAR).content.decode()
    assert live(as_pilot, **YEAR, vu="7-3").status_code == 204
    Reader.objects.filter(pk=reader.pk).update(transaction=8)
    newer = live(as_pilot, **YEAR, vu="7-3").content.decode()
    assert 'id="releve"' in newer
    assert "vu=8-3" in newer
    assert '<h1 id="constat" hx-swap-oob="true">Trois devis sur dix' in newer
    assert "<html" not in newer


def test_asking_for_newer_figures_where_there_are_none_is_cheap(as_pilot, django_assert_max_num_queries):
    Reader.objects.create(name=cells.READER, transaction=7, last_id=3)
    with django_assert_max_num_queries(5):
        live(as_pilot, vu="7-3")


def test_a_page_that_was_empty_is_loaded_anew(as_pilot):
    a_good_year()
    assert "HX-Refresh" in live(as_pilot, **YEAR, vu="0-1", vide="1").headers


def test_the_automatic_update_can_be_stopped(as_pilot):
    Reader.objects.create(name=cells.READER, read_at=clock.now())
    assert "hx-trigger" in as_pilot.get(URL).content.decode()
    frozen = as_pilot.get(URL, {"fige": "1"}).content.decode()
    assert "hx-trigger" not in frozen
    assert "Reprendre la mise à jour automatique" in frozen


def test_figures_that_are_no_longer_kept_up_say_so(as_pilot):
    told = "Les chiffres ne sont plus mis à jour"
    Reader.objects.create(name=cells.READER, read_at=make.moment(date(2026, 11, 22)))
    assert told in read(as_pilot).text
    Reader.objects.update(read_at=NOW)
    assert told not in read(as_pilot).text


def test_from_the_repair_to_the_page(as_pilot):
    """Nothing in between but the reader of the queue."""
    for _ in range(4):
        make.make_referral(upto="repaired", sent_on=date(2026, 10, 1))
    moving = make.make_referral(upto="agreed", sent_on=date(2026, 10, 1))
    make.make_referral(upto="quoted", sent_on=date(2026, 10, 1), outcome=Outcome.QUOTE_DECLINED)
    cells.count_again(list(Referral.objects.values_list("pk", flat=True)))
    assert "66,7 %" in read(as_pilot).text
    make.repair(moving, date(2026, 11, 1))
    cells.count_again([moving.pk])
    assert "83,3 %" in read(as_pilot).text
