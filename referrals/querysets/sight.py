"""Who sees whose rows, and how people say names and numbers: what the questions share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Q

from mobiliz.lib.text import normalise
from referrals.states import State

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor

# "M. Benali", "Mme Benali": nobody's name
TITLES = {"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle"}
LIVE = [State.WAITING, State.ACCEPTED, State.QUOTED, State.AGREED]
# Income, household, notes: read from the database only where they are shown
SEALED = (
    *("assessment__facts", "assessment__trace", "assessment__decision_note"),
    *("beneficiary__notes", "prediagnosis__confided"),
)
SEALED_OF_CAR = ("vehicle_assessment__facts", "vehicle_assessment__trace", "vehicle_assessment__decision_note")


def of_organisation(actor: Actor, prefix: str = "") -> Q:
    """The rows of the organisation through which the actor works, agencies included."""
    own = actor.organisation_id
    if own is None:
        return Q(pk__in=[])
    return Q(**{f"{prefix}organisation_id": own}) | Q(**{f"{prefix}organisation__parent_id": own})


def sender_sees(actor: Actor) -> bool:
    return actor.is_adviser or (actor.is_client and "referrals:read" in actor.scopes)


def spoken_number(text: str) -> int | None:
    """The case number, as it is written, said or pasted: "104512", "104 512", "dossier 104.512", "n° 104 512"."""
    found = re.fullmatch(r"(?:dossier)?(?:n[o°º]?)?([0-9]+)", re.sub(r"[\s.\u202f]", "", text.lower()))
    return int(found[1][:18]) if found else None


def name_words(text: str) -> list[str]:
    """The words to look for in a name: no title, unless that is all there is."""
    words = normalise(text).split()
    return [word for word in words if word not in TITLES] or words
