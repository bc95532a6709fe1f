"""Which passwords are taken: twelve signs or more, not easily guessed. No sign is asked for by its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobiliz.accounts.demonstration import DEMONSTRATION_PASSWORD
from mobiliz.lib.text import normalise

HELP = gettext_lazy(
    "Au moins 12 caractères. Quatre mots sans rapport entre eux se retiennent bien et se devinent mal. "
    "Pas de mot de passe courant, ni votre nom, ni celui de votre organisation."
)

# What people in France begin a password with. Django's list of 20,000 knows the whole English ones.
_COMMON = """
motdepasse monmotdepasse passe mdp password passw pass secret azertyuiop azerty qsdfghjklm qsdfgh wxcvbn qwertyuiop
qwerty qwertz asdfghjkl zxcvbnm bonjour bonsoir salut bienvenue coucou soleil doudou loulou chouchou chocolat
nounours princesse papillon bisous jetaime jtaime iloveyou amour cheval camille nicolas marseille paris lyon france
olympique football psg admin administrateur administrator root utilisateur compte connexion test essai bureau
travail entreprise association garage voiture renault dacia peugeot citroen mobiliz solidaire welcome letmein monkey
dragon superman batman pokemon naruto starwars hello janvier fevrier mars avril mai juin juillet aout septembre
octobre novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche printemps ete automne hiver
"""
COMMON = tuple(_COMMON.split())
SEQUENCES = (
    "0123456789",
    "9876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
)
LEFT_AT_LEAST = 6  # signs that are none of the guesser's first tries
_LOOKS = str.maketrans("01345789@$!€|", "oieastbgasiel")
_YEAR = re.compile(r"(19|20)\d\d")
_REPEATED = re.compile(r"(.{1,6}?)\1+")


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


class NotEasilyGuessed:
    """Takes away what a guesser tries first (common words, the site's name, the person's and their organisations',
    rows of keys, years, repeats): what is left must be worth guessing. A long phrase may hold any of them."""

    def validate(self, password: str, user: Any = None) -> None:
        if settings.MOBILIZ_MODE == "demo" and password == DEMONSTRATION_PASSWORD:
            return
        if password.isdecimal():
            raise ValidationError(
                _("Un mot de passe fait seulement de chiffres se devine vite : ajoutez des mots."), "only_digits"
            )
        known = words_of(user)
        if is_easily_guessed(password, known):
            raise ValidationError(self._why(password, known), "easily_guessed")

    def _why(self, password: str, known: Iterable[str]) -> str:
        if any(word in _bare(password) for word in known):
            return _("Ce mot de passe tient surtout à votre nom ou à celui de votre organisation. Ajoutez des mots.")
        return _("Ce mot de passe est trop courant : on l’essaierait parmi les premiers. Ajoutez des mots.")

    def get_help_text(self) -> str:
        return str(HELP)


def is_easily_guessed(password: str, known: Iterable[str] = ()) -> bool:
    """Whether too little is left of it, read as it is or with its figures read as letters (m0bil1z)."""
    words = sorted({*COMMON, *known}, key=len, reverse=True)
    marks = len({sign for sign in password if not sign.isalnum() and not sign.isspace()})
    return any(_is_poor(text, words, marks) for text in (_bare(password), _bare(password.translate(_LOOKS))))


def _is_poor(text: str, words: list[str], marks: int) -> bool:
    left = _without(text, words)
    return len(left) + marks < LEFT_AT_LEAST and len(left) < len(text)


def _without(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    text = _YEAR.sub("", text)
    for row in SEQUENCES:
        for size in range(len(row), 2, -1):
            for start in range(len(row) - size + 1):
                text = text.replace(row[start : start + size], "")
    return _REPEATED.sub(r"\1", text)


def _bare(password: str) -> str:
    """Without accents, capitals, spaces and marks: where these stand is soon tried."""
    return re.sub(r"[\W_]+", "", normalise(password).replace(" ", ""))


def words_of(user: Any) -> set[str]:
    """The person's own names, and those of the places where they work."""
    if user is None or not getattr(user, "email", ""):
        return set()
    names = [user.first_name, user.last_name, user.email.partition("@")[0]]
    if user.pk:
        names += [membership.place for membership in user.memberships.with_places()]
    return {word for name in names for word in normalise(name).split() if len(word) > 2}
