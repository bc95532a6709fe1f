"""What was agreed with a garage, as a sentence that an adviser reads before calling."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_SENTENCES = {
    ("reused_parts", "yes"): _("Pièces de réemploi d’abord"),
    ("reused_parts", "no"): _("Pas de pièces de réemploi"),
    ("courtesy_car", "yes"): _("Prête une voiture pendant la réparation"),
    ("courtesy_car", "no"): _("Ne prête pas de voiture"),
    ("instalments", "no"): _("Paiement au comptant seulement"),
}
UNSPOKEN = {
    "instalments": _("paiement en plusieurs fois"),
    "reused_parts": _("pièces de réemploi"),
    "courtesy_car": _("voiture de prêt"),
}


def term_in_words(kind: str, answer: str, instalments: int | None, words: str) -> str:
    """ "Paiement en 4 fois au plus, sans frais, à condition : 300 € d’acompte"."""
    if kind == "other":
        return words
    if kind == "instalments" and instalments:
        sentence = gettext("Paiement en %(count)s fois au plus, sans frais") % {"count": instalments}
    else:
        sentence = str(_SENTENCES[kind, "yes" if answer == "conditional" else answer])
    if answer == "conditional":
        return gettext("%(sentence)s, à condition : %(words)s") % {"sentence": sentence, "words": words}
    return f"{sentence} ({words})" if words else sentence
