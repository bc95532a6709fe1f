"""The pages on which a case passes to another person: found or registered, agreed to, told in words, done once."""

from html import unescape

import pytest
from django.urls import reverse

from mobiliz.lib import clock
from mobiliz.lib.numbers import NO_BREAK_SPACE
from referrals import transitions
from referrals.models import Beneficiary, Consent, LogEntry, Referral
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db

CONSENT = {"agrees": "on", "channel": "oral", "given_on": "1/1/2026"}
INES = {
    "first_name": "Inès",
    "last_name": "Barbier",
    "birth_date": "2/4/1990",
    "commune": "42218",
    "phone": "06 39 98 12 55",
    "distance_agreed_km": "45",
}


def text_of(response):
    return unescape(response.content.decode()).replace(NO_BREAK_SPACE, " ")


def page_of(referral, to=None):
    address = reverse("referral_move_to_person", args=[referral.uid])
    return f"{address}?personne={to.uid}" if isinstance(to, Beneficiary) else f"{address}{to or ''}"


def consent(**changes):
    return {**CONSENT, "given_on": clock.today().strftime("%d/%m/%Y"), **changes}


@pytest.fixture
def case(adviser):
    return journey.ready(adviser)


@pytest.fixture
def other(adviser):
    return journey.draft(adviser, first_name="Inès", last_name="Barbier", distance_agreed_km=60).beneficiary


def typed(case, **more):
    return {"leaving": str(case.beneficiary.uid), "car": "goes", "distance_agreed_km": "45", **more}


# --- found --------------------------------------------------------------------------------------------------
def test_from_the_case_and_its_first_step_one_looks_for_the_other(as_adviser, case):
    for name in ("referral_case", "referral_person"):
        assert page_of(case) in text_of(as_adviser.get(reverse(name, args=[case.uid])))
    assert "De qui est ce dossier" in text_of(as_adviser.get(page_of(case)))


def test_the_search_finds_people_of_the_organisation_but_for_the_cases_own(
    as_adviser, agency_adviser, other_adviser, case, other
):
    for stranger in (agency_adviser, other_adviser):
        journey.draft(stranger, first_name="Ailleurs", last_name="Barbier")
    shown = text_of(as_adviser.post(page_of(case), {"connu": "barbier"}))
    assert f"?personne={other.uid}" in shown
    assert "Ailleurs" not in shown
    assert "ne répond à" in text_of(as_adviser.post(page_of(case), {"connu": "<b>benali nadia"}))


@pytest.mark.parametrize("name", ["other_adviser", "agency_adviser"])
def test_a_record_of_elsewhere_does_not_exist(request, as_adviser, case, name):
    theirs = journey.draft(request.getfixturevalue(name)).beneficiary
    assert as_adviser.get(page_of(case, theirs)).status_code == 404
    assert as_adviser.post(page_of(case, theirs), typed(case)).status_code == 404


