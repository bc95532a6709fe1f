"""What allauth asks of us: closed sign-up, letters in our words, limits that lock nobody out, sealed secrets."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts import ceiling, letters, second_factor
from mobiliz.accounts.middleware import capacities_of
from mobiliz.accounts.models import User
from mobiliz.lib import clock
from mobiliz.lib.sealed import seal, unseal
from mobiliz.lib.templatetags.mobiliz import hour_fr

QUICK_LIMIT = timedelta(minutes=5)  # the longest of the quick limits in ACCOUNT_RATE_LIMITS

# allauth says these after the commit, where a death of the process would lose them: my_account has told them in it
TOLD_WITH_THE_CHANGE = frozenset({"totp_activated", "recovery_codes_generated"})


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Accounts are opened by an administrator, later by invitation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("L’adresse électronique ou le mot de passe est faux. Vérifiez les deux."),
        "enter_current_password": _("Ce n’est pas votre mot de passe actuel."),
        "incorrect_password": _("Ce n’est pas votre mot de passe."),
        "too_many_login_attempts": _("Trop d’essais. Par sécurité, attendez : réessayez à partir de %(hour)s."),
        "rate_limited": _("Trop d’essais. Par sécurité, attendez : réessayez à partir de %(hour)s."),
        "ceiling": _(
            "Trop de mots de passe faux ont été essayés aujourd’hui sur ce compte. Connectez-vous depuis un appareil "
            "que vous avez déjà utilisé, ou choisissez un nouveau mot de passe par « Mot de passe oublié »."
        ),
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """With the hour from which one may try again, where one must wait."""
        message = self.error_messages[code]
        hour = hour_fr(clock.now() + QUICK_LIMIT + timedelta(seconds=59))
        return ValidationError(message, code=code, params={"hour": hour})

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    # --- letters
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every letter is one of ours, through the outbox: none of allauth's own leaves by itself."""
        raise NotImplementedError(f"Write {template_prefix} as a letter in templates/emails/accounts.")

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """That something about the security of the account has changed."""
        name = template_prefix.rpartition("/")[2]
        if name not in TOLD_WITH_THE_CHANGE:
            letters.tell(user, name)

    # --- signing in
    def authenticate(self, request: Any, **credentials: Any) -> User | None:
        email = credentials.get("email") or ""
        is_above = ceiling.is_reached(email)
        may_pass = is_above and ceiling.may_pass(request, email)
        user: User | None = super().authenticate(request, **credentials)
        if is_above and not (user and may_pass):
            raise self.validation_error("ceiling")
        return user

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        ceiling.count_failure(credentials.get("email") or "")

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:
        """Wrong passwords count per account *and* network address: nobody locks another person out. No host in it:
        the port that a client writes there would begin a new count."""
        return f"{self.get_client_ip(request)}:{credentials.get('email', '').lower()}"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a few minutes ago need not say again who they are."""
        return bool(super().is_reauthentication_required(app=app, **kwargs)) and not self._has_just_signed_in()

    def _has_just_signed_in(self) -> bool:
        records = get_authentication_records(self.request, self.request.user)
        now = time.time()  # as allauth notes it
        return any(now - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records)


class SealedSecretsAdapter(DefaultMFAAdapter):
    """Whoever reads the database cannot make codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Ce code ne convient pas. Écrivez celui qui s’affiche maintenant ; chacun sert une fois."),
        "cannot_delete_authenticator": _("Votre rôle demande la double authentification : elle reste active."),
        "too_many_codes": _(
            "Trop de codes faux aujourd’hui. Choisissez un nouveau mot de passe par « Mot de passe oublié », "
            "ou réessayez demain."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return str(unseal(encrypted_text.encode()))

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        user = authenticator.user
        return not second_factor.is_required_of(user, capacities_of(user))
