"""A large year is cut into parts that never meet: each has its own towns, garages and people, and can be played apart.

The cut depends on the year's size alone, so that the same seed plays the same year however many processes play it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mobiliz.lib.distances import haversine_km
from mobiliz.territory.lands import land_of
from mobiliz.territory.models import Commune

CUT_FROM = 300  # referrals: a smaller year is played as one
MOST_PARTS = 2
# Farther apart than a person goes (70 km), and than a garage stands from its town (30 km each way north and east)
MEET_WITHIN_KM = 70 + 43


@dataclass(frozen=True)
class Part:
    """`number` of `of`, from 1; the whole is 1 of 1."""

    number: int = 1
    of: int = 1

    def seed(self, seed: int) -> str:
        """Chance of its own in each."""
        return str(seed) if self.of == 1 else f"{seed}, {self.number} of {self.of}"

    def mark(self) -> str:
        """In addresses: nobody is in two parts."""
        return "" if self.of == 1 else f"-moitie{self.number}"

    def towns(self, towns: Sequence[Commune]) -> list[Commune]:
        return cut(towns, self.of)[self.number - 1]

    def share(self, referrals: int, towns: Sequence[Commune]) -> int:
        """As many as come to its towns; those of all parts are all referrals."""
        sizes = [len(one) for one in cut(towns, self.of)]
        before, until = sum(sizes[: self.number - 1]), sum(sizes[: self.number])
        return referrals * until // len(towns) - referrals * before // len(towns)


WHOLE = Part()


def parts_of(referrals: int) -> list[Part]:
    count = MOST_PARTS if referrals >= CUT_FROM else 1
    return [Part(number, count) for number in range(1, count + 1)]


def cut(towns: Sequence[Commune], into: int) -> list[list[Commune]]:
    """Towns whose people could be sent to the same garage stay together; the largest such group is dealt out first,
    each to the part that has fewest towns."""
    dealt: list[list[Commune]] = [[] for _part in range(into)]
    for group in sorted(_groups(towns), key=lambda one: (-len(one), one[0].code)):
        min(dealt, key=len).extend(group)
    order = {town.code: place for place, town in enumerate(towns)}
    return [sorted(part, key=lambda town: order[town.code]) for part in dealt]


def _groups(towns: Sequence[Commune]) -> list[list[Commune]]:
    groups: list[list[Commune]] = []
    for town in towns:
        near = [group for group in groups if any(_may_meet(town, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([town, *(other for group in near for other in group)])
    return groups


def _may_meet(one: Commune, other: Commune) -> bool:
    if land_of(one.code, one.department_id) != land_of(other.code, other.department_id):
        return False
    return haversine_km(one.latitude, one.longitude, other.latitude, other.longitude) <= MEET_WITHIN_KM
