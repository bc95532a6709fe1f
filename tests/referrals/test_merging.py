"""Two records of one person become one: what moves, what stays, what is told, and that nobody sees more than before."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from mobiliz.lib import clock
from referrals import actions, transitions
from referrals.models import Assignment, Beneficiary, Consent, Household, LogEntry, Referral
from referrals.transitions import ConsentInput, Overtaken, PersonInput, Refused
from tests.cast import actor
from tests.factories import journey
from tests.factories.territory import commune

pytestmark = pytest.mark.django_db

TOO_YOUNG = date(2024, 5, 1)


def merge(kept, retired, by, *names):
    transitions.merge_people(kept, retired, from_retired=names, by=actor(by))


def last_of(referral):
    return LogEntry.objects.of_referral(referral).latest_first().first()


def seen_by(membership):
    return set(Referral.objects.visible_to(actor(membership)))


def test_cases_cars_and_consents_pass_to_the_record_that_stays(adviser, garage):
    own, other = journey.draft(adviser), journey.sent(adviser, garage).referral
    merge(own.beneficiary, other.beneficiary, adviser)
    kept = journey.fresh(own.beneficiary)
    assert set(kept.referrals.all()) == {own, other}
    assert kept.vehicles.get() == other.vehicle
    assert kept.consents.count() == 2
    assert kept.household.facts["income_eur"] == "14400"
    assert journey.fresh(other).state == "waiting"


def test_the_record_that_ends_is_a_mark_that_no_search_finds_and_that_reaches_nobody(adviser):
    own, other = journey.draft(adviser), journey.draft(adviser, email="nadia@example.org", address="1 rue Haute")
    merge(own.beneficiary, other.beneficiary, adviser)
    mark = journey.fresh(other.beneficiary)
    assert mark.merged_into == own.beneficiary
    assert (mark.phone, mark.email, mark.address, mark.notes) == ("", "", "", None)
    visible = Beneficiary.objects.visible_to(actor(adviser))
    assert list(visible) == [own.beneficiary]
    assert visible.standing_for(mark.uid).get() == own.beneficiary


def test_from_any_record_that_ended_one_step_leads_to_the_one_that_stands(adviser):
    first, second, third = (journey.draft(adviser).beneficiary for _ in range(3))
    merge(second, first, adviser)
    merge(third, second, adviser)
    assert {journey.fresh(one).merged_into for one in (first, second)} == {third}


def test_the_values_chosen_stay_and_both_notes(adviser):
    own = journey.draft(adviser, phone="+33639981247", notes="Préfère le matin").beneficiary
    other = journey.draft(adviser, phone="+33639981299", last_name="Benally", notes="Parle turc").beneficiary
    merge(own, other, adviser, "phone")
    kept = journey.fresh(own)
    assert (kept.phone, kept.last_name, kept.notes) == ("+33639981299", "Benali", "Préfère le matin\nParle turc")


@pytest.mark.parametrize(("names", "income"), [((), "14400"), (("household",), "9000")])
def test_one_household_stays(adviser, names, income):
    own, other = journey.assessed(adviser), journey.assessed(adviser, income="9000")
    merge(own.beneficiary, other.beneficiary, adviser, *names)
    assert Household.objects.get().facts["income_eur"] == income
    assert journey.fresh(own.beneficiary).household == Household.objects.get()


def test_the_log_of_every_case_tells_records_and_fields_but_no_value(adviser, workshop):
    done = journey.completed(adviser, workshop).referral
    closed = journey.draft(adviser, phone="+33639981299")
    transitions.withdraw(closed, reason="A trouvé une voiture", by=actor(adviser))
    merge(done.beneficiary, closed.beneficiary, adviser, "phone")
    told = {"kept": str(done.beneficiary.uid), "retired": str(closed.beneficiary.uid), "taken": ["phone"]}
    assert last_of(done).detail == {**told, "moved": False}
    assert last_of(closed).detail == {**told, "moved": True, "outcome": "withdrawn"}
    assert [journey.fresh(one).state for one in (done, closed)] == ["completed", "closed"]
    assert journey.fresh(closed).closed_at is not None
    assert {last_of(one).verb for one in (done, closed)} == {"merge_people"}
    assert {last_of(one).assignment for one in (done, closed)} == {None}


# --- consents ---------------------------------------------------------------------------------------------
def test_of_two_consents_in_force_the_newer_stays(adviser):
    own = journey.draft(adviser)
    other = journey.draft(adviser)
    own.beneficiary.consents.update(given_on=clock.today() - timedelta(days=9))
    merge(own.beneficiary, other.beneficiary, adviser)
    in_force = Consent.objects.in_force().get()
    assert (in_force.beneficiary, in_force.given_on) == (own.beneficiary, clock.today())
    older = Consent.objects.exclude(pk=in_force.pk).get()
    assert older.replaced_at is not None
    assert older.withdrawn_on is None


@pytest.mark.parametrize("withdrawn_is_kept", [True, False])
def test_what_a_withdrawn_consent_closed_stays_closed(adviser, workshop, pilot, withdrawn_is_kept):
    shut = journey.accepted(adviser, workshop)
    transitions.withdraw_consent(shut.referral.beneficiary, reason="Ne veut plus", by=actor(adviser))
    running = journey.sent(adviser, journey.garage_of(workshop)).referral
    before = {pilot: seen_by(pilot), workshop: set(Beneficiary.objects.visible_to(actor(workshop)))}
    assert before == {pilot: {running}, workshop: set()}
    people = [shut.referral.beneficiary, running.beneficiary]
    merge(*(people if withdrawn_is_kept else people[::-1]), adviser)
    assert {pilot: seen_by(pilot), workshop: set(Beneficiary.objects.visible_to(actor(workshop)))} == before
    assert Consent.objects.in_force().count() == 1
    assert not Assignment.objects.get(pk=shut.pk).shows_person


def test_sent_anew_upon_the_consent_in_force_it_is_shared_again(adviser, garage, pilot):
    shut = journey.sent(adviser, garage).referral
    transitions.withdraw_consent(shut.beneficiary, reason="Ne veut plus", by=actor(adviser))
    other = journey.draft(adviser)
    merge(other.beneficiary, shut.beneficiary, adviser)
    transitions.reopen(journey.fresh(shut), by=actor(adviser))
    assert shut not in seen_by(pilot)
    transitions.send(journey.fresh(shut), garage=garage, by=actor(adviser))
    assert shut in seen_by(pilot)


def test_a_garage_reads_nothing_of_it_in_the_log(adviser, workshop):
    held = journey.accepted(adviser, workshop)
    merge(held.referral.beneficiary, journey.draft(adviser).beneficiary, adviser)
    assert not LogEntry.objects.visible_to(actor(workshop)).of_verb("merge_people").exists()


# --- eligibility ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("step", "state"), [("waiting", "draft"), ("accepted", "draft"), ("quoted", "draft"), ("agreed", "agreed")]
)
def test_another_age_is_assessed_again_and_a_case_that_is_no_longer_eligible_falls_back(adviser, stage, step, state):
    moved, held = stage(step)
    kept = journey.draft(adviser, birth_date=TOO_YOUNG)
    merge(kept.beneficiary, moved.beneficiary, adviser)
    fresh = journey.fresh(moved)
    assert fresh.state == state
    assert (fresh.assessment != moved.assessment) == (state == "draft")
    assert journey.fresh(held).was_handed_over == (state == "draft")


def test_still_eligible_it_goes_on_upon_a_new_assessment(adviser, garage):
    moved = journey.sent(adviser, garage).referral
    merge(journey.draft(adviser, birth_date=date(1985, 5, 1)).beneficiary, moved.beneficiary, adviser)
    fresh = journey.fresh(moved)
    assert (fresh.state, fresh.assessment.supersedes) == ("waiting", moved.assessment)


def test_the_same_age_and_territory_leave_the_assessment_alone(adviser, garage):
    moved = journey.sent(adviser, garage).referral
    merge(journey.draft(adviser).beneficiary, moved.beneficiary, adviser)
    assert journey.fresh(moved).assessment == moved.assessment


# --- who, and when not ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "who", ["other_adviser", "agency_adviser", "pilot", "regional_pilot", "workshop", "administrator"]
)
def test_nobody_else_does_it(request, adviser, who):
    own, other = journey.draft(adviser).beneficiary, journey.draft(adviser).beneficiary
    with pytest.raises(PermissionDenied):
        merge(own, other, request.getfixturevalue(who))
    assert journey.fresh(other).merged_into is None


def test_people_of_two_organisations_stay_two(adviser, other_adviser, agency_adviser):
    own = journey.draft(adviser).beneficiary
    with pytest.raises(PermissionDenied):
        merge(own, journey.draft(other_adviser).beneficiary, adviser)
    with pytest.raises(Refused, match="deux organisations"):
        merge(own, journey.draft(agency_adviser).beneficiary, adviser)


def test_a_record_is_not_united_with_itself(adviser):
    own = journey.draft(adviser).beneficiary
    with pytest.raises(Refused, match="même fiche"):
        merge(own, own, adviser)


def test_the_database_refuses_a_record_that_leads_to_itself(adviser):
    own = journey.draft(adviser).beneficiary
    with pytest.raises(IntegrityError, match="beneficiary_not_merged_into_itself"), transaction.atomic():
        Beneficiary.objects.with_key(own.pk).update(merged_into=own)


@pytest.mark.parametrize("is_turned_round", [False, True])
def test_the_second_is_told_who_was_quicker(adviser, colleague, is_turned_round):
    own, other = journey.draft(adviser).beneficiary, journey.draft(adviser).beneficiary
    merge(own, other, adviser)
    again = (other, own) if is_turned_round else (own, other)
    with pytest.raises(Overtaken, match="Déjà fait : fiches d’une même personne réunies"):
        merge(*again, colleague)
    assert LogEntry.objects.of_verb("merge_people").count() == 2  # one for each case


# --- afterwards, from what was open before ----------------------------------------------------------------
def test_a_form_of_before_neither_opens_a_dossier_nor_records_a_consent_on_the_mark(adviser):
    own, other = journey.draft(adviser), journey.draft(adviser)
    merge(own.beneficiary, other.beneficiary, adviser)
    person = PersonInput(first_name="N", last_name="B", birth_date=date(1986, 5, 1), commune=commune("42218"))
    with pytest.raises(Refused, match="réunie avec une autre"):
        transitions.open_referral(person=person, consent=None, known=other.beneficiary, by=actor(adviser))
    consent = ConsentInput(channel="oral", given_on=clock.today())
    with pytest.raises(Overtaken):
        transitions.record_consent(other, consent=consent, by=actor(adviser))
    with pytest.raises(Refused, match="réunie avec une autre"):
        transitions.withdraw_consent(other.beneficiary, reason="Ne veut plus", by=actor(adviser))


def test_the_moved_draft_is_worked_on_as_any_other(adviser, garage):
    own, other = journey.draft(adviser), journey.draft(adviser)
    merge(own.beneficiary, other.beneficiary, adviser)
    household = actions.HouseholdInput(
        birth_dates=(date(1986, 5, 1), date(2018, 9, 3)),
        income_eur=Decimal(14400),
        income_basis="last_12_months",
        dwelling="ordinary",
    )
    journey.threshold()
    actions.assess_household(journey.fresh(other), household=household, by=actor(adviser))
    journey.describe_vehicle(journey.fresh(other), adviser)
    transitions.send(journey.fresh(other), garage=garage, by=actor(adviser))
    assert Household.objects.get().beneficiary == own.beneficiary
    assert journey.fresh(other).vehicle.beneficiary == own.beneficiary