@pytest.mark.parametrize("said", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_what_names_no_record_does_not_exist(as_adviser, case, said):
    assert as_adviser.get(page_of(case, f"?personne={said}")).status_code == 404


# --- to someone known ---------------------------------------------------------------------------------------
def test_what_goes_along_is_said_first_and_their_own_distance_proposed(as_adviser, case, other):
    shown = text_of(as_adviser.get(page_of(case, other)))
    assert "à Inès Barbier" in shown
    assert "Inès Barbier a déjà un dossier en cours" in shown
    assert "restent sur la fiche de Nadia Benali" in shown
    assert 'name="agrees"' not in shown
    assert 'value="60"' in shown


def test_it_passes_and_the_person_is_read_over(as_adviser, case, other):
    response = as_adviser.post(page_of(case, other), typed(case), follow=True)
    assert response.redirect_chain[-1][0] == reverse("referral_person", args=[case.uid])
    assert "Le dossier a changé de personne" in text_of(response)
    moved = journey.fresh(case)
    assert (moved.beneficiary, moved.distance_agreed_km, moved.vehicle) == (other, 45, case.vehicle)
    thread = text_of(as_adviser.get(reverse("referral_case", args=[case.uid])))
    assert "Dossier passé à une autre personne" in thread
    assert "Nadia" not in thread


@pytest.mark.parametrize(("car", "goes"), [("goes", True), ("stays", False)])
def test_the_car_goes_if_it_is_theirs(as_adviser, case, other, car, goes):
    as_adviser.post(page_of(case, other), typed(case, car=car))
    assert (journey.fresh(case).vehicle is not None) is goes


def test_whose_car_it_is_is_asked_only_where_there_is_one(as_adviser, adviser, case, other):
    response = as_adviser.post(page_of(case, other), typed(case, car=""))
    assert response.status_code == 422
    assert "Dites à qui est la voiture" in text_of(response)
    bare = journey.draft(adviser)
    assert 'name="car"' not in text_of(as_adviser.get(page_of(bare, other)))
    as_adviser.post(page_of(bare, other), typed(bare))
    assert journey.fresh(bare).beneficiary == other


def test_without_an_agreement_that_still_holds_theirs_is_asked(as_adviser, adviser, case, other):
    Consent.objects.of_beneficiary(other.pk).update(text_version="1990")
    assert as_adviser.post(page_of(case, other), typed(case)).status_code == 422
    assert journey.fresh(case).beneficiary != other
    as_adviser.post(page_of(case, other), typed(case, **consent()))
    assert journey.fresh(case).beneficiary == other
    assert Consent.objects.in_force().of_beneficiary(other.pk).count() == 1


def test_a_minor_does_not_agree_alone(as_adviser, adviser, case, other):
    Consent.objects.of_beneficiary(other.pk).update(withdrawn_on=clock.today())
    Beneficiary.objects.with_key(other.pk).update(birth_date=clock.today().replace(year=clock.today().year - 16, day=1))
    response = as_adviser.post(page_of(case, other), typed(case, **consent()))
    assert "La personne est mineure" in text_of(response)


# --- to someone new -----------------------------------------------------------------------------------------
def test_someone_new_is_registered_with_what_they_agree_to(as_adviser, case):
    new = {**typed(case), **INES, **consent()}
    as_adviser.post(page_of(case, "?nouvelle=1"), new)
    moved = journey.fresh(case)
    assert (str(moved.beneficiary), moved.distance_agreed_km) == ("Inès Barbier", 45)
    assert Consent.objects.in_force().of_beneficiary(moved.beneficiary_id).exists()


@pytest.mark.parametrize("missing", ["last_name", "birth_date", "agrees", "car"])
def test_what_is_missing_is_said_beside_its_field(as_adviser, case, missing):
    new = {**typed(case), **INES, **consent(), missing: ""}
    response = as_adviser.post(page_of(case, "?nouvelle=1"), new)
    assert response.status_code == 422
    assert f'href="#id_{missing}' in text_of(response)
    assert Beneficiary.objects.count() == 1


@pytest.mark.parametrize("is_same", [True, False])
def test_whoever_looks_alike_is_proposed(as_adviser, adviser, case, is_same):
    like = journey.draft(adviser, first_name="Ines", last_name="Barbier", phone="+33639981255").beneficiary
    new = {**typed(case), **INES, **consent()}
    response = as_adviser.post(page_of(case, "?nouvelle=1"), new)
    assert "Est-ce la même personne" in text_of(response)
    as_adviser.post(page_of(case, "?nouvelle=1"), {**new, "who": str(like.uid) if is_same else "other"})
    assert (journey.fresh(case).beneficiary == like) is is_same
    assert Beneficiary.objects.count() == (2 if is_same else 3)


# --- twice, too late, meanwhile -----------------------------------------------------------------------------
@pytest.mark.parametrize("new", [True, False])
def test_a_double_click_makes_nobody_twice_and_says_so(as_adviser, case, other, new):
    address = page_of(case, "?nouvelle=1" if new else other)
    said = {**typed(case), **({**INES, "phone": "", "first_name": "Ida", **consent()} if new else {})}
    as_adviser.post(address, said)
    people = Beneficiary.objects.count()
    assert "vient de passer à une autre personne" in text_of(as_adviser.post(address, said, follow=True))
    assert Beneficiary.objects.count() == people
    assert LogEntry.objects.of_referral(case).of_verb("move_to_person").count() == 1


def test_their_own_record_is_no_other_person(as_adviser, case):
    response = as_adviser.get(page_of(case, case.beneficiary), follow=True)
    assert "déjà celui de cette personne" in text_of(response)


def test_once_a_garage_has_accepted_the_page_says_what_can_be_done(as_adviser, adviser, workshop, other):
    held = journey.accepted(adviser, workshop)
    for response in (as_adviser.get(page_of(held.referral, other)), as_adviser.post(page_of(held.referral, other))):
        assert "ne change plus de personne" in text_of(response)
        assert "fermez ce dossier tel qu’il est" in text_of(response)
    transitions.withdraw(held.referral, reason="Erreur", by=actor(adviser))
    assert "Il est terminé" in text_of(as_adviser.get(page_of(held.referral)))
    assert journey.fresh(held.referral).beneficiary != other


def test_forms_that_were_open_before_do_nothing_to_the_other(as_adviser, adviser, garage, case, other):
    steps = {
        name: as_adviser.get(reverse(name, args=[case.uid])).context["typed"].version
        for name in ("referral_person", "referral_household", "referral_vehicle")
    }
    of = str(case.beneficiary.uid)
    as_adviser.post(page_of(case, other), typed(case))
    for name, version in steps.items():
        response = as_adviser.get(reverse(name, args=[case.uid]))
        assert response.context["typed"].version != version
    old = {**INES, "first_name": "Nadia", "version": steps["referral_person"]}
    assert "enregistrée ailleurs" in text_of(as_adviser.post(reverse("referral_person", args=[case.uid]), old))
    for name in ("referral_withdraw_consent", "referral_correct_person"):
        said = {"of": of, "reason": "Ne veut plus", "why": "Faute", "kind": "error", **INES, "first_name": "Nadia"}
        told = text_of(as_adviser.post(reverse(name, args=[case.uid]), said, follow=True))
        assert "n’est plus celui de la même personne" in told
    assert Consent.objects.in_force().of_beneficiary(other.pk).exists()
    assert journey.fresh(other).first_name == "Inès"


def test_the_pages_cost_few_queries_however_many_cases(as_adviser, adviser, case, other, django_assert_max_num_queries):
    for address, most in ((page_of(case), 6), (page_of(case, other), 10), (page_of(case, "?nouvelle=1"), 7)):
        with django_assert_max_num_queries(most) as few:
            as_adviser.get(address)
        extra = [journey.draft(adviser) for _ in range(3)]
        Referral.objects.with_uid(extra[0].uid).update(beneficiary=other)
        with django_assert_max_num_queries(most) as many:
            as_adviser.get(address)
        assert len(many) == len(few)
