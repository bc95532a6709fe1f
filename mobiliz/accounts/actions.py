"""What is done to accounts: open, add or end a membership, deactivate, reactivate, work as another of one's own.

Each is one transaction, and says in the log of the application who did it. Refused says in French why not.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership, Organisation, SignIn, User
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.territory.models import Region

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """In which role, for whom (or where) and under which number a person works; an adviser also as what."""

    role: str
    organisation: Organisation | None = None
    region: Region | None = None
    phone: str = ""
    engagement: str = ""


@transaction.atomic
def open_account(*, email: str, first_name: str, last_name: str, place: Place, by: Actor) -> User:
    """An account without a password, which its holder sets by the link handed over; with its first membership."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, first_name=first_name.strip(), last_name=last_name.strip())
    except IntegrityError as double:
        raise Refused(_("Un compte existe déjà à cette adresse."), field="email") from double
    add_membership(user, place=place, by=by)
    _note("account opened", user, by)
    return user


@transaction.atomic
def add_membership(user: User, *, place: Place, by: Actor) -> Membership:
    """One more capacity in which the person may work."""
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                user=user,
                role=place.role,
                organisation=place.organisation,
                region=place.region,
                phone=place.phone,
                engagement=place.engagement,
            )
    except IntegrityError as double:
        raise Refused(_("Cette personne a déjà ce rôle à cet endroit.")) from double
    _note("membership added", user, by, membership=str(membership.uid), role=place.role)
    return membership


@transaction.atomic
def edit_own_place(membership: Membership, *, phone: str, job_title: str, by: Actor) -> Membership:
    """Under which number and title one works there: everyone says it of themselves."""
    locked = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if by.user is None or locked.user_id != by.user.pk or locked.ended_on is not None:
        raise Refused(_("Vous ne travaillez pas à cet endroit."))
    locked.phone, locked.job_title = phone, job_title.strip()
    locked.save(update_fields=["phone", "job_title"])
    _note("own place edited", by.user, by, membership=str(locked.uid))
    return locked


@transaction.atomic
def end_membership(membership: Membership, *, by: Actor) -> None:
    """From now on the person no longer works in this capacity; what they did in it stays theirs."""
    locked = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if locked.ended_on is not None:
        raise Refused(_("Ce rôle est déjà terminé."))
    locked.ended_on = max(clock.today(), locked.began_on)
    locked.save(update_fields=["ended_on"])
    _note("membership ended", locked.user, by, membership=str(locked.uid), role=locked.role)


@transaction.atomic
def deactivate(user: User, *, by: Actor) -> None:
    """The person can no longer sign in, and every session of theirs ends."""
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not locked.is_active:
        raise Refused(_("Ce compte est déjà désactivé."))
    locked.is_active = False
    locked.session_generation += 1
    locked.save(update_fields=["is_active", "session_generation"])
    SignIn.objects.of_user(locked).close(at=clock.now())
    _note("account deactivated", locked, by)


@transaction.atomic
def leave(user: User, *, by: Actor) -> None:
    """The person has left: every role of theirs ends, and the account closes. What they did stays theirs."""
    for membership in Membership.objects.current().of_user(user):
        end_membership(membership, by=by)
    deactivate(user, by=by)


@transaction.atomic
def reactivate(user: User, *, by: Actor) -> None:
    """The person may sign in again; sessions from before stay ended."""
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if locked.is_active:
        raise Refused(_("Ce compte est déjà actif."))
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    _note("account reactivated", locked, by)


def work_as(membership: Membership, *, by: Actor) -> None:
    """From the next page on, the person works in this one of their own capacities."""
    if by.user is None or membership.user_id != by.user.pk or membership.ended_on is not None:
        raise Refused(_("Vous ne travaillez pas à cet endroit."))
    by.user.works_as = membership
    by.user.save(update_fields=["works_as"])


def _note(what: str, user: User, by: Actor, **more: str) -> None:
    transaction.on_commit(lambda: log.info(what, user=str(user.uid), by=by.reference, **more))
