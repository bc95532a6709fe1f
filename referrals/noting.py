"""What is written down about a case without moving it: notes, calls, and corrections beside what they correct."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from garages.models import Contact, Garage
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from referrals import permissions
from referrals.models import Called, Note, Referral

_CALL = ("called", "garage", "contact", "who", "is_incoming", "is_reached", "called_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInput:
    """One telephone call: with the person, with a garage (perhaps by name), or with someone else; aware `at`."""

    called: Called
    is_reached: bool
    at: datetime
    is_incoming: bool = False
    garage: Garage | None = None
    contact: Contact | None = None
    who: str = ""


@transaction.atomic
def write_note(referral: Referral, *, text: str, by: Actor, key: UUID | None = None) -> Note:
    """`key` is made once for each form shown: the same form sent twice writes one note."""
    return _keep(referral, by, key, text=text)


@transaction.atomic
def note_call(referral: Referral, *, call: CallInput, by: Actor, text: str = "", key: UUID | None = None) -> Note:
    """Who was on the telephone, whether they were reached, and what was said."""
    return _keep(
        referral,
        by,
        key,
        text=text or None,
        called=call.called.value,
        garage=call.garage,
        contact=call.contact,
        who=call.who,
        is_incoming=call.is_incoming,
        is_reached=call.is_reached,
        called_at=min(call.at, clock.now()),
    )


@transaction.atomic
def correct_note(note: Note, *, text: str, by: Actor) -> Note:
    """By its author: both stay, and the first says that it was corrected."""
    if not permissions.can_correct(by, note):
        raise PermissionDenied
    Note.objects.select_for_update(of=("self",)).get(pk=note.pk)
    later = Note.objects.correcting(note).first()
    if later is None:
        copied = {name: getattr(note, name) for name in ("organisation", "by", *_CALL)}
        return Note.objects.create(referral=note.referral, text=text, corrects=note, at=clock.now(), **copied)
    if later.text != text:
        raise Refused(_("Cette note est déjà rectifiée : rectifiez la dernière version."), field="text")
    return later


def _keep(referral: Referral, by: Actor, key: UUID | None, **facts: Any) -> Note:
    if not permissions.can_note(by, referral) or by.membership is None:
        raise PermissionDenied
    told = {"referral": referral, "organisation": referral.organisation, "by": by.membership, **facts}
    written, is_new = Note.objects.get_or_create(uid=key or uuid4(), defaults={**told, "at": clock.now()})
    if is_new or _is_the_same(written, told):
        return written
    # another text typed into an old form is another note
    return Note.objects.create(**told, at=clock.now())


def _is_the_same(written: Note, told: dict[str, Any]) -> bool:
    """Sent twice by one press; the moment of a call is then a moment later, and says nothing."""
    return all(getattr(written, name) == value for name, value in told.items() if name != "called_at")
