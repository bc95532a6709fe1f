"""What was agreed with a garage, as a sentence that an adviser reads before calling."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from garages.ranking import Facts, Part

_SENTENCES = {
    ("reused_parts", "yes"): _("Pièces de réemploi d’abord"),
    ("reused_parts", "no"): _("Pas de pièces de réemploi"),
    ("courtesy_car", "yes"): _("Prête une voiture pendant la réparation"),
    ("courtesy_car", "no"): _("Ne prête pas de voiture"),
    ("instalments", "no"): _("Paiement au comptant seulement"),
}
# What each part of the score is about, and where it comes from
WEIGHED = {
    Part.DISTANCE: _("la distance à vol d’oiseau"),
    Part.ANSWER: _("le temps qu’il met à répondre ; un silence compte"),
    Part.CONVERSION: _("ses devis de ce genre qui ont mené à une réparation"),
    Part.SHARE: _("ce qu’il a reçu en quatre semaines, pour que chacun ait sa part"),
    Part.PLACES: _("les places qui lui restent cette semaine"),
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


def record_in_words(facts: Facts) -> list[str]:
    """ "répond en 1 jour", "4 de ses 6 derniers devis ici ont été réparés": what is known, nothing where nothing is."""
    said = [_answers_in(facts), _silent(facts), _repaired(facts), _received(facts)]
    return [sentence for sentence in said if sentence]


def _answers_in(facts: Facts) -> str:
    mean = facts.mean_answer_days
    if mean is None:
        return ""
    days = round(mean)
    if days == 0:
        return gettext("répond le jour même")
    return ngettext("répond en %(days)d jour", "répond en %(days)d jours", days) % {"days": days}


def _silent(facts: Facts) -> str:
    if not facts.silences:
        return ""
    asked = facts.answers + facts.silences
    words = {"silences": facts.silences, "asked": asked}
    return (
        ngettext(
            "n’a pas répondu à %(silences)d demande sur %(asked)d",
            "n’a pas répondu à %(silences)d demandes sur %(asked)d",
            facts.silences,
        )
        % words
    )


def _repaired(facts: Facts) -> str:
    if not facts.quotes:
        return ""
    words = {"repaired": facts.repaired, "quotes": facts.quotes}
    if facts.quotes == 1:
        return gettext("son dernier devis de ce genre a été réparé") if facts.repaired else ""
    return (
        ngettext(
            "%(repaired)d de ses %(quotes)d derniers devis de ce genre a été réparé",
            "%(repaired)d de ses %(quotes)d derniers devis de ce genre ont été réparés",
            facts.repaired,
        )
        % words
    )


def _received(facts: Facts) -> str:
    if not facts.received:
        return gettext("rien reçu depuis quatre semaines")
    words = {"received": facts.received}
    return (
        ngettext(
            "%(received)d demande reçue en quatre semaines",
            "%(received)d demandes reçues en quatre semaines",
            facts.received,
        )
        % words
    )
