"""Sign-up is closed: accounts are opened by an administrator, later by invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignupAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        return False
