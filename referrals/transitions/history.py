"""Past referrals, loaded in bulk as they ended: the programme's history before the platform.

It writes for each referral what the verbs would have written, in a few statements for thousands: rows, states,
log and queue of changes. Only referrals that have ended are loaded so; a live one goes through the verbs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from eligibility.models import Assessment
from garages.conditions import Conditions
from garages.models import Garage
from garages.tariff import LineInput, LineKind, Totals, price_lines
from mobiliz.accounts.actors import ActorKind
from mobiliz.accounts.models import Membership, Organisation
from mobiliz.lib.clock import day_of
from mobiliz.lib.periods import iso_week_monday
from mobiliz.lib.text import normalise
from mobiliz.programme.models import Offer
from mobiliz.territory.models import Commune
from referrals import consent
from referrals.models import (
    Assignment,
    Beneficiary,
    Change,
    Consent,
    LogEntry,
    PreDiagnosis,
    Quote,
    QuoteAnswer,
    QuoteCounter,
    QuoteLine,
    QuoteVersion,
    Referral,
    Repair,
    Vehicle,
)
from referrals.states import End, Outcome, State, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReferral:
    """One referral as it ended: repaired when `repaired_at` is set, else closed after the quote was declined."""

    adviser: Membership
    garage: Garage
    commune: Commune
    first_name: str
    last_name: str
    birth_date: date
    vehicle: tuple[str, str, int]  # make, model, year
    complaint: str
    hours: Decimal
    public_rate_excl_tax: Decimal
    conditions: Conditions
    assessment: Assessment
    sent_at: datetime
    accepted_at: datetime
    quoted_at: datetime
    answered_at: datetime
    repaired_at: datetime | None = None
    decline_reason: str = "Le devis reste trop élevé pour le foyer."

    @property
    def organisation(self) -> Organisation:
        assert self.adviser.organisation is not None
        return self.adviser.organisation

    @property
    def is_repaired(self) -> bool:
        return self.repaired_at is not None

    @property
    def ended_at(self) -> datetime:
        return self.repaired_at or self.answered_at


@transaction.atomic
def load_history(past: Sequence[PastReferral], *, offer: Offer) -> list[Referral]:
    """Store ended referrals with all that belongs to them; the assessments given are stored already."""
    referrals = _referrals(past, _people(past), offer)
    assignments = _assignments(past, referrals)
    versions = _quotes(past, referrals, assignments)
    _answers(past, assignments, versions)
    _log(past, referrals, assignments)
    return referrals


def _people(past: Sequence[PastReferral]) -> list[Beneficiary]:
    people = Beneficiary.objects.bulk_create(
        Beneficiary(
            organisation=one.organisation,
            first_name=one.first_name,
            last_name=one.last_name,
            search_name=normalise(f"{one.last_name} {one.first_name}"),
            birth_date=one.birth_date,
            commune=one.commune,
            created_at=one.sent_at,
            created_by=one.adviser,
        )
        for one in past
    )
    Consent.objects.bulk_create(
        Consent(
            beneficiary=person,
            text_version=consent.TEXT_VERSION,
            purposes=list(consent.PURPOSES),
            recipients=consent.RECIPIENTS,
            given_by=str(person),
            channel="paper",
            given_on=day_of(one.sent_at),
            recorded_at=one.sent_at,
            recorded_by=one.adviser,
        )
        for one, person in zip(past, people, strict=True)
    )
    return people


def _referrals(past: Sequence[PastReferral], people: Sequence[Beneficiary], offer: Offer) -> list[Referral]:
    vehicles = Vehicle.objects.bulk_create(
        Vehicle(
            beneficiary=person,
            make=one.vehicle[0],
            model=one.vehicle[1],
            first_registered_year=one.vehicle[2],
        )
        for one, person in zip(past, people, strict=True)
    )
    referrals = Referral.objects.bulk_create(
        _referral(one, person, vehicle, offer) for one, person, vehicle in zip(past, people, vehicles, strict=True)
    )
    PreDiagnosis.objects.bulk_create(
        PreDiagnosis(
            referral=referral,
            complaint=one.complaint,
            is_drivable=True,
            since="weeks",
            updated_at=one.sent_at,
        )
        for one, referral in zip(past, referrals, strict=True)
    )
    return referrals


def _referral(one: PastReferral, person: Beneficiary, vehicle: Vehicle, offer: Offer) -> Referral:
    return Referral(
        offer=offer,
        beneficiary=person,
        vehicle=vehicle,
        organisation=one.organisation,
        adviser=one.adviser,
        assessment=one.assessment,
        state=(State.COMPLETED if one.is_repaired else State.CLOSED).value,
        state_since=one.ended_at,
        outcome="" if one.is_repaired else Outcome.QUOTE_DECLINED.value,
        closed_at=None if one.is_repaired else one.ended_at,
        commune=one.commune,
        department_id=one.commune.department_id,
        region_id=one.commune.department.region_id,
        created_at=one.sent_at,
        updated_at=one.ended_at,
        sent_at=one.sent_at,
    )


def _assignments(past: Sequence[PastReferral], referrals: Sequence[Referral]) -> list[Assignment]:
    return Assignment.objects.bulk_create(
        Assignment(
            referral=referral,
            garage=one.garage,
            week=iso_week_monday(day_of(one.sent_at)),
            put_at=one.sent_at,
            accepted_at=one.accepted_at,
            ended_at=None if one.is_repaired else one.ended_at,
            end="" if one.is_repaired else End.CLOSED.value,
        )
        for one, referral in zip(past, referrals, strict=True)
    )


def _quotes(
    past: Sequence[PastReferral], referrals: Sequence[Referral], assignments: Sequence[Assignment]
) -> list[QuoteVersion]:
    numbers = _Numbers()
    quotes = Quote.objects.bulk_create(
        Quote(
            assignment=assignment,
            garage=one.garage,
            year=day_of(one.quoted_at).year,
            sequence=numbers.next(one.garage, day_of(one.quoted_at).year),
            first_issued_at=one.quoted_at,
        )
        for one, assignment in zip(past, assignments, strict=True)
    )
    numbers.store()
    priced = [_priced(one) for one in past]
    versions = QuoteVersion.objects.bulk_create(
        _version(one, quote, referral, totals)
        for one, quote, referral, totals in zip(past, quotes, referrals, priced, strict=True)
    )
    QuoteLine.objects.bulk_create(_line(version, totals) for version, totals in zip(versions, priced, strict=True))
    return versions


class _Numbers:
    """The next number of each garage and year, counted here and stored once."""

    def __init__(self) -> None:
        self.last: Counter[tuple[int, int]] = Counter()
        for counter in QuoteCounter.objects.select_for_update():
            self.last[counter.garage_id, counter.year] = counter.last

    def next(self, garage: Garage, year: int) -> int:
        self.last[garage.pk, year] += 1
        return self.last[garage.pk, year]

    def store(self) -> None:
        QuoteCounter.objects.bulk_create(
            [QuoteCounter(garage_id=garage, year=year, last=last) for (garage, year), last in self.last.items()],
            update_conflicts=True,
            unique_fields=["garage", "year"],
            update_fields=["last"],
        )


def _priced(one: PastReferral) -> Totals:
    line = LineInput(LineKind.LABOUR, one.complaint, one.hours, unit_public_excl_tax=one.public_rate_excl_tax)
    return price_lines(
        [line],
        hourly_rate_excl_tax=one.conditions.hourly_rate_excl_tax,
        vat_percent=one.conditions.vat_percent,
    )


def _version(one: PastReferral, quote: Quote, referral: Referral, totals: Totals) -> QuoteVersion:
    conditions = one.conditions
    issued_on = day_of(one.quoted_at)
    return QuoteVersion(
        quote=quote,
        number=1,
        assessment=one.assessment,
        schedule=conditions.schedule,
        hourly_rate_excl_tax=conditions.hourly_rate_excl_tax,
        vat_percent=conditions.vat_percent,
        garage_as_issued={"name": one.garage.name, "siret": one.garage.siret},
        vehicle_as_issued={"make": one.vehicle[0], "model": one.vehicle[1], "year": one.vehicle[2]},
        issued_on=issued_on,
        valid_until=issued_on + timedelta(days=conditions.schedule.quote_validity_days),
        issued_at=one.quoted_at,
        issued_by=one.adviser,
        total_excl_tax=totals.total_excl_tax,
        vat=totals.vat,
        total_incl_tax=totals.total_incl_tax,
        public_incl_tax=totals.public_incl_tax,
        saving_incl_tax=totals.saving_incl_tax,
        saving_percent=totals.saving_percent,
    )


def _line(version: QuoteVersion, totals: Totals) -> QuoteLine:
    line = totals.lines[0]
    return QuoteLine(
        version=version,
        position=1,
        kind=line.input.kind.value,
        description=line.input.description,
        quantity=line.input.quantity,
        unit_cost_excl_tax=line.unit_cost,
        unit_public_excl_tax=line.input.unit_public_excl_tax,
        line_cost_excl_tax=line.line_cost_excl_tax,
        line_public_excl_tax=line.line_public_excl_tax,
    )


def _answers(past: Sequence[PastReferral], assignments: Sequence[Assignment], versions: Sequence[QuoteVersion]) -> None:
    QuoteAnswer.objects.bulk_create(
        QuoteAnswer(
            version=version,
            is_accepted=one.is_repaired,
            piec_choice="not_concerned" if one.is_repaired else "",
            reason="" if one.is_repaired else one.decline_reason,
            channel="paper",
            answered_on=day_of(one.answered_at),
            recorded_at=one.answered_at,
        )
        for one, version in zip(past, versions, strict=True)
    )
    Repair.objects.bulk_create(
        Repair(
            assignment=assignment,
            version=version,
            done_on=day_of(one.repaired_at),
            final_total_incl_tax=version.total_incl_tax,
            recorded_at=one.repaired_at,
        )
        for one, assignment, version in zip(past, assignments, versions, strict=True)
        if one.repaired_at
    )


def _log(past: Sequence[PastReferral], referrals: Sequence[Referral], assignments: Sequence[Assignment]) -> None:
    entries = LogEntry.objects.bulk_create(
        LogEntry(
            referral=referral,
            position=position,
            verb=verb.value,
            from_state=came_from.value if came_from else "",
            to_state=to.value,
            at=at,
            actor_kind=ActorKind.SYSTEM.value,
            assignment=None if verb == Verb.OPEN else assignment,
            detail={"history": True},
        )
        for one, referral, assignment in zip(past, referrals, assignments, strict=True)
        for position, (verb, came_from, to, at) in enumerate(_steps(one), start=1)
    )
    Change.objects.bulk_create(Change(referral=entry.referral, entry=entry, at=entry.at) for entry in entries)


def _steps(one: PastReferral) -> list[tuple[Verb, State | None, State, datetime]]:
    steps: list[tuple[Verb, State | None, State, datetime]] = [
        (Verb.OPEN, None, State.DRAFT, one.sent_at),
        (Verb.SEND, State.DRAFT, State.WAITING, one.sent_at),
        (Verb.ACCEPT, State.WAITING, State.ACCEPTED, one.accepted_at),
        (Verb.ISSUE_QUOTE, State.ACCEPTED, State.QUOTED, one.quoted_at),
    ]
    if one.repaired_at is None:
        return [*steps, (Verb.DECLINE_QUOTE, State.QUOTED, State.CLOSED, one.answered_at)]
    return [
        *steps,
        (Verb.ACCEPT_QUOTE, State.QUOTED, State.AGREED, one.answered_at),
        (Verb.RECORD_REPAIR, State.AGREED, State.COMPLETED, one.repaired_at),
    ]
