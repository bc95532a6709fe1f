"""One department from near: its outline among its neighbours, a home, circles of distance, numbered pins. Pure.

Where there is no outline (overseas) the communes are drawn as points, to the same scale. The drawing is 480 wide;
map.css gives it its looks and makes its letters larger where the screen is narrow. The land is one picture with its
words; the pins are links beside it, since what is inside a picture cannot be a link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import hypot
from typing import NamedTuple

from mobiliz.lib.svg import Svg, coordinate, words
from mobiliz.territory.maps.labels import Sketch
from mobiliz.territory.maps.outlines import Outline, Point, outlines, project
from mobiliz.territory.maps.view import View, circle, path, spread

WIDTH = 480
HEIGHTS = (320, 560)
MARGIN = 26
LARGEST_SCALE = 60.0  # a unit is nearly 2 km: nothing is shown nearer than some 15 km across

_PIN = 15  # half of a pin's width
_HOME = 12


class Look(StrEnum):
    """Each a shape of its own, so that nothing rests on colour."""

    PROPOSED = "proposed"  # a full disc
    MORE = "more"  # a ring
    FULL = "full"  # a ring struck through
    FAR = "far"  # a square


class Spot(NamedTuple):
    """A named position, in degrees."""

    name: str
    latitude: float
    longitude: float

    @property
    def on_sheet(self) -> Point:
        return project(self.latitude, self.longitude)


@dataclass(frozen=True, slots=True)
class Pin:
    """A numbered place of the list: where it is, what it is called aloud, and where its link leads."""

    number: int
    spot: Spot
    label: str
    href: str
    look: Look = Look.PROPOSED


@dataclass(frozen=True, slots=True)
class Reach:
    """A circle round the home: so many kilometres as the crow flies."""

    km: int
    label: str
    is_agreed: bool = True


@dataclass(frozen=True, slots=True)
class DepartmentMap:
    """What is to be drawn. `towns` are named as far as there is room, the first ones first; `points` are the
    communes of a department without outline."""

    code: str
    home: Spot
    label: str
    reaches: Sequence[Reach] = ()
    pins: Sequence[Pin] = ()
    towns: Sequence[Spot] = ()
    points: Sequence[Spot] = ()
    ident: str = "carte"

    @property
    def has_outline(self) -> bool:
        return self.code in outlines()

    def svg(self) -> Svg:
        view = self._view()
        sketch = Sketch(view)
        pins = _placed_pins(self.pins, view, view.place(self.home.on_sheet))
        sketch.take(view.place(self.home.on_sheet), _HOME + 2)
        for _pin, _spot, place in pins:
            sketch.take(place, _PIN + 1)
        land = [*self._land(view), *self._circles(view)]
        named = [*self._home(view, sketch), *self._reach_labels(view, sketch), *self._towns(view, sketch)]
        leaders = [part for pin, spot, place in pins for part in _leader(pin, spot, place)]
        links = [_link(pin, place) for pin, _spot, place in pins]
        return Svg(
            f'<svg class="map" viewBox="0 0 {view.width} {view.height}">'
            f'<g role="img" aria-label="{words(self.label)}">{"".join([*land, *leaders, *named])}</g>'
            f"{''.join(links)}</svg>"
        )

    def _view(self) -> View:
        """The department, the circles and the pins, whatever lies over the border."""
        shown = [self.home.on_sheet, *(pin.spot.on_sheet for pin in self.pins), *(one.on_sheet for one in self.points)]
        for reach in self.reaches:
            shown += circle(self.home.latitude, self.home.longitude, reach.km)
        if self.has_outline:
            shown += [point for ring in outlines()[self.code].rings for point in ring]
        return View.around(shown, width=WIDTH, heights=HEIGHTS, margin=MARGIN, largest_scale=LARGEST_SCALE)

    def _land(self, view: View) -> Iterator[str]:
        own = outlines().get(self.code)
        if own is None:
            for one in self.points:
                place = view.place(one.on_sheet)
                yield f'<circle class="map-commune" cx="{coordinate(place.x)}" cy="{coordinate(place.y)}" r="3"/>'
            return
        others = "".join(_path_of(one, view) for one in outlines().values() if one is not own)
        if others:
            yield f'<path class="map-around" d="{others}"/>'
        yield f'<path class="map-own" d="{_path_of(own, view)}"/>'

    def _circles(self, view: View) -> Iterator[str]:
        for reach in self.reaches:
            round_it = [view.place(point) for point in circle(self.home.latitude, self.home.longitude, reach.km)]
            look = "map-agreed" if reach.is_agreed else "map-looked"
            yield f'<path class="{look}" d="{path([round_it])}"/>'

    def _home(self, view: View, sketch: Sketch) -> Iterator[str]:
        place = view.place(self.home.on_sheet)
        x, y = round(place.x), round(place.y)
        yield f'<path class="map-home" d="M{x - 11} {y}l11-11 11 11h-3v9h-16v-9z"/>'
        yield from sketch.label(self.home.name, place, _HOME, "strong")

    def _reach_labels(self, view: View, sketch: Sketch) -> Iterator[str]:
        for reach in self.reaches:
            corners = [view.place(point) for point in circle(self.home.latitude, self.home.longitude, reach.km)]
            # clockwise from the top: top, bottom, right, left
            for index in (0, len(corners) // 2, len(corners) // 4, 3 * len(corners) // 4, len(corners) // 8):
                if found := sketch.on(reach.label, corners[index], "map-km"):
                    yield found
                    break

    def _towns(self, view: View, sketch: Sketch) -> Iterator[str]:
        for town in self.towns:
            place = view.place(town.on_sheet)
            if town.name == self.home.name or not view.shows(place, 6) or sketch.is_taken(place, 3):
                continue
            label = list(sketch.label(town.name, place, 5, ""))
            if label:
                yield f'<circle class="map-town" cx="{coordinate(place.x)}" cy="{coordinate(place.y)}" r="3"/>'
                yield from label


def _path_of(outline: Outline, view: View) -> str:
    return path(view.rings(outline.rings))


def _placed_pins(pins: Sequence[Pin], view: View, home: Point) -> list[tuple[Pin, Point, Point]]:
    """Each pin with its spot and the place found for its sign."""
    spots = [view.place(pin.spot.on_sheet) for pin in pins]
    places = spread(spots, apart=2 * _PIN + 3, view=view, fixed=[home])
    return list(zip(pins, spots, places, strict=True))


def _leader(pin: Pin, spot: Point, place: Point) -> Iterator[str]:
    """From a sign that had to give way to where its garage is."""
    away = hypot(place.x - spot.x, place.y - spot.y)
    if away > _PIN * 0.6:
        ends = (
            f'x1="{coordinate(spot.x)}" y1="{coordinate(spot.y)}" x2="{coordinate(place.x)}" y2="{coordinate(place.y)}"'
        )
        yield f'<line class="map-leader" {ends}/>'
        yield f'<circle class="map-spot" cx="{coordinate(spot.x)}" cy="{coordinate(spot.y)}" r="2.5"/>'


def _link(pin: Pin, place: Point) -> str:
    x, y = coordinate(place.x), coordinate(place.y)
    label = words(pin.label)
    return (
        f'<a class="pin" data-look="{pin.look}" data-rank="{pin.number}" href="{words(pin.href)}" aria-label="{label}">'
        f"<title>{label}</title>"
        f'<circle class="pin-room" cx="{x}" cy="{y}" r="19"/>{_sign(pin.look, place)}'
        f'<text x="{x}" y="{coordinate(place.y + 5.5)}" text-anchor="middle">{pin.number}</text></a>'
    )


def _sign(look: Look, place: Point) -> str:
    x, y = coordinate(place.x), coordinate(place.y)
    if look is Look.FAR:
        left, top = coordinate(place.x - _PIN + 1), coordinate(place.y - _PIN + 1)
        return f'<rect class="pin-sign" x="{left}" y="{top}" width="{2 * _PIN - 2}" height="{2 * _PIN - 2}" rx="3"/>'
    disc = f'<circle class="pin-sign" cx="{x}" cy="{y}" r="{_PIN}"/>'
    if look is Look.FULL:
        corner = _PIN * 0.7
        start, end = f"{coordinate(place.x - corner)} {coordinate(place.y + corner)}", f"{2 * corner:.1f}"
        return f'{disc}<path class="pin-bar" d="M{start}l{end}-{end}"/>'
    return disc
