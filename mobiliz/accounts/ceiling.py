"""The slow limits of one account, over all network addresses: they stop guessing and lock nobody out.

The quick limits count per account *and* address, so someone with many addresses could guess for ever. Above the
ceiling of a day a password alone opens the account only in a browser that signed in to it before; elsewhere it
takes the second factor, or a new password by the link in a mail. Everyone else reads the same words, whether the
account exists and whether the password was right. See docs/decisions/0008.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals as mfa_signals
from django.dispatch import receiver
from django.http import HttpRequest

from mobiliz.accounts import devices, letters, second_factor
from mobiliz.accounts.models import SignIn, User
from mobiliz.lib.limits import Limit

DAY = 24 * 3600
PASSWORDS = Limit("password-failures", 100, DAY)
CODES = Limit("code-failures", 30, DAY)
WARN_AT_CODES = 10


def is_reached(email: str) -> bool:
    return PASSWORDS.is_reached(email.lower())


def count_failure(email: str) -> None:
    PASSWORDS.count(email.lower())


def forget(user: User) -> None:
    """A new password was chosen by the link in the mail: what was tried with the old one no longer counts."""
    PASSWORDS.forget(user.email.lower())
    CODES.forget(str(user.pk))


def may_pass(request: HttpRequest | None, email: str) -> bool:
    """Whether the right password may still open this account: its browser is known, or a code is asked for next."""
    user = User.objects.with_email(email).first()
    return bool(user and request and (_is_known(request, user) or second_factor.is_on(user)))


def _is_known(request: HttpRequest, user: User) -> bool:
    token = devices.token_of(request)
    return bool(token) and SignIn.objects.of_user(user).from_device(devices.hash_of(token, user.pk)).exists()


# --- codes: whoever tries them has the password already ---------------------------------------------------
def are_codes_closed(user: User) -> bool:
    return CODES.is_reached(str(user.pk))


@receiver(mfa_signals.authentication_failed, dispatch_uid="wrong-code")
def wrong_code(sender: Any, user: User, **kwargs: Any) -> None:
    """Count it; at the tenth of a day the person is told that somebody has their password."""
    if CODES.count(str(user.pk)) == WARN_AT_CODES:
        letters.tell(user, "wrong_codes")
