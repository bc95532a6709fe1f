"""Towards a garage: send, review, unsend, and the choice of the next garage."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.assess import approve_after_review
from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.distances import haversine_km
from mobiliz.lib.numbers import format_decimal_fr
from mobiliz.lib.periods import iso_week_monday
from mobiliz.territory.lands import land_of
from referrals.models import Assignment, Referral, Slot
from referrals.reach import FARTHEST_AGREED_KM, is_within
from referrals.readiness import Missing, missing_for_review, missing_for_sending
from referrals.states import End, Outcome, State, Verb
from referrals.transitions.appointments import keep_for_answer
from referrals.transitions.core import Refused, begin, end_assignment, finish, open_assignment


@transaction.atomic
def send(
    referral: Referral,
    *,
    garage: Garage,
    by: Actor,
    choice_reason: str = "",
    agreed_km: int | None = None,
    slot: Slot | None = None,
) -> Assignment:
    """Put a ready draft to a garage with a place left this week.

    `agreed_km` is the person's new word on how far they go, asked for this garage; without it the garage is within
    the distance that they agreed to before. `slot` is held until the garage answers.
    """
    referral, _nothing = begin(referral, Verb.SEND, by=by)
    _refuse_if(missing_for_sending(referral, clock.today()))
    also = [*_freeze_place(referral), *_mark_sent(referral), *_share(referral)]
    word = _new_word(referral, agreed_km)
    assignment = _put(referral, garage, choice_reason)
    also += ["distance_agreed_km"] if word else []
    detail = {**word, **keep_for_answer(referral, garage, slot)}
    finish(referral, Verb.SEND, State.WAITING, by=by, assignment=assignment, detail=detail, also=tuple(also))
    return assignment


@transaction.atomic
def send_for_review(referral: Referral, *, by: Actor) -> None:
    """Eligibility is unsure: a pilot of the person's region decides."""
    referral, _nothing = begin(referral, Verb.SEND_FOR_REVIEW, by=by)
    _refuse_if(missing_for_review(referral))
    also = (*_freeze_place(referral), *_share(referral))
    finish(referral, Verb.SEND_FOR_REVIEW, State.REVIEW, by=by, also=also)


@transaction.atomic
def approve_review(referral: Referral, *, why: str, evidence: str, by: Actor) -> None:
    """A pilot's yes: a new assessment says who, why, on what evidence; the adviser chooses the garage."""
    referral, _nothing = begin(referral, Verb.APPROVE_REVIEW, by=by)
    assert referral.assessment is not None
    assert by.membership is not None
    if not why.strip():
        raise Refused(_("Dites pourquoi vous accordez l’éligibilité."), field="why")
    if not evidence.strip():
        raise Refused(_("Dites sur quel justificatif repose votre décision."), field="evidence")
    referral.assessment = approve_after_review(
        referral.assessment, why=why, evidence=evidence, by=by.membership, on=clock.today()
    )
    also = ("assessment", *_mark_sent(referral))
    finish(referral, Verb.APPROVE_REVIEW, State.WAITING, by=by, also=also)


@transaction.atomic
def refuse_review(referral: Referral, *, why: str, by: Actor) -> None:
    """A pilot's no: closed as not eligible, with the reason in the log."""
    referral, _nothing = begin(referral, Verb.REFUSE_REVIEW, by=by)
    if not why.strip():
        raise Refused(_("Dites pourquoi l’éligibilité est refusée : le conseiller l’expliquera."), field="why")
    detail = {"why": why}
    finish(referral, Verb.REFUSE_REVIEW, State.CLOSED, by=by, outcome=Outcome.NOT_ELIGIBLE, detail=detail)


@transaction.atomic
def unsend(referral: Referral, *, by: Actor) -> None:
    """Take the referral back before the garage answered; the place in its week is free again."""
    referral, _nothing = begin(referral, Verb.UNSEND, by=by)
    assignment = open_assignment(referral)
    if assignment:
        end_assignment(assignment, End.UNSENT)
    finish(referral, Verb.UNSEND, State.DRAFT, by=by, assignment=assignment)


@transaction.atomic
def assign(
    referral: Referral,
    *,
    garage: Garage,
    by: Actor,
    choice_reason: str = "",
    agreed_km: int | None = None,
    slot: Slot | None = None,
) -> Assignment:
    """Put a waiting referral that no garage holds to the next one; `agreed_km` and `slot` as for `send`."""
    referral, _nothing = begin(referral, Verb.ASSIGN, by=by)
    held = open_assignment(referral)
    if held:
        raise Refused(
            _("Cette orientation est déjà proposée à %(garage)s, qui n’a pas encore répondu.")
            % {"garage": held.garage.name},
            code="already_assigned",
            field="garage",
        )
    word = _new_word(referral, agreed_km)
    assignment = _put(referral, garage, choice_reason)
    also = ("distance_agreed_km",) if word else ()
    detail = {**word, **keep_for_answer(referral, garage, slot)}
    finish(referral, Verb.ASSIGN, State.WAITING, by=by, assignment=assignment, detail=detail, also=also)
    return assignment


