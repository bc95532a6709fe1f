"""Why a case waits for a pilot: each reason of the computation, in French, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.assess import obstacles_of
from eligibility.facts import REASON_SENTENCES, Reason, Value
from eligibility.models import Assessment
from referrals.models import Referral

# In a few words, for a line of the desk: the whole is on the page of the review.
IN_SHORT: Mapping[Reason, str | Promise] = {
    Reason.OUTSIDE_THRESHOLD_COVERAGE: gettext_lazy("le seuil ne vaut pas pour son logement ou son territoire"),
    Reason.NEGATIVE_DISPOSABLE_INCOME: gettext_lazy("le revenu disponible est négatif"),
    Reason.DISPUTED_THRESHOLD: gettext_lazy("le seuil de cette année n’est pas validé"),
    Reason.NO_THRESHOLD_IN_FORCE: gettext_lazy("aucun seuil n’est publié pour ce jour"),
    Reason.UNKNOWN_THRESHOLD_YEAR: gettext_lazy("aucun seuil n’est enregistré pour cette année"),
    Reason.NO_MEMBER_AGED_14_OR_OVER: gettext_lazy("le foyer ne compte personne de 14 ans ou plus"),
    Reason.EMPTY_HOUSEHOLD: gettext_lazy("le foyer est vide"),
    Reason.BIRTH_DATE_AFTER_REFERENCE_DATE: gettext_lazy("une date de naissance est dans le futur"),
    Reason.AMOUNT_HAS_SUB_CENT_PRECISION: gettext_lazy("le revenu a plus de deux décimales"),
    Reason.MISSING_FACT: gettext_lazy("il manque une information"),
    Reason.PROOF_MISSING: gettext_lazy("il manque un justificatif"),
    Reason.PROOF_TOO_OLD: gettext_lazy("un justificatif est trop ancien"),
    Reason.DATE_AFTER_REFERENCE_DATE: gettext_lazy("une date est dans le futur"),
}


class Doubt(NamedTuple):
    """One thing that keeps the computation from a yes; `missing` in words, empty where nothing is."""

    what: str
    condition: str
    sentence: str
    missing: str


def in_short(referral: Referral) -> str:
    """Reads codes only: nothing sealed is opened for a list."""
    household, car = referral.assessment, referral.vehicle_assessment
    said = [str(IN_SHORT[one]) for one in _unknown(household)]
    if car is not None and car.outcome == "not_eligible":
        said.append(_("la voiture n’entre pas dans la règle"))
    said += [_("pour la voiture, %(what)s") % {"what": IN_SHORT[one]} for one in _unknown(car)]
    return " ; ".join(said)


def doubts_of(assessment: Assessment | None) -> list[Doubt]:
    """Each reason with its sentence, the condition of the rule it is about, and what is missing."""
    if assessment is None or assessment.is_eligible:
        return []
    return [
        Doubt(
            str(IN_SHORT.get(one.reason, _("une condition n’est pas remplie"))),
            one.condition,
            REASON_SENTENCES[one.reason],
            one.missing,
        )
        for one in obstacles_of(assessment)
    ]


def _unknown(assessment: Assessment | None) -> Iterator[Reason]:
    if assessment is not None and assessment.outcome == "needs_review":
        found = map(Reason, assessment.reasons)
        yield from (one for one in found if one.condition is Value.UNKNOWN)
