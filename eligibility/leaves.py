"""The conditions that a rule may be made of: each with its code, its sentence, its proofs, and its answer.

Pure: no Django, no clock, no database. A leaf answers met, not met or unknown and says why; a missing fact is no "no".
Adding a kind of condition is adding a class here and its fields to the form that edits rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Literal

from eligibility import income
from eligibility.facts import (
    Benefit,
    Employment,
    Facts,
    Proof,
    ProofKind,
    Reason,
    Value,
    VehicleFacts,
    amount_text,
)
from eligibility.labels import (
    BENEFIT_LABELS,
    BRAND_GROUP_LABELS,
    EMPLOYMENT_LABELS,
    SENDER_LABELS,
    WORK_LABELS,
    amount_fr,
    either,
    whole_fr,
)
from eligibility.makes import BRAND_GROUPS, BrandGroup, group_has, make_key
from eligibility.thresholds import Thresholds

Subject = Literal["household", "vehicle"]


class BadRule(ValueError):
    """A definition that is no rule: where in the tree, and in French what to do."""

    def __init__(self, message: str, path: tuple[int, ...] = (), field: str = "") -> None:
        super().__init__(message)
        self.message, self.path, self.field = message, path, field


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an answer rests on besides the facts."""

    on: date
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one leaf: `missing` names the facts that were needed and not known; `figures` the terms of a computation."""

    reason: Reason
    missing: tuple[str, ...] = ()
    figures: income.Decision | None = None
    proof: Proof | None = None
    proof_ends_on: date | None = None

    @property
    def value(self) -> Value:
        return self.reason.condition


UNKNOWN_FACT = Reason.MISSING_FACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One condition. Its fields are what a pilot may set; all of them stand in the stored definition."""

    code: ClassVar[str]
    subject: ClassVar[Subject] = "household"
    needs: ClassVar[tuple[str, ...]]
    """The facts it asks for, in the order in which one asks."""
    proofs: ClassVar[tuple[ProofKind, ...]] = ()
    source: ClassVar[str] = ""
    vocabulary: ClassVar[Mapping[str, Any]] = {}
    """What `among` may name, where a condition has it."""

    @property
    def sentence(self) -> str:
        """The condition as it is read, without a full stop, in the third person."""
        raise NotImplementedError

    def answer(self, facts: Any, given: Surroundings) -> Answer:
        raise NotImplementedError

    @property
    def definition(self) -> dict[str, Any]:
        """For JSON: the code, and each field that has one."""
        told = {one.name: _told(getattr(self, one.name)) for one in fields(self)}
        return {"leaf": self.code, **told}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provable(Leaf):
    """A condition for which a paper may be asked."""

    usual_age_days: ClassVar[int] = 90
    needs_proof: bool = False
    proof_max_age_days: int = field(default=90)

    def __post_init__(self) -> None:
        if not 1 <= self.proof_max_age_days <= 730:
            raise BadRule("Un justificatif vaut entre 1 et 730 jours.", field="proof_max_age_days")

    def proven(self, answer: Answer, facts: Facts, on: date) -> Answer:
        """The answer, where it is a yes, as far as the papers carry it."""
        if answer.value is not Value.MET:
            return answer
        known = [one for one in facts.proofs if one.kind in self.proofs and one.issued_on <= on]
        latest = max(known, key=lambda one: one.issued_on, default=None)
        ends_on = latest.ends_on(self.proof_max_age_days) if latest else None
        if ends_on is not None and ends_on >= on:
            return Answer(answer.reason, answer.missing, answer.figures, latest, ends_on)
        if not self.needs_proof:
            return answer
        reason = Reason.PROOF_TOO_OLD if latest else Reason.PROOF_MISSING
        return Answer(reason, ("proofs",), answer.figures, latest)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeBelowThreshold(Provable):
    """Annual disposable income strictly below 12 x the threshold x the consumption units."""

    code: ClassVar[str] = "income_below_threshold"
    needs: ClassVar = ("birth_dates", "annual_disposable_income_eur", "territory", "dwelling")
    proofs: ClassVar = (ProofKind.TAX_NOTICE, ProofKind.PAYSLIPS, ProofKind.CAF_CERTIFICATE, ProofKind.BENEFIT_NOTICE)
    source: ClassVar = "INSEE, seuil de pauvreté et unités de consommation (échelle OCDE modifiée)"
    level_percent: int = 60

    def __post_init__(self) -> None:
        Provable.__post_init__(self)
        if not 1 <= self.level_percent <= 100:
            raise BadRule("Le niveau va de 1 à 100 % du niveau de vie médian.", field="level_percent")

    @property
    def sentence(self) -> str:
        return (
            f"le revenu du foyer est en dessous du seuil de pauvreté, à {self.level_percent} % du niveau de vie médian"
        )

    def answer(self, facts: Facts, given: Surroundings) -> Answer:
        rule = income.RuleSet(version=0, level_percent=self.level_percent, validity_days=0)
        figures = income.decide(facts, rule, given.thresholds, given.on)
        return self.proven(Answer(figures.reason, figures.missing, figures), facts, given.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyQuotientAtMost(Provable):
    """The quotient on the CAF certificate, compared as it stands there."""

    code: ClassVar[str] = "family_quotient_at_most"
    needs: ClassVar = ("family_quotient_eur",)
    proofs: ClassVar = (ProofKind.CAF_CERTIFICATE,)
    source: ClassVar = "Attestation de la CAF ou de la MSA"
    limit_eur: Decimal

    def __post_init__(self) -> None:
        Provable.__post_init__(self)
        if not 0 < self.limit_eur <= 5000 or self.limit_eur != round(self.limit_eur, 2):
            raise BadRule("La limite va de 1 à 5 000 euros, avec deux décimales au plus.", field="limit_eur")

    @property
    def sentence(self) -> str:
        return f"le quotient familial ne dépasse pas {amount_fr(self.limit_eur)} euros"

    def answer(self, facts: Facts, given: Surroundings) -> Answer:
        quotient = facts.family_quotient_eur
        if quotient is None:
            return Answer(UNKNOWN_FACT, self.needs)
        reason = Reason.QUOTIENT_WITHIN_LIMIT if quotient <= self.limit_eur else Reason.QUOTIENT_ABOVE_LIMIT
        return self.proven(Answer(reason), facts, given.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumBenefit(Provable):
    """Receives one of these, or did within the last months."""

    code: ClassVar[str] = "minimum_benefit"
    needs: ClassVar = ("minimum_benefits",)
    proofs: ClassVar = (ProofKind.CAF_CERTIFICATE, ProofKind.BENEFIT_NOTICE)
    source: ClassVar = "Notification de la CAF, de la MSA, de France Travail ou de la caisse de retraite"
    vocabulary: ClassVar = {one.value: one for one in Benefit}
    among: tuple[Benefit, ...]
    within_months: int = 0

    def __post_init__(self) -> None:
        Provable.__post_init__(self)
        if not self.among:
            raise BadRule("Choisissez au moins un minimum social.", field="among")
        if not 0 <= self.within_months <= 24:
            raise BadRule("Le délai va de 0 (aujourd’hui) à 24 mois.", field="within_months")

    @property
    def sentence(self) -> str:
        which = either([BENEFIT_LABELS[one] for one in self.among])
        if not self.within_months:
            return f"la personne reçoit {which}"
        return f"la personne reçoit {which}, ou l’a reçu au cours des {self.within_months} derniers mois"

    def answer(self, facts: Facts, given: Surroundings) -> Answer:
        if facts.minimum_benefits is None:
            return Answer(UNKNOWN_FACT, self.needs)
        lasts = [last for benefit, last in facts.minimum_benefits.items() if benefit in self.among]
        first_day = months_before(given.on, self.within_months)
        is_received = any(last is None or last >= first_day for last in lasts)
        reason = Reason.RECEIVES_MINIMUM_BENEFIT if is_received else Reason.NO_MINIMUM_BENEFIT
        return self.proven(Answer(reason), facts, given.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmploymentAmong(Provable):
    code: ClassVar[str] = "employment_among"
    needs: ClassVar = ("employment",)
    proofs: ClassVar = (
        *(ProofKind.JOB_SEEKER_CERTIFICATE, ProofKind.JOB_OFFER, ProofKind.EMPLOYMENT_CONTRACT),
        *(ProofKind.PAYSLIPS, ProofKind.EMPLOYER_CERTIFICATE),
    )
    source: ClassVar = "Attestation de France Travail, contrat ou promesse d’embauche"
    vocabulary: ClassVar = {one.value: one for one in Employment}
    among: tuple[Employment, ...]

    def __post_init__(self) -> None:
        Provable.__post_init__(self)
        if not self.among:
            raise BadRule("Choisissez au moins une situation.", field="among")

    @property
    def sentence(self) -> str:
        return f"la personne est {either([EMPLOYMENT_LABELS[one] for one in self.among])}"

    def answer(self, facts: Facts, given: Surroundings) -> Answer:
        if facts.employment is None:
            return Answer(UNKNOWN_FACT, self.needs)
        reason = Reason.EMPLOYMENT_AMONG if facts.employment in self.among else Reason.EMPLOYMENT_NOT_AMONG
        return self.proven(Answer(reason), facts, given.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsVehicleForWork(Provable):
    code: ClassVar[str] = "needs_vehicle_for_work"
    needs: ClassVar = ("needs_vehicle_for_work",)
    proofs: ClassVar = (
        *(ProofKind.EMPLOYMENT_CONTRACT, ProofKind.JOB_OFFER, ProofKind.EMPLOYER_CERTIFICATE),
        ProofKind.SOCIAL_WORKER_CERTIFICATE,
    )
    source: ClassVar = "Ce que dit le travailleur social"

    @property
    def sentence(self) -> str:
        return "la voiture est nécessaire pour travailler, ou pour chercher un travail"

    def answer(self, facts: Facts, given: Surroundings) -> Answer:
        needed = facts.needs_vehicle_for_work
        if needed is None:
            return Answer(UNKNOWN_FACT, self.needs)
        reason = Reason.VEHICLE_NEEDED_FOR_WORK if needed else Reason.VEHICLE_NOT_NEEDED_FOR_WORK
        return self.proven(Answer(reason), facts, given.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentByAmong(Leaf):
    """Which kind of structure refers: known from the referral, never asked."""

    code: ClassVar[str] = "sent_by_among"
    needs: ClassVar = ("sent_by",)
    source: ClassVar = "Annuaire des structures"
    vocabulary: ClassVar = {one: one for one in SENDER_LABELS}
    among: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.among:
            raise BadRule("Choisissez au moins une nature de structure.", field="among")

    @property
    def sentence(self) -> str:
        return f"la personne est orientée par {either([SENDER_LABELS[one] for one in self.among])}"

    def answer(self, facts: Facts, given: Surroundings) -> Answer:
        if facts.sent_by is None:
            return Answer(UNKNOWN_FACT, self.needs)
        return Answer(Reason.SENT_BY_AMONG if facts.sent_by in self.among else Reason.SENT_BY_NOT_AMONG)


# --- the car ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class HorsepowerAtMost(Leaf):
    code: ClassVar[str] = "fiscal_horsepower_at_most"
    subject: ClassVar[Subject] = "vehicle"
    needs: ClassVar = ("fiscal_hp",)
    source: ClassVar = "Carte grise, ligne P.6"
    limit: int

    def __post_init__(self) -> None:
        _within(self.limit, 1, 50, "La limite va de 1 à 50 chevaux fiscaux.")

    @property
    def sentence(self) -> str:
        return f"la voiture a au plus {self.limit} chevaux fiscaux"

    def answer(self, facts: VehicleFacts, given: Surroundings) -> Answer:
        if facts.fiscal_hp is None:
            return Answer(UNKNOWN_FACT, self.needs)
        is_within = facts.fiscal_hp <= self.limit
        return Answer(Reason.HORSEPOWER_WITHIN_LIMIT if is_within else Reason.HORSEPOWER_ABOVE_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleAgeAtMost(Leaf):
    """In completed years. Only the year of first registration is asked: in the year in between, nobody knows."""

    code: ClassVar[str] = "vehicle_age_at_most"
    subject: ClassVar[Subject] = "vehicle"
    needs: ClassVar = ("first_registered_year",)
    source: ClassVar = "Carte grise, ligne B"
    limit_years: int

    def __post_init__(self) -> None:
        _within(self.limit_years, 1, 60, "La limite va de 1 à 60 ans.", field="limit_years")

    @property
    def sentence(self) -> str:
        return f"la voiture a {self.limit_years} ans au plus"

    def answer(self, facts: VehicleFacts, given: Surroundings) -> Answer:
        if facts.first_registered_year is None:
            return Answer(UNKNOWN_FACT, self.needs)
        at_most = given.on.year - facts.first_registered_year
        if at_most <= self.limit_years:
            return Answer(Reason.AGE_WITHIN_LIMIT)
        # registered on the last day of its year it has not yet had this year's birthday, unless today is that day
        at_least = at_most - (given.on.timetuple()[1:3] < (12, 31))
        return Answer(Reason.AGE_ABOVE_LIMIT) if at_least > self.limit_years else Answer(UNKNOWN_FACT, self.needs)


@dataclass(frozen=True, slots=True, kw_only=True)
class MileageBelow(Leaf):
    """Strictly below, as the programme says it ("moins de 200 000 km")."""

    code: ClassVar[str] = "mileage_below"
    subject: ClassVar[Subject] = "vehicle"
    needs: ClassVar = ("mileage_km",)
    source: ClassVar = "Compteur"
    limit_km: int

    def __post_init__(self) -> None:
        _within(self.limit_km, 1_000, 1_000_000, "La limite va de 1 000 à 1 000 000 km.", field="limit_km")

    @property
    def sentence(self) -> str:
        return f"la voiture a moins de {whole_fr(self.limit_km)} km"

    def answer(self, facts: VehicleFacts, given: Surroundings) -> Answer:
        if facts.mileage_km is None:
            return Answer(UNKNOWN_FACT, self.needs)
        return Answer(Reason.MILEAGE_WITHIN_LIMIT if facts.mileage_km < self.limit_km else Reason.MILEAGE_ABOVE_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandAmong(Leaf):
    code: ClassVar[str] = "brand_among"
    subject: ClassVar[Subject] = "vehicle"
    needs: ClassVar = ("make",)
    source: ClassVar = "Carte grise, ligne D.1"
    groups: tuple[BrandGroup, ...]

    def __post_init__(self) -> None:
        if not self.groups:
            raise BadRule("Choisissez au moins un groupe de marques.", field="groups")

    @property
    def sentence(self) -> str:
        return f"la voiture est {either([BRAND_GROUP_LABELS[one] for one in self.groups])}"

    def answer(self, facts: VehicleFacts, given: Surroundings) -> Answer:
        if not facts.make or not make_key(facts.make):
            return Answer(UNKNOWN_FACT, self.needs)
        is_among = any(group_has(one, facts.make) for one in self.groups)
        return Answer(Reason.BRAND_AMONG if is_among else Reason.BRAND_NOT_AMONG)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkIs(Leaf):
    code: ClassVar[str] = "work_is"
    subject: ClassVar[Subject] = "vehicle"
    needs: ClassVar = ("work",)
    source: ClassVar = "Panne décrite par la personne"
    kind: Literal["light", "heavy"]

    @property
    def sentence(self) -> str:
        return f"il s’agit de travaux {WORK_LABELS[self.kind]}"

    def answer(self, facts: VehicleFacts, given: Surroundings) -> Answer:
        if facts.work is None:
            return Answer(UNKNOWN_FACT, self.needs)
        return Answer(Reason.WORK_OF_KIND if facts.work == self.kind else Reason.WORK_NOT_OF_KIND)


LEAVES: Mapping[str, type[Leaf]] = {
    one.code: one
    for one in (
        *(
            IncomeBelowThreshold,
            FamilyQuotientAtMost,
            MinimumBenefit,
            EmploymentAmong,
            NeedsVehicleForWork,
            SentByAmong,
        ),
        *(HorsepowerAtMost, VehicleAgeAtMost, MileageBelow, BrandAmong, WorkIs),
    )
}


def leaf_of(definition: Mapping[str, Any], path: tuple[int, ...] = ()) -> Leaf:
    """The leaf of a stored definition; BadRule where it is none, or a field of it cannot be."""
    kind = LEAVES.get(str(definition.get("leaf")))
    if kind is None:
        raise BadRule("Cette condition n’existe pas. Choisissez-en une dans la liste.", path)
    given = {name: value for name, value in definition.items() if name != "leaf"}
    known = {one.name for one in fields(kind)}
    if extra := sorted(set(given) - known):
        raise BadRule(f"Cette condition n’a pas de « {extra[0]} ».", path, extra[0])
    try:
        return kind(**{name: _read(kind, name, value) for name, value in given.items()})
    except BadRule as bad:
        raise BadRule(bad.message, path, bad.field) from None
    except (TypeError, ValueError, ArithmeticError):
        raise BadRule("Cette condition n’est pas complète. Remplissez chacun de ses champs.", path) from None


def months_before(day: date, months: int) -> date:
    """The same day so many months ago; the last of the month where it has no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _of_kinds(kind: Callable[[str], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise TypeError
        return tuple(sorted({kind(one) for one in value}))

    return read


def _kind_of_work(value: Any) -> str:
    if value not in WORK_LABELS:
        raise ValueError
    return str(value)


def _brand_group(value: Any) -> BrandGroup:
    if value not in BRAND_GROUPS:
        raise ValueError
    return value  # type: ignore[no-any-return]


def _listed(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)) or any(not isinstance(one, str) for one in value):
        raise TypeError
    return tuple(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "groups": _of_kinds(_brand_group),
    "kind": _kind_of_work,
    "limit_eur": lambda value: Decimal(str(value)),
    "needs_proof": _flag,
}


def _read(kind: type[Leaf], name: str, value: Any) -> Any:
    if name == "among":
        if not set(_listed(value)) <= set(kind.vocabulary):
            raise BadRule("Choisissez dans la liste.", field=name)
        return tuple(kind.vocabulary[one] for one in sorted(set(value)))
    return _READERS.get(name, _whole)(value)


def _told(value: Any) -> Any:
    if isinstance(value, Decimal):
        return amount_text(value)
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return value


def _within(value: int, least: int, most: int, message: str, field: str = "limit") -> None:
    if not least <= value <= most:
        raise BadRule(message, field=field)
