"""Quotes: what may be issued, what is copied in, and what the database itself refuses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from eligibility.models import Assessment
from garages.tariff import LineInput, LineKind, PartOrigin, TariffError
from mobiliz.lib import clock
from referrals import transitions
from referrals.models import LogEntry, Quote, QuoteAnswer, QuoteLine, QuoteVersion, Referral, Repair
from referrals.transitions import Refused
from tests.cast import actor
from tests.factories import journey

pytestmark = pytest.mark.django_db


def _issue(assignment, workshop, **given):
    return transitions.issue_quote(assignment, lines=journey.LINES, by=actor(workshop), **given)


def test_labour_is_priced_by_the_schedule_in_force(adviser, workshop):
    version = _issue(journey.accepted(adviser, workshop), workshop)
    assert (version.hourly_rate_excl_tax, version.vat_percent) == (Decimal("35.00"), Decimal("20.00"))
    assert (version.total_excl_tax, version.vat, version.total_incl_tax) == (
        Decimal("173.00"),
        Decimal("34.60"),
        Decimal("207.60"),
    )
    assert version.valid_until == version.issued_on + timedelta(days=30)


def test_a_garage_cannot_type_another_rate(adviser, workshop):
    line = LineInput(LineKind.LABOUR, "Freins", Decimal(1), Decimal("60"))
    with pytest.raises(TariffError, match="taux horaire"):
        transitions.issue_quote(journey.accepted(adviser, workshop), lines=[line], by=actor(workshop))


def test_a_quote_that_cannot_be_priced_leaves_nothing_behind(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    with pytest.raises(TariffError):
        transitions.issue_quote(assignment, lines=[], by=actor(workshop))
    assert not Quote.objects.exists()
    assert journey.fresh(assignment).referral.state == "accepted"


def test_vehicle_and_garage_are_copied_in(adviser, workshop, garage):
    version = _issue(journey.accepted(adviser, workshop), workshop)
    garage.name = "Autre nom"
    garage.save()
    version.refresh_from_db()
    assert version.garage_as_issued["name"] == "Garage de la Loire"
    assert version.vehicle_as_issued["plate"] == "DA-123-BC"


def test_no_quote_on_an_expired_assessment(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    with clock.moved_to(clock.now() + timedelta(days=181)), pytest.raises(Refused, match="n’est plus valable"):
        _issue(assignment, workshop)


def test_a_quote_may_be_issued_on_the_last_day_of_the_assessment(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    with clock.moved_to(journey.days_on(180)):
        assert _issue(assignment, workshop).number == 1


def test_later_expiry_stops_neither_answer_nor_a_new_version(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    with clock.moved_to(journey.days_on(179)):
        _issue(assignment, workshop)
    with clock.moved_to(journey.days_on(185)):
        by = actor(workshop)
        version = transitions.supersede_quote(assignment, lines=journey.LINES, replaces=1, by=by)
        assert version.number == 2


# --- below the form and below the verb --------------------------------------------------------------------
def _row(assignment, **changed):
    """A version as the verb would write it, for whoever bypasses the verb."""
    fields = {
        "quote": Quote.objects.create(assignment=assignment, garage=assignment.garage, year=2026, sequence=1),
        "number": 1,
        "assessment": assignment.referral.assessment,
        "schedule_id": _schedule_id(assignment),
        "hourly_rate_excl_tax": Decimal(35),
        "vat_percent": Decimal(20),
        "garage_as_issued": {},
        "vehicle_as_issued": {},
        "issued_on": clock.today(),
        "valid_until": clock.today(),
        "issued_by": assignment.referral.adviser,
        "total_excl_tax": Decimal(100),
        "vat": Decimal(20),
        "total_incl_tax": Decimal(120),
    }
    return QuoteVersion(**{**fields, **changed})


def _schedule_id(assignment):
    from garages.conditions import conditions_for

    return conditions_for(assignment.garage, clock.today()).schedule.pk


def test_the_database_refuses_a_quote_without_its_referrals_assessment(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    other = journey.assessed(adviser, last_name="Autre").assessment
    with pytest.raises(IntegrityError, match="needs the eligible assessment"), transaction.atomic():
        _row(assignment, assessment=other).save()


def test_the_database_refuses_a_quote_on_an_assessment_that_is_not_eligible(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    refused = journey.assess(assignment.referral, adviser, income="90000")
    assert refused.outcome == "not_eligible"
    with pytest.raises(IntegrityError, match="needs the eligible assessment"), transaction.atomic():
        _row(journey.fresh(assignment), assessment=refused).save()


def test_the_database_refuses_a_first_quote_after_expiry(adviser, workshop):
    assignment = journey.accepted(adviser, workshop)
    late = clock.today() + timedelta(days=181)
    with pytest.raises(IntegrityError, match="has expired"), transaction.atomic():
        _row(assignment, issued_on=late, valid_until=late, number=2).save()


@pytest.mark.parametrize("model", [QuoteVersion, QuoteLine, QuoteAnswer, Repair, LogEntry, Assessment])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_was_issued_logged_or_decided_never_changes(adviser, workshop, model, statement):
    journey.completed(adviser, workshop)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(model._meta.db_table))


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"total_incl_tax": Decimal("119.99")}, "quote_version_adds_up"),
        ({"valid_until": date(2020, 1, 1)}, "quote_version_valid_after_issue"),
    ],
)
def test_the_database_holds_the_sums_and_days_of_a_quote(adviser, workshop, changed, rule):
    assignment = journey.accepted(adviser, workshop)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        _row(assignment, **changed).save()


def test_the_database_knows_no_other_state_and_no_second_open_assignment(adviser, garage, other_garage):
    assignment = journey.sent(adviser, garage)
    with pytest.raises(IntegrityError, match="referral_state_known"), transaction.atomic():
        Referral.objects.filter(pk=assignment.referral_id).update(state="lost")
    with pytest.raises(IntegrityError, match="assignment_one_open"), transaction.atomic():
        assignment.__class__.objects.create(referral=assignment.referral, garage=other_garage, week=assignment.week)


# --- the person's answer ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "told"), [(-1, "ne peut pas précéder le devis"), (1, "dans le futur"), (31, "dans le futur")]
)
def test_the_day_of_an_answer_lies_between_quote_and_today(adviser, workshop, days, told):
    assignment = journey.quoted(adviser, workshop)
    with pytest.raises(Refused, match=told) as refused:
        _accept(assignment, workshop, clock.today() + timedelta(days=days))
    assert refused.value.field == "answered_on"


def test_an_expired_quote_is_not_accepted(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    with clock.moved_to(journey.days_on(40)), pytest.raises(Refused, match="n’était plus valable"):
        _accept(assignment, workshop, clock.today())


def test_accepting_asks_for_the_choice_of_reused_parts(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    with pytest.raises(Refused, match="pièces de réemploi"):
        _accept(assignment, workshop, clock.today(), piec_choice="")


def _accept(assignment, workshop, day, piec_choice="wanted"):
    transitions.accept_quote(
        assignment, version=1, piec_choice=piec_choice, answered_on=day, channel="paper", by=actor(workshop)
    )


def test_a_declined_supplement_goes_back_to_what_was_agreed(adviser, workshop):
    assignment = journey.agreed(adviser, workshop)
    more = [*journey.LINES, LineInput(LineKind.PART, "Courroie", Decimal(1), Decimal(20), None, PartOrigin.NEW)]
    by = actor(workshop)
    transitions.supplement(assignment, lines=more, replaces=1, by=by)
    assert journey.fresh(assignment).referral.state == "quoted"
    transitions.decline_quote(
        assignment, version=2, reason="Trop cher", answered_on=clock.today(), channel="paper", by=by
    )
    assert journey.fresh(assignment).referral.state == "agreed"
    with pytest.raises(Refused, match="207,60"):
        transitions.record_repair(assignment, done_on=clock.today(), final_total_incl_tax=Decimal("231.60"), by=by)


def test_a_declined_quote_closes_with_its_reason(adviser, workshop):
    assignment = journey.quoted(adviser, workshop)
    transitions.decline_quote(
        assignment, version=1, reason="Vend la voiture", answered_on=clock.today(), channel="paper", by=actor(workshop)
    )
    fresh = journey.fresh(assignment)
    assert (fresh.referral.state, fresh.referral.outcome, fresh.end) == ("closed", "quote_declined", "closed")
    assert QuoteAnswer.objects.get().reason == "Vend la voiture"


# --- the repair -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "total", "field"),
    [(1, "207.60", "done_on"), (-1, "207.60", "done_on"), (0, "207.61", "final_total_incl_tax")],
)
def test_a_repair_is_recorded_within_the_quote(adviser, workshop, days, total, field):
    assignment = journey.agreed(adviser, workshop)
    with pytest.raises(Refused) as refused:
        transitions.record_repair(
            assignment,
            done_on=clock.today() + timedelta(days=days),
            final_total_incl_tax=Decimal(total),
            by=actor(workshop),
        )
    assert refused.value.field == field


def test_giving_back_withdraws_the_open_quote_and_frees_the_person(adviser, workshop, other_garage):
    from referrals.states import DeclineReason

    assignment = journey.quoted(adviser, workshop)
    transitions.give_back(assignment, reason=DeclineReason.NO_CAPACITY, by=actor(workshop))
    assert Quote.objects.get().withdrawn_at is not None
    again = transitions.assign(assignment.referral, garage=other_garage, by=actor(adviser))
    assert again.is_open
    assert not journey.fresh(assignment).shows_person
