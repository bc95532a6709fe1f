"""Rows come and go, an addition is done for one, the answer asks about what looks odd; none of it is stored."""

from html import unescape

import pytest
from django.urls import reverse

from mobiliz.lib import clock
from referrals.models import Household
from tests.factories import journey

pytestmark = pytest.mark.django_db


def step(referral, name="household"):
    return reverse(f"referral_{name}", args=[referral.uid])


def text_of(response):
    return unescape(response.content.decode())


def typed(*born, **changes):
    rows = {f"form-{number}-birth_date": day for number, day in enumerate(born)}
    counts = {"form-TOTAL_FORMS": str(len(born)), "form-INITIAL_FORMS": "0"}
    return {
        **counts,
        **rows,
        "income_basis": "last_12_months",
        "income_eur": "14 400",
        "dwelling": "ordinary",
        **changes,
    }


@pytest.fixture
def draft(adviser):
    journey.threshold()
    return journey.draft(adviser)


def test_a_row_is_added_at_the_end_and_has_the_focus(as_adviser, draft):
    page = text_of(as_adviser.post(step(draft), typed("3 sept 2018", "", ajouter="1", income_eur="12,")))
    assert 'name="form-2-birth_date"' in page
    assert 'name="form-3-birth_date"' not in page
    assert 'value="3 sept 2018"' in page
    assert 'value="12,"' in page
    assert page.count("autofocus") == 1
    assert not Household.objects.exists()


def test_a_row_is_taken_away_and_the_others_stay_as_they_were_typed(as_adviser, draft):
    response = as_adviser.post(step(draft), typed("3 sept 2018", "hier", "05/06/2012", retirer="1"))
    page = text_of(response)
    assert response.status_code == 200
    assert response.headers["HX-Trigger-After-Swap"] == "recompter"
    assert 'value="3 sept 2018"' in page
    assert 'value="05/06/2012"' in page
    assert "hier" not in page
    assert 'name="form-2-birth_date"' not in page


@pytest.mark.parametrize("row", ["99", "-1", "x", ""])
def test_a_row_that_is_not_there_takes_nothing_away(as_adviser, draft, row):
    page = text_of(as_adviser.post(step(draft), typed("03/09/2018", retirer=row), follow=True))
    assert 'value="03/09/2018"' in page


def test_no_more_rows_than_a_household_may_have(as_adviser, draft):
    page = text_of(as_adviser.post(step(draft), typed(*["03/09/2018"] * 19, ajouter="1")))
    assert 'name="form-18-birth_date"' in page
    assert 'name="form-19-birth_date"' not in page


def test_the_lines_are_added_up_into_the_income_and_forgotten(as_adviser, draft):
    lines = {"ligne-wages": "12 000,50", "ligne-benefits": "1 200", "ligne-paid_out": "200", "additionner": "1"}
    page = text_of(as_adviser.post(step(draft), typed("03/09/2018", **lines)))
    assert 'value="13000,50"' in page
    assert 'value="12 000,50"' in page
    assert not Household.objects.exists()
    as_adviser.post(step(draft), typed("03/09/2018", income_eur="13 000,50", **{"ligne-wages": "12 000,50"}))
    assert "12000" not in str(Household.objects.get().facts)


def test_a_line_that_is_no_amount_is_said_beside_it_and_adds_up_to_nothing(as_adviser, draft):
    page = text_of(as_adviser.post(step(draft), typed("", additionner="1", **{"ligne-wages": "beaucoup"})))
    assert "Écrivez seulement des chiffres" in page
    assert 'value="14 400"' in page
    assert 'value="beaucoup"' in page


def test_the_preview_says_the_ages_the_sum_and_only_news_aloud(as_adviser, draft):
    born = f"{clock.today():%d/%m}/{clock.today().year - 8}"
    answer = text_of(as_adviser.post(step(draft, "household_preview"), typed(born, "hier", **{"ligne-wages": "900"})))
    assert '<p id="id_form-0-birth_date_age" hx-swap-oob="innerHTML">8 ans</p>' in answer
    assert '<p id="id_form-1-birth_date_age" hx-swap-oob="innerHTML"></p>' in answer
    assert "900,00\u00a0€" in answer
    first = text_of(as_adviser.post(step(draft, "household_preview"), typed(born)))
    again = text_of(as_adviser.post(step(draft, "household_preview"), typed(born, vu="eligible")))
    assert "Réponse : éligible." in first
    assert "Réponse :" not in again


def test_an_answer_that_was_read_as_it_was_typed_needs_no_second_reading(as_adviser, draft):
    response = as_adviser.post(step(draft), typed("03/09/2018", suite="1", vu="eligible"))
    assert response.headers["Location"] == step(draft, "vehicle")
    response = as_adviser.post(step(draft), typed("03/09/2018", suite="1", vu="eligible", income_eur="90 000"))
    assert response.headers["Location"].endswith("#reponse")


@pytest.mark.parametrize(
    ("born", "changes", "said"),
    [
        (["01/05/1986"], {}, "ne l’avez-vous pas comptée deux fois"),
        (["03/09/2018", "03/09/2018"], {}, "sont-elles bien deux"),
        (["03/09/2018"], {"income_basis": "last_month", "income_eur": "14 400"}, "le montant d’un seul mois"),
    ],
)
def test_what_is_possible_and_seldom_so_is_asked_again(as_adviser, draft, born, changes, said):
    usual = text_of(as_adviser.post(step(draft, "household_preview"), typed("03/09/2018", "04/10/2015")))
    assert said not in usual
    assert said in text_of(as_adviser.post(step(draft, "household_preview"), typed(*born, **changes)))
    assert said in text_of(as_adviser.post(step(draft), typed(*born, **changes), follow=True))


@pytest.mark.parametrize(
    ("income", "said"), [("14 400", "À dire à la personne"), ("90 000", "tout le monde est-il compté")]
)
def test_each_answer_says_what_to_do_with_it(as_adviser, draft, income, said):
    assert said in text_of(as_adviser.post(step(draft), typed("03/09/2018", income_eur=income), follow=True))
