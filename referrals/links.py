"""Personal links: made for one message each, signed, good for a while, and useless as soon as there is an answer.

The token is the link's public id with a signature: what was not made here is known without asking the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from garages.models import Contact, Garage
from mobiliz.accounts.models import Membership
from mobiliz.lib import clock
from referrals.models import Assignment, LinkUse, PersonalLink

VALID_FOR = timedelta(days=14)
_SIGNER = Signer(salt="referrals.links", sep=".")


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone at a garage whom a message reaches: a contact, or a member who has an account."""

    name: str
    email: str
    contact: Contact | None = None
    membership: Membership | None = None


def holders_at(garage: Garage) -> list[Holder]:
    """The contacts in their order, who is asked first; then the members who answer and are no contacts."""
    contacts = [
        Holder(str(one), one.email, contact=one) for one in Contact.objects.to_be_written_to(garage) if one.email
    ]
    known = {one.email.lower() for one in contacts}
    members = Membership.objects.who_answer_at(garage.organisation_id)
    others = [Holder(str(one.user), one.user.email, membership=one) for one in members]
    return [*contacts, *(one for one in others if one.email.lower() not in known)]


def make(assignment: Assignment, holder: Holder) -> PersonalLink:
    now = clock.now()
    return PersonalLink.objects.create(
        assignment=assignment,
        contact=holder.contact,
        membership=holder.membership,
        holder=holder.name,
        place=assignment.garage.name,
        email=holder.email,
        created_at=now,
        expires_at=now + VALID_FOR,
    )


def url_of(link: PersonalLink) -> str:
    """The whole address, as it stands in a message."""
    return f"{settings.SITE_ADDRESS}{reverse('personal_link', kwargs={'token': token_of(link)})}"


def token_of(link: PersonalLink) -> str:
    return _SIGNER.sign(link.uid.hex)


def link_of(token: str) -> PersonalLink | None:
    """The link of a token that was made here; None for any other."""
    try:
        uid = UUID(hex=_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    return PersonalLink.objects.with_uid(uid).first()


def is_good(link: PersonalLink) -> bool:
    """Neither too old nor taken back, and whoever it was sent to is still there, at the same address."""
    return link.revoked_at is None and clock.now() < link.expires_at and holder_now(link) is not None


def holder_now(link: PersonalLink) -> Holder | None:
    """To whom a fresh link may go: the same person, where they are still to be written to at that address."""
    if link.contact is not None:
        is_there = link.contact.ended_on is None and link.contact.email.lower() == link.email.lower()
        return Holder(link.holder, link.email, contact=link.contact) if is_there else None
    member = link.membership
    assert member is not None
    is_there = member.ended_on is None and member.user.is_active and member.user.email.lower() == link.email.lower()
    return Holder(link.holder, link.email, membership=member) if is_there else None


def revoke(link: PersonalLink) -> None:
    """It opens nothing from here on; twice is once."""
    PersonalLink.objects.with_uid(link.uid).not_revoked().update(revoked_at=clock.now())


def note_use(link: PersonalLink, act: str, *, is_done: bool) -> None:
    LinkUse.objects.create(link=link, act=act, is_done=is_done, at=clock.now())
