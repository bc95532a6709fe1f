"""What is known of a household or a car, and the words of an answer.

Pure: no Django, no clock, no database. A fact that is None is not known, and is never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

CENT = Decimal("0.01")

Territory = Literal["mainland", "drom"]
Dwelling = Literal["ordinary", "institution", "student_alone"]


class Outcome(StrEnum):
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    NEEDS_REVIEW = "needs_review"


class Value(StrEnum):
    """Of a condition: what is not known to be met or not goes to a person, never to a silent no."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


OUTCOME_OF: Mapping[Value, Outcome] = {
    Value.MET: Outcome.ELIGIBLE,
    Value.NOT_MET: Outcome.NOT_ELIGIBLE,
    Value.UNKNOWN: Outcome.NEEDS_REVIEW,
}


class Benefit(StrEnum):
    """The minimum benefits that a rule may name."""

    RSA = "rsa"
    ASS = "ass"
    AAH = "aah"
    ASPA = "aspa"
    ASI = "asi"
    ADA = "ada"


class Employment(StrEnum):
    """The person's situation; one at a time, the nearest to work where two fit."""

    JOB_SEEKER = "job_seeker"
    JOB_SEEKER_WITH_OFFER = "job_seeker_with_offer"
    TEMPORARY_WORKER = "temporary_worker"
    INSERTION_EMPLOYEE = "insertion_employee"
    EMPLOYEE = "employee"
    APPRENTICE = "apprentice"
    SELF_EMPLOYED = "self_employed"
    STUDENT = "student"
    RETIRED = "retired"
    OTHER = "other"


