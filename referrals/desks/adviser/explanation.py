"""Why this answer: the stored computation for whoever decides, and a sheet in plain words for the person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from eligibility.assess import explanation, household_in_words, proofs_of, told_of_car, told_to_person
from eligibility.models import Assessment, Method
from eligibility.plain import Told, tell_refusal
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.pages import get_visible_or_404, page, require
from referrals import permissions
from referrals.expiry import is_over
from referrals.models import Referral
from referrals.states import Outcome, State

# Once a quote is there, what comes next no longer depends on the answer
_LATER = {
    State.QUOTED: gettext_lazy("Lisez le devis du garage avec votre conseiller, puis dites oui ou non."),
    State.AGREED: gettext_lazy("Le garage répare la voiture, puis vous appelle."),
    State.COMPLETED: gettext_lazy("La réparation est faite. Pour une autre panne, appelez votre conseiller."),
    State.CLOSED: gettext_lazy("Ce dossier est fermé. Pour le reprendre, appelez votre conseiller."),
}


@require_safe
def explained(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Both parts: the computation line by line with its sources, then the sheet to hand over."""
    referral, assessment = _load(request, uid)
    context = {
        **_sheet(referral, assessment),
        "lines": explanation(assessment),
        "household": household_in_words(assessment),
        "proofs": proofs_of(assessment),
        "earlier": list(Assessment.objects.leading_to(assessment)),
        "is_reviewing": request.actor.is_pilot,
    }
    return page(request, "referrals/explanation.html", context)


@require_safe
def sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Only what is handed to the person, to be printed alone."""
    referral, assessment = _load(request, uid)
    if assessment.is_erased:
        raise Http404
    return page(request, "referrals/explanation_sheet.html", _sheet(referral, assessment))


def _load(request: HttpRequest, uid: UUID) -> tuple[Referral, Assessment]:
    referral = get_visible_or_404(Referral.objects.for_explanation(), request.actor, uid)
    require(permissions.can_see_income(request.actor, referral))
    return referral, _assessment_of(referral, request.actor)


def _assessment_of(referral: Referral, actor: Actor) -> Assessment:
    """A pilot reads the one of a referral in review, through that referral; advisers their own organisation's."""
    seen = Assessment.objects.all() if actor.is_pilot else Assessment.objects.visible_to(actor)
    try:
        found: Assessment = seen.of_key(referral.assessment_id)
    except Assessment.DoesNotExist:
        raise Http404 from None
    return found


def _sheet(referral: Referral, assessment: Assessment) -> dict[str, Any]:
    car = referral.vehicle_assessment
    return {
        "referral": referral,
        "person": referral.beneficiary,
        "assessment": assessment,
        "is_granted": assessment.method == Method.REVIEW,
        "is_over": _is_over(referral, assessment),
        "is_kept": referral.state in (State.QUOTED, State.AGREED, State.COMPLETED),
        "has_passed": assessment.valid_until is not None and assessment.valid_until < clock.today(),
        "told": _told(referral, assessment),
        "car": car,
        "car_told": () if car is None or _is_closed_by_a_no(referral) else told_of_car(car),
        "then": _then(referral, assessment),
        "printed_at": clock.now(),
    }


def _told(referral: Referral, assessment: Assessment) -> Told | None:
    """A pilot's no closes the case and makes no assessment: the last one still waits for an answer."""
    if _is_closed_by_a_no(referral) and (assessment.outcome == "needs_review" or _awaits_car(referral)):
        return tell_refusal()
    return told_to_person(assessment, awaits_car=_awaits_car(referral))


def _is_closed_by_a_no(referral: Referral) -> bool:
    return referral.state == State.CLOSED and referral.outcome == Outcome.NOT_ELIGIBLE


def _then(referral: Referral, assessment: Assessment) -> list[str]:
    """What happens next, and what the person does."""
    if referral.state in _LATER:
        return [str(_LATER[State(referral.state)])]
    if assessment.outcome == "needs_review":
        return [
            _("Vous n’avez rien à payer et rien à signer."),
            _("Votre conseiller vous dit la réponse dès qu’il la connaît : en général, sous deux jours de travail."),
        ]
    if not assessment.is_eligible:
        return [
            _("Un chiffre vous semble faux, ou votre situation change ? Votre conseiller refait le calcul."),
            _("Votre conseiller peut chercher une autre aide avec vous."),
        ]
    if _is_over(referral, assessment):
        return [_("Votre conseiller refait le calcul avec vous."), _quote()]
    if _awaits_car(referral):
        return [_("Votre conseiller vous dit la réponse pour la voiture dès qu’il la connaît."), _quote()]
    if referral.state in (State.DRAFT, State.WAITING):
        return [_("Votre conseiller demande à un garage près de chez vous. Le garage vous appelle."), _quote()]
    return [_quote()]


def _is_over(referral: Referral, assessment: Assessment) -> bool:
    return is_over(referral.state, assessment.valid_until, clock.today())


def _awaits_car(referral: Referral) -> bool:
    return referral.vehicle_assessment is not None and not referral.vehicle_assessment.is_eligible


def _quote() -> str:
    return _("Le garage vous donne un devis gratuit. Vous pouvez dire non, sans donner de raison.")
