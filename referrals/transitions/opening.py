"""A dossier begins: the person, what they agreed to, and a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership, Organisation
from mobiliz.programme.models import REPAIR, Offer
from mobiliz.territory.models import Commune
from referrals import permissions
from referrals.models import Beneficiary, Consent, Referral
from referrals.states import State, Verb
from referrals.transitions.consenting import ConsentInput, record
from referrals.transitions.core import Refused, finish
from referrals.transitions.duplicates import (
    ElsewhereInput,
    Identity,
    found_elsewhere,
    keep_answer,
    wait_for_turn,
)
from referrals.transitions.people import bring_up_to_date


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

    @property
    def identity(self) -> Identity:
        return Identity(
            last_name=self.last_name, first_name=self.first_name, birth_date=self.birth_date, phone=self.phone
        )

    @property
    def fields(self) -> dict[str, Any]:
        """Those of Beneficiary."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"notes": self.notes or None}


@transaction.atomic
def open_referral(
    *,
    person: PersonInput,
    consent: ConsentInput | None,
    by: Actor,
    known: Beneficiary | None = None,
    distance_agreed_km: int = 30,
    offer: Offer | None = None,
    key: UUID | None = None,
    elsewhere: ElsewhereInput | None = None,
    looks_elsewhere: bool = True,
) -> Referral:
    """Register the person with their consent and open a draft for them, in the actor's own organisation.

    Somebody `known` is not registered again: what is said of them now is what counts, and a consent in force
    still holds, unless a new one is given. `key` is made once for each form shown: the same form sent twice opens
    one draft, which bears it as its uid. Whom another structure helps already is opened once the actor has said what
    to do about it (`elsewhere`), else HelpedElsewhere is raised.
    """
    if not permissions.can_create(by) or by.membership is None:
        raise PermissionDenied
    if opened := _opened_before(key, person, by):
        return opened
    if looks_elsewhere:
        wait_for_turn(person.identity)
    organisation = by.membership.organisation
    assert organisation is not None
    beneficiary = _brought_up_to_date(known, person, by) if known else register(person, organisation, by)
    see_to_consent(beneficiary, consent, by)
    # only now: nobody is looked for elsewhere before they agreed
    found = found_elsewhere(person.identity, known=known, said=elsewhere, by=by) if looks_elsewhere else []
    referral = Referral.objects.create(
        offer=offer or Offer.objects.get(pk=REPAIR),
        beneficiary=beneficiary,
        organisation=organisation,
        adviser=by.membership,
        distance_agreed_km=distance_agreed_km,
        uid=key if key and not Referral.objects.with_uid(key).exists() else uuid4(),
    )
    finish(referral, Verb.OPEN, State.DRAFT, by=by)
    keep_answer(referral, found, said=elsewhere, by=by)
    return referral


def _opened_before(key: UUID | None, person: PersonInput, by: Actor) -> Referral | None:
    """What a first click opened; another person typed into an old form is another person."""
    if key is None:
        return None
    # one at a time for each member: the second click waits here, and finds what the first has opened
    Membership.objects.select_for_update().get(pk=by.membership.pk)  # type: ignore[union-attr]
    same = Referral.objects.visible_to(by).with_uid(key)
    return same.of_person(person.last_name, person.first_name, person.birth_date).first()


def register(person: PersonInput, organisation: Organisation, by: Actor) -> Beneficiary:
    return Beneficiary.objects.create(organisation=organisation, created_by=by.membership, **person.fields)


def _brought_up_to_date(known: Beneficiary, person: PersonInput, by: Actor) -> Beneficiary:
    beneficiary = Beneficiary.objects.visible_to(by).with_key(known.pk).select_for_update().first()
    if beneficiary is None and permissions.can_merge(by, known):
        # while the form was open, or while this waited
        raise Refused(_("Cette fiche vient d’être réunie avec une autre : cherchez la personne de nouveau."))
    if beneficiary is None:
        raise PermissionDenied
    bring_up_to_date(beneficiary, person.fields, by=by)
    return beneficiary


def see_to_consent(beneficiary: Beneficiary, consent: ConsentInput | None, by: Actor) -> None:
    """The new one counts from now on; without one, one must be in force."""
    if consent:
        record(beneficiary, consent, by)
    elif not Consent.objects.in_force().of_beneficiary(beneficiary.pk).exists():
        raise Refused(_("Enregistrez l’accord de la personne."), code="no_consent", field="agrees")
