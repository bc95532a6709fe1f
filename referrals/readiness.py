"""What a dossier still lacks before it may be sent: asked by the pages and by the verb that sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from eligibility.assess import is_usable
from referrals.models import Consent, PreDiagnosis, Referral


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: a code, what to do in French, and the step where it is done."""

    code: str
    message: str
    step: str


def missing_for_sending(referral: Referral, on: date) -> list[Missing]:
    """Everything that keeps the referral from being put to a garage on this day, in the order of the steps."""
    found = [*_missing_before_assessment(referral)]
    assessment = referral.assessment
    if assessment is None:
        found.append(Missing("no_assessment", _("Évaluez l’éligibilité du foyer."), "household"))
    elif not is_usable(assessment, on):
        found.append(Missing("assessment_not_usable", _assessment_message(referral, on), "household"))
    found += _missing_vehicle(referral)
    return [*found, *_vehicle_not_covered(referral)]


def wants_review(referral: Referral) -> bool:
    """Whether only a pilot can say yes: the calculation cannot answer, or the rule for cars does not take this one."""
    household, car = referral.assessment, referral.vehicle_assessment
    if household is None or household.outcome == "not_eligible":
        return False
    return household.outcome == "needs_review" or (car is not None and not car.is_eligible)


def missing_for_review(referral: Referral) -> list[Missing]:
    """Everything that keeps the referral from being put to a pilot who decides on its eligibility."""
    found = [*_missing_before_assessment(referral), *_missing_vehicle(referral)]
    if not wants_review(referral):
        message = _("Seul un foyer dont l’éligibilité est à examiner passe par un pilote.")
        found.append(Missing("nothing_to_review", message, "household"))
    return found


def _vehicle_not_covered(referral: Referral) -> list[Missing]:
    """The rule for cars, as it was when the car was described; a pilot's yes counts as one."""
    car = referral.vehicle_assessment
    if referral.vehicle_id is None or car is None or car.is_eligible:
        return []
    message = _("La voiture n’entre pas sûrement dans la règle : un pilote décide avant l’envoi à un garage.")
    return [Missing("vehicle_not_covered", message, "vehicle")]


def _missing_before_assessment(referral: Referral) -> list[Missing]:
    consents = Consent.objects.in_force().of_beneficiary(referral.beneficiary_id)
    if _known(referral, "has_consent", consents):
        return []
    return [Missing("no_consent", _("Enregistrez l’accord de la personne."), "person")]


def _missing_vehicle(referral: Referral) -> list[Missing]:
    if not referral.offer.needs_vehicle:
        return []
    found = []
    if referral.vehicle_id is None:
        found.append(Missing("no_vehicle", _("Décrivez le véhicule."), "vehicle"))
    if not _known(referral, "has_prediagnosis", PreDiagnosis.objects.of_referral(referral.pk)):
        found.append(Missing("no_prediagnosis", _("Décrivez la panne."), "vehicle"))
    return found


def _known(referral: Referral, name: str, rows: QuerySet) -> bool:
    """As a list has asked for all its rows at once (`with_readiness`), else asked now."""
    return bool(referral.__dict__[name]) if name in referral.__dict__ else rows.exists()


def _assessment_message(referral: Referral, on: date) -> str:
    assessment = referral.assessment
    assert assessment is not None
    if assessment.is_eligible:
        return _("L’évaluation d’éligibilité a expiré : refaites-la.")
    if assessment.outcome == "needs_review":
        return _("L’éligibilité est à examiner par un pilote avant l’envoi à un garage.")
    return _("Le foyer n’est pas éligible : le dossier ne peut pas être envoyé à un garage.")
