"""What allauth asks of us: sign-up is closed, and the secrets of the second factor are sealed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from mobiliz.accounts.tasks import hand_over
from mobiliz.lib.sealed import seal, unseal


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Accounts are opened by an administrator, later by invitation."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Through the worker: a slow or refusing mail server must not tell who has an account.

        The outbox will take over; until then the message itself travels through the broker.
        """
        message = self.render_mail(template_prefix, email, context)
        hand_over(message)

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:
        """Wrong passwords count per account *and* network address: nobody locks another person out. No host in it:
        the port that a client writes there would begin a new count."""
        return f"{self.get_client_ip(request)}:{credentials.get('email', '').lower()}"


class SealedSecretsAdapter(DefaultMFAAdapter):
    """Whoever reads the database cannot make codes."""

    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return str(unseal(encrypted_text.encode()))
