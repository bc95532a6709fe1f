"""Photos of no car at all: drawn, so that the demonstration shows what a garage would look at."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from mobiliz.lib.images import CleanImage, clean

SIZE = (1200, 900)
Draw = ImageDraw.ImageDraw


def picture(name: str) -> CleanImage:
    """One of DRAWN, as if a telephone had sent it."""
    image = Image.new("RGB", SIZE)
    DRAWN[name](ImageDraw.Draw(image))
    sent = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.5)).save(sent, "JPEG", quality=85)
    sent.seek(0)
    return clean(sent)


def _oil_light(draw: Draw) -> None:
    """A dashboard at night, the oil can lit in red."""
    draw.rectangle((0, 0, *SIZE), fill="#15181b")
    for left in (60, 640):
        draw.ellipse((left, 180, left + 500, 680), fill="#202529", outline="#59636b", width=8)
        draw.line((left + 250, 430, left + 110, 590), fill="#e8e4da", width=10)
        draw.ellipse((left + 232, 412, left + 268, 448), fill="#e8e4da")
    draw.polygon([(540, 760), (640, 760), (668, 740), (716, 726), (656, 812), (556, 812)], outline="#ff4a3a", width=8)
    draw.line((590, 756, 590, 728), fill="#ff4a3a", width=8)
    draw.line((564, 728, 616, 728), fill="#ff4a3a", width=8)
    draw.ellipse((722, 752, 742, 782), fill="#ff4a3a")


def _coolant(draw: Draw) -> None:
    """A green puddle before a wheel."""
    draw.rectangle((0, 0, *SIZE), fill="#77736c")
    for row in range(0, SIZE[1], 30):
        draw.line((0, row, SIZE[0], row + 14), fill="#6d6962", width=6)
    draw.rectangle((0, 0, SIZE[0], 210), fill="#2c4a63")
    draw.ellipse((120, 40, 620, 540), fill="#1c1c1e")
    draw.ellipse((240, 160, 500, 420), fill="#a9adb1", outline="#5d6267", width=14)
    draw.ellipse((420, 560, 1080, 780), fill="#4fa35d")
    draw.ellipse((760, 520, 1160, 700), fill="#4fa35d")
    draw.ellipse((560, 610, 800, 670), fill="#9bd3a2")


def _gauge(draw: Draw) -> None:
    """A temperature gauge, its needle in the red."""
    draw.rectangle((0, 0, *SIZE), fill="#1b1e21")
    draw.arc((250, 150, 950, 850), 180, 310, fill="#e8e4da", width=18)
    draw.arc((250, 150, 950, 850), 310, 360, fill="#ff4a3a", width=26)
    draw.line((600, 500, 900, 400), fill="#ff8a3a", width=16)
    draw.ellipse((560, 460, 640, 540), fill="#59636b")
    draw.line((600, 590, 600, 690), fill="#ff4a3a", width=14)
    draw.ellipse((576, 680, 624, 728), fill="#ff4a3a")


DRAWN: dict[str, Callable[[Draw], None]] = {"oil_light": _oil_light, "coolant": _coolant, "gauge": _gauge}
