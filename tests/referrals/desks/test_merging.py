"""The pages on which two records of one person become one: found, compared, told in words, done once."""

from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from referrals.models import Beneficiary, Referral
from tests.factories import journey

pytestmark = pytest.mark.django_db


def text_of(response):
    return unescape(response.content.decode())


def page_of(referral, other=None):
    address = reverse("referral_merge_people", args=[referral.uid])
    return f"{address}?autre={other.uid}" if other else address


@pytest.fixture
def own(adviser):
    return journey.draft(adviser, phone="+33639981247")


@pytest.fixture
def other(adviser, garage):
    return journey.sent(adviser, garage, phone="+33639981299", email="nadia@example.org").referral


def test_from_the_case_whoever_looks_alike_is_proposed(as_adviser, own, other):
    assert page_of(own) in text_of(as_adviser.get(reverse("referral_case", args=[own.uid])))
    shown = text_of(as_adviser.get(page_of(own)))
    assert "Fiches qui lui ressemblent" in shown
    assert f"?autre={other.beneficiary.uid}" in shown
    assert f"?autre={own.beneficiary.uid}" not in shown


def test_the_other_record_is_searched_within_the_organisation(as_adviser, adviser, agency_adviser, other_adviser, own):
    one = journey.draft(adviser, last_name="Zidane")
    for stranger in (agency_adviser, other_adviser):
        journey.draft(stranger, last_name="Zidane", first_name="Ailleurs")
    shown = text_of(as_adviser.post(page_of(own), {"connu": "zidane"}))
    assert f"?autre={one.beneficiary.uid}" in shown
    assert "Ailleurs" not in shown
    assert "Aucune autre fiche" in text_of(as_adviser.post(page_of(own), {"connu": "<b>personne"}))


def test_both_are_read_side_by_side_with_what_is_going_to_happen(as_adviser, own, other):
    shown = text_of(as_adviser.get(page_of(own, other.beneficiary)))
    assert "1 dossier passe de l’autre fiche à celle-ci, avec 1 accord et 1 voiture." in shown
    assert "Cela ne se défait pas" in shown
    assert "nadia@example.org" in shown
    assert 'name="first_name"' not in shown  # both say the same
    assert "Ces dossiers sont en cours pour le même besoin" in shown
    for case in (own, other):
        assert reverse("referral_case", args=[case.uid]) in shown


def test_the_newer_value_is_proposed_unless_it_is_empty(as_adviser, adviser):
    older = journey.draft(adviser, phone="+33639981247", address="1 rue Haute")
    newer = journey.draft(adviser, phone="+33639981299", address="")
    for case, other, sides in ((older, newer, ("other", "own")), (newer, older, ("own", "other"))):
        form = as_adviser.get(page_of(case, other.beneficiary)).context["form"]
        assert (form["phone"].initial, form["address"].initial) == sides


def test_done_from_the_page_it_is_told_in_the_thread_of_both(as_adviser, own, other):
    typed = {"phone": "other", "email": "other"}
    page = text_of(as_adviser.post(page_of(own, other.beneficiary), typed, follow=True))
    assert "Les deux fiches n’en font plus qu’une" in page
    assert "Gardé de l’autre fiche : téléphone, adresse électronique, foyer." in page
    assert journey.fresh(own.beneficiary).email == "nadia@example.org"
    assert "rangé sous l’autre fiche" in text_of(as_adviser.get(reverse("referral_case", args=[other.uid])))


@pytest.mark.parametrize("typed", [{}, {"phone": "x", "email": "other"}])
def test_without_a_choice_nothing_is_done(as_adviser, own, other, typed):
    response = as_adviser.post(page_of(own, other.beneficiary), typed)
    assert response.status_code == 422
    assert journey.fresh(other.beneficiary).merged_into is None


def test_a_double_click_and_the_other_way_round_are_told(as_adviser, own, other):
    typed = {"phone": "own", "email": "own"}
    as_adviser.post(page_of(own, other.beneficiary), typed)
    for address in (page_of(own, other.beneficiary), page_of(other, own.beneficiary)):
        assert "n’en font plus qu’une. Rien n’a changé" in text_of(as_adviser.post(address, typed, follow=True))
    assert Beneficiary.objects.count() == 2


def test_the_address_of_a_record_that_ended_leads_to_the_one_that_stands(as_adviser, adviser, own, other):
    as_adviser.post(page_of(own, other.beneficiary), {"phone": "own", "email": "own"})
    third = journey.draft(adviser, last_name="Autre")
    response = as_adviser.get(page_of(third, other.beneficiary))
    assert response.headers["Location"] == page_of(third, own.beneficiary)
    shown = text_of(as_adviser.get(f"{reverse('referral_new')}?personne={other.beneficiary.uid}"))
    assert 'value="06 39 98 12 47"' in shown


@pytest.mark.parametrize("name", ["other_adviser", "agency_adviser"])
def test_a_record_of_elsewhere_does_not_exist(request, as_adviser, own, name):
    theirs = journey.draft(request.getfixturevalue(name))
    assert as_adviser.get(page_of(own, theirs.beneficiary)).status_code == 404
    assert as_adviser.post(page_of(own, theirs.beneficiary), {}).status_code == 404


@pytest.mark.parametrize("said", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_what_names_no_record_does_not_exist(as_adviser, own, said):
    assert as_adviser.get(f"{page_of(own)}?autre={said}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "is_warned"),
    [({}, False), ({"first_name": "Nadya"}, False), ({"first_name": "Luc", "birth_date": date(1990, 1, 1)}, True)],
)
def test_two_who_share_neither_name_nor_day_of_birth_are_warned_of(as_adviser, adviser, own, changes, is_warned):
    other = journey.draft(adviser, **changes)
    assert ("ne se séparent plus" in text_of(as_adviser.get(page_of(own, other.beneficiary)))) is is_warned


def test_names_are_shown_as_they_were_typed(as_adviser, adviser, own):
    other = journey.draft(adviser, last_name="<b>Benali</b>")
    assert b"<b>Benali" not in as_adviser.get(page_of(own, other.beneficiary)).content


def test_both_pages_cost_few_queries_however_many_cases(as_adviser, adviser, own, django_assert_max_num_queries):
    other = journey.draft(adviser, phone="+33639981299")
    for address, most in ((page_of(own), 7), (page_of(own, other.beneficiary), 12)):
        with django_assert_max_num_queries(most) as few:
            as_adviser.get(address)
        extra = [journey.draft(adviser) for _ in range(3)]
        Referral.objects.with_uid(extra[0].uid).update(beneficiary=other.beneficiary)
        with django_assert_max_num_queries(most) as many:
            as_adviser.get(address)
        assert len(many) == len(few)
