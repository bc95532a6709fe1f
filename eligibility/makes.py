"""Which makes a vehicle rule means by "group" and by "generalist European". Pure.

Source: the published versions of the rule name the groups (motor16.com, lebonplan.org), not every make; the lists are
ours, and wider where a make has changed hands, since a rule must not refuse a car for the year of a take-over.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

BrandGroup = Literal["group", "generalist_european"]

_GROUP = ("Renault", "Dacia", "Nissan", "Alpine", "Mobilize")
_GENERALIST_EUROPEAN = (
    *(
        "Peugeot",
        "Citroën",
        "DS",
        "Talbot",
        "Simca",
        "Opel",
        "Vauxhall",
        "Fiat",
        "Lancia",
        "Abarth",
        "Volkswagen",
        "VW",
    ),
    *("Seat", "Cupra", "Škoda", "Ford", "Smart", "Rover", "MG", "Saab"),
)


def make_key(make: str) -> str:
    """'CITROËN ' and 'citroen' are one make."""
    plain = unicodedata.normalize("NFKD", make).encode("ascii", "ignore").decode()
    return "".join(plain.casefold().split()).replace("-", "")


BRAND_GROUPS: dict[BrandGroup, frozenset[str]] = {
    "group": frozenset(map(make_key, _GROUP)),
    "generalist_european": frozenset(map(make_key, _GENERALIST_EUROPEAN)),
}


def group_has(group: BrandGroup, make: str) -> bool:
    """Whether this make is one of the group's."""
    return make_key(make) in BRAND_GROUPS[group]
