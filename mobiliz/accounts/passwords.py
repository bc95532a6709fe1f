"""Password rules of our own, beside Django's."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mobiliz.accounts.demonstration import DEMONSTRATION_PASSWORD


def is_published(password: str) -> bool:
    """Whether this is the password that everybody knows, where that matters: outside the demonstration."""
    return settings.MOBILIZ_MODE != "demo" and password.casefold() == DEMONSTRATION_PASSWORD


class NotTheDemonstrationPassword:
    """The published password of the demonstration opens nothing outside it."""

    def validate(self, password: str, user: Any = None) -> None:
        if is_published(password):
            raise ValidationError(
                _("Ce mot de passe est publié avec la démonstration. Choisissez-en un autre."),
                code="password_is_published",
            )

    def get_help_text(self) -> str:
        return _("Le mot de passe de la démonstration n’est pas accepté.")
