"""What fills a dossier without moving it: household with its assessment, vehicle with the fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.assess import Asked, asked_by, assess, assess_vehicle, is_same_again
from eligibility.facts import Benefit, Dwelling, Employment, Facts, Proof, ProofKind, VehicleFacts
from eligibility.models import Assessment
from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from partners.models import Structure
from referrals import links, notifications, permissions
from referrals.candidates import wants_a_reason
from referrals.models import (
    Assignment,
    Beneficiary,
    GarageChoice,
    Household,
    PersonalLink,
    PreDiagnosis,
    Referral,
    Vehicle,
)
from referrals.states import State
from referrals.symptoms import in_order
from referrals.trades import work_of

INCOME_BASES = ("last_12_months", "last_month")
# Less a month than a single person's RSA by far: an annual total below it may be the amount of one month
UNLIKELY_MONTH_EUR = Decimal(300)
# More a month than any household below the threshold: it may be the total of a year
UNLIKELY_HIGH_MONTH_EUR = Decimal(8_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationInput:
    """What a rule may ask besides household and income; None: not known, or not asked."""

    family_quotient_eur: Decimal | None = None
    minimum_benefits: tuple[Benefit, ...] | None = None
    benefits_ended_on: date | None = None
    """The last day on which they were received; None while they still are."""
    employment: Employment | None = None
    needs_vehicle_for_work: bool | None = None
    proofs: tuple[Proof, ...] = ()

    @property
    def benefits(self) -> dict[Benefit, date | None] | None:
        if self.minimum_benefits is None:
            return None
        return dict.fromkeys(self.minimum_benefits, self.benefits_ended_on)

    @property
    def stored(self) -> dict[str, Any]:
        """For JSON; what is not known is left out."""
        quotient, ended = self.family_quotient_eur, self.benefits_ended_on
        told = {
            "family_quotient_eur": None if quotient is None else str(quotient),
            "minimum_benefits": None if self.minimum_benefits is None else [str(one) for one in self.minimum_benefits],
            "benefits_ended_on": ended and ended.isoformat(),
            "employment": self.employment and str(self.employment),
            "needs_vehicle_for_work": self.needs_vehicle_for_work,
            "proofs": [[str(one.kind), one.issued_on.isoformat()] for one in self.proofs] or None,
        }
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> SituationInput:
        quotient, benefits, ended = (
            stored.get(name) for name in ("family_quotient_eur", "minimum_benefits", "benefits_ended_on")
        )
        return cls(
            family_quotient_eur=None if quotient is None else Decimal(quotient),
            minimum_benefits=None if benefits is None else tuple(Benefit(one) for one in benefits),
            benefits_ended_on=date.fromisoformat(ended) if ended else None,
            employment=Employment(stored["employment"]) if "employment" in stored else None,
            needs_vehicle_for_work=stored.get("needs_vehicle_for_work"),
            proofs=tuple(Proof(ProofKind(kind), date.fromisoformat(day)) for kind, day in stored.get("proofs", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdInput:
    """Who shares the income (birth dates, the person's own first) and how much there is, in euros.

    `income_eur` is of the last 12 months, or of the last month where it is stable: then it counts 12 times.
    """

    birth_dates: tuple[date, ...]
    income_eur: Decimal | None
    income_basis: str
    dwelling: Dwelling
    situation: SituationInput = SituationInput()

    @property
    def annual_disposable_income_eur(self) -> Decimal | None:
        if self.income_eur is None or self.income_basis == "last_12_months":
            return self.income_eur
        return 12 * self.income_eur

    @property
    def month_to_confirm_eur(self) -> Decimal | None:
        """What an annual amount makes a month, in euros, where it is so little that it should be asked again."""
        if not self.income_eur or self.income_basis != "last_12_months":
            return None
        if self.income_eur >= 12 * UNLIKELY_MONTH_EUR:
            return None
        return (self.income_eur / 12).quantize(Decimal("0.01"))

    @property
    def year_to_confirm_eur(self) -> Decimal | None:
        """What a monthly amount makes a year, in euros, where it is so much that it should be asked again."""
        if self.income_basis != "last_month" or (self.income_eur or 0) < UNLIKELY_HIGH_MONTH_EUR:
            return None
        return self.annual_disposable_income_eur

    @property
    def doubts(self) -> tuple[str, ...]:
        """Codes of what is possible and seldom so: the person counted twice, two of the same day."""
        own, *others = self.birth_dates
        found = ["own_date_again"] if own in others else []
        return (*found, "same_date_twice") if len(others) > len(set(others)) else tuple(found)

    @classmethod
    def from_stored(cls, household: Household, own_birth_date: date) -> HouseholdInput:
        """As it was given, with the person's own birth date as it is known now."""
        facts = household.facts
        others = [date.fromisoformat(born) for born in facts["birth_dates"][1:]]
        return cls(
            birth_dates=(own_birth_date, *others),
            income_eur=None if facts["income_eur"] is None else Decimal(facts["income_eur"]),
            income_basis=facts["income_basis"],
            dwelling=facts["dwelling"],
            situation=SituationInput.from_stored(facts.get("situation", {})),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleInput:
    make: str
    model: str
    first_registered_year: int
    plate: str = ""
    plate_format: str = ""
    vin: str = ""
    mileage_km: int | None = None
    fuel: str = "unknown"
    fiscal_horsepower: int | None = None
    inspected_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultInput:
    """What is wrong: the person's own words, the codes of what was noticed, or both; `is_drivable` None: unknown."""

    complaint: str
    is_drivable: bool | None
    since: str
    symptoms: tuple[str, ...] = ()
    warning_lights: str = ""
    noises: str = ""
    whereabouts: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitInput:
    """Coming to the garage: who comes along, how, and what the person can pay at once, in euros, or in how many times.

    What they can pay and what they are afraid of is sealed; no garage reads it.
    """

    papers: str = "unknown"
    needs_accompaniment: bool = False
    transport: str = "unknown"
    instalments: int | None = None
    can_pay_eur: Decimal | None = None
    worries: tuple[str, ...] = ()

    @property
    def confided(self) -> dict[str, Any] | None:
        if self.can_pay_eur is None and not self.worries:
            return None
        can_pay = None if self.can_pay_eur is None else str(self.can_pay_eur)
        return {"can_pay_eur": can_pay, "worries": list(self.worries)}


def facts_of(household: HouseholdInput, beneficiary: Beneficiary, *, sent_by: str | None = None) -> Facts:
    """What the eligibility service is asked: the household, where it lives, and what else is known of the person.

    `sent_by`: the kind of structure that refers, where the rule asks for it.
    """
    situation = household.situation
    is_metro = beneficiary.commune.department.zone == "metro"
    return Facts(
        birth_dates=household.birth_dates,
        annual_disposable_income_eur=household.annual_disposable_income_eur,
        territory="mainland" if is_metro else "drom",
        dwelling=household.dwelling,
        family_quotient_eur=situation.family_quotient_eur,
        minimum_benefits=situation.benefits,
        employment=situation.employment,
        needs_vehicle_for_work=situation.needs_vehicle_for_work,
        sent_by=sent_by,
        proofs=situation.proofs,
    )


def sender_of(referral: Referral, asked: Asked) -> str | None:
    """The kind of structure that refers, where the rule asks for it: not looked up for nothing."""
    return Structure.objects.kind_of(referral.organisation) if asked.needs("sent_by") else None


@transaction.atomic
def assess_household(referral: Referral, *, household: HouseholdInput, by: Actor) -> Assessment:
    """Keep the household, decide, and let the referral rest on the new assessment.

    The same facts that give the same answer on the same day, as by a double click, are assessed once.
    """
    referral = _locked(referral)
    if not permissions.can_reassess(by, referral):
        raise PermissionDenied
    _keep(household, referral.beneficiary)
    asked = asked_by(referral.offer_id, clock.today())
    facts = facts_of(household, referral.beneficiary, sent_by=sender_of(referral, asked))
    if referral.assessment and is_same_again(referral.assessment, facts, on=clock.today()):
        return referral.assessment
    assessment = assess(
        facts,
        offer_code=referral.offer_id,
        on=clock.today(),
        organisation=referral.organisation,
        by=by.membership,
        supersedes=referral.assessment,
    )
    _touch(referral, assessment=assessment)
    return assessment


@transaction.atomic
def describe_vehicle(
    referral: Referral, *, vehicle: VehicleInput, fault: FaultInput, by: Actor, visit: VisitInput | None = None
) -> None:
    """Keep the vehicle, what is wrong with it, and, where it is given, what coming to the garage asks of the person."""
    referral = _locked(referral)
    if not permissions.can_edit_draft(by, referral):
        raise PermissionDenied
    facts = {name: getattr(vehicle, name) for name in vehicle.__dataclass_fields__}
    stored, _created = Vehicle.objects.update_or_create(
        pk=referral.vehicle_id, defaults={**facts, "beneficiary": referral.beneficiary}
    )
    said = {**_said(fault), **(_asked(visit) if visit else {}), "updated_at": clock.now()}
    PreDiagnosis.objects.update_or_create(referral=referral, defaults=said)
    covered = assess_vehicle(
        vehicle_facts(vehicle, fault),
        offer_code=referral.offer_id,
        on=clock.today(),
        organisation=referral.organisation,
        by=by.membership,
        supersedes=referral.vehicle_assessment,
    )
    _touch(referral, vehicle=stored, vehicle_assessment=covered)


def vehicle_facts(vehicle: VehicleInput, fault: FaultInput) -> VehicleFacts:
    """What the rule for cars is asked."""
    return VehicleFacts(
        make=vehicle.make or None,
        first_registered_year=vehicle.first_registered_year,
        mileage_km=vehicle.mileage_km,
        fiscal_hp=vehicle.fiscal_horsepower,
        work=work_of(fault.symptoms),
    )


@transaction.atomic
def choose_garage(
    referral: Referral, *, garage: Garage, by: Actor, reason: str = "", agreed_km: int | None = None
) -> GarageChoice:
    """Keep the garage that a draft is to be sent to, with why and the person's new word; nobody is asked yet."""
    referral = _locked(referral)
    if not permissions.can_edit_draft(by, referral):
        raise PermissionDenied
    if not reason.strip() and wants_a_reason(referral, garage):
        message = _("Dites en quelques mots pourquoi ce garage plutôt que ceux proposés.")
        raise Refused(message, field="choice_reason")
    kept = {"garage": garage, "reason": reason, "agreed_km": agreed_km}
    choice, _created = GarageChoice.objects.update_or_create(
        referral=referral, defaults={**kept, "chosen_at": clock.now(), "chosen_by": by.membership}
    )
    _touch(referral)
    return choice


def mark_seen(assignment: Assignment, *, by: Actor) -> None:
    """Seen means opened while signed in at the garage that is asked, or acted on by link; the first moment is kept."""
    if (by.is_garage or by.link is not None) and assignment.is_open and assignment.seen_at is None:
        Assignment.objects.visible_to(by).of_referral(assignment.referral).open().unseen().update(seen_at=clock.now())


@transaction.atomic
def send_fresh_link(link: PersonalLink) -> bool:
    """To the same person, while their answer is still awaited; whether one was sent."""
    holder = links.holder_now(link)
    assignment = Assignment.objects.select_for_update(of=("self",)).with_all().get(pk=link.assignment_id)
    is_awaited = assignment.is_open and assignment.referral.state == State.WAITING
    if holder is None or link.revoked_at is not None or not is_awaited:
        return False
    links.note_use(link, "fresh", is_done=True)
    notifications.tell_fresh_link(assignment, holder)
    return True


def _said(fault: FaultInput) -> dict[str, Any]:
    said = {name: getattr(fault, name) for name in fault.__dataclass_fields__}
    return {**said, "symptoms": in_order(fault.symptoms)}


def _asked(visit: VisitInput) -> dict[str, Any]:
    columns = ("papers", "needs_accompaniment", "transport", "instalments", "confided")
    return {name: getattr(visit, name) for name in columns}


def _locked(referral: Referral) -> Referral:
    try:
        return _lock(referral)
    except Referral.DoesNotExist:
        # while this waited, the case passed to another record of its person: what was joined no longer fits
        return _lock(referral)


def _lock(referral: Referral) -> Referral:
    return (
        Referral.objects.select_for_update(of=("self",))
        .select_related("organisation", "assessment", "vehicle_assessment", "beneficiary__commune__department")
        .get(pk=referral.pk)
    )


def _keep(household: HouseholdInput, beneficiary: Beneficiary) -> None:
    annual, given = household.annual_disposable_income_eur, household.income_eur
    facts = {
        "birth_dates": [born.isoformat() for born in household.birth_dates],
        "income_basis": household.income_basis,
        "income_eur": None if given is None else str(given),
        "annual_disposable_income_eur": None if annual is None else str(annual),
        "dwelling": household.dwelling,
        **({"situation": household.situation.stored} if household.situation.stored else {}),
    }
    Household.objects.update_or_create(beneficiary=beneficiary, defaults={"facts": facts, "updated_at": clock.now()})


def _touch(referral: Referral, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(referral, name, value)
    referral.updated_at = clock.now()
    referral.save(update_fields=[*fields, "updated_at"])
