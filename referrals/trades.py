"""What a garage must be able to do for a fault as laymen describe it, and which earlier faults were alike. Pure.

Only what is sure leaves a garage out: a noise may be anything, so nobody is left out for it; lamps that do not work
want someone who does electrics. What a garage has not said of itself is never held against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from referrals.symptoms import FAMILIES, SYMPTOMS

# One of these works is enough for the family; families that are not here ask for nothing
_ONE_OF: dict[str, tuple[str, ...]] = {
    "brakes": ("upkeep",),
    "heat": ("mechanics", "upkeep"),
    "smoke": ("mechanics", "upkeep"),
    "leak": ("mechanics", "upkeep"),
    "steering": ("upkeep", "tyres", "mechanics"),
    "gearbox": ("mechanics",),
    "engine": ("mechanics", "electrics"),
    "start": ("electrics", "mechanics", "upkeep"),
    "electric": ("electrics",),
    "body": ("bodywork",),
}
_BY_CODE = {symptom.code: family for family in FAMILIES for symptom in family.symptoms}
_WITH_HIGH_VOLTAGE = ("electric", "hybrid")
# What its own brands are to a garage that repairs those of the maker's group alone
MAKERS_BRANDS = ("renault", "dacia", "alpine")


@dataclass(frozen=True, slots=True)
class Need:
    """`works`: of each group the garage must do one; `alike`: the symptoms of faults of the same kind, none: any fault;
    `is_makers`: the car is of the maker's group, None where nobody said what it is."""

    works: Sequence[Sequence[str]] = ()
    alike: Sequence[str] = ()
    is_makers: bool | None = None


_HEAVY = frozenset({"gearbox", "engine", "body"})
_LIGHT = frozenset({"brakes", "steering", "electric", "lights"})


def work_of(symptoms: Iterable[str]) -> Literal["light", "heavy"] | None:
    """As the rules for cars speak of work: heavy as soon as something heavy was noticed, light where all of it is; None
    where laymen's words do not say."""
    families = {_BY_CODE[code].code for code in symptoms if code in SYMPTOMS}
    if families & _HEAVY:
        return "heavy"
    return "light" if families and families <= _LIGHT else None


def need_of(symptoms: Iterable[str], *, make: str = "", fuel: str = "") -> Need:
    """`make` as it was typed."""
    families = list(dict.fromkeys(_BY_CODE[code].code for code in symptoms if code in SYMPTOMS))
    works = [_ONE_OF[family] for family in families if family in _ONE_OF]
    if fuel in _WITH_HIGH_VOLTAGE:
        works.append(("electric_cars",))
    alike = [code for code, family in _BY_CODE.items() if family.code in families]
    typed = make.strip().lower()
    return Need(works, alike, any(typed.startswith(brand) for brand in MAKERS_BRANDS) if typed else None)
