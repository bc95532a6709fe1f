"""Sessions as people see them: each sign-in is noted, told when its device is new, and can be ended.

Every way in and out is heard through the signals of Django and allauth, so that none is forgotten.
"""

from __future__ import annotations

from typing import Any, cast

import structlog
from allauth.account import signals as account_signals
from django.contrib.auth import logout, update_session_auth_hash, user_logged_in, user_logged_out
from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mobiliz.accounts import devices, letters
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import SignIn, User
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.lib.templatetags.mobiliz import moment_fr

log = structlog.get_logger(__name__)

KEY = "sign_in"
NOTED_EVERY_SECONDS = 300


def me(request: HttpRequest) -> User:
    """Whoever is signed in, where that was asked before."""
    return cast(User, request.user)


# --- how it goes ------------------------------------------------------------------------------------------
@receiver(user_logged_in, dispatch_uid="sign-in")
@transaction.atomic
def begin(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Note the sign-in; tell the person when the account was used before, and never from this browser."""
    token = devices.token_of(request) or devices.new_token()
    known = set(SignIn.objects.of_user(user).values_list("device_hash", flat=True).distinct())
    device = devices.device_of(request.META.get("HTTP_USER_AGENT", ""))
    if not request.session.session_key:
        request.session.save()
    if before := request.session.get(KEY):  # the same person signs in again in the same session
        SignIn.objects.with_key(before).not_ended().update(ended_at=clock.now(), session_key=None)
    sign_in = SignIn.objects.create(
        user=user,
        session_key=request.session.session_key,
        device_hash=devices.hash_of(token, user.pk),
        browser=device.browser,
        system=device.system,
        network=devices.network_of(devices.address_of(request)),
    )
    request.session[KEY] = sign_in.pk
    request.device_token = token  # type: ignore[attr-defined]
    cache.set(_marker(sign_in.pk), True, NOTED_EVERY_SECONDS)
    if known and sign_in.device_hash not in known:
        _tell_of_new_device(sign_in)


def _tell_of_new_device(sign_in: SignIn) -> None:
    moment = moment_fr(sign_in.began_at, "full")
    letters.tell(sign_in.user, "new_device", device=str(sign_in), moment=moment, network=sign_in.network)


def note_use(request: HttpRequest) -> None:
    """That the session is in use, every five minutes at most; one that was ended elsewhere opens nothing more."""
    pk = request.session.get(KEY)
    if pk is None or not cache.add(_marker(pk), True, NOTED_EVERY_SECONDS):
        return
    if not SignIn.objects.with_key(pk).not_ended().update(last_used_at=clock.now()):
        logout(request)


def _marker(pk: int) -> str:
    return f"sign-in-noted:{pk}"


@receiver(user_logged_out, dispatch_uid="sign-out")
def leave(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if pk := request.session.get(KEY):
        SignIn.objects.with_key(pk).close(at=clock.now())


@receiver(account_signals.password_changed, dispatch_uid="password-changed")
@receiver(account_signals.password_reset, dispatch_uid="password-reset")
def password_changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """The other sessions have ended with the old password; this one, which changed it, goes on under a new key."""
    own = request.session.get(KEY) if request.user.is_authenticated else None
    SignIn.objects.of_user(user).but(own).close(at=clock.now())
    _follow(request)


def _follow(request: HttpRequest) -> None:
    """The session's key was renewed: note the new one."""
    if pk := request.session.get(KEY):
        SignIn.objects.with_key(pk).not_ended().update(session_key=request.session.session_key)


# --- what is done to it -----------------------------------------------------------------------------------
@transaction.atomic
def end(sign_in: SignIn, *, by: Actor) -> None:
    """End this one session."""
    if not SignIn.objects.with_key(sign_in.pk).close(at=clock.now()):
        raise Refused(_("Cette session est déjà fermée."))
    _note("session ended", sign_in.user, by)


@transaction.atomic
def end_all(user: User, *, by: Actor) -> None:
    """End every session of the account, those included that began before they were noted."""
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    locked.session_generation += 1
    locked.save(update_fields=["session_generation"])
    SignIn.objects.of_user(user).close(at=clock.now())
    _note("sessions ended", user, by)


def end_others(request: HttpRequest, *, by: Actor) -> None:
    """End every session of one's own but the one that asks."""
    user, own = me(request), request.session.get(KEY)
    with transaction.atomic():
        user.session_generation += 1
        user.save(update_fields=["session_generation"])
        SignIn.objects.of_user(user).but(own).close(at=clock.now())
        update_session_auth_hash(request, user)
        _follow(request)
    _note("other sessions ended", user, by)


def _note(what: str, user: User, by: Actor) -> None:
    transaction.on_commit(lambda: log.info(what, user=str(user.uid), by=by.reference))
