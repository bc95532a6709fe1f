"""Password rules of our own, beside Django's."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DEMONSTRATION_PASSWORD = "mobiliz-demo"


class NotTheDemonstrationPassword:
    """The published password of the demonstration opens nothing outside it."""

    def validate(self, password: str, user: Any = None) -> None:
        if settings.MOBILIZ_MODE != "demo" and password.casefold() == DEMONSTRATION_PASSWORD:
            raise ValidationError(
                _("Ce mot de passe est publié avec la démonstration. Choisissez-en un autre."),
                code="password_is_published",
            )

    def get_help_text(self) -> str:
        return _("Le mot de passe de la démonstration n’est pas accepté.")
