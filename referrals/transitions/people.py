"""What is known of a person changes: logged in the cases that run, and never without what it means for eligibility."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.territory.models import Commune
from referrals import permissions
from referrals.models import Beneficiary, Incident, Referral
from referrals.models.people import IDENTITY
from referrals.states import Outcome, State, Verb
from referrals.transitions.core import Refused, begin, finish, locked, open_assignment, overtaken
from referrals.transitions.duplicates import ElsewhereInput, Identity, keep_answer, look_again, unsay, wait_for_turn
from referrals.transitions.reassessing import SETTLED, age_and_territory, assess_again, fall_back, no_longer_holds

BEFORE_A_GARAGE_ACCEPTED = {State.DRAFT, State.REVIEW, State.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityInput:
    """Who the person is and how to reach them; `phone` is E.164 or empty."""

    first_name: str
    last_name: str
    birth_date: date
    commune: Commune
    phone: str = ""
    email: str = ""
    address: str = ""

    @property
    def identity(self) -> Identity:
        return Identity(
            last_name=self.last_name, first_name=self.first_name, birth_date=self.birth_date, phone=self.phone
        )


@transaction.atomic
def correct_person(
    referral: Referral,
    *,
    person: IdentityInput,
    was_wrong: bool,
    why: str,
    by: Actor,
    elsewhere: ElsewhereInput | None = None,
) -> list[str]:
    """`was_wrong`: it never was so; else it has changed since, as by a move. Returns the names of what changed.

    The person's row is locked first, then their cases in the order of their numbers. Each open case of theirs is
    assessed again where age or territory changed, and goes back to a draft where its answer no longer holds. Whom
    another structure helps under what is right is corrected once `elsewhere` says what to do, else HelpedElsewhere.
    """
    wait_for_turn(person.identity)
    beneficiary = Beneficiary.objects.select_for_update(of=("self",), no_key=True).get(pk=referral.beneficiary_id)
    referral, _nothing = begin(referral, Verb.CORRECT_PERSON, by=by)
    if referral.beneficiary_id != beneficiary.pk:
        raise overtaken(referral)
    if not why.strip():
        raise Refused(_("Dites pourquoi vous corrigez : vos collègues le liront."), field="why")
    changed = [name for name in person.__dataclass_fields__ if getattr(beneficiary, name) != getattr(person, name)]
    if not changed:
        raise Refused(_("Rien n’est différent de ce qui est enregistré."), code="nothing_changed")
    rested_on, were = age_and_territory(beneficiary), {beneficiary.pk: Identity.of(beneficiary)}
    for name in changed:
        setattr(beneficiary, name, getattr(person, name))
    beneficiary.save()
    unsay(beneficiary, were)
    is_other = age_and_territory(beneficiary) != rested_on
    detail = {"fields": changed, "kind": "error" if was_wrong else "change", "why": why.strip()}
    cases = _cases(referral, beneficiary)
    for one in cases:
        one.beneficiary = beneficiary
    asking = next((one for one in cases if one.is_open), None)
    found = look_again(asking, were, said=elsewhere, by=by)
    for one in cases:
        _correct(one, beneficiary, detail, is_other=is_other, moves=was_wrong and "commune" in changed, by=by)
    keep_answer(asking, found, said=elsewhere, by=by)
    return changed


@transaction.atomic
def update_person(
    referral: Referral, *, by: Actor, distance_agreed_km: int, elsewhere: ElsewhereInput | None = None, **fields: Any
) -> None:
    """Correct the person of a draft; `fields` are those of Beneficiary.

    An assessment that rested on another age or territory is made again, so that it never says what is not so. Whom
    another structure helps under what is said now: as in `correct_person`.
    """
    wait_for_turn(_identity_with(referral.beneficiary, fields))
    beneficiary = Beneficiary.objects.select_for_update(of=("self",), no_key=True).get(pk=referral.beneficiary_id)
    referral = locked(referral)
    if not permissions.can_edit_draft(by, referral):
        raise PermissionDenied
    if referral.beneficiary_id != beneficiary.pk:
        raise overtaken(referral)
    were = {beneficiary.pk: Identity.of(beneficiary)}
    is_other = bring_up_to_date(beneficiary, fields, but=referral, by=by)
    referral.beneficiary = beneficiary
    found = look_again(referral, were, said=elsewhere, by=by)
    also = []
    if is_other and referral.assessment:
        assess_again(referral, beneficiary, by)
        also = ["assessment"]
    referral.distance_agreed_km, referral.updated_at = distance_agreed_km, clock.now()
    referral.save(update_fields=["distance_agreed_km", "updated_at", *also])
    keep_answer(referral, found, said=elsewhere, by=by)


def _identity_with(beneficiary: Beneficiary, fields: Mapping[str, Any]) -> Identity:
    names = ("last_name", "first_name", "birth_date", "phone")
    return Identity(**{name: fields.get(name, getattr(beneficiary, name)) for name in names})


def bring_up_to_date(
    beneficiary: Beneficiary, fields: Mapping[str, Any], *, by: Actor, but: Referral | None = None
) -> bool:
    """What is said of them at a draft holds for their cases that run, `but` that draft: as a change since.

    The caller has locked the person. Returns whether age or territory is another.
    """
    changed = [name for name in IDENTITY if name in fields and getattr(beneficiary, name) != fields[name]]
    rested_on, were = age_and_territory(beneficiary), {beneficiary.pk: Identity.of(beneficiary)}
    for name, value in fields.items():
        setattr(beneficiary, name, value)
    beneficiary.save()
    unsay(beneficiary, were)
    is_other = age_and_territory(beneficiary) != rested_on
    detail = {"fields": changed, "kind": "change", "why": _("Dit à l’occasion d’un autre dossier.")}
    running = Referral.objects.open().of_people(beneficiary.pk) if changed else Referral.objects.none()
    for one in running:
        if but is None or one.pk != but.pk:
            _correct(locked(one), beneficiary, detail, is_other=is_other, moves=False, by=by)
    return is_other


def _cases(referral: Referral, beneficiary: Beneficiary) -> list[Referral]:
    """This one and the person's other open ones, locked in the order of their numbers."""
    others = Referral.objects.open().of_beneficiary(beneficiary.pk).exclude(pk=referral.pk).order_by("pk")
    return [referral, *(locked(one) for one in others)]


