"""The second factor: of whom it is required, how it stands, each code taken once, and given up when it is lost.

allauth keeps the secrets and makes the pages; what it counts in the cache is kept in the database here, so that a
code is not taken twice while the cache is away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mobiliz.accounts import letters, sessions
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership, User
from mobiliz.accounts.roles import SECOND_FACTOR_ROLES
from mobiliz.lib.refusals import Refused

log = structlog.get_logger(__name__)

FEW_CODES = 3
CONFIRMED = "second_factor"  # in the session: this one knows that the account has a second factor


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """How it stands with one account."""

    since: datetime | None = None
    codes_left: int = 0

    @property
    def is_on(self) -> bool:
        return self.since is not None

    @property
    def is_short_of_codes(self) -> bool:
        return self.is_on and self.codes_left <= FEW_CODES


def is_required_of(user: User, capacities: Iterable[Membership]) -> bool:
    """Of whoever may work as a pilot or an administrator, whatever they work as now."""
    roles = {membership.role for membership in capacities}
    return bool(settings.SECOND_FACTOR_REQUIRED and (user.is_superuser or roles & SECOND_FACTOR_ROLES))


def state_of(user: User) -> SecondFactor:
    kept = {one.type: one for one in Authenticator.objects.filter(user=user)}
    if Authenticator.Type.TOTP not in kept:
        return SecondFactor()
    codes = kept.get(Authenticator.Type.RECOVERY_CODES)
    left = len(codes.wrap().get_unused_codes()) if codes else 0
    return SecondFactor(since=kept[Authenticator.Type.TOTP].created_at, codes_left=left)


def is_on(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def is_missing(request: HttpRequest) -> bool:
    """Whether this person must set it up before anything else. The session remembers that they have."""
    user = sessions.me(request)
    if request.session.get(CONFIRMED) or not is_required_of(user, request.capacities):
        return False
    if not is_on(user):
        return True
    request.session[CONFIRMED] = True
    return False


# --- codes ------------------------------------------------------------------------------------------------
@transaction.atomic
def take_code(authenticator: Authenticator, code: str) -> bool:
    """Take this code of the telephone, once: one that is not newer than the last one taken is refused."""
    locked = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    step = _step_of(decrypt(locked.data["secret"]), code)
    if step is None or step <= locked.data.get("last_step", -1):
        return False
    locked.data["last_step"] = step
    locked.save(update_fields=["data"])
    return True


def _step_of(secret: str, code: str) -> int | None:
    """The half-minute of which this is the code, among those that are accepted now."""
    for step in totp.yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            return step
    return None


# --- what happens to it -----------------------------------------------------------------------------------
def switched_on(request: HttpRequest) -> None:
    """Its first code has served; sessions that were opened by the password alone end, and this one goes on."""
    authenticator = Authenticator.objects.get(user=request.user, type=Authenticator.Type.TOTP)
    take_code(authenticator, request.POST.get("code", ""))
    request.session[CONFIRMED] = True
    sessions.end_others(request, by=request.actor)


@receiver(mfa_signals.authenticator_removed, dispatch_uid="second-factor-off")
def switched_off(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session.pop(CONFIRMED, None)


@transaction.atomic
def reset(user: User, *, by: Actor) -> None:
    """Give it up for someone who lost telephone and codes: they are told, and signed out everywhere."""
    removed, _by_kind = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise Refused(_("Cette personne n’a pas de double authentification."))
    sessions.end_all(user, by=by)
    letters.tell(user, "second_factor_reset")
    transaction.on_commit(lambda: log.info("second factor reset", user=str(user.uid), by=by.reference))
