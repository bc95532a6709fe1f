"""The public pages say the rules in force, whatever they are: conditions, sources, what is announced, every version."""

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest

from eligibility.income import consumption_units
from eligibility.models import RuleSet, Subject
from mobiliz.accounts.roles import Role
from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr, eur
from mobiliz.public import figures
from mobiliz.public.rulebook import rulebook_on
from tests.cast import actor
from tests.factories import journey, ruling
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.garages import PriceScheduleFactory, VatRateFactory

pytestmark = pytest.mark.django_db

QUOTIENT = {"leaf": "family_quotient_at_most", "needs_proof": True, "proof_max_age_days": 90, "limit_eur": "800"}
FOR_WORK = {"leaf": "needs_vehicle_for_work", "needs_proof": False, "proof_max_age_days": 90}
NESTED = {"op": "all", "of": [ruling.EITHER, FOR_WORK]}
INCOME_SAID = "Le revenu du foyer est en dessous du seuil de pauvreté"
RSA_SAID = "La personne reçoit le RSA"
UNITS_SAID = "unités de consommation » : 1 pour"
PAGES = ("/regles/", "/j-ai-besoin/", "/depliant/")


@pytest.fixture
def second_pilot(db):
    return MembershipFactory(user=UserFactory(), role=Role.PILOT)


@pytest.fixture(autouse=True)
def _threshold(db):
    journey.threshold()


def text_of(client, url="/regles/"):
    main = unescape(client.get(url).content.decode().split("<main")[1])
    return " ".join(re.sub(r"</?strong>", "", main).split())


@contextmanager
def by_rule(definition, pilot, second_pilot):
    """The day on which this rule begins."""
    made = ruling.approved(pilot, second_pilot, definition)
    with clock.moved_to(clock.now() + timedelta(days=ruling.SOON + 1)):
        yield made


def nobody(client):
    return client.get("/regles/").wsgi_request.actor


# what the rule is; what the pages say; what they do not
RULES = [
    (ruling.INCOME, [INCOME_SAID], [RSA_SAID, "ne concerne que la condition sur le revenu"]),
    (ruling.RSA, [RSA_SAID], [INCOME_SAID]),
    (QUOTIENT, ["Le quotient familial ne dépasse pas 800 euros"], [INCOME_SAID]),
    (ruling.EITHER, ["Il faut une au moins de ces conditions :", INCOME_SAID, RSA_SAID], []),
    (NESTED, ["Il faut toutes ces conditions :", "Il faut une au moins de ces conditions :", INCOME_SAID], []),
]


@pytest.mark.parametrize(("definition", "said", "not_said"), RULES)
def test_each_page_says_the_rule_in_force(client, pilot, second_pilot, definition, said, not_said):
    with by_rule(definition, pilot, second_pilot):
        for url in PAGES:
            page = text_of(client, url)
            conditions = page.split("Toutes les versions")[0]
            assert [one for one in said if one not in conditions] == []
            assert [one for one in not_said if one in conditions] == []
            assert ("seuil de pauvreté" in conditions) == (INCOME_SAID in said)


@pytest.mark.parametrize(
    ("definition", "asks_income", "also"),
    [
        (ruling.INCOME, True, False),
        (ruling.RSA, False, False),
        (QUOTIENT, False, False),
        (ruling.EITHER, True, True),
        (NESTED, True, True),
    ],
)
def test_tables_of_thresholds_stand_where_the_rule_compares_with_one(
    client, pilot, second_pilot, definition, asks_income, also
):
    with by_rule(definition, pilot, second_pilot):
        page = text_of(client)
    assert (UNITS_SAID in page) == asks_income
    assert (" ".join(eur(Decimal(1288)).split()) in page) == asks_income
    assert ("D’où vient chaque seuil" in page) == asks_income
    assert ("ne concerne que la condition sur le revenu" in page) == also


def test_the_papers_and_the_source_of_a_condition_are_said(client, pilot, second_pilot):
    with by_rule(QUOTIENT, pilot, second_pilot):
        page = text_of(client)
        help_page = text_of(client, "/aide/")
    assert "Justificatif exigé : attestation de la CAF ou de la MSA, de moins de 90 jours." in page
    assert "Source : Attestation de la CAF ou de la MSA." in page
    assert "Pour le calcul : le quotient familial." in help_page
    assert "Les justificatifs qui comptent : attestation de la CAF ou de la MSA." in help_page
    assert "prestations comprises" not in help_page


