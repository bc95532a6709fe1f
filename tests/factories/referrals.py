"""Referrals with their whole history, as the verbs leave it, without going through them: any day, any stage."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from eligibility.models import Assessment, RuleSet, Threshold
from garages.models import Garage
from mobiliz.accounts.actors import ActorKind
from mobiliz.accounts.models import Organisation
from mobiliz.accounts.roles import Role
from mobiliz.lib.clock import PARIS
from mobiliz.lib.periods import iso_week_monday
from mobiliz.programme.models import REPAIR, Offer, Phase
from referrals.models import (
    Assignment,
    Beneficiary,
    Change,
    Consent,
    LogEntry,
    PreDiagnosis,
    Quote,
    QuoteAnswer,
    QuoteVersion,
    Referral,
    Repair,
    Vehicle,
)
from referrals.states import DeclineReason, End, Outcome, State, Verb
from tests.factories.accounts import MembershipFactory
from tests.factories.garages import GarageFactory, PriceScheduleFactory
from tests.factories.partners import StructureFactory
from tests.factories.territory import commune

STAGES = ("draft", "sent", "accepted", "quoted", "agreed", "repaired")
_AFTER = {"accepted": 2, "quoted": 5, "agreed": 8, "repaired": 12, "closed": 15}  # days after it was sent


def moment(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=PARIS)


def repair_offer() -> Offer:
    return Offer.objects.get_or_create(
        pk=REPAIR, defaults={"name": "Réparation", "phase": Phase.FROZEN, "needs_vehicle": True}
    )[0]


def rule_set() -> RuleSet:
    return RuleSet.objects.get_or_create(
        offer=repair_offer(),
        subject="household",
        version=1,
        defaults={
            "phase": Phase.FROZEN,
            "definition": {"leaf": "threshold"},
            "in_force_from": date(2012, 3, 1),
            "source": "essai",
        },
    )[0]


def threshold() -> Threshold:
    return Threshold.objects.get_or_create(
        income_year=2012,
        level_percent=60,
        defaults={
            "monthly_amount_eur": Decimal("987.00"),
            "status": "published",
            "geographic_scope": "France métropolitaine",
            "series": "ERFS",
            "source": "essai",
        },
    )[0]


def make_beneficiary(*, organisation: Organisation | None = None, at: str = "42218", **fields) -> Beneficiary:
    """Someone who agreed; `at` is the INSEE code of the commune."""
    person = Beneficiary.objects.create(
        organisation=organisation or StructureFactory().organisation,
        commune=commune(at),
        **{"first_name": "Nadia", "last_name": "Benali", "birth_date": date(1986, 5, 1), **fields},
    )
    Consent.objects.create(
        beneficiary=person,
        text_version="1",
        purposes=["repair"],
        recipients="garages",
        given_by=str(person),
        channel="oral",
        given_on=date(2013, 1, 1),
    )
    return person


def make_vehicle(beneficiary: Beneficiary, **fields) -> Vehicle:
    return Vehicle.objects.create(
        beneficiary=beneficiary, **{"make": "Renault", "model": "Clio", "first_registered_year": 2009, **fields}
    )


def make_assessment(organisation: Organisation, on: date, **fields) -> Assessment:
    """Eligible, valid for 180 days, unless told otherwise."""
    return Assessment.objects.create(
        **{
            "organisation": organisation,
            "rule_set": rule_set(),
            "threshold": threshold(),
            "engine_version": "1",
            "reference_date": on,
            "facts": {},
            "trace": {},
            "outcome": "eligible",
            "reasons": [],
            "valid_until": on + timedelta(days=180),
            "made_at": moment(on),
            **fields,
        }
    )


def make_referral(
    *,
    sent_on: date = date(2026, 3, 10),
    upto: str = "sent",
    at: str = "42218",
    garage: Garage | None = None,
    organisation: Organisation | None = None,
    outcome: Outcome | None = None,
    beneficiary: Beneficiary | None = None,
) -> Referral:
    """One that came as far as `upto` (STAGES); closed there where an `outcome` is given."""
    organisation = organisation or StructureFactory().organisation
    person = beneficiary or make_beneficiary(organisation=organisation, at=at)
    referral = Referral.objects.create(
        offer=repair_offer(),
        beneficiary=person,
        vehicle=make_vehicle(person),
        organisation=organisation,
        assessment=make_assessment(organisation, sent_on),
        created_at=moment(sent_on, 9),
    )
    PreDiagnosis.objects.create(referral=referral, complaint="Elle chauffe.", is_drivable=True, since="weeks")
    note(referral, Verb.OPEN, State.DRAFT, sent_on)
    if upto != "draft":
        put_to(referral, garage or GarageFactory(), on=sent_on)
        for stage in STAGES[2 : STAGES.index(upto) + 1]:
            _STEPS[stage](referral, sent_on + timedelta(days=_AFTER[stage]))
    if outcome:
        close(referral, outcome, on=sent_on + timedelta(days=_AFTER["closed"]))
    return referral


def put_to(referral: Referral, garage: Garage, *, on: date) -> Assignment:
    """Sent to the garage, for the first time or once more."""
    is_draft = referral.state == State.DRAFT
    if referral.sent_at is None:
        place = referral.beneficiary.commune
        referral.commune, referral.department, referral.region = place, place.department, place.department.region
        referral.sent_at = moment(on)
    assignment = Assignment.objects.create(
        referral=referral, garage=garage, week=iso_week_monday(on), put_at=moment(on), distance_km=Decimal("1.0")
    )
    note(referral, Verb.SEND if is_draft else Verb.ASSIGN, State.WAITING, on, assignment)
    return assignment


def accept(referral: Referral, on: date) -> None:
    held = open_assignment(referral)
    Assignment.objects.filter(pk=held.pk).update(accepted_at=moment(on))
    note(referral, Verb.ACCEPT, State.ACCEPTED, on, held)


def quote(referral: Referral, on: date) -> QuoteVersion:
    held = open_assignment(referral)
    same_garage = Quote.objects.filter(garage=held.garage, year=on.year)
    made = Quote.objects.create(
        assignment=held,
        garage=held.garage,
        year=on.year,
        sequence=same_garage.count() + 1,
        first_issued_at=moment(on),
    )
    version = quote_version(made, on)
    note(referral, Verb.ISSUE_QUOTE, State.QUOTED, on, held)
    return version


def quote_version(made: Quote, on: date, number: int = 1, **fields) -> QuoteVersion:
    """100.00 euros before tax, at 20 %."""
    schedule = PriceScheduleFactory()
    return QuoteVersion.objects.create(
        quote=made,
        number=number,
        assessment=made.assignment.referral.assessment,
        schedule=schedule,
        hourly_rate_excl_tax=schedule.hourly_rate_excl_tax,
        vat_percent=Decimal("20.00"),
        garage_as_issued={},
        vehicle_as_issued={},
        issued_on=on,
        valid_until=on + timedelta(days=30),
        issued_at=moment(on),
        issued_by=staff(made.garage),
        **{
            "total_excl_tax": Decimal("100.00"),
            "vat": Decimal("20.00"),
            "total_incl_tax": Decimal("120.00"),
            **fields,
        },
    )


def agree(referral: Referral, on: date) -> None:
    held = open_assignment(referral)
    QuoteAnswer.objects.create(
        version=held.quote.versions.last(),
        is_accepted=True,
        piec_choice="wanted",
        channel="paper",
        answered_on=on,
        recorded_at=moment(on),
    )
    note(referral, Verb.ACCEPT_QUOTE, State.AGREED, on, held)


def repair(referral: Referral, on: date) -> Repair:
    held = open_assignment(referral)
    version = held.quote.versions.last()
    done = Repair.objects.create(
        assignment=held,
        version=version,
        done_on=on,
        final_total_incl_tax=version.total_incl_tax,
        recorded_at=moment(on),
    )
    note(referral, Verb.RECORD_REPAIR, State.COMPLETED, on, held)
    return done


_STEPS = {"accepted": accept, "quoted": quote, "agreed": agree, "repaired": repair}


def give_back(referral: Referral, on: date, reason: DeclineReason = DeclineReason.NO_CAPACITY) -> None:
    """The garage hands it over: its quote is withdrawn, the referral waits."""
    held = open_assignment(referral)
    Quote.objects.filter(assignment=held).update(withdrawn_at=moment(on))
    _end(held, End.GIVEN_BACK, on, reason)
    note(referral, Verb.GIVE_BACK, State.WAITING, on, held)


def decline(referral: Referral, on: date, reason: DeclineReason = DeclineReason.NO_CAPACITY) -> None:
    held = open_assignment(referral)
    _end(held, End.DECLINED, on, reason)
    note(referral, Verb.DECLINE, State.WAITING, on, held)


def close(referral: Referral, outcome: Outcome, *, on: date) -> None:
    held = open_assignment(referral)
    if held:
        _end(held, End.CLOSED, on)
    referral.outcome, referral.closed_at = outcome.value, moment(on)
    note(referral, Verb.CLOSE, State.CLOSED, on, held)


def reopen(referral: Referral, on: date) -> None:
    referral.outcome, referral.closed_at = "", None
    note(referral, Verb.REOPEN, State.DRAFT, on)


def note(referral: Referral, verb: Verb, to: State, on: date, assignment: Assignment | None = None) -> LogEntry:
    """Write the state, one line of the log, one row of the queue of changes."""
    came_from = "" if verb == Verb.OPEN else referral.state
    referral.state, referral.state_since, referral.updated_at = to.value, moment(on), moment(on)
    referral.save()
    entry = LogEntry.objects.create(
        referral=referral,
        position=referral.log.count() + 1,
        verb=verb.value,
        from_state=came_from,
        to_state=to.value,
        at=moment(on),
        actor_kind=ActorKind.SYSTEM.value,
        assignment=assignment,
    )
    Change.objects.create(referral=referral, entry=entry, at=moment(on))
    return entry


def open_assignment(referral: Referral) -> Assignment | None:
    return referral.assignments.filter(ended_at__isnull=True).first()


def staff(garage: Garage):
    """Someone of the garage's workshop."""
    found = garage.organisation.memberships.filter(role=Role.WORKSHOP).first()
    return found or MembershipFactory(role=Role.WORKSHOP, organisation=garage.organisation)


def _end(held: Assignment, end: End, on: date, reason: DeclineReason | None = None) -> None:
    Assignment.objects.filter(pk=held.pk).update(
        ended_at=moment(on), end=end.value, end_reason=reason.value if reason else ""
    )
