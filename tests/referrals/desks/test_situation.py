"""What the rule in force asks besides household and income: only that, kept, resumed, and never a no for want of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from eligibility.facts import Benefit, Employment, Proof, ProofKind
from mobiliz.accounts.roles import Role
from mobiliz.lib import clock
from referrals.actions import SituationInput
from referrals.models import Household
from tests.cast import sign_in
from tests.factories import journey, ruling
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.referrals.desks.test_household_step import step, text_of, typed

pytestmark = pytest.mark.django_db

WORK = {"leaf": "needs_vehicle_for_work"}
TEMP = {"leaf": "employment_among", "among": ["temporary_worker"]}
QUOTIENT = {"leaf": "family_quotient_at_most", "limit_eur": "800"}
RICH = {"income_eur": "90 000"}


@pytest.fixture
def draft(adviser):
    journey.threshold()
    return journey.draft(adviser)


@pytest.fixture
def in_force(pilot):
    """Approve a rule that is in force from today on."""
    second = MembershipFactory(user=UserFactory(), role=Role.PILOT)

    def approve(definition):
        return ruling.approved(pilot, second, definition, on=clock.today())

    return approve


def any_of(*parts):
    return {"op": "any", "of": list(parts)}


def answer(as_adviser, draft, *born, **given):
    as_adviser.post(step(draft), typed(*born, **given))
    draft.refresh_from_db()
    return draft.assessment


def test_a_rule_about_income_alone_asks_nothing_more(as_adviser, draft):
    page = text_of(as_adviser.get(step(draft)))
    assert "La situation" not in page
    assert "situation-employment" not in page


@pytest.mark.parametrize(
    ("condition", "fields"),
    [
        (ruling.RSA, {"minimum_benefits"}),
        ({**ruling.RSA, "within_months": 3}, {"minimum_benefits", "benefits_ended_on"}),
        (TEMP, {"employment"}),
        (WORK, {"needs_vehicle_for_work"}),
        (QUOTIENT, {"family_quotient_eur"}),
    ],
)
def test_only_what_the_rule_needs_is_asked(as_adviser, draft, in_force, condition, fields):
    in_force(any_of(ruling.INCOME, condition))
    page = text_of(as_adviser.get(step(draft)))
    every = {"minimum_benefits", "benefits_ended_on", "employment", "needs_vehicle_for_work", "family_quotient_eur"}
    assert {name for name in every if f'name="situation-{name}"' in page} == fields


def test_of_the_benefits_only_those_that_the_rule_names_are_offered(as_adviser, draft, in_force):
    in_force(any_of(ruling.INCOME, {**ruling.RSA, "among": ["rsa", "aah"]}))
    page = text_of(as_adviser.get(step(draft)))
    offered = [one for one in ("rsa", "ass", "aah", "aspa", "asi", "ada", "none") if f'value="{one}"' in page]
    assert offered == ["rsa", "aah", "none"]
    assert as_adviser.post(step(draft), typed(**{"situation-minimum_benefits": "ada"})).status_code == 422


def test_a_rule_without_income_asks_for_none(as_adviser, draft, in_force):
    in_force(WORK)
    page = text_of(as_adviser.get(step(draft)))
    assert "income_eur" not in page
    assert "form-0-birth_date" not in page
    as_adviser.post(step(draft), {"situation-needs_vehicle_for_work": "yes"})
    draft.refresh_from_db()
    assert draft.assessment.reasons == ["VEHICLE_NEEDED_FOR_WORK"]


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"situation-minimum_benefits": "rsa"}, "eligible"),
        ({"situation-minimum_benefits": "none"}, "not_eligible"),
        ({}, "needs_review"),
        ({"situation-minimum_benefits": "rsa", "situation-benefits_ended_on": "01/01/2020"}, "not_eligible"),
        ({"situation-minimum_benefits": "rsa", "situation-benefits_ended_on": "yesterday"}, "eligible"),
    ],
)
def test_another_route_answers_where_the_income_does_not(as_adviser, draft, in_force, given, outcome):
    in_force(any_of(ruling.INCOME, {**ruling.RSA, "within_months": 1}))
    yesterday = f"{clock.today() - timedelta(days=1):%d/%m/%Y}"
    given = {name: yesterday if value == "yesterday" else value for name, value in given.items()}
    assert answer(as_adviser, draft, **RICH, **given).outcome == outcome


def test_what_was_answered_is_kept_and_shown_again(as_adviser, draft, in_force):
    in_force(any_of(ruling.INCOME, TEMP, WORK, QUOTIENT, ruling.RSA))
    given = {
        "situation-employment": "temporary_worker",
        "situation-needs_vehicle_for_work": "no",
        "situation-family_quotient_eur": "812,50",
        "situation-minimum_benefits": ["rsa"],
        "situation-proof_caf_certificate": f"{clock.today():%d/%m/%Y}",
    }
    answer(as_adviser, draft, **RICH, **given)
    kept = SituationInput.from_stored(Household.objects.get().facts["situation"])
    assert kept == SituationInput(
        family_quotient_eur=Decimal("812.50"),
        minimum_benefits=(Benefit.RSA,),
        employment=Employment.TEMPORARY_WORKER,
        needs_vehicle_for_work=False,
        proofs=(Proof(ProofKind.CAF_CERTIFICATE, clock.today()),),
    )
    page = text_of(as_adviser.get(step(draft)))
    assert 'value="812,50"' in page
    assert '<option value="temporary_worker" selected>' in page


@pytest.mark.parametrize(
    "situation",
    [
        SituationInput(),
        SituationInput(minimum_benefits=()),
        SituationInput(minimum_benefits=(Benefit.AAH,), benefits_ended_on=clock.today()),
        SituationInput(needs_vehicle_for_work=False, employment=Employment.OTHER),
    ],
)
def test_what_is_stored_reads_back(situation):
    assert SituationInput.from_stored(situation.stored) == situation


def test_none_and_a_benefit_cannot_both_be(as_adviser, draft, in_force):
    in_force(any_of(ruling.INCOME, ruling.RSA))
    response = as_adviser.post(step(draft), typed(**RICH, **{"situation-minimum_benefits": ["none", "rsa"]}))
    assert response.status_code == 422
    assert "gardez l’un ou l’autre" in text_of(response)
    assert not Household.objects.exists()


@pytest.mark.parametrize("wrong", ["hier peut-être", "31/02/2026", "01/01/2099"])
def test_a_paper_has_a_day_that_has_been(as_adviser, draft, in_force, wrong):
    in_force(any_of(ruling.INCOME, QUOTIENT))
    response = as_adviser.post(step(draft), typed(**{"situation-proof_caf_certificate": wrong}))
    assert response.status_code == 422
    assert f'value="{wrong}"' in text_of(response)


def test_a_paper_that_is_required_and_ends_soon_ends_the_answer(as_adviser, draft, in_force):
    in_force({**QUOTIENT, "needs_proof": True, "proof_max_age_days": 60})
    page = text_of(as_adviser.get(step(draft)))
    assert "Les justificatifs, un exigé" in page
    assert answer(as_adviser, draft, **{"situation-family_quotient_eur": "500"}).reasons == ["PROOF_MISSING"]
    seen = clock.today() - timedelta(days=50)
    given = {"situation-family_quotient_eur": "500", "situation-proof_caf_certificate": f"{seen:%d/%m/%Y}"}
    assert answer(as_adviser, draft, **given).valid_until == clock.today() + timedelta(days=10)


def test_the_kind_of_structure_is_known_and_not_asked(as_adviser, draft, in_force, structure):
    in_force({"leaf": "sent_by_among", "among": [structure.kind]})
    assert answer(as_adviser, draft).outcome == "eligible"


def test_an_agency_is_of_the_kind_of_its_structure(agency_adviser, in_force, client, structure):
    in_force({"leaf": "sent_by_among", "among": [structure.kind]})
    draft = journey.draft(agency_adviser)
    assert answer(sign_in(client, agency_adviser), draft).outcome == "eligible"


def test_the_preview_says_what_remains_to_be_asked_and_what_would_change(as_adviser, draft, in_force):
    in_force(any_of(ruling.INCOME, ruling.RSA, TEMP))
    preview = reverse("referral_household_preview", args=[draft.uid])
    open_ = text_of(as_adviser.post(preview, typed(**RICH)))
    assert "Il reste à demander" in open_
    assert "les minima sociaux reçus, la situation d’emploi" in open_
    no = typed(
        income_eur="15 600",
        **{"situation-minimum_benefits": "none", "situation-employment": "student"},
    )
    said = text_of(as_adviser.post(preview, no)).replace("\u00a0", " ").replace("\u202f", " ")
    assert "avec 13 € de moins par mois" in said
    assert "si la personne reçoit le RSA" in said


def test_a_stored_no_says_what_would_change_it(as_adviser, draft):
    answer(as_adviser, draft, income_eur="15 600")
    page = text_of(as_adviser.get(step(draft))).replace("\u00a0", " ")
    assert "avec 13 € de moins par mois" in page


def test_the_rule_changes_between_form_and_submit(as_adviser, draft, pilot, in_force):
    """What was typed for yesterday's rule is kept; the answer is today's, and says what it lacks."""
    as_adviser.get(step(draft))
    in_force(WORK)
    assert answer(as_adviser, draft).outcome == "needs_review"
    assert "si la voiture est nécessaire" in text_of(as_adviser.get(step(draft)))


def test_a_dossier_reassessed_later_keeps_a_benefit_still_received(as_adviser, draft, in_force):
    in_force(any_of(ruling.INCOME, ruling.RSA))
    first = answer(as_adviser, draft, **RICH, **{"situation-minimum_benefits": "rsa"})
    assert first.facts["minimum_benefits"] == {"rsa": None}
    with clock.moved_to(journey.days_on(30)):
        assert answer(as_adviser, draft, **RICH, **{"situation-minimum_benefits": "rsa"}).outcome == "eligible"