def test_the_rule_for_cars_is_said_with_its_approximate_day_as_such(client):
    page = text_of(client)
    car = page.split("Pour quelle voiture ?")[1].split("À quel prix")[0]
    assert "La voiture a moins de 200 000 km" in car
    assert "Version 3, en vigueur depuis le 1er janvier 2020 (date approchée : page non datée, après 2019)" in car
    assert "Source : motor16.com, CareMakers." in car


def test_what_is_announced_is_said_with_its_day_and_differences(client, pilot, second_pilot):
    made = ruling.approved(pilot, second_pilot, ruling.EITHER)
    page = text_of(client)
    announced = page.split(f"Ce qui change le {' '.join(day_fr(made.in_force_from).split())}")[1]
    assert "Nouvelle condition : la personne reçoit le RSA" in announced.split("</section>")[0]
    assert f'href="/regles/{made.uid}/"' in announced.split("</section>")[0]
    assert RSA_SAID not in page.split("Ce qui change le")[0]  # not yet in force


def test_drafts_and_proposals_are_nobodys_to_read(client, pilot):
    ruling.proposed(pilot, ruling.RSA)
    assert RSA_SAID not in text_of(client)
    book = rulebook_on(clock.today(), actor(pilot))
    assert [one.rule_set.status for one in book.household.history] == ["approved"]


def test_every_approved_version_leads_to_its_page_with_what_it_changed(client, pilot, second_pilot):
    ruling.approved(pilot, second_pilot, ruling.EITHER)
    versions = text_of(client).split("Toutes les versions")[1]
    for rule_set in RuleSet.objects.approved():
        assert f'href="/regles/{rule_set.uid}/"' in versions
    assert versions.count("Première version connue.") == 2
    assert "Condition retirée" in versions  # the cars': eight horsepower gave way
    book = rulebook_on(clock.today(), nobody(client))
    assert [one.rule_set.version for one in book.vehicle.history] == [3, 2, 1]
    assert [bool(one.changes) for one in book.vehicle.history] == [True, True, False]


# --- which version is in force on which day: half-open, as the database has it ------------------------------
@pytest.mark.parametrize(
    ("day", "vehicle", "household"),
    [
        (date(2010, 1, 1), None, None),
        (date(2012, 3, 1), None, 1),
        (date(2014, 6, 30), None, 1),
        (date(2014, 7, 1), 1, 1),
        (date(2017, 12, 31), 1, 1),
        (date(2018, 1, 1), 2, 1),
        (date(2020, 1, 1), 3, 1),
    ],
)
def test_the_version_of_a_day(client, day, vehicle, household):
    book = rulebook_on(day, nobody(client))
    now = [one.in_force and one.in_force.rule_set.version for one in (book.vehicle, book.household)]
    assert now == [vehicle, household]
    assert len(book.vehicle.coming) == 3 - (vehicle or 0)


def test_each_household_is_reckoned_by_the_engine(client):
    [limit] = rulebook_on(clock.today(), nobody(client)).limits
    for household, example in zip(figures.HOUSEHOLDS, limit.examples, strict=True):
        units = consumption_units(household.aged_14_or_over, household.under_14)
        assert example.units == units
        assert example.annual_eur == (units * limit.threshold.monthly_amount_eur * 12).quantize(Decimal("0.01"))


def test_the_threshold_in_force_is_shown_with_its_year_and_source(client):
    [limit] = rulebook_on(clock.today(), nobody(client)).limits
    page = text_of(client)
    assert f"(revenus de {limit.threshold.income_year})" in page
    assert limit.threshold.source in page


def test_many_versions_cost_no_more(client, pilot, second_pilot, django_assert_max_num_queries):
    PriceScheduleFactory()
    VatRateFactory()
    ruling.approved(pilot, second_pilot, ruling.EITHER)
    ruling.approved(pilot, second_pilot, ruling.RSA, on=clock.today() + timedelta(days=60))
    for url in (*PAGES, "/aide/"):
        with django_assert_max_num_queries(5):
            client.get(url)


def test_both_subjects_are_there(client):
    book = rulebook_on(clock.today(), nobody(client))
    assert (book.household.subject, book.vehicle.subject) == (Subject.HOUSEHOLD, Subject.VEHICLE)


def test_what_is_to_come_is_announced_where_nothing_is_in_force_yet(client):
    with clock.moved_to(datetime(2012, 2, 1, 9, tzinfo=UTC)):
        page = text_of(client)
    assert "Aucune règle n’est en vigueur aujourd’hui" in page
    assert "Ce qui change le 1er mars 2012" in page
    assert page.count("Ce qui change le") == 4  # the household's, and the three of cars
    assert "Première version connue." in page
