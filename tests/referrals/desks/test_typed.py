"""The telephone rings in mid-sentence: what was typed is there after lunch, and never over what is newer."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from mobiliz.lib import clock
from referrals.models import Referral, Unfinished
from tests.factories import journey

pytestmark = pytest.mark.django_db

NEW = "/orientations/nouvelle/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def text_of(response):
    return unescape(response.content.decode())


def keep_url(dossier, step="person"):
    return reverse("referral_keep_typed", args=[getattr(dossier, "uid", dossier), step])


def step_url(referral, step="person"):
    return reverse(f"referral_{step}", args=[referral.uid])


def marks(response):
    """The hidden marks that a page sends out and its form brings back."""
    return dict(re.findall(r'name="(version|page)" value="([^"]*)"', response.content.decode()))


def person(**changes):
    return {
        "first_name": "Nadia",
        "last_name": "Benali",
        "birth_date": "01/05/1986",
        "commune": "Saint-Étienne",
        "phone": "06 39 98 12 47",
        "distance_agreed_km": "30",
        **changes,
    }


@pytest.fixture
def draft(adviser):
    journey.threshold()
    return journey.draft(adviser)


# --- before the dossier is opened -------------------------------------------------------------------------
def test_what_is_typed_into_a_new_dossier_is_there_again_as_it_was(as_adviser):
    key = uuid4()
    sent = {**person(birth_date="1/5/29", channel="paper", key=str(key)), **marks(as_adviser.get(NEW))}
    kept = as_adviser.post(keep_url(key), sent, **HTMX)
    assert "Saisie gardée à" in text_of(kept)
    assert kept.headers["HX-Replace-Url"] == f"{NEW}?dossier={key}"
    page = text_of(as_adviser.get(f"{NEW}?dossier={key}"))
    assert "Repris de ce que vous aviez tapé à" in page
    assert 'value="1/5/29"' in page
    assert str(key) in page
    assert re.search(r'value="paper"[^>]*checked', page)
    assert "revoir" not in page
    assert not Referral.objects.exists()


@pytest.mark.parametrize(("code", "shown"), [("", "sa"), ("42218", "Saint-Étienne (42000)")])
def test_a_commune_half_typed_comes_back_so_and_one_that_was_chosen_by_its_name(as_adviser, draft, code, shown):
    sent = {**person(commune="sa", commune_code=code), **marks(as_adviser.get(step_url(draft)))}
    as_adviser.post(keep_url(draft), sent, **HTMX)
    assert f'name="commune" value="{shown}"' in text_of(as_adviser.get(step_url(draft)))


def test_the_button_for_later_takes_anything_and_needs_no_script(as_adviser):
    response = as_adviser.post(keep_url(uuid4()), person(commune="", birth_date="demain"), follow=True)
    assert response.redirect_chain[-1][0] == reverse("desk")
    assert "Votre saisie est gardée" in text_of(response)
    assert Unfinished.objects.get().values["birth_date"] == ["demain"]


@pytest.mark.parametrize("address", [NEW, "/bureau/"])
def test_a_dossier_that_was_begun_is_offered_beside_the_empty_form_and_on_the_desk(as_adviser, address):
    key = uuid4()
    as_adviser.post(keep_url(key), person(), **HTMX)
    page = text_of(as_adviser.get(address))
    assert f"{NEW}?dossier={key}" in page
    assert "Nadia Benali" in page


def test_nobody_else_sees_it(as_adviser, as_other_adviser, agency_adviser):
    key = uuid4()
    as_adviser.post(keep_url(key), person(), **HTMX)
    for address in (NEW, f"{NEW}?dossier={key}", reverse("desk")):
        assert "Benali" not in text_of(as_other_adviser.get(address))


def test_opening_the_dossier_ends_what_was_typed(as_adviser):
    key = str(uuid4())
    typed = person(key=key, agrees="on", channel="oral", given_on=f"{clock.today():%d/%m/%Y}")
    as_adviser.post(keep_url(key), typed, **HTMX)
    as_adviser.post(NEW, typed)
    assert not Unfinished.objects.exists()
    again = as_adviser.get(f"{NEW}?dossier={key}")
    assert again.headers["Location"] == step_url(Referral.objects.get())


def test_what_was_typed_can_be_dropped(as_adviser):
    key = uuid4()
    as_adviser.post(keep_url(key), person(), **HTMX)
    response = as_adviser.post(reverse("referral_forget_typed", args=[key, "person"]), follow=True)
    assert "effacée" in text_of(response)
    assert not Unfinished.objects.exists()


def test_the_age_is_said_as_soon_as_a_day_of_birth_can_be_read(as_adviser):
    with clock.moved_to(datetime(2026, 5, 2, 12, tzinfo=UTC)):
        kept = text_of(as_adviser.post(keep_url(uuid4()), {"birth_date": "3 mai 85"}, **HTMX))
        half = text_of(as_adviser.post(keep_url(uuid4()), {"birth_date": "3 ma"}, **HTMX))
        wrong = text_of(as_adviser.post(keep_url(uuid4()), {"birth_date": "3/5/2085"}, **HTMX))
    assert 'hx-swap-oob="innerHTML">40 ans<' in kept
    assert 'hx-swap-oob="innerHTML"><' in half
    assert "Cette date est dans le futur. Vérifiez l’année." in wrong


# --- a step of a draft ------------------------------------------------------------------------------------
def test_a_step_shows_what_was_typed_there_and_keeps_it_until_it_is_submitted(as_adviser, draft):
    before = marks(as_adviser.get(step_url(draft)))
    as_adviser.post(keep_url(draft), {**person(last_name="Benali-R"), **before}, **HTMX)
    page = text_of(as_adviser.get(step_url(draft)))
    assert "Repris de ce que vous aviez tapé" in page
    assert 'value="Benali-R"' in page
    assert journey.fresh(draft).beneficiary.last_name == "Benali"
    as_adviser.post(step_url(draft), {**person(last_name="Benali-Roux"), **before})
    page = text_of(as_adviser.get(step_url(draft)))
    assert "Repris" not in page
    assert 'value="Benali-Roux"' in page


def test_the_household_comes_back_with_its_rows_and_without_the_lines_that_were_added_up(as_adviser, draft):
    typed = {
        "form-TOTAL_FORMS": "3",
        "form-INITIAL_FORMS": "0",
        "form-0-birth_date": "3 sept 2018",
        "form-1-birth_date": "",
        "form-2-birth_date": "hier",
        "income_basis": "last_month",
        "income_eur": "1 20",
        "dwelling": "ordinary",
        "ligne-wages": "987,65",
        **marks(as_adviser.get(step_url(draft, "household"))),
    }
    as_adviser.post(keep_url(draft, "household"), typed, **HTMX)
    page = text_of(as_adviser.get(step_url(draft, "household")))
    for value in ("3 sept 2018", "hier", "1 20"):
        assert f'value="{value}"' in page
    assert "987,65" not in page
    assert not draft.beneficiary.__class__.objects.exclude(household=None).exists()


def test_what_was_stored_since_is_shown_and_what_was_typed_only_to_who_asks(as_adviser, draft):
    before = marks(as_adviser.get(step_url(draft)))
    as_adviser.post(keep_url(draft), {**person(last_name="Vieux"), **before}, **HTMX)
    as_adviser.post(step_url(draft), {**person(last_name="Neuf"), "version": before["version"]})
    as_adviser.post(keep_url(draft), {**person(last_name="Vieux"), "version": before["version"]}, **HTMX)
    page = text_of(as_adviser.get(step_url(draft)))
    assert "n’est pas repris" in page
    assert 'value="Neuf"' in page
    assert 'value="Vieux"' not in page
    asked = text_of(as_adviser.get(step_url(draft) + "?reprendre=1"))
    assert 'value="Vieux"' in asked
    assert "vérifiez chaque réponse" in asked


def test_two_tabs_never_overwrite_one_another_in_silence(as_adviser, draft):
    first, second = marks(as_adviser.get(step_url(draft))), marks(as_adviser.get(step_url(draft)))
    as_adviser.post(step_url(draft), {**person(phone="07 00 00 00 01"), **first})
    refused = as_adviser.post(step_url(draft), {**person(last_name="Autre"), **second})
    page = text_of(refused)
    assert refused.status_code == 422
    assert "enregistrée ailleurs" in page
    assert "07 00 00 00 01" in page
    assert 'value="Autre"' in page
    assert journey.fresh(draft).beneficiary.last_name == "Benali"
    again = as_adviser.post(step_url(draft), {**person(last_name="Autre"), **marks(refused)})
    assert again.status_code == 302
    assert journey.fresh(draft).beneficiary.last_name == "Autre"


def test_two_tabs_of_the_household_say_what_differs(as_adviser, draft):
    rows = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "dwelling": "ordinary",
        "income_basis": "last_12_months",
    }
    page = marks(as_adviser.get(step_url(draft, "household")))
    first = {**rows, "form-0-birth_date": "03/09/2018", "income_eur": "14 400", "version": page["version"]}
    as_adviser.post(step_url(draft, "household"), first)
    second = {**first, "form-0-birth_date": "03/09/2019", "income_eur": "9 000"}
    refused = text_of(as_adviser.post(step_url(draft, "household"), second))
    assert "enregistrée ailleurs" in refused
    assert "03/09/2018" in refused
    assert "14400" in refused
    assert 'value="03/09/2019"' in refused


def test_the_last_keystrokes_of_a_page_that_was_submitted_come_too_late(as_adviser, draft):
    page = marks(as_adviser.get(step_url(draft)))
    as_adviser.post(step_url(draft), {**person(last_name="Neuf"), **page})
    as_adviser.post(keep_url(draft), {**person(last_name="Neu"), **page}, **HTMX)
    assert not Unfinished.objects.exists()


def test_the_steps_say_where_something_is_typed_and_where_something_is_left_out(as_adviser, draft):
    as_adviser.post(keep_url(draft), person(last_name="X"), **HTMX)
    page = text_of(as_adviser.get(step_url(draft, "household")))
    assert "(saisie non enregistrée)" in page
    page = text_of(as_adviser.get(step_url(draft, "send")))
    assert page.count("(à compléter)") == 3


def test_once_it_was_sent_nothing_is_kept_any_more(as_adviser, adviser, garage):
    referral = journey.sent(adviser, garage).referral
    assert "n’est plus un brouillon" in text_of(as_adviser.post(keep_url(referral), person(), **HTMX))
    response = as_adviser.post(keep_url(referral), person())
    assert response.headers["Location"] == reverse("referral_case", args=[referral.uid])
    assert not Unfinished.objects.exists()


def test_an_unknown_step_does_not_exist(as_adviser, draft):
    assert as_adviser.post(f"/orientations/{draft.uid}/saisie/autre/", {}).status_code == 404


def test_keeping_costs_few_queries(as_adviser, draft, django_assert_max_num_queries):
    as_adviser.post(keep_url(draft), person(), **HTMX)
    with django_assert_max_num_queries(10):
        as_adviser.post(keep_url(draft), person(last_name="Y"), **HTMX)
    assert Unfinished.objects.get().at > clock.now() - timedelta(minutes=1)
