"""What the person agrees to: recorded, replaced by a newer one, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from referrals import consent as text
from referrals import permissions
from referrals.models import Assignment, Beneficiary, Consent, Referral
from referrals.models.people import ConsentGiver
from referrals.states import End
from referrals.transitions.core import overtaken


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentInput:
    """What the person agreed to: by which channel and when; someone else gives it as parent, guardian, by mandate."""

    channel: str
    given_on: date
    given_by: str = ""
    giver: str = ConsentGiver.PERSON.value
    names_structure: bool = False


@transaction.atomic
def record_consent(referral: Referral, *, consent: ConsentInput, by: Actor) -> Consent:
    """For a draft whose person agreed to nothing yet, withdrew it, or agreed to an older text."""
    if not permissions.can_edit_draft(by, referral):
        raise PermissionDenied
    beneficiary = Beneficiary.objects.select_for_update().get(pk=referral.beneficiary_id)
    if beneficiary.merged_into_id is not None:
        raise overtaken(referral)
    return record(beneficiary, consent, by)


def record(beneficiary: Beneficiary, consent: ConsentInput, by: Actor) -> Consent:
    """The one in force from now on; the caller has locked the person or has just made them."""
    Consent.objects.in_force().of_beneficiary(beneficiary.pk).update(replaced_at=clock.now())
    return Consent.objects.create(
        beneficiary=beneficiary,
        text_version=text.TEXT_VERSION,
        purposes=[*text.PURPOSES, *([text.NAMES_STRUCTURE] if consent.names_structure else [])],
        recipients=text.RECIPIENTS,
        given_by=consent.given_by or str(beneficiary),
        giver=consent.giver,
        channel=consent.channel,
        given_on=consent.given_on,
        recorded_by=by.membership,
    )


@transaction.atomic
def stop_naming(beneficiary: Beneficiary, *, by: Actor) -> None:
    """The person no longer wants the structure to be named elsewhere; all else they agreed to stands."""
    if not permissions.can_create(by) or not Beneficiary.objects.visible_to(by).with_key(beneficiary.pk).exists():
        raise PermissionDenied
    Beneficiary.objects.select_for_update(of=("self",), no_key=True).get(pk=beneficiary.pk)
    given = Consent.objects.in_force().of_beneficiary(beneficiary.pk).first()
    if given is None or text.NAMES_STRUCTURE not in given.purposes:
        return
    given.replaced_at = clock.now()
    given.save(update_fields=["replaced_at"])
    given.pk, given.uid, given._state.adding = None, uuid4(), True
    given.purposes = [purpose for purpose in given.purposes if purpose != text.NAMES_STRUCTURE]
    given.replaced_at, given.recorded_at, given.recorded_by = None, clock.now(), by.membership
    given.save()


def end_consent(beneficiary_id: int) -> None:
    """From here on, no garage sees the person or the car in what was closed; a repair done keeps its record."""
    closed = Assignment.objects.of_beneficiary(beneficiary_id).ended_as(End.CLOSED)
    closed.update(end=End.NO_CONSENT.value)
    Consent.objects.in_force().of_beneficiary(beneficiary_id).update(withdrawn_on=clock.today())
