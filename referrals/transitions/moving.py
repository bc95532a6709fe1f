"""A case that was opened on the record of somebody else passes to whom it is about, and begins again as a draft."""

from __future__ import annotations

from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals import permissions
from referrals.models import Assignment, Beneficiary, GarageChoice, Incident, Photo, PreDiagnosis, Referral, Unfinished
from referrals.models.fault import Transport
from referrals.states import End, State, Verb
from referrals.transitions.consenting import ConsentInput
from referrals.transitions.core import Overtaken, Refused, begin, end_assignment, finish, open_assignment, overtaken
from referrals.transitions.duplicates import (
    ElsewhereInput,
    Identity,
    found_elsewhere,
    keep_answer,
    leave_behind,
    wait_for_turn,
)
from referrals.transitions.opening import PersonInput, register, see_to_consent
from referrals.transitions.people import bring_up_to_date

# What rested on the person before: where they live, when it was sent for them, what was decided of their household
_OF_THE_PERSON = (
    *("commune", "department", "region", "sent_at", "queued_at", "unshared_at"),
    *("assessment",),
)


@transaction.atomic
def move_to_person(
    referral: Referral,
    *,
    leaving: Beneficiary,
    known: Beneficiary | None = None,
    person: PersonInput | None = None,
    consent: ConsentInput | None,
    distance_agreed_km: int,
    takes_vehicle: bool,
    by: Actor,
    elsewhere: ElsewhereInput | None = None,
) -> Beneficiary:
    """`leaving` is whose case it was when it was read: by a double click it is so no longer. Returns the other, who is
    `known`, brought up to date if more is said of them, or else registered as `person`.

    Both people are locked in the order of their keys, then the case. With the car go what is wrong with it and its
    photos; what the person before confided stays with nobody. Their household stays theirs. Whom another structure
    helps already is given the case once `elsewhere` says what to do about it, else HelpedElsewhere is raised.
    """
    wait_for_turn(_who(known, person))
    other = _locked(leaving, known, by)
    referral = _begin(referral, by)
    if referral.beneficiary_id != leaving.pk:
        raise overtaken(referral)
    _refuse_once_accepted(referral)
    if other is None:
        assert person is not None
        other = register(person, leaving.organisation, by)
    elif person is not None:
        bring_up_to_date(other, person.fields, by=by)
    see_to_consent(other, consent, by)
    found = found_elsewhere(Identity.of(other), known=other, said=elsewhere, by=by)
    held = open_assignment(referral)
    if held:
        end_assignment(held, End.UNSENT)
    _forget_what_was_of_the_other(referral)
    Incident.objects.of_referral(referral).open().move_to(other.commune.department.region_id)
    also = [*_OF_THE_PERSON, *_take_vehicle(referral, other, takes=takes_vehicle)]
    referral.beneficiary, referral.distance_agreed_km = other, distance_agreed_km
    for name in _OF_THE_PERSON:
        setattr(referral, name, None)
    also += ["beneficiary", "distance_agreed_km"]
    finish(referral, Verb.MOVE_TO_PERSON, State.DRAFT, by=by, assignment=held, also=tuple(also))
    leave_behind(referral, by)
    keep_answer(referral, found, said=elsewhere, by=by)
    return other


def _who(known: Beneficiary | None, person: PersonInput | None) -> Identity:
    if person is not None:
        return person.identity
    assert known is not None
    return Identity.of(known)


def _locked(leaving: Beneficiary, known: Beneficiary | None, by: Actor) -> Beneficiary | None:
    """The other as they are now; whoever's record was united with another meanwhile is looked for again."""
    wanted = [leaving.pk] if known is None else [leaving.pk, known.pk]
    people = {one.pk: one for one in Beneficiary.objects.both(*wanted).select_for_update(no_key=True)}
    if known is None:
        return None
    other = people[known.pk]
    if not Beneficiary.objects.visible_to(by).with_key(other.pk).exists():
        if other.merged_into_id is not None and permissions.can_merge(by, other):
            raise Refused(_("Cette fiche vient d’être réunie avec une autre : cherchez la personne de nouveau."))
        raise PermissionDenied
    if other.organisation_id != leaving.organisation_id:
        message = _("Ces fiches sont de deux organisations : chacune garde la sienne.")
        raise Refused(message, code="other_organisation")
    return other


def _begin(referral: Referral, by: Actor) -> Referral:
    try:
        return begin(referral, Verb.MOVE_TO_PERSON, by=by)[0]
    except Overtaken as moved_on:
        raise Overtaken(f"{moved_on.message} {what_to_do_instead()}", code=moved_on.code) from None


def _refuse_once_accepted(referral: Referral) -> None:
    """Quotes, repairs and a garage that knows the name belong to that person for good."""
    if Assignment.objects.of_referral(referral).once_accepted().exists():
        said = _("Un garage a déjà accepté ce dossier, et connaît le nom de la personne.")
        raise Refused(f"{said} {what_to_do_instead()}", code="a_garage_accepted")


def what_to_do_instead() -> str:
    return _("Il reste à cette personne : fermez-le tel quel s’il court encore, et ouvrez un dossier pour l’autre.")


def _forget_what_was_of_the_other(referral: Referral) -> None:
    """What was typed and not submitted, by whomever, and the garage chosen from another home."""
    Unfinished.objects.of_dossier(referral.uid).delete()
    GarageChoice.objects.of_referral(referral).delete()


def _take_vehicle(referral: Referral, other: Beneficiary, *, takes: bool) -> list[str]:
    """The columns that change. Photos are rows here: the night takes the files that no row points to."""
    vehicle = referral.vehicle
    if not takes or vehicle is None:
        PreDiagnosis.objects.of_referral(referral.pk).delete()
        Photo.objects.of_referral(referral).delete()
        referral.vehicle = referral.vehicle_assessment = None
        return ["vehicle", "vehicle_assessment"]
    PreDiagnosis.objects.of_referral(referral.pk).update(
        needs_accompaniment=False, transport=Transport.UNKNOWN, instalments=None, confided=None, updated_at=clock.now()
    )
    if Referral.objects.of_vehicle(vehicle.pk).exclude(pk=referral.pk).exists():
        # another case of the person before is about it too, and keeps its own
        vehicle.pk, vehicle.uid, vehicle._state.adding = None, uuid4(), True
    vehicle.beneficiary = other
    vehicle.save()
    referral.vehicle = vehicle
    return ["vehicle"]
