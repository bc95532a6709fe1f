"""allauth's forms in our words: what a browser may fill in, each code once, and no answer that tells who is known."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts import ceiling, links, second_factor
from mobiliz.accounts.passwords import HELP


class LoginForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Adresse électronique")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}


class ResetPasswordForm(account.ResetPasswordForm):
    """Looks nobody up: the worker does, so that the answer takes the same time whether the account exists or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Adresse électronique")
        self.fields["email"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        links.ask_for(email)
        return email


def _say_what_is_asked(form: forms.Form) -> None:
    form.fields["password1"].label = _("Nouveau mot de passe")
    form.fields["password1"].help_text = HELP
    form.fields["password2"].label = _("Le même, encore une fois")


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Mot de passe actuel")
        _say_what_is_asked(self)


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_what_is_asked(self)

    def save(self) -> None:
        super().save()
        ceiling.forget(self.user)


class _CodeForm(mfa.BaseAuthenticateForm):
    """A code of the telephone is taken once, even while the cache is away; a day has its limit of wrong ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _shape(self.fields["code"])

    def clean_code(self) -> str:
        if ceiling.are_codes_closed(self.user):
            raise mfa_adapter().validation_error("too_many_codes")
        code: str = super().clean_code()
        is_totp = self.authenticator.type == Authenticator.Type.TOTP
        if is_totp and not second_factor.take_code(self.authenticator, code):
            raise mfa_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_CodeForm, mfa.AuthenticateForm):
    pass


class ReauthenticateForm(_CodeForm, mfa.ReauthenticateForm):
    pass


class ActivateForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _shape(self.fields["code"])


def _shape(code: forms.Field) -> None:
    """A code is short, of digits, and the telephone may offer it."""
    code.label = _("Code")
    code.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}
