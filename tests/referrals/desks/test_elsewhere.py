"""Opening a dossier for someone whom another structure helps: what the page says, and what it never says."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from mobiliz.lib import clock
from referrals import transitions
from referrals.models import Consent, Incident, Lookalike, Referral
from tests.cast import actor, sign_in
from tests.factories import journey

pytestmark = pytest.mark.django_db

NEW = "/orientations/nouvelle/"
TOLD = "Cette personne est déjà aidée depuis le"


def text_of(response):
    return unescape(response.content.decode())


def typed(**changes):
    day = clock.today()
    return {
        "key": str(uuid4()),
        "first_name": "Nadia",
        "last_name": "Benali",
        "birth_date": "01/05/1986",
        "commune": "42218",
        "commune_text": "Saint-Étienne",
        "phone": "06 39 98 12 47",
        "distance_agreed_km": "30",
        "agrees": "on",
        "channel": "oral",
        "given_on": f"{day:%d/%m/%Y}",
        **changes,
    }


@pytest.fixture
def helped(adviser):
    """Wimoov has helped Nadia Benali for forty days."""
    adviser.phone = "+33639987654"
    adviser.save()
    with journey.days_ago(40):
        return journey.draft(adviser)


@pytest.fixture
def asked(helped, as_other_adviser):
    return as_other_adviser.post(NEW, typed())


# --- what it says -----------------------------------------------------------------------------------------
def test_the_page_says_since_when_and_opens_nothing_yet(asked):
    assert asked.status_code == 422
    assert TOLD in text_of(asked)
    assert "Que voulez-vous faire ?" in text_of(asked)
    assert Referral.objects.count() == 1


def test_nothing_on_it_tells_who_helps(asked, helped, adviser):
    page = text_of(asked).lower()
    secrets = ("wimoov", "dubois", "aline", "98 76 54", "33639987654", "conseillere@", str(helped.uid))
    numbers = (str(helped.number), helped.spoken_number, str(helped.beneficiary.uid), helped.beneficiary.name_key)
    assert [said for said in (*secrets, *numbers) if said in page] == []


def test_what_was_typed_is_kept_and_nothing_is_wrong_yet(asked):
    page = text_of(asked)
    assert 'value="Benali"' in page
    assert "dites quoi faire" not in page


def test_the_structure_is_named_where_the_person_agreed(adviser, as_other_adviser):
    journey.draft(adviser, names_structure=True)
    page = text_of(as_other_adviser.post(NEW, typed()))
    assert "Elle accepte qu’on vous dise par qui : Wimoov." in page
    assert "Aline" not in page


def test_another_name_or_day_says_nothing(helped, as_other_adviser):
    response = as_other_adviser.post(NEW, typed(birth_date="02/05/1986"))
    assert response.status_code == 302
    assert not Lookalike.objects.exists()


# --- what one answers -------------------------------------------------------------------------------------
def test_no_answer_is_asked_for(helped, as_other_adviser):
    response = as_other_adviser.post(NEW, typed(elsewhere_words=""))
    assert response.status_code == 422
    assert "dites quoi faire" in text_of(response)


def test_another_need_wants_its_reason_and_goes_on(helped, as_other_adviser):
    form = typed(elsewhere="other_need", elsewhere_words="")
    refused = as_other_adviser.post(NEW, form)
    assert "Dites pour quel autre besoin vous continuez." in text_of(refused)
    assert Referral.objects.count() == 1
    assert as_other_adviser.post(NEW, {**form, "elsewhere_words": "Une seconde voiture"}).status_code == 302
    assert Lookalike.objects.get().reason == "Une seconde voiture"


def test_somebody_else_is_said_once(helped, as_other_adviser):
    assert as_other_adviser.post(NEW, typed(elsewhere="not_same", elsewhere_words="")).status_code == 302
    person = Lookalike.objects.get().person
    form = typed(known=str(person.uid))
    assert as_other_adviser.post(NEW, form).status_code == 302


def test_a_double_click_opens_one_dossier_and_asks_one_pilot(helped, as_other_adviser):
    form = typed(elsewhere="ask_pilot", elsewhere_words="")
    first, second = (as_other_adviser.post(NEW, form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Referral.objects.count() == 2
    assert Incident.objects.count() == 1


# --- the pilot, and both sides after ----------------------------------------------------------------------
@pytest.fixture
def incident(helped, as_other_adviser):
    as_other_adviser.post(NEW, typed(elsewhere="ask_pilot", elsewhere_words="Voiture en panne ?"))
    return Incident.objects.get()


def case(referral):
    return reverse("referral_case", args=[referral.uid])


def test_the_asking_side_still_learns_nothing(incident, as_other_adviser):
    for address in (case(incident.referral), "/bureau/"):
        page = text_of(as_other_adviser.get(address))
        assert "Déjà aidée ailleurs" in page
        assert "Wimoov" not in page
        assert "Aline" not in page


def test_nor_does_the_other(incident, as_adviser, helped):
    for address in (case(helped), "/bureau/"):
        page = text_of(as_adviser.get(address))
        assert "ADIE" not in page
        assert "aidée ailleurs" not in page


def test_the_pilot_reads_both_structures_and_whom_to_call(incident, as_regional_pilot):
    page = text_of(as_regional_pilot.get(reverse("incident", args=[incident.uid])))
    for told in (
        "Wimoov",
        "Aline Dubois",
        "06\u00a039\u00a098\u00a076\u00a054",
        "ADIE",
        "Luc Girard",
        "Voiture en panne ?",
    ):
        assert told in page
    assert "Benali" not in page  # a draft


def test_linked_each_has_the_line_of_the_other_on_desk_and_case(
    incident, as_regional_pilot, as_adviser, as_other_adviser, other_adviser, helped
):
    other_adviser.phone = ""  # without a direct line one is written to
    other_adviser.save()
    words = "Wimoov garde la voiture, ADIE le permis."
    link = reverse("incident_connect", args=[incident.uid])
    assert as_regional_pilot.post(link, {"words": ""}).status_code == 422
    as_regional_pilot.post(link, {"words": words})
    for browser, referral, other, line in (
        (as_other_adviser, incident.referral, "Aline Dubois", "06\u00a039\u00a098\u00a076\u00a054"),
        (as_adviser, helped, "Luc Girard", "conseiller@adie.example"),
    ):
        for address in (case(referral), "/bureau/"):
            page = text_of(browser.get(address))
            assert [told for told in (words, other, line) if told not in page] == [], address


def test_they_still_read_nothing_of_each_others_case(incident, pilot, as_adviser, as_other_adviser, helped):
    transitions.connect(incident, words="Voyez ensemble", by=actor(pilot))
    assert as_other_adviser.get(case(helped)).status_code == 404
    assert as_adviser.get(case(incident.referral)).status_code == 404


def test_a_pilot_may_answer_without_linking_and_then_nobody_is_named(incident, as_pilot, as_other_adviser):
    said = {"resolution": "not_connected", "words": "La personne préfère que non."}
    as_pilot.post(reverse("incident_answer", args=[incident.uid]), said)
    page = text_of(as_other_adviser.get("/bureau/"))
    assert said["words"] in page
    assert "Wimoov" not in page


# --- what is agreed to apart ------------------------------------------------------------------------------
@pytest.mark.parametrize(("ticked", "purposes"), [({}, 3), ({"names_structure": "on"}, 4)])
def test_being_named_is_agreed_to_apart(as_adviser, ticked, purposes):
    assert as_adviser.post(NEW, typed(**ticked)).status_code == 302
    assert len(Consent.objects.get().purposes) == purposes


def test_and_taken_back_apart(as_adviser, adviser):
    referral = journey.draft(adviser, names_structure=True)
    page = text_of(as_adviser.get(reverse("referral_withdraw_consent", args=[referral.uid])))
    [address] = re.findall(r'action="([^"]*ne-plus-nommer/)"', page)
    after = text_of(as_adviser.post(address, {"of": str(referral.beneficiary.uid)}, follow=True))
    assert "n’est plus nommée à une autre" in after
    assert Consent.objects.in_force().get().purposes == ["eligibility", "referral_to_garages", "follow_up"]
    again = text_of(as_adviser.get(reverse("referral_withdraw_consent", args=[referral.uid])))
    assert "ne-plus-nommer" not in again


def test_the_text_to_be_read_says_what_others_learn(as_adviser):
    for address in (NEW, "/orientations/nouvelle/accord/"):
        page = text_of(as_adviser.get(address))
        assert "elle apprend que vous recevez déjà de l’aide" in page
        assert "peut-elle aussi savoir que c’est nous" in page


def test_the_page_costs_few_queries(helped, client, other_adviser, django_assert_max_num_queries):
    sign_in(client, other_adviser)
    with django_assert_max_num_queries(22):
        client.post(NEW, typed())


# --- noticed later ------------------------------------------------------------------------------------------
ANSWERED = {"elsewhere": "ask_pilot", "elsewhere_words": ""}


def correcting(member, garage):
    case = journey.sent(member, garage, last_name="Bennali", phone="").referral
    kind = {"kind": "error", "why": "Faute de frappe", "of": str(case.beneficiary.uid)}
    return case, reverse("referral_correct_person", args=[case.uid]), {**typed(phone=""), **kind}


def updating(member, garage):
    case = journey.draft(member, last_name="Bennali", phone="")
    return case, reverse("referral_person", args=[case.uid]), typed(phone="")


def moving(member, garage):
    case = journey.draft(member, first_name="Inès", last_name="Barbier", phone="")
    address = reverse("referral_move_to_person", args=[case.uid])
    leaving = {"leaving": str(case.beneficiary.uid), "takes_vehicle": "yes"}
    return case, f"{address}?nouvelle=1", {**typed(), **leaving}


def moving_to_someone_known(member, garage):
    case = journey.draft(member, first_name="Inès", last_name="Barbier", phone="")
    known = journey.draft(member, phone="").beneficiary
    address = reverse("referral_move_to_person", args=[case.uid])
    leaving = {"leaving": str(case.beneficiary.uid), "takes_vehicle": "yes", "distance_agreed_km": "30"}
    return case, f"{address}?personne={known.uid}", leaving


def uniting(member, garage):
    case = journey.draft(member, first_name="Samia", last_name="Benali", phone="")
    other = journey.draft(member, first_name="Nadia", last_name="Autre", phone="").beneficiary
    address = reverse("referral_merge_people", args=[case.uid])
    return case, f"{address}?autre={other.uid}", {"first_name": "other", "last_name": "own"}


PAGES = [correcting, updating, moving, moving_to_someone_known, uniting]


@pytest.mark.parametrize("stage", PAGES)
def test_each_page_asks_the_same_and_names_nobody(helped, as_other_adviser, other_adviser, garage, stage):
    _case, address, form = stage(other_adviser, garage)
    answer = as_other_adviser.post(address, form)
    page = text_of(answer)
    assert answer.status_code == 422
    assert TOLD in page
    assert "Que voulez-vous faire ?" in page
    assert "dites quoi faire" not in page
    told = [said for said in ("wimoov", "dubois", "aline", "98 76 54", str(helped.uid)) if said in page.lower()]
    assert told == []
    assert "dites quoi faire" in text_of(as_other_adviser.post(address, {**form, "elsewhere_words": ""}))
    assert not Lookalike.objects.exists()


@pytest.mark.parametrize("stage", PAGES)
def test_each_page_goes_on_once_it_is_said(helped, as_other_adviser, other_adviser, garage, stage):
    case, address, form = stage(other_adviser, garage)
    assert as_other_adviser.post(address, {**form, **ANSWERED}).status_code == 302
    assert Lookalike.objects.get().referral == case
    assert Incident.objects.get().referral == case
