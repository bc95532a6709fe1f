"""Step 3 as someone fills it in who knows nothing of cars: few answers asked for, none that blocks, all kept."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from referrals import transitions
from referrals.models import PreDiagnosis
from referrals.symptoms import CODES
from tests.cast import actor, sign_in
from tests.factories import journey

pytestmark = pytest.mark.django_db
SMALLEST = {"make": "Renault", "model": "Clio", "first_registered_year": "2015", "is_drivable": "unknown"}


def text_of(response):
    return response.content.decode()


def step(referral, name="vehicle"):
    return reverse(f"referral_{name}", args=[referral.uid])


@pytest.fixture
def draft(adviser):
    return journey.draft(adviser)


def post(browser, referral, **typed):
    return browser.post(step(referral), {**SMALLEST, **typed})


@pytest.mark.parametrize("told", [{"complaint": "Elle fume."}, {"symptoms": ["smoke_blue"]}])
def test_five_answers_are_enough_and_not_knowing_is_one(as_adviser, draft, told):
    assert post(as_adviser, draft, **told).status_code == 302
    fault = journey.fresh(draft).prediagnosis
    assert fault.is_drivable is None
    assert {fault.since, fault.whereabouts, fault.papers, fault.transport} == {"unknown"}
    assert (fault.instalments, fault.confided) == (None, None)


def test_what_only_the_words_or_only_the_boxes_say_is_asked_once(as_adviser, draft):
    response = post(as_adviser, draft)
    page = text_of(response)
    assert response.status_code == 422
    assert "Décrivez la panne en quelques mots, ou cochez ce que la personne remarque." in page
    assert 'href="#id_complaint"' in page
    assert 'value="Clio"' in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"symptoms": ["made_up"]}, "made_up"),
        ({"inspected_on": "13/2024"}, "n’existe pas"),
        ({"inspected_on": "03/2099"}, "Cette date est dans le futur"),
        ({"inspected_on": "mars"}, "Écrivez la date"),
        ({"can_pay_eur": "-5"}, "ne peut pas être négatif"),
        ({"instalments": "9"}, "9"),
        ({"whereabouts": "moon"}, "moon"),
        ({"warning_lights": "2 85 05 42 218 123 46"}, "numéro de sécurité sociale"),
        ({"noises": "x" * 201}, "200"),
    ],
)
def test_a_wrong_answer_is_said_and_nothing_typed_is_lost(as_adviser, draft, typed, said):
    response = post(as_adviser, draft, complaint="Elle fume.", **typed)
    page = text_of(response)
    assert response.status_code == 422
    assert said in page
    assert "Elle fume." in page
    assert journey.fresh(draft).vehicle_id is None


def test_everything_that_was_said_is_kept_in_codes_and_shown_again(as_adviser, draft):
    said = {
        "symptoms": ["noise_front", "light_oil", "noise_knock"],
        "noises": "tac tac",
        "warning_lights": "un lapin vert",
        "is_drivable": "no",
        "since": "months",
        "whereabouts": "street",
        "papers": "at_hand",
        "inspected_on": "03/2024",
        "needs_accompaniment": "on",
        "transport": "relative",
        "worries": ["price", "car_kept"],
        "can_pay_eur": "150,50",
        "instalments": "3",
    }
    assert post(as_adviser, draft, **said).status_code == 302
    fault = journey.fresh(draft).prediagnosis
    assert fault.symptoms == ["light_oil", "noise_knock", "noise_front"]
    assert (fault.is_drivable, fault.whereabouts, fault.papers) == (False, "street", "at_hand")
    assert (fault.transport, fault.instalments, fault.can_pay_eur) == ("relative", 3, Decimal("150.50"))
    assert fault.worries == ["que ce soit trop cher", "qu’on ne lui rende pas la voiture"]
    assert journey.fresh(draft).vehicle.inspected_on == date(2024, 3, 1)
    page = text_of(as_adviser.get(step(draft)))
    for shown in ('value="03/2024"', 'value="150,50"', 'value="tac tac"', 'value="light_oil" checked'):
        assert shown in page
    assert page.count('<details class="family" open>') == 2
    again = as_adviser.post(step(draft), {**SMALLEST, **said})
    assert again.status_code == 302
    assert journey.fresh(draft).prediagnosis.confided == fault.confided


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("03/2024", date(2024, 3, 1), "03/2024"),
        ("3 2024", date(2024, 3, 1), "03/2024"),
        ("032024", date(2024, 3, 1), "03/2024"),
        ("mars 2024", date(2024, 3, 1), "03/2024"),
        ("12 03 2024", date(2024, 3, 12), "12/03/2024"),
        ("12 mars 2024", date(2024, 3, 12), "12/03/2024"),
    ],
)
def test_the_month_of_the_last_inspection_is_enough(as_adviser, draft, typed, kept, shown):
    assert post(as_adviser, draft, complaint="Elle fume.", inspected_on=typed).status_code == 302
    assert journey.fresh(draft).vehicle.inspected_on == kept
    assert f'value="{shown}"' in text_of(as_adviser.get(step(draft)))


def test_something_dangerous_tells_the_adviser_to_have_it_towed(as_adviser, draft):
    page = text_of(as_adviser.post(step(draft), {**SMALLEST, "symptoms": ["brake_soft"]}, follow=True))
    assert "Cette voiture ne doit plus rouler" in page
    assert "Ne roulez plus avec cette voiture, faites-la remorquer" in page
    assert "La pédale de frein s’enfonce ou est molle" in page
    harmless = text_of(as_adviser.post(step(draft), {**SMALLEST, "symptoms": ["elec_wipers"]}, follow=True))
    assert "ne doit plus rouler" not in harmless
    assert "Ne roulez plus" not in harmless


# --- begun and left ---------------------------------------------------------------------------------------
def keep(browser, referral, **said):
    return browser.post(reverse("referral_keep_typed", args=[referral.uid, "vehicle"]), {**SMALLEST, **said})


def version_of(browser, referral):
    return re.search(r'name="version" value="(\w+)"', text_of(browser.get(step(referral))))[1]


def test_what_was_ticked_and_typed_and_left_is_there_again(as_adviser, adviser, draft):
    photo = journey.add_photo(draft, adviser, caption="avant")
    left = {
        "first_registered_year": "deux mille",
        "symptoms": ["brake_soft", "heat_gauge"],
        "worries": ["price"],
        "can_pay_eur": "cent",
        f"legende-{photo.uid}": "après",
    }
    keep(as_adviser, draft, version=version_of(as_adviser, draft), photos="IMG_2034.jpg", **left)
    page = text_of(as_adviser.get(step(draft)))
    assert "Repris de ce que vous aviez tapé" in page
    for shown in ('value="deux mille"', 'value="brake_soft" checked', 'value="cent"', 'value="après"'):
        assert shown in page
    assert "IMG_2034" not in page
    assert "revoir" not in page
    assert journey.fresh(draft).vehicle_id is None
    post(as_adviser, draft, complaint="Elle fume.")
    assert "Repris" not in text_of(as_adviser.get(step(draft)))


def test_answers_stored_in_another_tab_are_told_before_they_are_replaced(as_adviser, draft):
    before = version_of(as_adviser, draft)
    stored = {"symptoms": ["brake_soft", "heat_gauge"], "transport": "relative", "mileage_km": "90 000"}
    post(as_adviser, draft, **stored)
    late = post(as_adviser, draft, complaint="Elle fume.", version=before)
    page = text_of(late)
    assert late.status_code == 422
    for told in (
        "la pédale de frein s’enfonce ou est molle, l’aiguille de température monte dans le rouge",
        "Un proche l’emmène",
        "90000",
    ):
        assert f"<dd>{told}</dd>" in page
    assert journey.fresh(draft).prediagnosis.complaint == ""
    again = post(as_adviser, draft, complaint="Elle fume.", version=version_of(as_adviser, draft))
    assert again.status_code == 302


# --- who reads what ---------------------------------------------------------------------------------------
def described(as_adviser, adviser):
    referral = journey.assessed(adviser)
    post(
        as_adviser,
        referral,
        symptoms=["heat_gauge"],
        is_drivable="yes",
        whereabouts="towed",
        transport="none",
        needs_accompaniment="on",
        worries=["being_judged"],
        can_pay_eur="77,77",
        instalments="4",
        plate="DA-123-BC",
    )
    return journey.fresh(referral)


def test_a_garage_reads_the_fault_then_the_visit_and_never_what_was_confided(as_adviser, adviser, workshop, garage):
    held = transitions.send(described(as_adviser, adviser), garage=garage, by=actor(adviser))
    browser, address = sign_in(Client(), workshop), reverse("assignment", args=[held.uid])
    before = text_of(browser.get(address))
    assert "L’aiguille de température monte dans le rouge." in before
    assert "À ne plus conduire" in before
    assert "déjà remorquée" in before
    for later in ("aucun moyen sans sa voiture", "être accompagnée", "en 4 fois", "DA-123-BC"):
        assert later not in before
    transitions.accept(held, by=actor(workshop))
    after = text_of(browser.get(address))
    for later in ("aucun moyen sans sa voiture", "être accompagnée", "en 4 fois", "DA-123-BC"):
        assert later in after
    for page in (before, after):
        assert "77,77" not in page
        assert "mal reçue" not in page


def test_what_was_confided_is_read_by_the_senders_side_alone_and_not_even_loaded_for_others(
    as_adviser, as_pilot, adviser, workshop, garage, django_assert_max_num_queries
):
    held = transitions.send(described(as_adviser, adviser), garage=garage, by=actor(adviser))
    case = reverse("referral_case", args=[held.referral.uid])
    own = text_of(as_adviser.get(case))
    assert "77,77" in own
    assert "d’être mal reçue" in own
    pages = [(as_pilot, case), (sign_in(Client(), workshop), reverse("assignment", args=[held.uid]))]
    for browser, address in pages:
        with django_assert_max_num_queries(12) as asked:
            page = text_of(browser.get(address))
        assert "77,77" not in page
        assert not any('"confided"' in one["sql"] for one in asked.captured_queries)


def test_what_was_confided_is_sealed_in_the_database(as_adviser, adviser):
    described(as_adviser, adviser)
    with connection.cursor() as cursor:
        cursor.execute("SELECT confided FROM referrals_prediagnosis")
        (kept,) = cursor.fetchone()
    assert b"being_judged" not in bytes(kept)


def test_a_desk_line_says_what_was_ticked_where_nothing_was_written(as_adviser, adviser, workshop, garage):
    transitions.send(described(as_adviser, adviser), garage=garage, by=actor(adviser))
    desk = text_of(sign_in(Client(), workshop).get("/bureau/"))
    assert "L’aiguille de température monte dans le rouge." in desk


# --- what the database refuses ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"complaint": ""}, "prediagnosis_says_something"),
        ({"symptoms": ["made_up"]}, "prediagnosis_symptoms_known"),
        ({"whereabouts": "moon"}, "prediagnosis_place_known"),
        ({"papers": "eaten"}, "prediagnosis_papers_known"),
        ({"transport": "sledge"}, "prediagnosis_transport_known"),
        ({"instalments": 5}, "prediagnosis_instalments_few"),
        ({"instalments": 0}, "prediagnosis_instalments_few"),
    ],
)
def test_the_database_refuses_an_answer_that_is_none(draft, change, constraint):
    said = {"referral": draft, "complaint": "Elle fume.", "since": "unknown", "is_drivable": None}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PreDiagnosis.objects.create(**{**said, **change})


def test_the_database_knows_every_code(draft):
    kept = PreDiagnosis.objects.create(referral=draft, symptoms=list(CODES), since="unknown", is_drivable=None)
    assert journey.fresh(kept).symptoms == list(CODES)