def _correct(
    referral: Referral, beneficiary: Beneficiary, detail: dict[str, Any], *, is_other: bool, moves: bool, by: Actor
) -> None:
    state, held = State(referral.state), open_assignment(referral)
    also = _place_again(referral, beneficiary) if moves else []
    if moves and state in BEFORE_A_GARAGE_ACCEPTED:
        Incident.objects.of_referral(referral).open().move_to(beneficiary.commune.department.region_id)
    if is_other and referral.assessment and state not in SETTLED:
        assess_again(referral, beneficiary, by)
        also = [*also, "assessment"]
    outcome = Outcome(referral.outcome) if referral.outcome else None
    finish(
        referral,
        Verb.CORRECT_PERSON,
        state,
        by=by,
        assignment=held,
        outcome=outcome,
        detail=detail,
        also=tuple(also),
    )
    if is_other and no_longer_holds(referral):
        fall_back(referral, held, by)


def _place_again(referral: Referral, beneficiary: Beneficiary) -> list[str]:
    """Reports and pilots go by where the person lived when it was sent: an error is mended until a garage accepts."""
    if referral.region_id is None or referral.state not in BEFORE_A_GARAGE_ACCEPTED:
        return []
    referral.commune = beneficiary.commune
    referral.department = beneficiary.commune.department
    referral.region_id = beneficiary.commune.department.region_id
    return ["commune", "department", "region"]