class ProofKind(StrEnum):
    TAX_NOTICE = "tax_notice"
    PAYSLIPS = "payslips"
    CAF_CERTIFICATE = "caf_certificate"
    BENEFIT_NOTICE = "benefit_notice"
    JOB_SEEKER_CERTIFICATE = "job_seeker_certificate"
    JOB_OFFER = "job_offer"
    EMPLOYMENT_CONTRACT = "employment_contract"
    EMPLOYER_CERTIFICATE = "employer_certificate"
    SOCIAL_WORKER_CERTIFICATE = "social_worker_certificate"


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper that somebody looked at: of which kind, and of which day. The paper itself is not kept."""

    kind: ProofKind
    issued_on: date

    def ends_on(self, max_age_days: int) -> date:
        """The last day on which it still counts."""
        return self.issued_on + timedelta(days=max_age_days)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a household and of the person who asks."""

    birth_dates: tuple[date, ...] | None
    """Of everyone who lives in the dwelling and shares income, in any order."""
    annual_disposable_income_eur: Decimal | None
    territory: Territory | None
    dwelling: Dwelling | None
    threshold_year: int | None = None
    """The income year of the threshold where one is named; else the one in force on the reference date."""
    family_quotient_eur: Decimal | None = None
    """Copied from the CAF certificate, never computed."""
    minimum_benefits: Mapping[Benefit, date | None] | None = None
    """Each one received, with the last day on which it was, None where it still is; empty where none was lately."""
    employment: Employment | None = None
    needs_vehicle_for_work: bool | None = None
    sent_by: str | None = None
    """The kind of structure that refers, as the directory has it."""
    proofs: tuple[Proof, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Of what the threshold rule needs."""
        needed = ("birth_dates", "annual_disposable_income_eur", "territory", "dwelling")
        return tuple(name for name in needed if getattr(self, name) is None)


Work = Literal["light", "heavy"]


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """What is known of a car and of what has to be done to it."""

    make: str | None
    first_registered_year: int | None
    mileage_km: int | None
    fiscal_hp: int | None
    """In French fiscal horsepower, as on line P.6 of the registration certificate."""
    work: Work | None
    """Heavy: engine, gearbox, clutch, bodywork; light: the rest. None while nobody knows the fault."""


class Reason(StrEnum):
    BELOW_THRESHOLD = "BELOW_THRESHOLD"
    ZERO_DISPOSABLE_INCOME_BELOW_THRESHOLD = "ZERO_DISPOSABLE_INCOME_BELOW_THRESHOLD"
    EQUAL_TO_THRESHOLD = "EQUAL_TO_THRESHOLD"
    ABOVE_THRESHOLD = "ABOVE_THRESHOLD"
    NEGATIVE_DISPOSABLE_INCOME = "NEGATIVE_DISPOSABLE_INCOME"
    UNKNOWN_THRESHOLD_YEAR = "UNKNOWN_THRESHOLD_YEAR"
    NO_THRESHOLD_IN_FORCE = "NO_THRESHOLD_IN_FORCE"
    DISPUTED_THRESHOLD = "DISPUTED_THRESHOLD"
    NO_MEMBER_AGED_14_OR_OVER = "NO_MEMBER_AGED_14_OR_OVER"
    EMPTY_HOUSEHOLD = "EMPTY_HOUSEHOLD"
    BIRTH_DATE_AFTER_REFERENCE_DATE = "BIRTH_DATE_AFTER_REFERENCE_DATE"
    AMOUNT_HAS_SUB_CENT_PRECISION = "AMOUNT_HAS_SUB_CENT_PRECISION"
    MISSING_FACT = "MISSING_FACT"
    OUTSIDE_THRESHOLD_COVERAGE = "OUTSIDE_THRESHOLD_COVERAGE"
    QUOTIENT_WITHIN_LIMIT = "QUOTIENT_WITHIN_LIMIT"
    QUOTIENT_ABOVE_LIMIT = "QUOTIENT_ABOVE_LIMIT"
    RECEIVES_MINIMUM_BENEFIT = "RECEIVES_MINIMUM_BENEFIT"
    NO_MINIMUM_BENEFIT = "NO_MINIMUM_BENEFIT"
    EMPLOYMENT_AMONG = "EMPLOYMENT_AMONG"
    EMPLOYMENT_NOT_AMONG = "EMPLOYMENT_NOT_AMONG"
    VEHICLE_NEEDED_FOR_WORK = "VEHICLE_NEEDED_FOR_WORK"
    VEHICLE_NOT_NEEDED_FOR_WORK = "VEHICLE_NOT_NEEDED_FOR_WORK"
    SENT_BY_AMONG = "SENT_BY_AMONG"
    SENT_BY_NOT_AMONG = "SENT_BY_NOT_AMONG"
    PROOF_MISSING = "PROOF_MISSING"
    PROOF_TOO_OLD = "PROOF_TOO_OLD"
    DATE_AFTER_REFERENCE_DATE = "DATE_AFTER_REFERENCE_DATE"
    HORSEPOWER_WITHIN_LIMIT = "HORSEPOWER_WITHIN_LIMIT"
    HORSEPOWER_ABOVE_LIMIT = "HORSEPOWER_ABOVE_LIMIT"
    AGE_WITHIN_LIMIT = "AGE_WITHIN_LIMIT"
    AGE_ABOVE_LIMIT = "AGE_ABOVE_LIMIT"
    MILEAGE_WITHIN_LIMIT = "MILEAGE_WITHIN_LIMIT"
    MILEAGE_ABOVE_LIMIT = "MILEAGE_ABOVE_LIMIT"
    BRAND_AMONG = "BRAND_AMONG"
    BRAND_NOT_AMONG = "BRAND_NOT_AMONG"
    WORK_OF_KIND = "WORK_OF_KIND"
    WORK_NOT_OF_KIND = "WORK_NOT_OF_KIND"

    @property
    def condition(self) -> Value:
        """What is not known to be a yes or a no goes to a person."""
        return CONDITIONS.get(self, Value.UNKNOWN)

    @property
    def outcome(self) -> Outcome:
        return OUTCOME_OF[self.condition]


_MET = (
    *(Reason.BELOW_THRESHOLD, Reason.ZERO_DISPOSABLE_INCOME_BELOW_THRESHOLD, Reason.QUOTIENT_WITHIN_LIMIT),
    *(Reason.RECEIVES_MINIMUM_BENEFIT, Reason.EMPLOYMENT_AMONG, Reason.VEHICLE_NEEDED_FOR_WORK, Reason.SENT_BY_AMONG),
    *(Reason.HORSEPOWER_WITHIN_LIMIT, Reason.AGE_WITHIN_LIMIT, Reason.MILEAGE_WITHIN_LIMIT),
    *(Reason.BRAND_AMONG, Reason.WORK_OF_KIND),
)
_NOT_MET = (
    *(Reason.EQUAL_TO_THRESHOLD, Reason.ABOVE_THRESHOLD, Reason.QUOTIENT_ABOVE_LIMIT),
    *(Reason.NO_MINIMUM_BENEFIT, Reason.EMPLOYMENT_NOT_AMONG, Reason.VEHICLE_NOT_NEEDED_FOR_WORK),
    *(Reason.SENT_BY_NOT_AMONG, Reason.HORSEPOWER_ABOVE_LIMIT, Reason.AGE_ABOVE_LIMIT, Reason.MILEAGE_ABOVE_LIMIT),
    *(Reason.BRAND_NOT_AMONG, Reason.WORK_NOT_OF_KIND),
)
CONDITIONS: Mapping[Reason, Value] = {
    **dict.fromkeys(_MET, Value.MET),
    **dict.fromkeys(_NOT_MET, Value.NOT_MET),
}

REASON_SENTENCES: Mapping[Reason, str] = {
    Reason.BELOW_THRESHOLD: (
        "Le revenu du foyer est en dessous du seuil de pauvreté. Vous pouvez envoyer l’orientation."
    ),
    Reason.ZERO_DISPOSABLE_INCOME_BELOW_THRESHOLD: (
        "Le foyer n’a aucun revenu disponible : il est en dessous du seuil de pauvreté. "
        "Vérifiez que les prestations sont bien comptées, puis envoyez l’orientation."
    ),
    Reason.EQUAL_TO_THRESHOLD: (
        "Le revenu du foyer est égal au seuil de pauvreté : il faut être en dessous. "
        "Si le revenu baisse ou si le foyer s’agrandit, refaites une évaluation."
    ),
    Reason.ABOVE_THRESHOLD: (
        "Le revenu du foyer dépasse le seuil de pauvreté. "
        "Si le revenu baisse ou si le foyer s’agrandit, refaites une évaluation."
    ),
    Reason.NEGATIVE_DISPOSABLE_INCOME: (
        "Le revenu disponible est négatif. Vérifiez le montant ; s’il est juste, un pilote examinera la situation."
    ),
    Reason.UNKNOWN_THRESHOLD_YEAR: (
        "Aucun seuil de pauvreté n’est enregistré pour cette année de revenus. "
        "Choisissez une autre année ou demandez à un pilote d’ajouter le seuil."
    ),
    Reason.NO_THRESHOLD_IN_FORCE: (
        "Aucun seuil de pauvreté n’était publié à la date de l’évaluation. "
        "Vérifiez la date ou demandez à un pilote d’ajouter le seuil."
    ),
    Reason.DISPUTED_THRESHOLD: (
        "L’INSEE n’a pas validé le seuil de cette année de revenus. "
        "Choisissez une autre année ; sinon, un pilote examinera la situation."
    ),
    Reason.NO_MEMBER_AGED_14_OR_OVER: (
        "Le foyer ne compte personne de 14 ans ou plus. "
        "Vérifiez les dates de naissance et ajoutez les adultes qui vivent dans le logement."
    ),
    Reason.EMPTY_HOUSEHOLD: (
        "Le foyer est vide. Ajoutez toutes les personnes qui vivent dans le logement et partagent les revenus."
    ),
    Reason.BIRTH_DATE_AFTER_REFERENCE_DATE: (
        "Une date de naissance est postérieure à la date de l’évaluation. Corrigez l’une des deux."
    ),
    Reason.AMOUNT_HAS_SUB_CENT_PRECISION: (
        "Le revenu a plus de deux décimales. Reprenez sur le justificatif le montant en euros et centimes."
    ),
    Reason.MISSING_FACT: "Il manque une information pour répondre. Complétez-la.",
    Reason.OUTSIDE_THRESHOLD_COVERAGE: (
        "Le seuil de l’INSEE ne vaut que pour la France métropolitaine et les logements ordinaires. "
        "Un pilote examinera la situation."
    ),
    Reason.QUOTIENT_WITHIN_LIMIT: "Le quotient familial ne dépasse pas la limite.",
    Reason.QUOTIENT_ABOVE_LIMIT: (
        "Le quotient familial dépasse la limite. S’il baisse, refaites une évaluation avec la nouvelle attestation."
    ),
    Reason.RECEIVES_MINIMUM_BENEFIT: "La personne reçoit un minimum social.",
    Reason.NO_MINIMUM_BENEFIT: (
        "La personne ne reçoit aucun des minima sociaux demandés, ou plus depuis trop longtemps."
    ),
    Reason.EMPLOYMENT_AMONG: "La situation d’emploi est l’une de celles que la règle accepte.",
    Reason.EMPLOYMENT_NOT_AMONG: (
        "La situation d’emploi n’est pas l’une de celles que la règle accepte. Si elle change, refaites une évaluation."
    ),
    Reason.VEHICLE_NEEDED_FOR_WORK: "La voiture est nécessaire au travail.",
    Reason.VEHICLE_NOT_NEEDED_FOR_WORK: "La voiture n’est pas nécessaire au travail.",
    Reason.SENT_BY_AMONG: "La structure qui oriente est l’une de celles que la règle accepte.",
    Reason.SENT_BY_NOT_AMONG: "La structure qui oriente n’est pas l’une de celles que la règle accepte.",
    Reason.PROOF_MISSING: "Il manque un justificatif. Demandez-le à la personne, regardez-le, et notez sa date.",
    Reason.PROOF_TOO_OLD: "Le justificatif est trop ancien. Demandez-en un plus récent.",
    Reason.DATE_AFTER_REFERENCE_DATE: "Une date est postérieure à la date de l’évaluation. Corrigez l’une des deux.",
    Reason.HORSEPOWER_WITHIN_LIMIT: "La puissance fiscale ne dépasse pas la limite.",
    Reason.HORSEPOWER_ABOVE_LIMIT: "La puissance fiscale dépasse la limite.",
    Reason.AGE_WITHIN_LIMIT: "L’âge de la voiture ne dépasse pas la limite.",
    Reason.AGE_ABOVE_LIMIT: "La voiture est plus âgée que la limite.",
    Reason.MILEAGE_WITHIN_LIMIT: "Le kilométrage est en dessous de la limite.",
    Reason.MILEAGE_ABOVE_LIMIT: "Le kilométrage atteint ou dépasse la limite.",
    Reason.BRAND_AMONG: "La marque est l’une de celles que la règle accepte.",
    Reason.BRAND_NOT_AMONG: "La marque n’est pas l’une de celles que la règle accepte.",
    Reason.WORK_OF_KIND: "Les travaux sont de la nature demandée.",
    Reason.WORK_NOT_OF_KIND: "Les travaux ne sont pas de la nature demandée.",
}


def amount_text(amount: Decimal) -> str:
    """Exact, two decimals or more, one text for one amount: 22800, 22800.0 and 2.28E+4 are '22800.00'."""
    euros, _, decimals = format(amount if amount else Decimal(0), "f").partition(".")
    return f"{euros}.{decimals.rstrip('0'):0<2}"
