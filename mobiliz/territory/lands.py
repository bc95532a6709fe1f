"""Which land a commune stands on: nobody is sent across the sea with a broken car. Pure.

The mainland is one land, Corsica another, each overseas department a third. Islands without a bridge are lands of
their own, by the INSEE codes of their communes; those with one (Ré, Oléron, Noirmoutier) are mainland.
"""

from __future__ import annotations

from dataclasses import dataclass

CORSICA = ("2A", "2B")
OVERSEAS = ("971", "972", "973", "974", "976")

ISLANDS: dict[str, tuple[str, ...]] = {
    "Aix": ("17004",),
    "Bréhat": ("22016",),
    "Batz": ("29082",),
    "Sein": ("29083",),
    "Molène": ("29084",),
    "Ouessant": ("29155",),
    "Belle-Île": ("56009", "56114", "56152", "56241"),
    "Groix": ("56069",),
    "Hœdic": ("56085",),
    "Houat": ("56086",),
    "Île-aux-Moines": ("56087",),
    "Île-d’Arz": ("56088",),
    "Yeu": ("85113",),
    "Marie-Galante": ("97108", "97112", "97126"),
    "La Désirade": ("97110",),
    "Terre-de-Bas": ("97130",),
    "Terre-de-Haut": ("97131",),
    "Petite-Terre": ("97608", "97615"),  # Mayotte
}
ON_ISLANDS = frozenset(code for codes in ISLANDS.values() for code in codes)
_ISLAND_OF = {code: name for name, codes in ISLANDS.items() for code in codes}


@dataclass(frozen=True, slots=True)
class Land:
    """One stretch of land: a small island's communes, or these departments (none: the mainland) but small islands."""

    name: str
    communes: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()

    @property
    def is_small_island(self) -> bool:
        return bool(self.communes)


MAINLAND = Land("France continentale")


def land_of(commune_code: str, department_code: str) -> Land:
    """The land on which a commune of this department stands."""
    island = _ISLAND_OF.get(commune_code)
    if island:
        return Land(island, communes=ISLANDS[island])
    if department_code in CORSICA:
        return Land("Corse", departments=CORSICA)
    if department_code in OVERSEAS:
        return Land(department_code, departments=(department_code,))
    return MAINLAND
