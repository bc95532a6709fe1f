"""Signing in with an address and a password."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from mobiliz.accounts.models import User
from mobiliz.accounts.passwords import is_published


class PasswordBackend(AuthenticationBackend):
    """The published password of the demonstration opens nothing outside it, even an account that has it."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        password = credentials.get("password") or ""
        if is_published(password):
            self._mitigate_timing_attack(password)
            return None
        user: User | None = super().authenticate(request, **credentials)
        return user
