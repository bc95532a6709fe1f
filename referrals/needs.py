"""What a person needs and no offer covers is noted in a press, and taken back if it was a mistake."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.territory.models import Commune
from referrals import permissions
from referrals.models import Beneficiary, Need, NeedKind, Referral


@transaction.atomic
def record_need(
    *,
    kind: NeedKind,
    by: Actor,
    referral: Referral | None = None,
    beneficiary: Beneficiary | None = None,
    commune: Commune | None = None,
    words: str = "",
) -> Need:
    """On a case, for a person whom the structure knows, or for somebody whom it does not register, of a `commune`.

    The same need of a person noted again on the same day adds its words to it.
    """
    person = referral.beneficiary if referral else beneficiary
    _refuse_strangers(by, referral, person)
    if person is not None:
        # one at a time for each person: the second press finds what the first has noted
        person = Beneficiary.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        if known := Need.objects.same_as(person, kind.value, clock.today()).first():
            return _added(known, words)
    place = person.commune if person else commune
    assert place is not None
    return Need.objects.create(
        kind=kind.value,
        words=words.strip() or None,
        organisation_id=person.organisation_id if person else by.organisation_id,
        beneficiary=person,
        referral=referral,
        region_id=place.department.region_id,
        recorded_on=clock.today(),
        recorded_at=clock.now(),
        recorded_by=by.membership,
    )


@transaction.atomic
def withdraw_need(need: Need, *, by: Actor) -> None:
    """Noted by mistake: it is counted no more."""
    if not permissions.can_create(by) or not Need.objects.visible_to(by).with_pk(need.pk).exists():
        raise PermissionDenied
    need = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    if need.withdrawn_at is None:
        need.withdrawn_at, need.withdrawn_by = clock.now(), by.membership
        need.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _refuse_strangers(by: Actor, referral: Referral | None, person: Beneficiary | None) -> None:
    if not permissions.can_create(by) or by.membership is None:
        raise PermissionDenied
    if referral is not None and not permissions.can_note(by, referral):
        raise PermissionDenied
    if person is not None and not Beneficiary.objects.visible_to(by).with_key(person.pk).exists():
        raise PermissionDenied


def _added(need: Need, words: str) -> Need:
    said = words.strip()
    if said and said not in (need.words or ""):
        need.words = "\n".join(filter(None, (need.words, said)))
        need.save(update_fields=["words"])
    return need
