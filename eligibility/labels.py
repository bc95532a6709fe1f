"""What the facts and their values are called in French. Pure; the engine imports nothing of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from eligibility.facts import Benefit, Employment, Outcome, ProofKind, Value

NO_BREAK_SPACE, NARROW_NO_BREAK_SPACE, MINUS = "\u00a0", "\u202f", "\u2212"

OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.ELIGIBLE: "Éligible",
    Outcome.NOT_ELIGIBLE: "Non éligible",
    Outcome.NEEDS_REVIEW: "À examiner",
}
VALUE_LABELS: Mapping[Value, str] = {
    Value.MET: "oui",
    Value.NOT_MET: "non",
    Value.UNKNOWN: "on ne sait pas",
}
FACT_LABELS: Mapping[str, str] = {
    "birth_dates": "les dates de naissance du foyer",
    "annual_disposable_income_eur": "le revenu disponible du foyer",
    "territory": "le territoire où vit le foyer",
    "dwelling": "le type de logement",
    "family_quotient_eur": "le quotient familial",
    "minimum_benefits": "les minima sociaux reçus",
    "employment": "la situation d’emploi",
    "needs_vehicle_for_work": "si la voiture est nécessaire au travail",
    "sent_by": "la structure qui oriente",
    "proofs": "un justificatif assez récent",
    "make": "la marque",
    "first_registered_year": "l’année de première mise en circulation",
    "mileage_km": "le kilométrage",
    "fiscal_hp": "la puissance fiscale",
    "work": "la nature des travaux",
}
TERRITORY_LABELS = {"mainland": "France métropolitaine", "drom": "outre-mer"}
DWELLING_LABELS = {
    "ordinary": "logement ordinaire",
    "institution": "logement collectif",
    "student_alone": "étudiant vivant seul",
}
BENEFIT_LABELS: Mapping[Benefit, str] = {
    Benefit.RSA: "le RSA",
    Benefit.ASS: "l’ASS",
    Benefit.AAH: "l’AAH",
    Benefit.ASPA: "l’ASPA",
    Benefit.ASI: "l’ASI",
    Benefit.ADA: "l’ADA",
}
EMPLOYMENT_LABELS: Mapping[Employment, str] = {
    Employment.JOB_SEEKER: "en recherche d’emploi",
    Employment.JOB_SEEKER_WITH_OFFER: "en recherche d’emploi avec une promesse d’embauche",
    Employment.TEMPORARY_WORKER: "en intérim",
    Employment.INSERTION_EMPLOYEE: "en structure d’insertion",
    Employment.EMPLOYEE: "en emploi salarié",
    Employment.APPRENTICE: "en apprentissage",
    Employment.SELF_EMPLOYED: "à son compte",
    Employment.STUDENT: "en études",
    Employment.RETIRED: "à la retraite",
    Employment.OTHER: "dans une autre situation",
}
SENDER_LABELS: Mapping[str, str] = {
    "association": "une association",
    "town_hall": "une mairie ou un CCAS",
    "state_agency": "un organisme public",
    "foundation": "une fondation",
    "department_council": "un conseil départemental",
    "insertion": "une structure d’insertion",
}
PROOF_LABELS: Mapping[ProofKind, str] = {
    ProofKind.TAX_NOTICE: "avis d’imposition",
    ProofKind.PAYSLIPS: "bulletins de salaire",
    ProofKind.CAF_CERTIFICATE: "attestation de la CAF ou de la MSA",
    ProofKind.BENEFIT_NOTICE: "notification d’une prestation",
    ProofKind.JOB_SEEKER_CERTIFICATE: "attestation de France Travail",
    ProofKind.JOB_OFFER: "promesse d’embauche",
    ProofKind.EMPLOYMENT_CONTRACT: "contrat de travail",
    ProofKind.EMPLOYER_CERTIFICATE: "attestation de l’employeur",
    ProofKind.SOCIAL_WORKER_CERTIFICATE: "attestation d’un travailleur social",
}
BRAND_GROUP_LABELS: Mapping[str, str] = {
    "group": "d’une marque du groupe (Renault, Dacia, Nissan, Alpine)",
    "generalist_european": "d’une marque européenne généraliste (Peugeot, Citroën, Opel, Fiat, Volkswagen, Ford…)",
}
WORK_LABELS: Mapping[str, str] = {
    "light": "légers",
    "heavy": "lourds (moteur, boîte, embrayage, carrosserie)",
}


def either(words: Sequence[str]) -> str:
    """'le RSA, l’ASS ou l’AAH'."""
    *before, last = words
    return f"{', '.join(before)} ou {last}" if before else last


def whole_fr(number: int) -> str:
    """200000 as '200 000', with narrow no-break spaces."""
    return f"{number:,}".replace(",", NARROW_NO_BREAK_SPACE)


def amount_fr(amount: Decimal) -> str:
    """Decimal('1234.50') as '1 234,50', Decimal('800') as '800'."""
    whole, _, decimals = format(amount, "f").partition(".")
    shown = whole_fr(int(whole))
    return shown if not decimals.strip("0") else f"{shown},{decimals:0<2}"
