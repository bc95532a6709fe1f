"""Who is in the network, for everyone to read: garages, structures and departments in numbers. Nothing personal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from garages.models import Garage, Level, Status
from mobiliz.territory.lands import OVERSEAS
from mobiliz.territory.maps import FranceMap
from mobiliz.territory.models import Department
from partners.models import Structure, StructureKind
from reporting.drawings import Figure

IDENT = "reseau"
# (at least so many active garages, what the key says); the first class is none
CLASSES = (
    (0, gettext_lazy("aucun")),
    (1, gettext_lazy("1 garage")),
    (2, gettext_lazy("2 ou 3")),
    (4, gettext_lazy("4 à 6")),
    (7, gettext_lazy("7 et plus")),
)


def class_of(count: int) -> int:
    return max(level for level, (least, _words) in enumerate(CLASSES) if count >= least)


@dataclass(frozen=True, slots=True)
class Line:
    """A department with its active garages; `fill` is the sign of its class."""

    code: str
    name: str
    region: str
    garages: int
    fill: str


@dataclass(frozen=True)
class Network:
    """The counts of today; `garages` by (department, level, status), `structures` by kind."""

    garages: dict[tuple[str, str, str], int]
    structures: dict[str, int]
    departments: Sequence[Department]

    @classmethod
    def today(cls) -> Network:
        """Three queries, however large the network is."""
        departments = list(Department.objects.select_related("region"))
        return cls(Garage.objects.counted(), Structure.objects.current().counts_by_kind(), departments)

    @cached_property
    def active_by_department(self) -> dict[str, int]:
        active: Counter[str] = Counter()
        for (department, _level, status), count in self.garages.items():
            active[department] += count if status == Status.ACTIVE else 0
        return {code: count for code, count in active.items() if count}

    @property
    def active(self) -> int:
        return sum(self.active_by_department.values())

    @property
    def covered(self) -> int:
        return len(self.active_by_department)

    @property
    def figures(self) -> list[Figure]:
        return [
            Figure(_("garages actifs"), str(self.active)),
            Figure(_("structures qui orientent"), str(sum(self.structures.values()))),
            Figure(_("départements avec un garage, sur 101"), str(self.covered)),
        ]

    @property
    def levels(self) -> list[tuple[Any, int]]:
        return [(one.label, self._count(level=one)) for one in Level]

    @property
    def paused(self) -> int:
        return self._count(status=Status.PAUSED)

    @property
    def kinds(self) -> list[tuple[Any, int]]:
        return [(one.label, self.structures[one.value]) for one in StructureKind if one.value in self.structures]

    def _count(self, *, level: str | None = None, status: str = Status.ACTIVE) -> int:
        rows = self.garages.items()
        return sum(n for (_department, of, was), n in rows if was == status and level in (None, of))

    @cached_property
    def map(self) -> FranceMap:
        counts = self.active_by_department
        return FranceMap(
            levels={one.code: class_of(counts.get(one.code, 0)) for one in self.departments},
            said={one.code: f"{one.name} : {counts.get(one.code, 0)}" for one in self.departments},
            title=_("Garages actifs par département"),
            description=_("Cinq classes, d’aucun garage à sept et plus. Les chiffres sont dans le tableau."),
            ident=IDENT,
        )

    @property
    def keys(self) -> list[tuple[str, Any]]:
        return [(f"url(#{IDENT}-{level})", words) for level, (_least, words) in enumerate(CLASSES)]

    @property
    def lines(self) -> list[Line]:
        return self._lines(self.departments)

    @property
    def overseas(self) -> list[Line]:
        return self._lines(one for one in self.departments if one.code in OVERSEAS)

    def _lines(self, departments: Iterable[Department]) -> list[Line]:
        counts, drawing = self.active_by_department, self.map
        return [
            Line(one.code, one.name, one.region.name, counts.get(one.code, 0), drawing.fill(one.code))
            for one in departments
        ]
