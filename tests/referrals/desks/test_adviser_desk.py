"""The adviser's desk: what needs doing now, the most urgent first; and the list of all referrals."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Referral
from referrals.states import Outcome
from tests.cast import actor, sign_in
from tests.factories import journey
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

DESK, LIST = "/bureau/", "/orientations/"


def text_of(response):
    return unescape(response.content.decode())


def names_in_order(page, *names):
    return sorted(names, key=lambda name: page.index(f">{name}"))


@pytest.fixture
def roomy(garage):
    garage.weekly_cap = 50
    garage.save()
    return garage


# --- the desk ---------------------------------------------------------------------------------------------
def test_an_empty_desk_says_what_will_come_and_offers_the_first_act(as_adviser):
    page = text_of(as_adviser.get(DESK))
    assert "Rien ne vous attend" in page
    assert "Vos dossiers apparaîtront ici" in page
    assert 'href="/orientations/nouvelle/"' in page


def test_the_most_urgent_comes_first(as_adviser, adviser, workshop, roomy):
    journey.accepted(adviser, workshop, first_name="Acceptée", last_name="A")
    journey.sent(adviser, roomy, first_name="Envoyée", last_name="E")
    journey.quoted(adviser, workshop, first_name="Devis", last_name="D")
    journey.draft(adviser, first_name="Brouillon", last_name="B")
    journey.declined(adviser, workshop, first_name="Déclinée", last_name="D")
    page = text_of(as_adviser.get(DESK))
    found = names_in_order(page, "Acceptée A", "Envoyée E", "Devis D", "Brouillon B", "Déclinée D")
    assert found == ["Déclinée D", "Brouillon B", "Envoyée E", "Acceptée A", "Devis D"]
    assert "<h1>À faire : 1 urgent, 1 à avancer</h1>" in page
    assert "<title>À faire : 1 urgent, 1 à avancer" in page


def test_a_garage_that_stays_silent_becomes_urgent(as_adviser, adviser, roomy):
    journey.draft(adviser, first_name="Brouillon", last_name="B")
    with journey.days_ago(8):
        journey.sent(adviser, roomy, first_name="Silence", last_name="S")
    page = text_of(as_adviser.get(DESK))
    assert names_in_order(page, "Brouillon B", "Silence S") == ["Silence S", "Brouillon B"]
    assert "En retard de" in page
    assert "Garage de la Loire n’a pas répondu. Le dossier passe de lui-même à un autre garage" in page
    assert 'href="tel:+33477123456"' in page


def test_a_draft_says_what_is_missing_and_leads_there(as_adviser, adviser):
    referral = journey.assessed(adviser)
    page = text_of(as_adviser.get(DESK))
    assert "Décrivez le véhicule. Décrivez la panne." in page
    assert f'href="/orientations/{referral.uid}/vehicule/"' in page


def test_the_desk_shows_ones_own_and_those_that_nobody_follows(as_adviser, adviser, agency_adviser, structure):
    colleague = MembershipFactory(user=UserFactory(), organisation=structure.organisation)
    left = MembershipFactory(user=UserFactory(), organisation=structure.organisation)
    journey.draft(colleague, first_name="Collègue", last_name="C")
    journey.draft(left, first_name="Orpheline", last_name="O")
    left.ended_on = clock.today()
    left.save()
    page = text_of(as_adviser.get(DESK))
    assert "Orpheline O" in page
    assert "Collègue C" not in page


def test_counts_come_last(as_adviser, adviser, workshop, roomy):
    journey.completed(adviser, workshop)
    closed = journey.draft(adviser)
    transitions.close(closed, outcome=Outcome.DUPLICATE, reason="Doublon", by=actor(adviser))
    journey.draft(adviser)
    page = " ".join(text_of(as_adviser.get(DESK)).split())
    assert "<dt>en cours</dt> <dd>1</dd>" in page
    assert "<dt>réparée cette année</dt> <dd>1</dd>" in page
    assert "<dt>close sans suite cette année</dt> <dd>1</dd>" in page
    assert "<dt>économisés cette année par les foyers</dt> <dd>181,20 €</dd>" in page


def test_fifty_lines_cost_as_many_queries_as_one(as_adviser, adviser, workshop, roomy, django_assert_max_num_queries):
    journey.quoted(adviser, workshop)
    with django_assert_max_num_queries(12) as few:
        as_adviser.get(DESK)
    for number in range(12):
        journey.draft(adviser, first_name=f"Brouillon {number}")
    for number in range(6):
        journey.quoted(adviser, workshop, first_name=f"Devis {number}")
        journey.declined(adviser, workshop, first_name=f"Déclinée {number}")
    with django_assert_max_num_queries(12) as many:
        as_adviser.get(DESK)
    assert len(many) == len(few)
    assert not [query for query in many if '"trace"' in query["sql"] or '"notes"' in query["sql"]]


# --- the list ---------------------------------------------------------------------------------------------
def test_the_list_begins_with_ones_own(as_adviser, adviser, agency_adviser):
    journey.draft(adviser, last_name="Mienne")
    journey.draft(agency_adviser, last_name="Agence")
    own, all_of_them = text_of(as_adviser.get(LIST)), text_of(as_adviser.get(LIST, {"qui": "structure"}))
    assert "Mienne" in own
    assert "Agence" not in own
    assert "Mienne" in all_of_them
    assert "Agence" in all_of_them


@pytest.mark.parametrize("typed", ["benali", "BENALI nadia", "Nadia Bénali"])
def test_a_person_whom_a_colleague_follows_is_found_by_name(as_adviser, agency_adviser, typed):
    journey.draft(agency_adviser)
    assert "Nadia Benali" in text_of(as_adviser.get(LIST, {"q": typed}))


def test_a_case_is_found_by_its_number(as_adviser, adviser):
    referral = journey.draft(adviser)
    journey.draft(adviser, last_name="Autre")
    page = text_of(as_adviser.get(LIST, {"q": referral.spoken_number}))
    assert "Nadia Benali" in page
    assert "Autre" not in page


@pytest.mark.parametrize("typed", ["M. Benali", "mme BENALI nadia", "Nadia Benali", "bénali"])
def test_a_colleagues_case_is_found_as_its_person_is_called(as_adviser, structure, typed):
    colleague = MembershipFactory(user=UserFactory(), organisation=structure.organisation)
    journey.draft(colleague)
    assert "Nadia Benali" in text_of(as_adviser.get(LIST, {"q": typed}))


@pytest.mark.parametrize("said", ["{}", "dossier {}", "Dossier n° {}", "no {}", "n°{}."])
def test_a_case_is_found_by_its_number_as_it_is_said(as_adviser, adviser, said):
    referral = journey.draft(adviser)
    journey.draft(adviser, last_name="Autre")
    for number in (referral.spoken_number, referral.spoken_number.replace("\u202f", " "), str(referral.number)):
        page = text_of(as_adviser.get(LIST, {"q": said.format(number)}))
        assert "Nadia Benali" in page
        assert "Nadia Autre" not in page


def test_a_search_never_leaves_the_structure(as_other_adviser, adviser):
    journey.draft(adviser)
    page = text_of(as_other_adviser.get(LIST, {"q": "Benali", "qui": "structure"}))
    assert "Nadia Benali" not in page
    assert "Aucune orientation ne correspond" in page


def test_one_that_no_garage_holds_says_so_in_the_list(as_adviser, adviser, workshop, other_garage):
    journey.declined(adviser, workshop)
    journey.sent(adviser, other_garage)
    assert [row["badge"]["label"] for row in as_adviser.get(LIST).context["rows"]] == [
        "En attente du garage",
        "Sans garage",
    ]


def test_the_state_filters_and_stays_in_the_address(as_adviser, adviser, workshop):
    journey.draft(adviser, last_name="Brouillon")
    journey.quoted(adviser, workshop, last_name="Devis")
    page = text_of(as_adviser.get(LIST, {"etat": "quoted"}))
    assert "Nadia Devis" in page
    assert "Nadia Brouillon" not in page
    assert '<option value="quoted" selected>' in page
    assert "?etat=quoted&qui=structure" in page


@pytest.mark.parametrize(
    "query", ["etat=inconnu", "avant=nimporte", "avant=20261399T000000000000-1", "q=%00", "q=" + "9" * 40]
)
def test_an_address_that_was_made_up_is_no_error(as_adviser, adviser, query):
    journey.draft(adviser)
    assert as_adviser.get(f"{LIST}?{query}").status_code == 200


def test_older_ones_are_on_the_next_page_and_none_is_lost_between(as_adviser, adviser, monkeypatch):
    monkeypatch.setattr("mobiliz.lib.paging.PAGE_LENGTH", 3)
    at_once = clock.now()
    with clock.moved_to(at_once - timedelta(days=1)):
        for number in range(4):
            journey.draft(adviser, last_name=f"Numéro{number}")
    first = as_adviser.get(LIST)
    older = first.context["found"].after_url
    second = as_adviser.get(older)
    shown = [row["referral"].pk for page in (first, second) for row in page.context["rows"]]
    assert len(shown) == len(set(shown)) == 4
    assert second.context["found"].after_url == ""
    assert second.context["found"].before_url.startswith(LIST)


def test_the_list_costs_the_same_with_one_and_with_fifty(as_adviser, adviser, django_assert_num_queries):
    journey.draft(adviser)
    for _ in range(2):
        with django_assert_num_queries(4) as asked:
            as_adviser.get(LIST)
        assert not [query for query in asked if '"notes"' in query["sql"]]
        for number in range(25):
            journey.draft(adviser, last_name=f"Numéro{number}")


@pytest.mark.parametrize(
    ("who", "list_status", "new_status"),
    [
        ("adviser", 200, 200),
        ("agency_adviser", 200, 200),
        ("pilot", 200, 403),
        ("regional_pilot", 200, 403),
        ("workshop", 404, 404),
        ("volunteer", 404, 404),
        ("administrator", 404, 404),
        ("stranger", 404, 404),
    ],
)
def test_who_has_a_list_and_who_may_open_a_case(request, who, list_status, new_status):
    browser = sign_in(Client(), request.getfixturevalue(who))
    assert browser.get(LIST).status_code == list_status
    assert browser.get("/orientations/nouvelle/").status_code == new_status


def test_a_pilot_lists_what_was_sent_in_the_region(as_regional_pilot, adviser, workshop):
    journey.sent(adviser, journey.garage_of(workshop), last_name="Envoyée")
    journey.draft(adviser, last_name="Brouillon")
    page = text_of(as_regional_pilot.get(LIST))
    assert "Envoyée" in page
    assert "Brouillon</a>" not in page


def test_what_changed_last_and_what_was_saved_are_those_asked_apart(adviser, workshop, roomy):
    seen, since = Referral.objects.visible_to(actor(adviser)), clock.today() - timedelta(days=30)
    for _each in range(2):
        journey.completed(adviser, workshop)
    journey.sent(adviser, journey.garage_of(workshop))
    own = seen.last_change_and_saved(adviser, since)
    assert own["saved"] == seen.to_be_done_by(adviser).saved_since(since)
    assert own["saved"] > 0
    assert own["last"] == seen.last_change_for(adviser)