def _refuse_if(missing: list[Missing]) -> None:
    if missing:
        raise Refused(" ".join(one.message for one in missing), code=missing[0].code)


def _freeze_place(referral: Referral) -> list[str]:
    """Where the person lives when it is first sent: reports rest on it, so it does not follow a move."""
    if referral.region_id is not None:
        return []
    commune = referral.beneficiary.commune
    referral.commune = commune
    referral.department = commune.department
    referral.region_id = commune.department.region_id
    return ["commune", "department", "region"]


def _share(referral: Referral) -> list[str]:
    """Sent anew upon a consent in force, which covers it from here on."""
    if referral.unshared_at is None:
        return []
    referral.unshared_at = None
    return ["unshared_at"]


def _mark_sent(referral: Referral) -> list[str]:
    if referral.sent_at is not None:
        return []
    referral.sent_at = clock.now()
    return ["sent_at"]


def _new_word(referral: Referral, agreed_km: int | None) -> dict[str, int]:
    """How far the person goes now, and what they had said before: for the log, with who asked and when."""
    before = referral.distance_agreed_km
    if agreed_km is None or agreed_km == before:
        return {}
    if not 1 <= agreed_km <= FARTHEST_AGREED_KM:
        message = _("Indiquez une distance de 1 à %(most)d km.") % {"most": FARTHEST_AGREED_KM}
        raise Refused(message, code="distance_not_sane", field="agreed_km")
    referral.distance_agreed_km = agreed_km
    return {"agreed_km": agreed_km, "agreed_before_km": before}


def _put(referral: Referral, garage: Garage, choice_reason: str) -> Assignment:
    """Take one place of this week at the garage, whose row is locked: a cap is never exceeded."""
    garage = _locked_garage(garage)
    monday = iso_week_monday(clock.today())
    if garage.status != "active":
        raise Refused(
            _("%(garage)s ne prend pas d’orientation en ce moment. Choisissez un autre garage.")
            % {"garage": garage.name},
            code="garage_not_active",
            field="garage",
        )
    if Assignment.objects.of_referral(referral).of_garage(garage.pk).that_refused().exists():
        raise Refused(
            _("%(garage)s a déjà répondu non pour cette orientation. Choisissez un autre garage.")
            % {"garage": garage.name},
            code="garage_declined_before",
            field="garage",
        )
    distance = _distance_within_agreed(referral, garage)
    if Assignment.objects.of_garage(garage.pk).of_week(monday).taking_a_place().count() >= garage.weekly_cap:
        raise Refused(
            _("%(garage)s est complet cette semaine. Choisissez un autre garage.") % {"garage": garage.name},
            code="garage_full",
            field="garage",
        )
    return Assignment.objects.create(
        referral=referral,
        garage=garage,
        week=monday,
        distance_km=distance,
        agreed_km=referral.distance_agreed_km,
        choice_reason=choice_reason,
        put_at=clock.now(),
    )


def _locked_garage(garage: Garage) -> Garage:
    Garage.objects.select_for_update().get(pk=garage.pk)
    return Garage.objects.with_status().with_places().get(pk=garage.pk)


def _distance_within_agreed(referral: Referral, garage: Garage) -> Decimal:
    """The person's agreement bounds who may be asked, whoever asks: page, partner's system, pilot or the clock."""
    home, there = referral.beneficiary.commune, garage.commune
    if land_of(home.code, home.department_id) != land_of(there.code, there.department_id):
        message = _("%(garage)s est de l’autre côté de la mer. Choisissez un autre garage.") % {"garage": garage.name}
        raise Refused(message, code="across_the_sea", field="garage")
    distance, agreed = _distance_km(referral, garage), referral.distance_agreed_km
    if is_within(distance, agreed):
        return distance
    message = _(
        "%(garage)s est à %(km)s km à vol d’oiseau, et la personne accepte d’aller jusqu’à %(agreed)d km. "
        "Demandez-lui d’abord : si elle accepte d’aller plus loin, indiquez jusqu’où."
    )
    words = {"garage": garage.name, "km": format_decimal_fr(distance, 1), "agreed": agreed}
    raise Refused(message % words, code="beyond_distance_agreed", field="agreed_km")


def _distance_km(referral: Referral, garage: Garage) -> Decimal:
    home = referral.beneficiary.commune
    km = haversine_km(home.latitude, home.longitude, garage.latitude, garage.longitude)
    return Decimal(str(round(km, 1)))
