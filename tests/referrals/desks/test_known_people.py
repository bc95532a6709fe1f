"""Someone who comes back is found, not registered twice; what they agreed to holds or is asked again."""

from datetime import date, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from mobiliz.lib import clock
from referrals import consent, transitions
from referrals.models import Beneficiary, Consent, Referral
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db

NEW = "/orientations/nouvelle/"
SEARCH = "/orientations/nouvelle/deja-venu/"


def text_of(response):
    return unescape(response.content.decode())


def typed(**changes):
    return {
        "key": str(uuid4()),
        "first_name": "Nadia",
        "last_name": "Benali",
        "birth_date": "01/05/1986",
        "commune": "Guéret",
        "phone": "06 39 98 12 99",
        "distance_agreed_km": "20",
        **changes,
    }


AGREED = {"agrees": "on", "channel": "paper"}


def agreed(**changes):
    return {**AGREED, "given_on": f"{clock.today():%d/%m/%Y}", **changes}


@pytest.fixture
def known(adviser, workshop):
    """Nadia Benali of Saint-Étienne, whose car was repaired before."""
    return journey.completed(adviser, workshop, phone="+33639981247").referral.beneficiary


# --- the search -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["benali", "Nadia BENALI", "bena nad", "01/05/1986", "1 mai 86", "06 39 98 12 47"])
def test_someone_known_is_found_by_name_day_of_birth_or_telephone(as_adviser, known, text):
    page = text_of(as_adviser.post(SEARCH, {"connu": text}))
    assert "Nadia Benali" in page
    assert f"{NEW}?personne={known.uid}" in page
    assert "Réparée" in page


def test_someone_known_is_found_by_the_number_of_their_case(as_adviser, known):
    number = known.referrals.get().number
    assert "Nadia Benali" in text_of(as_adviser.post(SEARCH, {"connu": f" {str(number)[:3]} {str(number)[3:]}"}))


@pytest.mark.parametrize("text", ["", "b", "autre", "02/05/1986", "06 00 00 00 00", "999 999", "%", "_"])
def test_nobody_else_is_found(as_adviser, known, text):
    assert "Benali" not in text_of(as_adviser.post(SEARCH, {"connu": text}))


def test_other_structures_people_are_not_found(as_other_adviser, known):
    page = text_of(as_other_adviser.post(SEARCH, {"connu": "benali"}))
    assert "Nadia" not in page
    assert "Personne de votre structure" in page
    assert as_other_adviser.get(f"{NEW}?personne={known.uid}").status_code == 404
    assert as_other_adviser.post(NEW, {**typed(), "known": str(known.uid)}).status_code == 404


def test_while_one_types_only_the_list_is_answered(as_adviser, known):
    answer = text_of(as_adviser.post(SEARCH, {"connu": "benali"}, HTTP_HX_REQUEST="true"))
    assert "<html" not in answer
    assert "Nadia Benali" in answer


def test_a_case_that_is_open_is_what_one_is_led_to(as_adviser, adviser, garage):
    referral = journey.sent(adviser, garage).referral
    page = text_of(as_adviser.post(SEARCH, {"connu": "benali"}))
    assert reverse("referral_case", args=[referral.uid]) in page
    page = text_of(as_adviser.get(f"{NEW}?personne={referral.beneficiary.uid}"))
    assert "a déjà un dossier en cours" in page
    assert reverse("referral_case", args=[referral.uid]) in page


