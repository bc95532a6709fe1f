"""A dossier begins: the person, what they agreed to, and a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership, Organisation
from mobiliz.programme.models import REPAIR, Offer
from mobiliz.territory.models import Commune
from referrals import permissions
from referrals.models import Beneficiary, Consent, Referral
from referrals.states import State, Verb
from referrals.transitions.core import finish

CONSENT_TEXT_VERSION = "2026-11"
CONSENT_PURPOSES = ("eligibility", "referral_to_garages", "follow_up")
CONSENT_RECIPIENTS = "les garages du réseau dans la distance acceptée"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInput:
    """Who is helped; `phone` is E.164 or empty."""

    first_name: str
    last_name: str
    birth_date: date
    commune: Commune
    phone: str = ""
    email: str = ""
    address: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentInput:
    """What the person agreed to: by which channel and when; `given_by` is the person unless said."""

    channel: str
    given_on: date
    given_by: str = ""


@transaction.atomic
def open_referral(
    *,
    person: PersonInput,
    consent: ConsentInput,
    by: Actor,
    distance_agreed_km: int = 30,
    offer: Offer | None = None,
    key: UUID | None = None,
) -> Referral:
    """Register the person with their consent and open a draft for them, in the actor's own organisation.

    `key` is made once for each form shown: the same form sent twice opens one draft, which bears it as its uid.
    """
    if not permissions.can_create(by) or by.membership is None:
        raise PermissionDenied
    if opened := _opened_before(key, person, by):
        return opened
    organisation = by.membership.organisation
    assert organisation is not None
    beneficiary = _register(person, organisation, by)
    _record_consent(beneficiary, consent, by)
    referral = Referral.objects.create(
        offer=offer or Offer.objects.get(pk=REPAIR),
        beneficiary=beneficiary,
        organisation=organisation,
        adviser=by.membership,
        distance_agreed_km=distance_agreed_km,
        uid=key if key and not Referral.objects.with_uid(key).exists() else uuid4(),
    )
    finish(referral, Verb.OPEN, State.DRAFT, by=by)
    return referral


def _opened_before(key: UUID | None, person: PersonInput, by: Actor) -> Referral | None:
    """What a first click opened; another person typed into an old form is another person."""
    if key is None:
        return None
    # one at a time for each member: the second click waits here, and finds what the first has opened
    Membership.objects.select_for_update().get(pk=by.membership.pk)  # type: ignore[union-attr]
    same = Referral.objects.visible_to(by).with_uid(key)
    return same.of_person(person.last_name, person.first_name, person.birth_date).first()


def _register(person: PersonInput, organisation: Organisation, by: Actor) -> Beneficiary:
    return Beneficiary.objects.create(
        organisation=organisation,
        first_name=person.first_name,
        last_name=person.last_name,
        birth_date=person.birth_date,
        commune=person.commune,
        phone=person.phone,
        email=person.email,
        address=person.address,
        notes=person.notes or None,
        created_by=by.membership,
    )


def _record_consent(beneficiary: Beneficiary, consent: ConsentInput, by: Actor) -> Consent:
    return Consent.objects.create(
        beneficiary=beneficiary,
        text_version=CONSENT_TEXT_VERSION,
        purposes=list(CONSENT_PURPOSES),
        recipients=CONSENT_RECIPIENTS,
        given_by=consent.given_by or str(beneficiary),
        channel=consent.channel,
        given_on=consent.given_on,
        recorded_by=by.membership,
    )
