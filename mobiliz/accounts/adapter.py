"""What allauth asks of us: sign-up is closed, and the secrets of the second factor are sealed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from mobiliz.lib.sealed import seal, unseal


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Accounts are opened by an administrator, later by invitation."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False


class SealedSecretsAdapter(DefaultMFAAdapter):
    """Whoever reads the database cannot make codes."""

    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return str(unseal(encrypted_text.encode()))
