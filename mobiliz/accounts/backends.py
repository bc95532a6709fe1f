"""Signing in with an address and a password."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from mobiliz.accounts.models import Membership, User
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

    def get_user(self, user_id: int) -> User | None:
        """Each request asks for the user, and then as what they may work: both are read together."""
        capacities = list(Membership.objects.current().of_account(user_id).with_places())
        user: User | None = capacities[0].user if capacities else super().get_user(user_id)
        if user is not None:
            for one in capacities:
                one.user = user
            user.read_capacities = capacities
        return user
