"""A new referral in five steps: saved as one goes, nothing typed is lost, nothing is done twice."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from mobiliz.lib import clock
from referrals import actions
from referrals.models import Beneficiary, Household, Referral
from tests.cast import actor
from tests.factories import journey
from tests.factories.garages import GarageFactory

pytestmark = pytest.mark.django_db

NEW = "/orientations/nouvelle/"


def step(referral, name):
    return reverse(f"referral_{name}", args=[referral.uid])


def text_of(response):
    return unescape(response.content.decode())


# --- step 1: the person and what they agree to -----------------------------------------------------------
@pytest.fixture
def typed(db):
    return {
        "key": str(uuid4()),
        "first_name": "Nadia",
        "last_name": "Benali",
        "birth_date": "01/05/1986",
        "commune": "Guéret",
        "phone": "06 12 34 56 78",
        "distance_agreed_km": "30",
        "notes": "Rappeler après 17 h.",
        "agrees": "on",
        "channel": "oral",
        "given_on": f"{clock.today():%d/%m/%Y}",
    }


def test_the_first_step_opens_a_draft_and_leads_to_the_household(as_adviser, adviser, typed):
    response = as_adviser.post(NEW, typed)
    referral = Referral.objects.get()
    assert response.headers["Location"] == step(referral, "household")
    person = referral.beneficiary
    assert (person.first_name, person.phone, person.commune.name) == ("Nadia", "+33612345678", "Guéret")
    assert referral.adviser == adviser
    assert person.consents.get().channel == "oral"
    assert person.notes == "Rappeler après 17 h."


def test_the_same_form_sent_twice_opens_one_dossier(as_adviser, typed):
    first, second = as_adviser.post(NEW, typed), as_adviser.post(NEW, typed)
    assert Referral.objects.count() == Beneficiary.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_whoever_goes_back_to_the_empty_form_finds_what_was_just_opened(as_adviser, adviser, agency_adviser):
    journey.draft(agency_adviser, last_name="Ailleurs")
    assert "Le dossier de" not in text_of(as_adviser.get(NEW))
    referral = journey.draft(adviser)
    page = text_of(as_adviser.get(NEW))
    assert "Le dossier de Nadia Benali est enregistré" in page
    assert step(referral, "person") in page
    with clock.moved_to(clock.now() + timedelta(minutes=20)):
        assert "Le dossier de" not in text_of(as_adviser.get(NEW))


def test_another_person_typed_into_an_old_form_is_another_person(as_adviser, typed):
    as_adviser.post(NEW, typed)
    as_adviser.post(NEW, {**typed, "first_name": "Samir"})
    assert sorted(Beneficiary.objects.values_list("first_name", flat=True)) == ["Nadia", "Samir"]


def test_a_key_of_another_structures_dossier_opens_ones_own(as_adviser, other_adviser, typed):
    theirs = journey.draft(other_adviser, first_name="Samir", phone="")
    as_adviser.post(NEW, {**typed, "key": str(theirs.uid)})
    assert Referral.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("birth_date", "01/05/2086", "Cette date est dans le futur."),
        ("birth_date", "31/02/1986", "n’existe pas"),
        ("birth_date", "1/5/19", "Vérifiez l’année"),
        ("birth_date", "01/05/1901", "trop ancienne"),
        ("commune", "Tombouctou", "Nous ne trouvons pas cette commune."),
        ("commune", "Saint-Denis", "Précisez"),
        ("phone", "06 39", "dix chiffres"),
        ("email", "nadia@", "e-mail"),
        ("distance_agreed_km", "trente", "Écrivez seulement des chiffres"),
        ("distance_agreed_km", "0", "au moins 1"),
        ("first_name", "", "Indiquez le prénom."),
        ("notes", "NIR 2 85 05 42 218 123 46", "numéro de sécurité sociale"),
        ("agrees", "", "Sans l’accord de la personne"),
        ("given_on", "01/01/2099", "dans le futur"),
    ],
)
def test_wrong_input_is_said_beside_the_field_and_nothing_typed_is_lost(as_adviser, typed, field, value, said):
    response = as_adviser.post(NEW, {**typed, field: value})
    page = text_of(response)
    assert response.status_code == 422
    assert said in page
    assert f'value="{value}"' in page or value in page
    assert 'value="Benali"' in page
    assert typed["key"] in page
    assert not Referral.objects.exists()


def test_the_person_of_a_draft_can_be_corrected(as_adviser, adviser, typed):
    referral = journey.draft(adviser)
    shown = text_of(as_adviser.get(step(referral, "person")))
    assert 'value="01/05/1986"' in shown
    assert "06 39 98 12 47" in shown
    response = as_adviser.post(step(referral, "person"), {**typed, "last_name": "Benali-Roux"})
    assert response.status_code == 302
    assert journey.fresh(referral).beneficiary.last_name == "Benali-Roux"


def test_a_corrected_birth_date_is_assessed_again(as_adviser, adviser, typed):
    referral = journey.assessed(adviser)
    before = referral.assessment_id
    as_adviser.post(step(referral, "person"), {**typed, "birth_date": "01/05/1987"})
    after = journey.fresh(referral)
    assert after.assessment_id != before
    assert after.assessment.supersedes_id == before
    assert after.assessment.facts["birth_dates"][0] == "1987-05-01"


def test_a_corrected_telephone_leaves_the_assessment(as_adviser, adviser, typed):
    referral = journey.assessed(adviser)
    as_adviser.post(step(referral, "person"), {**typed, "phone": "07 00 00 00 00"})
    assert journey.fresh(referral).assessment_id == referral.assessment_id


# --- step 2: household and income ------------------------------------------------------------------------
def household(**changes):
    return {
        "form-TOTAL_FORMS": "3",
        "form-INITIAL_FORMS": "0",
        "form-0-birth_date": "03/09/2018",
        "form-1-birth_date": "",
        "form-2-birth_date": "",
        "income_basis": "last_12_months",
        "income_eur": "14 400",
        "dwelling": "ordinary",
        **changes,
    }


@pytest.fixture
def draft(adviser):
    journey.threshold()
    return journey.draft(adviser)


def test_saving_the_household_shows_the_verdict_with_its_arithmetic(as_adviser, draft):
    response = as_adviser.post(step(draft, "household"), household(), follow=True)
    page = text_of(response)
    assert "Éligible" in page
    assert "1 + 0,3 × 1 = 1,3\u00a0UC" in page
    assert "1\u202f288 × 1,3 × 12 = 20\u202f092,80\u00a0€ par an" in page
    assert "Continuer\u00a0: la voiture" in page or "Continuer : la voiture" in page
    facts = Household.objects.get().facts
    assert facts["birth_dates"] == ["1986-05-01", "2018-09-03"]


def test_the_same_household_sent_twice_is_assessed_once(as_adviser, draft):
    as_adviser.post(step(draft, "household"), household())
    first = journey.fresh(draft).assessment_id
    as_adviser.post(step(draft, "household"), household())
    assert journey.fresh(draft).assessment_id == first
    as_adviser.post(step(draft, "household"), household(income_eur="14 401"))
    assert journey.fresh(draft).assessment_id != first


def test_going_on_saves_what_was_changed_and_shows_another_answer_first(as_adviser, draft):
    as_adviser.post(step(draft, "household"), household())
    same = as_adviser.post(step(draft, "household"), household(income_eur="9 000", suite="1"))
    assert same.headers["Location"] == step(draft, "vehicle")
    assert journey.fresh(draft).assessment.facts["annual_disposable_income_eur"] == "9000.00"
    other = as_adviser.post(step(draft, "household"), household(income_eur="40 000", suite="1"))
    assert other.headers["Location"] == step(draft, "household") + "#reponse"
    again = as_adviser.post(step(draft, "household"), household(income_eur="40 000", suite="1"))
    assert again.headers["Location"] == step(draft, "send")


def test_the_last_month_counts_twelve_times(as_adviser, draft):
    as_adviser.post(step(draft, "household"), household(income_basis="last_month", income_eur="1 200"))
    assert journey.fresh(draft).assessment.facts["annual_disposable_income_eur"] == "14400.00"
    shown = text_of(as_adviser.get(step(draft, "household")))
    assert 'value="1200"' in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"income_eur": "-200"}, "ne peut pas être négatif"),
        ({"income_eur": "mille deux"}, "Écrivez seulement des chiffres, comme 1 234,50."),
        ({"income_eur": "12,345"}, "au plus 2 chiffres"),
        ({"income_eur": ""}, "Indiquez le revenu du foyer, même s’il est de 0 €."),
        ({"income_basis": ""}, "Dites si le montant est celui de l’année ou du mois."),
        ({"income_unknown": "on"}, "gardez l’un ou l’autre"),
        ({"form-1-birth_date": "03/09/2088"}, "Cette date est dans le futur."),
        ({"form-1-birth_date": "hier"}, "Écrivez la date comme 12/03/1985."),
        ({"dwelling": "igloo"}, "igloo"),
    ],
)
def test_a_wrong_household_is_said_beside_its_row_and_nothing_typed_is_lost(as_adviser, draft, changes, said):
    response = as_adviser.post(step(draft, "household"), household(**changes))
    page = text_of(response)
    assert response.status_code == 422
    assert said in page
    assert 'value="03/09/2018"' in page
    for name, value in changes.items():
        if value and name not in ("income_unknown", "dwelling"):
            assert f'value="{value}"' in page
    assert draft.assessment_id is None


def test_rows_are_added_without_script_and_without_losing_what_was_typed(as_adviser, draft):
    response = as_adviser.post(step(draft, "household"), household(ajouter="1", income_eur="pas encore"))
    page = text_of(response)
    assert response.status_code == 200
    assert 'name="form-3-birth_date"' in page
    assert 'value="03/09/2018"' in page
    assert 'value="pas encore"' in page
    assert "revoir" not in page


def test_an_unknown_income_goes_to_a_pilot_and_is_never_a_no(as_adviser, draft):
    as_adviser.post(step(draft, "household"), household(income_eur="", income_unknown="on"))
    assert journey.fresh(draft).assessment.outcome == "needs_review"


def test_no_period_is_chosen_in_the_advisers_place_and_the_answer_waits_for_it(as_adviser, draft):
    shown = as_adviser.get(step(draft, "household")).content.decode()
    assert not re.search(r'name="income_basis"[^>]*checked', shown)
    typed = household()
    del typed["income_basis"]
    assert "La réponse s’affiche ici" in text_of(as_adviser.post(step(draft, "household_preview"), typed))
    assert as_adviser.post(step(draft, "household"), typed).status_code == 422
    unknown = {**typed, "income_eur": "", "income_unknown": "on"}
    assert as_adviser.post(step(draft, "household"), unknown).status_code == 302
    shown = as_adviser.get(step(draft, "household")).content.decode()
    assert not re.search(r'name="income_basis"[^>]*checked', shown)


@pytest.mark.parametrize(
    ("income", "basis", "is_asked"),
    [
        ("1 900", "last_12_months", True),
        ("3 599,99", "last_12_months", True),
        ("3 600", "last_12_months", False),
        ("0", "last_12_months", False),
        ("190", "last_month", False),
    ],
)
def test_a_year_that_looks_like_a_month_is_asked_again(as_adviser, draft, income, basis, is_asked):
    typed = household(income_eur=income, income_basis=basis)
    preview = text_of(as_adviser.post(step(draft, "household_preview"), typed))
    saved = text_of(as_adviser.post(step(draft, "household"), typed, follow=True))
    for page in (preview, saved):
        assert ("est-ce bien le total de l’année ?" in page) == is_asked
        assert ("Soit 158,33\u00a0€ par mois pour tout le foyer" in page) == (income == "1 900")


def test_the_preview_answers_what_is_typed_and_stores_nothing(as_adviser, draft):
    preview = step(draft, "household_preview")
    page = text_of(as_adviser.post(preview, household(income_eur="40 000")))
    assert "Non éligible" in page
    assert "pas encore enregistrée" in page
    assert "La réponse s’affiche ici" in text_of(as_adviser.post(preview, household(income_eur="")))
    assert not Household.objects.exists()
    assert journey.fresh(draft).assessment is None


def test_who_is_not_eligible_is_told_what_would_change_it(as_adviser, draft):
    page = text_of(as_adviser.post(step(draft, "household"), household(income_eur="40 000"), follow=True))
    assert "Non éligible" in page
    assert "Si la situation change, refaites l’évaluation." in page
    assert "le revenu du foyer serait en dessous du seuil" in page


# --- step 3: the car and what is wrong with it -----------------------------------------------------------
def vehicle(**changes):
    return {
        "make": "Renault",
        "model": "Clio",
        "first_registered_year": "2015",
        "mileage_km": "186 400",
        "fuel": "diesel",
        "plate": "da123bc",
        "vin": "",
        "complaint": "Elle chauffe dans les montées.",
        "is_drivable": "yes",
        "since": "weeks",
        "warning_lights": "un thermomètre rouge",
        "noises": "",
        **changes,
    }


def test_the_vehicle_is_kept_as_the_papers_write_it(as_adviser, adviser):
    referral = journey.assessed(adviser)
    response = as_adviser.post(step(referral, "vehicle"), vehicle())
    kept = journey.fresh(referral)
    assert response.headers["Location"] == step(referral, "garage")
    assert (kept.vehicle.plate, kept.vehicle.plate_format, kept.vehicle.mileage_km) == ("DA-123-BC", "SIV", 186400)
    assert kept.prediagnosis.is_drivable is True
    shown = text_of(as_adviser.get(step(referral, "vehicle")))
    assert "Elle chauffe dans les montées." in shown
    assert 'value="186400"' in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first_registered_year": "15"}, "quatre chiffres, comme 2015"),
        ({"first_registered_year": "2099"}, "dans le futur"),
        ({"first_registered_year": "deux mille"}, "seulement des chiffres"),
        ({"mileage_km": "-5"}, "ne peut pas être négatif"),
        ({"plate": "???"}, "telle qu’elle est sur la plaque"),
        ({"vin": "VF1"}, "17 caractères"),
        ({"complaint": ""}, "Décrivez la panne"),
        ({"complaint": "voir 2 85 05 42 218 123 46"}, "numéro de sécurité sociale"),
        ({"noises": "2850542218123 46"}, "numéro de sécurité sociale"),
        ({"is_drivable": ""}, "Dites si la voiture roule"),
    ],
)
def test_a_wrong_vehicle_is_said_beside_the_field_and_nothing_typed_is_lost(as_adviser, draft, changes, said):
    response = as_adviser.post(step(draft, "vehicle"), vehicle(**changes))
    page = text_of(response)
    assert response.status_code == 422
    assert said in page
    assert 'value="Clio"' in page
    for value in changes.values():
        assert value in page
    assert draft.vehicle_id is None


def test_a_plate_that_looks_odd_is_accepted_with_a_word(as_adviser, draft):
    page = text_of(as_adviser.post(step(draft, "vehicle"), vehicle(plate="OO-123-AA"), follow=True))
    assert "Vérifiez-la" in page
    assert journey.fresh(draft).vehicle.plate_format == "FOREIGN"


def test_without_eligibility_the_vehicle_leads_to_the_last_step(as_adviser, draft):
    response = as_adviser.post(step(draft, "vehicle"), vehicle())
    assert response.headers["Location"] == step(draft, "send")


# --- step 4: the garage is in test_garage_choice.py -------------------------------------------------------
@pytest.fixture
def ready(adviser, garage):
    return journey.ready(adviser)


@pytest.fixture
def chosen(adviser, garage):
    return journey.chosen(adviser, garage, reason="à pied")


# --- step 5: read over and send --------------------------------------------------------------------------
def test_sending_puts_the_referral_to_the_garage_that_was_chosen(as_adviser, chosen, garage):
    page = text_of(as_adviser.get(step(chosen, "send")))
    assert "Envoyer à Garage de la Loire" in page
    assert "à pied" in page
    response = as_adviser.post(step(chosen, "send"), {"garage": garage.uid}, follow=True)
    sent = journey.fresh(chosen)
    assert sent.state == "waiting"
    assert sent.assignments.get().choice_reason == "à pied"
    assert "Envoyé : Garage de la Loire" in text_of(response)


def test_sending_twice_says_that_it_is_done(as_adviser, chosen, garage):
    as_adviser.post(step(chosen, "send"), {"garage": garage.uid})
    response = as_adviser.post(step(chosen, "send"), {"garage": garage.uid}, follow=True)
    assert "n’est plus un brouillon" in text_of(response)
    assert chosen.assignments.count() == 1


def test_nothing_is_sent_without_a_choice_nor_to_another_than_was_read(as_adviser, adviser, ready, garage):
    url = step(ready, "send")
    assert "Aucun garage n’est choisi." in text_of(as_adviser.get(url))
    assert as_adviser.post(url, {"garage": garage.uid}).status_code == 422
    other = GarageFactory(name="Garage de Lyon", at="69123")
    actions.choose_garage(ready, garage=other, by=actor(adviser))
    response = as_adviser.post(url, {"garage": garage.uid})
    assert response.status_code == 422
    assert "Un autre garage a été choisi entre-temps" in text_of(response)
    assert as_adviser.post(url, {"garage": "n’importe quoi"}).status_code == 422
    assert journey.fresh(ready).state == "draft"


def test_a_garage_that_closed_meanwhile_is_refused_in_words(as_adviser, chosen, garage):
    garage.statuses.update(until_on=clock.today())
    garage.statuses.create(status="closed", from_on=clock.today())
    response = as_adviser.post(step(chosen, "send"), {"garage": garage.uid})
    assert response.status_code == 422
    assert "ne prend plus cette orientation" in text_of(response)
    assert journey.fresh(chosen).state == "draft"


def test_a_garage_that_filled_up_meanwhile_is_refused_in_words(as_adviser, chosen, adviser, garage):
    for name in ("Un", "Deux"):
        journey.sent(adviser, garage, first_name=name)
    shown = text_of(as_adviser.get(step(chosen, "send")))
    assert "sa dernière place est prise" in shown
    assert "Envoyer à" not in shown
    response = as_adviser.post(step(chosen, "send"), {"garage": garage.uid})
    assert response.status_code == 422
    assert "complet cette semaine" in text_of(response)


def test_what_is_missing_is_listed_with_the_way_there(as_adviser, draft):
    page = text_of(as_adviser.get(step(draft, "send")))
    assert "Décrivez le véhicule." in page
    assert "Évaluez l’éligibilité du foyer." in page
    assert "Envoyer à" not in page


def test_an_unsure_eligibility_goes_to_a_pilot(as_adviser, adviser):
    referral = journey.ready(adviser, dwelling="student_alone")
    assert "Envoyer à un pilote pour examen" in text_of(as_adviser.get(step(referral, "send")))
    as_adviser.post(step(referral, "send_for_review"))
    assert journey.fresh(referral).state == "review"


def test_a_sure_eligibility_is_not_sent_to_a_pilot(as_adviser, ready):
    response = as_adviser.post(step(ready, "send_for_review"))
    assert response.status_code == 422
    assert "Seul un foyer dont l’éligibilité est à examiner" in text_of(response)


def test_who_is_not_eligible_can_be_closed_from_the_last_step(as_adviser, adviser):
    referral = journey.assessed(adviser, income="40000")
    journey.describe_vehicle(referral, adviser)
    page = text_of(as_adviser.get(step(referral, "send")))
    assert "Fermer : non éligible" in page
    closed = {"outcome": "not_eligible", "reason": "Au-dessus du seuil"}
    as_adviser.post(reverse("referral_close", args=[referral.uid]), closed)
    assert journey.fresh(referral).outcome == "not_eligible"


def test_an_expired_assessment_is_asked_again(as_adviser, adviser, garage):
    with journey.days_ago(200):
        referral = journey.chosen(adviser, garage)
    assert "Refaire l’évaluation" in text_of(as_adviser.get(step(referral, "send")))
    response = as_adviser.post(step(referral, "send"), {"garage": garage.uid})
    assert response.status_code == 422
    assert "a expiré : refaites-la" in text_of(response)


# --- around the steps ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["person", "household", "vehicle", "garage", "send"])
def test_a_draft_of_another_structure_does_not_exist(as_other_adviser, draft, name):
    assert as_other_adviser.get(step(draft, name)).status_code == 404
    assert as_other_adviser.post(step(draft, name), {}).status_code == 404


@pytest.mark.parametrize("name", ["person", "vehicle", "send"])
def test_whoever_comes_back_to_a_step_once_it_was_sent_is_led_to_the_case(as_adviser, adviser, garage, name):
    referral = journey.sent(adviser, garage).referral
    response = as_adviser.post(step(referral, name), vehicle(complaint="autre chose"), follow=True)
    assert response.redirect_chain[-1][0] == f"/orientations/{referral.uid}/"
    assert "Rien n’a été changé" in text_of(response)
    assert journey.fresh(referral).prediagnosis.complaint == "Elle chauffe dans les montées."


def test_a_step_that_is_opened_changes_nothing(as_adviser, ready):
    before = Referral.objects.values().get()
    for name in ("person", "household", "vehicle", "garage", "send", "case"):
        assert as_adviser.get(step(ready, name)).status_code == 200
    assert Referral.objects.values().get() == before


def test_a_new_assessment_can_be_made_while_a_garage_holds_it(as_adviser, adviser, workshop):
    referral = journey.accepted(adviser, workshop).referral
    response = as_adviser.post(step(referral, "household"), household(income_eur="9 000"))
    assert response.status_code == 302
    kept = journey.fresh(referral)
    assert kept.assessment.facts["annual_disposable_income_eur"] == str(Decimal("9000.00"))
    assert kept.assessment.reference_date == clock.today() >= date(2026, 1, 1)
    assert clock.now() - kept.updated_at < timedelta(minutes=1)


# --- their cost ------------------------------------------------------------------------------------------
STEP_QUERIES = {"person": 6, "household": 6, "vehicle": 6, "garage": 12, "send": 12, "case": 12}


@pytest.mark.parametrize(("name", "most"), STEP_QUERIES.items())
def test_a_page_of_a_draft_costs_few_queries_however_many_garages(
    as_adviser, ready, name, most, django_assert_max_num_queries
):
    with django_assert_max_num_queries(most) as few:
        as_adviser.get(step(ready, name))
    for number in range(9):
        GarageFactory(name=f"Garage {number}", at="42095")
    with django_assert_max_num_queries(most) as many:
        as_adviser.get(step(ready, name))
    assert len(many) == len(few)


def test_an_empty_form_costs_few_queries(as_adviser, adviser, django_assert_max_num_queries):
    journey.draft(adviser)
    with django_assert_max_num_queries(7):
        as_adviser.get(NEW)
