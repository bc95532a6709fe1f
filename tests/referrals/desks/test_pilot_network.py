"""The pilot's desk beyond dossiers: silent garages, what to put right in the network, this month's figures."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from garages.models import Charter, Contact
from mobiliz.lib import clock
from partners.models import Structure
from reporting.models import PlaceCell
from tests.cast import sign_in
from tests.factories import journey
from tests.factories.garages import ContactFactory, GarageFactory
from tests.factories.partners import StructureFactory

pytestmark = pytest.mark.django_db

DESK = "/bureau/"


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def mends(browser):
    """How many of each, by name."""
    return {one.mend.name: one.count for one in browser.get(DESK).context["mends"]}


@pytest.fixture
def roomy(garage):
    garage.weekly_cap = 50
    garage.save()
    return garage


# --- silence ----------------------------------------------------------------------------------------------
def test_a_silent_garage_is_named_with_how_many_since_when_and_whom_to_call(as_pilot, adviser, roomy):
    ContactFactory(garage=roomy, first_name="Léa", last_name="Martin", phone="+33612345678", rank=1)
    with journey.days_ago(9):
        journey.sent(adviser, roomy)
        journey.sent(adviser, roomy, last_name="Autre")
    page = text_of(as_pilot.get(DESK))
    assert "À faire : 1 garage silencieux" in page
    assert "2 orientations sans réponse." in page
    assert "En retard de" in page
    assert "Léa Martin<br>06 12 34 56 78" in page
    assert 'href="tel:+33612345678"' in page
    assert "Benali" not in page


def test_without_a_contact_the_garages_own_number_is_called(as_pilot, adviser, roomy):
    with journey.days_ago(9):
        journey.sent(adviser, roomy)
    assert f'href="tel:{roomy.phone}"' in text_of(as_pilot.get(DESK))


def test_a_garage_in_time_or_that_answered_is_not_silent(as_pilot, adviser, workshop, roomy):
    journey.sent(adviser, roomy)
    with journey.days_ago(9):
        journey.accepted(adviser, workshop)
        journey.declined(adviser, workshop)
    assert as_pilot.get(DESK).context["silent"] == []


def test_the_longest_silent_comes_first(as_pilot, adviser, roomy, other_garage):
    with journey.days_ago(7):
        journey.sent(adviser, roomy)
    with journey.days_ago(12):
        journey.sent(adviser, other_garage)
    assert [one.name for one in as_pilot.get(DESK).context["silent"]] == [other_garage.name, roomy.name]


def test_a_regional_pilot_is_told_of_the_garages_there(as_regional_pilot, adviser, roomy, other_garage):
    with journey.days_ago(9):
        journey.sent(adviser, roomy)
        journey.sent(adviser, other_garage)
    assert [one.name for one in as_regional_pilot.get(DESK).context["silent"]] == [roomy.name]


# --- what to put right ------------------------------------------------------------------------------------
def _kept_up(garage):
    """A garage of which nothing is to be put right."""
    today = clock.today()
    type(garage).objects.filter(pk=garage.pk).update(confirmed_on=today)
    ContactFactory(garage=garage, confirmed_on=today)
    Charter.objects.create(garage=garage, version="2014", garage_signed_on=today, programme_signed_on=today)
    return garage


OLD = timedelta(days=400)
FAULTS = {
    "sans-interlocuteur": lambda garage: Contact.objects.filter(garage=garage).update(ended_on=clock.today()),
    "interlocuteurs": lambda garage: Contact.objects.filter(garage=garage).update(confirmed_on=clock.today() - OLD),
    "fiches": lambda garage: type(garage).objects.filter(pk=garage.pk).update(confirmed_on=clock.today() - OLD),
    "chartes": lambda garage: Charter.objects.filter(garage=garage).update(programme_signed_on=None),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_missing_at_a_garage_is_counted_named_and_listed(as_pilot, garage, name):
    _kept_up(garage)
    assert mends(as_pilot) == {}
    FAULTS[name](garage)
    response = as_pilot.get(DESK)
    assert {one.mend.name: one.count for one in response.context["mends"]} == {name: 1}
    [found] = response.context["mends"]
    assert found.lines[0]["name"] == garage.name
    listed = as_pilot.get(found.url)
    assert listed.status_code == 200
    assert garage.name in text_of(listed)
    assert "Le réseau à tenir à jour" in text_of(response)


def test_the_list_that_a_group_leads_to_holds_only_those(as_pilot, garage, other_garage):
    _kept_up(garage)
    _kept_up(other_garage)
    FAULTS["chartes"](garage)
    [found] = as_pilot.get(DESK).context["mends"]
    page = text_of(as_pilot.get(found.url))
    assert garage.name in page
    assert other_garage.name not in page


def test_a_structure_where_nobody_refers_and_an_agreement_that_ends(as_pilot, adviser, structure):
    Structure.objects.filter(pk=structure.pk).update(agreement_from=clock.today() - OLD, agreement_until=clock.today())
    empty = StructureFactory(name="Vide", at="42218")
    assert mends(as_pilot) == {"sans-personne": 1, "conventions": 1}
    for found in as_pilot.get(DESK).context["mends"]:
        listed = text_of(as_pilot.get(found.url))
        expected = empty.name if found.mend.name == "sans-personne" else structure.name
        assert expected in listed


def test_a_regional_pilot_mends_the_own_region(as_regional_pilot, garage, other_garage):
    assert mends(as_regional_pilot)["sans-interlocuteur"] == 1


def test_only_the_first_five_are_named_and_all_are_counted(as_pilot):
    for _number in range(7):
        GarageFactory(at="42218")
    found = next(one for one in as_pilot.get(DESK).context["mends"] if one.mend.name == "sans-interlocuteur")
    assert (found.count, len(found.lines)) == (7, 5)
    assert "Voir les 7" in text_of(as_pilot.get(DESK))


@pytest.mark.parametrize("name", ["uncontacted", "doubtful", "uncharted"])
def test_what_pilots_follow_up_narrows_nobody_elses_list(client, adviser, garage, other_garage, name):
    _kept_up(garage)
    page = text_of(sign_in(client, adviser).get("/garages/", {name: "on"}))
    assert garage.name in page
    assert other_garage.name in page


# --- a long desk and its figures --------------------------------------------------------------------------
def test_a_long_desk_shows_its_first_lines_and_the_way_to_all(as_pilot, adviser):
    for number in range(10):
        journey.in_review(adviser, last_name=f"Examen{number}")
    short, whole = as_pilot.get(DESK), as_pilot.get(DESK, {"tout": "1"})
    assert len(short.context["reviews"]) == 8
    assert "À faire : 10 examens" in text_of(short)
    assert "Voir toutes les lignes" in text_of(short)
    assert len(whole.context["reviews"]) == 10
    assert "Voir toutes les lignes" not in text_of(whole)


def test_a_review_says_which_structure_waits_and_why_the_calculation_cannot_tell(as_pilot, adviser):
    journey.in_review(adviser)
    said = "Wimoov attend votre décision : le seuil ne vaut pas pour son logement ou son territoire."
    assert said in text_of(as_pilot.get(DESK))


def test_this_month_in_figures_comes_last_and_of_the_own_region(as_regional_pilot, garage):
    month = clock.today().replace(day=1)
    counts = {"referrals_sent": 3, "referrals_accepted": 2, "referrals_quoted": 1}
    PlaceCell.objects.create(month=month, region_id="84", department_id="42", **counts)
    PlaceCell.objects.create(month=month, region_id="75", department_id="23", **counts)
    response = as_regional_pilot.get(DESK)
    assert [figure["value"] for figure in response.context["figures"]] == [3, 2, 1, 0]
    assert text_of(response).index("Le réseau à tenir à jour") < text_of(response).index("Envoyées ce mois-ci")


def test_a_full_desk_costs_what_a_short_one_costs(pilot, adviser, workshop, roomy, django_assert_max_num_queries):
    browser = sign_in(Client(), pilot)

    def grow(count):
        for number in range(count):
            journey.in_review(adviser, last_name=f"Examen{number}")
            journey.declined(adviser, workshop, last_name=f"Sans{number}")
            GarageFactory(at="42218")
            StructureFactory(at="42218")
            with journey.days_ago(9):
                journey.sent(adviser, roomy, last_name=f"Silence{number}")

    grow(1)
    with django_assert_max_num_queries(12) as few:
        browser.get(DESK)
    grow(6)
    with django_assert_max_num_queries(12) as many:
        browser.get(DESK)
    assert len(many) == len(few)
