"""The links by which a password is chosen: the first one, handed over by an administrator, and those asked for."""

from __future__ import annotations

from datetime import timedelta

import structlog
from allauth.account.utils import user_pk_to_url_str
from celery import current_app
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.http import base36_to_int
from kombu.exceptions import OperationalError

from mobiliz.accounts import letters
from mobiliz.accounts.models import LinkRequest, User
from mobiliz.lib import clock

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
    """Whoever asks, for whatever address: the same row, and the worker knows whether there is an account."""
    with transaction.atomic():
        asked = LinkRequest.objects.create(email=email)
        transaction.on_commit(lambda: _tell_a_worker(asked.pk), robust=True)


def _tell_a_worker(pk: int) -> None:
    try:
        current_app.send_task("mobiliz.accounts.tasks.answer_request", [pk], retry=False)
    except OperationalError:
        log.warning("no worker was told that a link is asked for: the broker is away, the sweep will find it")


@transaction.atomic
def answer(pk: int) -> bool:
    """The link, to an account that is open; to any other address nothing. False when another has answered."""
    asked = LinkRequest.objects.select_for_update(skip_locked=True).with_key(pk).first()
    if asked is None:
        return False
    for user in User.objects.with_email(asked.email).active():
        _send_link(user, key=str(asked.uid))
    asked.delete()
    return True


def _send_link(user: User, *, key: str) -> None:
    is_first = not user.has_usable_password()
    valid_for = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) if is_first else VALID_FOR_NEW_PASSWORD
    letters.tell(
        user,
        "password_link",
        key=key,
        good_until=clock.now() + valid_for,
        url=password_url(user),
        hours=0 if is_first else valid_for // timedelta(hours=1),
        days=valid_for // timedelta(days=1) if is_first else 0,
    )
