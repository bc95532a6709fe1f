"""What a person agrees to: the text that is read aloud, in its versions. A changed text is a new version."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

TEXT_VERSION = "2026-12-b"
PURPOSES = ("eligibility", "referral_to_garages", "follow_up")
# Agreed to by itself, or not: nothing else depends on it
NAMES_STRUCTURE = "name_structure"
RECIPIENTS = "les garages du réseau dans la distance acceptée"

# Read aloud as it stands: short sentences, nothing that would have to be explained
TEXT = (
    _(
        "Pour faire réparer votre voiture à prix coûtant, nous enregistrons votre nom, vos coordonnées, qui vit avec "
        "vous, le revenu de votre foyer, et votre voiture."
    ),
    _(
        "Le revenu et le foyer servent à une seule chose : savoir si vous avez droit à cette aide. Notre structure "
        "les lit, et un pilote du réseau s’il doit décider. Jamais un garage."
    ),
    _(
        "Un garage du réseau, dans la distance que vous acceptez, reçoit votre prénom, votre commune, la voiture et "
        "la panne. S’il accepte, il reçoit aussi votre nom et votre téléphone, pour fixer le rendez-vous."
    ),
    _(
        "Si une autre structure du réseau vous inscrit aussi, elle apprend que vous recevez déjà de l’aide, et depuis "
        "quand. Rien d’autre : ni qui vous aide, ni pourquoi."
    ),
    _(
        "Vous pouvez dire non, maintenant ou plus tard, sans perdre aucun autre droit. Vous pouvez demander ce qui "
        "est enregistré, le faire corriger ou effacer : dites-le à la personne qui vous accompagne."
    ),
)

# Asked apart, after the text; "no" is as good an answer
NAMING = _(
    "Une autre structure qui vous inscrit peut-elle aussi savoir que c’est nous qui vous aidons, pour nous appeler ?"
)

PURPOSES_IN_WORDS = {
    "eligibility": _("savoir si le foyer a droit à l’aide"),
    "referral_to_garages": _("proposer la voiture à un garage"),
    "follow_up": _("suivre le dossier jusqu’à la réparation"),
    NAMES_STRUCTURE: _("dire le nom de la structure à une autre qui aide la personne"),
}

HOLDS_DAYS = 365


def oldest(today: date) -> date:
    """What was agreed to on this day or before is asked again when a new need is recorded."""
    return today - timedelta(days=HOLDS_DAYS)
