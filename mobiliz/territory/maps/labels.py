"""Names on a map, where nothing else is: the letters of a narrow screen are reckoned with. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mobiliz.lib.svg import coordinate, words
from mobiliz.territory.maps.outlines import Point
from mobiliz.territory.maps.view import View

_LETTER, _LINE = 9.5, 20  # the room that one takes, in units of the drawing


@dataclass(slots=True)
class Sketch:
    """What has its place already: labels are put where nothing is, or left out."""

    view: View
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def take(self, place: Point, half: float) -> None:
        self.boxes.append((place.x - half, place.y - half, place.x + half, place.y + half))

    def is_taken(self, place: Point, half: float) -> bool:
        return not self._is_free((place.x - half, place.y - half, place.x + half, place.y + half))

    def label(self, text: str, place: Point, gap: float, look: str) -> Iterator[str]:
        """Beside a place: right, left, above or below, whichever is free first."""
        wide = len(text) * _LETTER
        for anchor, x, y in (
            ("start", place.x + gap + 3, place.y + 5),
            ("end", place.x - gap - 3, place.y + 5),
            ("middle", place.x, place.y - gap - 8),
            ("middle", place.x, place.y + gap + 18),
        ):
            left = {"start": x, "end": x - wide, "middle": x - wide / 2}[anchor]
            box = (left, y - _LINE + 5, left + wide, y + 5)
            if self._is_free(box):
                self.boxes.append(box)
                yield _text(text, x, y, anchor, look)
                return

    def on(self, text: str, place: Point, look: str) -> str:
        """In the middle of a place, or nothing."""
        wide = len(text) * _LETTER
        box = (place.x - wide / 2, place.y - _LINE / 2, place.x + wide / 2, place.y + _LINE / 2)
        if not self._is_free(box):
            return ""
        self.boxes.append(box)
        return _text(text, place.x, place.y + 5, "middle", look)

    def _is_free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        if left < 2 or top < 2 or right > self.view.width - 2 or bottom > self.view.height - 2:
            return False
        return not any(
            left < taken[2] and right > taken[0] and top < taken[3] and bottom > taken[1] for taken in self.boxes
        )


def _text(text: str, x: float, y: float, anchor: str, look: str) -> str:
    classes = f' class="{look}"' if look else ""
    return f'<text x="{coordinate(x)}" y="{coordinate(y)}" text-anchor="{anchor}"{classes}>{words(text)}</text>'
