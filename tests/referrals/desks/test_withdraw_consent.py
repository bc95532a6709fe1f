"""What a person agreed to is taken back from their case, whatever its state, and the page says what follows."""

from html import unescape

import pytest
from django.urls import reverse

from referrals.models import Consent, Referral
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db


def text_of(response):
    return unescape(response.content.decode())


def page_of(referral):
    return reverse("referral_withdraw_consent", args=[referral.uid])


@pytest.mark.parametrize(
    ("step", "after"),
    [
        ("draft", "closed"),
        ("review", "closed"),
        ("waiting", "closed"),
        ("accepted", "closed"),
        ("quoted", "closed"),
        ("agreed", "closed"),
        ("completed", "completed"),
        ("closed", "closed"),
    ],
)
def test_in_every_state_it_ends_the_sharing(as_adviser, pilot, stage, step, after):
    referral, _held = stage(step)
    assert page_of(referral) in text_of(as_adviser.get(reverse("referral_case", args=[referral.uid])))
    page = text_of(as_adviser.post(page_of(referral), {"reason": "N’en veut plus"}, follow=True))
    assert "plus rien n’est partagé" in page
    assert journey.fresh(referral).state == after
    assert not Consent.objects.in_force().exists()
    assert not Referral.objects.visible_to(actor(pilot)).exists()


def test_the_page_names_every_case_that_closes(as_adviser, adviser, garage):
    one, other = journey.sent(adviser, garage).referral, journey.draft(adviser)
    Referral.objects.with_uid(other.uid).update(beneficiary=one.beneficiary)
    shown = text_of(as_adviser.get(page_of(one)))
    for case in (one, other):
        assert f"Le dossier {case.spoken_number}" in shown


def test_without_a_word_nothing_is_done_and_nothing_typed_is_lost(as_adviser, adviser):
    referral = journey.draft(adviser)
    response = as_adviser.post(page_of(referral), {"reason": " "})
    assert response.status_code == 422
    assert "Notez ce que la personne a dit" in text_of(response)
    response = as_adviser.post(page_of(referral), {"reason": "<b> 2 85 05 42 218 123 46"})
    assert response.status_code == 422
    assert "&lt;b&gt;" in response.content.decode()
    assert Consent.objects.in_force().exists()


def test_a_double_click_is_told(as_adviser, adviser):
    referral = journey.draft(adviser)
    as_adviser.post(page_of(referral), {"reason": "N’en veut plus"})
    assert "Aucun accord n’est en vigueur" in text_of(
        as_adviser.post(page_of(referral), {"reason": "N’en veut plus"}, follow=True)
    )
    assert page_of(referral) not in text_of(as_adviser.get(reverse("referral_case", args=[referral.uid])))


def test_the_page_costs_few_queries(as_adviser, adviser, django_assert_max_num_queries):
    referral = journey.draft(adviser)
    with django_assert_max_num_queries(8):
        as_adviser.get(page_of(referral))