def test_a_name_is_shown_as_it_was_typed(as_adviser):
    page = as_adviser.post(SEARCH, {"connu": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_search_costs_few_queries_however_many_are_found(as_adviser, adviser, django_assert_max_num_queries):
    for number in range(2):
        journey.draft(adviser, first_name=f"Un{number}")
    with django_assert_max_num_queries(5) as few:
        as_adviser.post(SEARCH, {"connu": "benali"})
    for number in range(9):
        journey.draft(adviser, first_name=f"Deux{number}")
    with django_assert_max_num_queries(5) as many:
        page = text_of(as_adviser.post(SEARCH, {"connu": "benali"}))
    assert len(many) == len(few)
    assert "D’autres personnes répondent" in page


# --- a new need of someone known --------------------------------------------------------------------------
def test_the_record_is_taken_over_and_brought_up_to_date(as_adviser, known):
    shown = text_of(as_adviser.get(f"{NEW}?personne={known.uid}"))
    assert 'value="06 39 98 12 47"' in shown
    assert 'value="Saint-Étienne' in shown
    as_adviser.post(NEW, typed(known=str(known.uid)))
    assert Beneficiary.objects.count() == 1
    assert known.referrals.count() == 2
    assert journey.fresh(known).phone == "+33639981299"
    assert journey.fresh(known).commune.name == "Guéret"


def test_what_they_agreed_to_still_holds_and_is_shown_with_its_day(as_adviser, known):
    page = text_of(as_adviser.get(f"{NEW}?personne={known.uid}"))
    assert "Accord donné le" in page
    assert 'name="agrees"' not in page
    assert as_adviser.post(NEW, typed(known=str(known.uid))).status_code == 302
    assert known.consents.count() == 1


@pytest.mark.parametrize("before", [{"text_version": "2019-01"}, {"given_on": date(2020, 1, 1)}])
def test_an_agreement_to_an_older_text_or_of_long_ago_is_asked_again_and_replaced(as_adviser, known, before):
    known.consents.update(**before)
    assert 'name="agrees"' in text_of(as_adviser.get(f"{NEW}?personne={known.uid}"))
    assert as_adviser.post(NEW, typed(known=str(known.uid))).status_code == 422
    assert as_adviser.post(NEW, {**typed(known=str(known.uid)), **agreed()}).status_code == 302
    old, new = known.consents.order_by("pk")
    assert (old.is_in_force, new.is_in_force, new.text_version) == (False, True, consent.TEXT_VERSION)
    assert old.replaced_at is not None
    assert old.withdrawn_on is None


def test_an_agreement_that_was_withdrawn_is_asked_again(as_adviser, adviser, known):
    transitions.withdraw_consent(known, reason="N’en veut plus", by=actor(adviser))
    assert as_adviser.post(NEW, typed(known=str(known.uid))).status_code == 422
    assert as_adviser.post(NEW, {**typed(known=str(known.uid)), **agreed()}).status_code == 302


def test_the_same_form_of_someone_known_sent_twice_opens_one_dossier(as_adviser, known):
    sent = typed(known=str(known.uid))
    first, second = as_adviser.post(NEW, sent), as_adviser.post(NEW, sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert known.referrals.count() == 2


def test_the_household_of_before_is_there_to_be_looked_at_again(as_adviser, known):
    as_adviser.post(NEW, typed(known=str(known.uid)))
    new = Referral.objects.in_state("draft").get()
    page = text_of(as_adviser.get(reverse("referral_household", args=[new.uid])))
    assert "Repris du dossier précédent" in page
    assert 'value="03/09/2018"' in page


# --- somebody like them is registered ---------------------------------------------------------------------
LIKE = [
    {"phone": ""},
    {"first_name": "NADIA", "last_name": "benali"},
    {"first_name": "Naïma", "birth_date": "02/06/1990", "phone": "06.39.98.12.47"},
]


@pytest.mark.parametrize("changes", LIKE)
def test_a_record_that_looks_alike_is_shown_before_another_is_made(as_adviser, known, changes):
    response = as_adviser.post(NEW, {**typed(**changes), **agreed()})
    page = text_of(response)
    assert response.status_code == 422
    assert "Une fiche existe déjà" in page
    assert "1er mai 1986".replace(" ", "\u00a0") in page
    assert "Oui, reprendre la fiche de Nadia Benali" in page
    assert Beneficiary.objects.count() == 1


def test_the_record_chosen_keeps_its_name_and_is_completed(as_adviser, known):
    known.phone, known.email, known.notes = "+33639981299", "nadia@example.org", "Préfère le matin"
    known.save()
    sent = typed(first_name="Nadya", birth_date="02/05/1986", notes="Chauffe en côte", who=str(known.uid))
    response = as_adviser.post(NEW, {**sent, **agreed()})
    assert response.status_code == 302
    kept = Beneficiary.objects.get()
    assert (kept.first_name, kept.birth_date, kept.email) == ("Nadia", date(1986, 5, 1), "nadia@example.org")
    assert kept.notes == "Préfère le matin\nChauffe en côte"
    assert kept.commune.name == "Guéret"
    assert [one.channel for one in Consent.objects.in_force()] == ["paper"]


def test_somebody_else_is_registered_all_the_same(as_adviser, known):
    assert as_adviser.post(NEW, {**typed(who="other"), **agreed()}).status_code == 302
    assert Beneficiary.objects.count() == 2


def test_a_record_that_was_not_offered_cannot_be_chosen(as_adviser, known, other_adviser):
    theirs = journey.draft(other_adviser).beneficiary
    response = as_adviser.post(NEW, {**typed(who=str(theirs.uid)), **agreed()})
    assert response.status_code == 422
    assert Referral.objects.of_beneficiary(theirs.pk).count() == 1


def test_another_structures_people_are_never_offered(as_other_adviser, known):
    response = as_other_adviser.post(NEW, {**typed(), **agreed()})
    assert "Une fiche existe déjà" not in text_of(response)
    assert str(known.uid) not in text_of(response)


# --- what they agree to -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"giver": "guardian"}, "Indiquez le nom de qui a donné l’accord."),
        ({"giver": "someone"}, "someone"),
        ({"given_on": "01/01/2020"}, "plus d’un an"),
        ({"agrees": ""}, "Sans l’accord de la personne"),
        ({"giver": "guardian", "given_by": "2 85 05 42 218 123 46"}, "numéro de sécurité sociale"),
    ],
)
def test_an_agreement_that_does_not_hold_is_said_beside_it(as_adviser, changes, said):
    response = as_adviser.post(NEW, {**typed(), **agreed(**changes)})
    assert response.status_code == 422
    assert said in text_of(response)
    assert not Referral.objects.exists()


def test_a_guardian_is_noted_with_the_part_they_play(as_adviser):
    as_adviser.post(NEW, {**typed(), **agreed(giver="guardian", given_by="UDAF de la Creuse")})
    kept = Consent.objects.get()
    assert (kept.giver, kept.given_by) == ("guardian", "UDAF de la Creuse")
    assert kept.text_version == consent.TEXT_VERSION
    assert "UDAF de la Creuse" in text_of(as_adviser.get(reverse("referral_person", args=[Referral.objects.get().uid])))


def test_a_name_left_in_the_form_is_not_that_of_a_representative(as_adviser):
    as_adviser.post(NEW, {**typed(), **agreed(giver="person", given_by="Oubliée")})
    assert Consent.objects.get().given_by == "Nadia Benali"


def test_for_a_minor_somebody_else_agrees(as_adviser):
    born = clock.today() - timedelta(days=16 * 365)
    minor = {**typed(birth_date=f"{born:%d/%m/%Y}"), **agreed()}
    assert "un parent ou un tuteur donne l’accord" in text_of(as_adviser.post(NEW, minor))
    assert as_adviser.post(NEW, {**minor, "giver": "parent", "given_by": "Leïla Benali"}).status_code == 302


def test_a_child_in_the_place_of_the_person_is_a_slip_of_the_pen(as_adviser):
    page = text_of(as_adviser.post(NEW, {**typed(birth_date="01/05/2021"), **agreed()}))
    assert "la personne aurait" in page
    assert "Vérifiez l’année." in page


def test_two_figures_of_a_year_are_enough(as_adviser):
    as_adviser.post(NEW, {**typed(birth_date="1er mai 86"), **agreed()})
    assert Beneficiary.objects.get().birth_date == date(1986, 5, 1)


def test_a_draft_whose_person_withdrew_their_agreement_asks_for_it_again(as_adviser, adviser):
    referral = journey.draft(adviser)
    transitions.withdraw(referral, reason="Hésite", withdraws_consent=True, by=actor(adviser))
    transitions.reopen(journey.fresh(referral), by=actor(adviser))
    address = reverse("referral_person", args=[referral.uid])
    page = text_of(as_adviser.get(address))
    assert "Accord retiré le" in page
    assert 'name="agrees"' in page
    assert as_adviser.post(address, typed()).status_code == 422
    assert as_adviser.post(address, {**typed(), **agreed()}).status_code == 302
    assert Consent.objects.in_force().get().channel == "paper"


def test_the_text_can_be_printed_and_names_nobody(as_adviser):
    page = text_of(as_adviser.get("/orientations/nouvelle/accord/"))
    assert all(str(paragraph) in page for paragraph in consent.TEXT)
    assert consent.TEXT_VERSION in page
