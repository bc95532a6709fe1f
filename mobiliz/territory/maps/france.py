"""France by department in classes, with Paris and its small neighbours from nearer. Pure.

The five overseas departments have no outline here: whoever shows the map lists them beside it with the same signs.
A class has a pattern and a shade: nothing rests on colour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mobiliz.lib.svg import Svg, words
from mobiliz.territory.maps.outlines import Point, Ring, simplified
from mobiliz.territory.maps.view import path

WIDTH, HEIGHT = 613, 585
TOLERANCE = 1.2
LEVELS = 5  # 0: none, or too few to say; 1 to 4: from light to dark

SMALL = ("75", "92", "93", "94")  # drawn a second time, from nearer
_INSET = Point(8, 446)
_INSET_SCALE = 6.0
_INSET_FROM = Point(303.3, 133.3)
_INSET_SIZE = (128, 132)


@dataclass(frozen=True, slots=True)
class FranceMap:
    """Which class each department is of, and what is said when one points at it; both by code."""

    levels: Mapping[str, int]
    said: Mapping[str, str]
    title: str
    description: str
    ident: str = "france"
    inset_label: str = "Paris et autour"

    def svg(self) -> Svg:
        ident = self.ident
        return Svg(
            f'<svg class="map france" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-labelledby="{ident}-title {ident}-desc"><title id="{ident}-title">{words(self.title)}</title>'
            f'<desc id="{ident}-desc">{words(self.description)}</desc>'
            f"{patterns(ident)}{''.join(self._groups())}{self._inset()}</svg>"
        )

    def fill(self, code: str) -> str:
        return fill(self.ident, self.levels.get(code, 0))

    def _groups(self) -> Iterator[str]:
        by_level: dict[int, list[str]] = defaultdict(list)
        for code, outline in simplified(TOLERANCE).items():
            by_level[self.levels.get(code, 0)].append(self._area(code, path(outline.rings, decimals=0)))
        for level, areas in sorted(by_level.items()):
            yield f'<g fill="{fill(self.ident, level)}">{"".join(areas)}</g>'

    def _area(self, code: str, drawn: str) -> str:
        said = self.said.get(code, "")
        title = f"<title>{words(said)}</title>" if said else ""
        return f'<path d="{drawn}">{title}</path>' if title else f'<path d="{drawn}"/>'

    def _inset(self) -> str:
        """In the sea, since nobody could point at them where they are."""
        x, y = int(_INSET.x), int(_INSET.y)
        wide, high = _INSET_SIZE
        areas = "".join(
            f'<g fill="{self.fill(code)}">{self._area(code, path(map(_nearer, simplified(0.1)[code].rings)))}</g>'
            for code in SMALL
        )
        return (
            f'<text x="{x}" y="{y - 8}">{words(self.inset_label)}</text>'
            f'<rect class="map-inset" x="{x}" y="{y}" width="{wide}" height="{high}" rx="6"/>{areas}'
        )


def _nearer(ring: Ring) -> list[Point]:
    return [
        Point(
            _INSET.x + (point.x - _INSET_FROM.x) * _INSET_SCALE,
            _INSET.y + (point.y - _INSET_FROM.y) * _INSET_SCALE,
        )
        for point in ring
    ]


def fill(ident: str, level: int) -> str:
    """What an area or a key of this class is filled with."""
    return f"url(#{ident}-{level})"


# Each class's pattern: the side of its tile, its ground, and what is drawn on it
_TILES = (
    (5, "fill-paper", '<circle class="fill-3" cx="2.5" cy="2.5" r=".9"/>'),
    (8, "fill-1", ""),
    (7, "fill-2", '<path class="map-hatch" d="M0 0v7"/>'),
    (3, "fill-3", '<path class="map-hatch" d="M0 0v3"/>'),
    (8, "fill-4", ""),
)


def patterns(ident: str) -> str:
    """Dots for none, then plain and light, wide hatching, narrow hatching, plain and dark."""
    tiles = (
        f'<pattern id="{ident}-{level}" width="{side}" height="{side}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect class="{ground}" width="{side}" height="{side}"/>{drawn}</pattern>'
        for level, (side, ground, drawn) in enumerate(_TILES)
    )
    return f"<defs>{''.join(tiles)}</defs>"
