"""The links by which a password is chosen: the first one, handed over by an administrator, and those asked for."""

from __future__ import annotations

from datetime import timedelta

import structlog
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import base36_to_int
from kombu.exceptions import OperationalError

from mobiliz.accounts import letters
from mobiliz.accounts.models import User

log = structlog.get_logger(__name__)

# The setting PASSWORD_RESET_TIMEOUT holds for the first link; one asked for by mail is used at once or not at all.
VALID_FOR_NEW_PASSWORD = timedelta(hours=2)


class PasswordLinkTokens(PasswordResetTokenGenerator):
    """Tokens that serve once: the password, the last sign-in and the address are part of them."""

    def check_token(self, user: User | None, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        if user is None or not user.has_usable_password():
            return True
        age = self._num_seconds(self._now()) - base36_to_int(str(token).split("-")[0])
        return bool(age <= VALID_FOR_NEW_PASSWORD.total_seconds())


def password_url(user: User) -> str:
    """Where this person chooses a password."""
    key = f"{user_pk_to_url_str(user)}-{PasswordLinkTokens().make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return f"{settings.SITE_ADDRESS}{path.replace('UID-KEY', key)}"


def ask_for(email: str) -> None:
    """Whoever asks, for whatever address: the same work, and the worker knows whether there is an account."""
    try:
        send.delay(email)
    except OperationalError:
        log.error("a link for a new password was not asked for: the broker is away")


@shared_task(name="mobiliz.accounts.tasks.send_password_link")
def send(email: str) -> None:
    """The link, to an account that is open; to any other address nothing."""
    for user in User.objects.with_email(email).active():
        letters.tell(
            user,
            "password_link",
            url=password_url(user),
            hours=int(VALID_FOR_NEW_PASSWORD.total_seconds() // 3600) if user.has_usable_password() else 0,
            days=0 if user.has_usable_password() else settings.PASSWORD_RESET_TIMEOUT // 86400,
        )
