"""Who sees which row, as the table "who sees what" says; each row of the table is a row here."""

import pytest

from eligibility.models import Assessment
from garages.models import Garage
from mobiliz.accounts.actors import SYSTEM, Actor
from mobiliz.lib import clock
from partners.models import ApiClient
from referrals import transitions
from referrals.models import (
    Assignment,
    Beneficiary,
    Consent,
    Household,
    LogEntry,
    PreDiagnosis,
    Quote,
    QuoteVersion,
    Referral,
    Vehicle,
)
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db

SENDER = {"adviser"}
PILOTS_THERE = {"pilot", "regional_pilot"}
GARAGE = {"workshop", "owner", "reception"}
EVERYONE = [
    "adviser", "agency_adviser", "other_adviser", "workshop", "owner", "reception", "other_garage_workshop", "pilot",
    "regional_pilot", "other_regional_pilot", "volunteer", "administrator", "stranger",
]  # fmt: skip

# once quoted: model -> who sees the row (Wimoov's head office sent it, the person lives in region 84)
AFTER_ACCEPTANCE = [
    (Referral, SENDER | PILOTS_THERE),
    (Assignment, SENDER | PILOTS_THERE | GARAGE),
    (Beneficiary, SENDER | PILOTS_THERE | GARAGE),
    (Vehicle, SENDER | PILOTS_THERE | GARAGE),
    (PreDiagnosis, SENDER | PILOTS_THERE | GARAGE),
    (Quote, SENDER | PILOTS_THERE | GARAGE),
    (QuoteVersion, SENDER | PILOTS_THERE | GARAGE),
    (LogEntry, SENDER | PILOTS_THERE | GARAGE),
    (Household, SENDER),
    (Consent, SENDER),
    (Assessment, SENDER),
]


@pytest.fixture
def who(request):
    return lambda name: actor(request.getfixturevalue(name))


@pytest.fixture
def quoted(adviser, workshop):
    return journey.quoted(adviser, workshop)


@pytest.mark.parametrize(("model", "seeing"), AFTER_ACCEPTANCE)
def test_who_sees_a_quoted_case(quoted, who, model, seeing):
    assert {name for name in EVERYONE if model.objects.visible_to(who(name)).exists()} == seeing


@pytest.mark.parametrize(
    ("model", "seeing"),
    [(Referral, SENDER), (Beneficiary, SENDER), (Household, SENDER), (Assessment, SENDER), (Vehicle, SENDER)],
)
def test_a_draft_is_seen_by_its_structure_alone(adviser, who, model, seeing):
    journey.ready(adviser)
    assert {name for name in EVERYONE if model.objects.visible_to(who(name)).exists()} == seeing


def test_before_acceptance_the_garage_sees_car_and_fault_but_not_the_person(adviser, garage, who):
    journey.sent(adviser, garage)
    assert Assignment.objects.visible_to(who("workshop")).exists()
    assert Vehicle.objects.visible_to(who("workshop")).exists()
    assert not Beneficiary.objects.visible_to(who("workshop")).exists()


def test_after_a_hand_over_the_garage_sees_what_it_did_and_nothing_newer(adviser, workshop, who, other_garage):
    assignment = journey.declined(adviser, workshop)
    transitions.assign(assignment.referral, garage=other_garage, by=actor(adviser))
    by = who("workshop")
    assert list(Assignment.objects.visible_to(by)) == [assignment]
    assert {entry.verb for entry in LogEntry.objects.visible_to(by)} == {"send", "decline"}
    for model in (Beneficiary, Vehicle, PreDiagnosis, Referral):
        assert not model.objects.visible_to(by).exists()
    assert Vehicle.objects.visible_to(who("other_garage_workshop")).exists()


def test_a_case_closed_here_and_begun_again_is_no_longer_the_garages(adviser, workshop, who):
    assignment = journey.quoted(adviser, workshop)
    by = actor(adviser)
    transitions.withdraw(assignment.referral, reason="Hésite", by=by)
    assert Beneficiary.objects.visible_to(who("workshop")).exists()
    transitions.reopen(assignment.referral, by=by)
    for model in (Beneficiary, Vehicle, PreDiagnosis):
        assert not model.objects.visible_to(who("workshop")).exists()
    assert journey.fresh(assignment).was_handed_over


def test_a_withdrawn_consent_closes_person_and_car_to_the_garage(adviser, workshop, who):
    assignment = journey.quoted(adviser, workshop)
    transitions.withdraw(assignment.referral, reason="Ne veut plus", by=actor(adviser), withdraws_consent=True)
    for model in (Beneficiary, Vehicle, PreDiagnosis):
        assert not model.objects.visible_to(who("workshop")).exists()
    assert not journey.fresh(assignment).shows_person


def test_a_withdrawn_consent_closes_the_case_to_pilots_too_until_it_is_given_again(adviser, workshop, who):
    assignment = journey.quoted(adviser, workshop)
    transitions.withdraw(assignment.referral, reason="Ne veut plus", by=actor(adviser), withdraws_consent=True)
    for model in (Referral, Assignment, Beneficiary, Vehicle, PreDiagnosis, Quote, QuoteVersion, LogEntry):
        assert {name for name in ("pilot", "regional_pilot") if model.objects.visible_to(who(name)).exists()} == set()
        assert model.objects.visible_to(who("adviser")).exists()
    transitions.reopen(assignment.referral, by=actor(adviser))
    given = transitions.ConsentInput(channel="oral", given_on=clock.today())
    transitions.record_consent(journey.fresh(assignment.referral), consent=given, by=actor(adviser))
    assert Referral.objects.visible_to(who("pilot")).exists()


def test_the_structure_sees_its_agencies_cases_and_the_agency_only_its_own(adviser, agency_adviser, who):
    head, local = journey.draft(adviser), journey.draft(agency_adviser, last_name="Local")
    assert set(Referral.objects.visible_to(who("adviser"))) == {head, local}
    assert set(Referral.objects.visible_to(who("agency_adviser"))) == {local}


def test_an_api_client_sees_its_organisations_cases_within_its_scopes(quoted, adviser, other_adviser):
    def client(member, *scopes):
        return Actor.api_client(ApiClient(organisation=member.organisation), frozenset(scopes))

    assert Referral.objects.visible_to(client(adviser, "referrals:read")).exists()
    assert not Referral.objects.visible_to(client(adviser, "directory:read")).exists()
    assert not Referral.objects.visible_to(client(other_adviser, "referrals:read")).exists()
    assert not Household.objects.visible_to(client(adviser, "referrals:read")).exists()


def test_the_system_sees_all_referrals(quoted):
    assert Referral.objects.visible_to(SYSTEM).exists()


@pytest.mark.parametrize(
    ("state", "seeing"), [("review", {"adviser", "pilot", "regional_pilot"}), ("waiting", {"adviser"})]
)
def test_income_is_seen_by_the_sender_and_by_a_pilot_only_while_deciding(adviser, garage, who, state, seeing):
    from referrals.permissions import can_see_income

    referral = journey.in_review(adviser) if state == "review" else journey.sent(adviser, garage).referral
    assert {name for name in EVERYONE if can_see_income(who(name), referral)} == seeing


def test_the_directory_is_for_members(garage, who):
    blind = {name for name in EVERYONE if not Garage.objects.visible_to(who(name)).exists()}
    assert {"stranger", "administrator"} <= blind
    assert "adviser" not in blind
