"""Photos as people send them, made safe to keep and to show: decoded, turned upright, shrunk, encoded anew.

What comes out holds pixels and nothing else: no place, no camera, no comment, nothing that hid behind the picture.
"""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from dataclasses import dataclass
from threading import Lock
from typing import BinaryIO

from PIL import Image, ImageOps

log = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 60_000_000  # a telephone takes 12 to 50 million; one byte of a bomb may claim thousands of millions
LONGEST_SIDE, THUMBNAIL_SIDE = 1600, 320
QUALITY, THUMBNAIL_QUALITY = 82, 72
FORMATS = ("JPEG", "PNG", "WEBP")
HEAD = 1024  # as far as readers of PDF and browsers look to tell what a file is

SENTENCES = {
    "empty": "Ce fichier est vide : choisissez-le de nouveau.",
    "too_heavy": "Cette photo dépasse 10 Mo. Prenez-la en qualité moyenne, ou envoyez une capture d’écran.",
    "too_large": "Cette image compte trop de points (plus de 60 millions). Envoyez une photo de téléphone ordinaire.",
    "heic": "Cette photo est au format HEIC, que nous ne lisons pas. Sur l’iPhone : Réglages, Appareil photo, Formats, "
    "« Le plus compatible » ; ou envoyez une capture d’écran.",
    "pdf": "C’est un PDF. Envoyez une photo : JPEG, PNG ou WebP.",
    "drawing": "C’est un dessin ou une page (SVG, HTML), pas une photo. Envoyez une photo : JPEG, PNG ou WebP.",
    "moving": "Cette image est animée. Envoyez une photo qui ne bouge pas.",
    "video": "C’est une vidéo. Envoyez une photo, ou une capture d’écran de la vidéo.",
    "two_files": "Ce fichier est à la fois une image et autre chose. Envoyez la photo telle que l’appareil l’a prise.",
    "broken": "Cette photo est abîmée ou incomplète. Ouvrez-la pour vérifier, puis envoyez-la de nouveau.",
    "unknown": "Ce n’est pas une photo que nous savons lire. Envoyez un fichier JPEG, PNG ou WebP.",
}

# One picture at a time in a process: decoded, one may take 200 MB.
_one_at_a_time = Lock()


class BadImage(ValueError):
    """The file is refused; the message says why in French, and what to send instead."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class CleanImage:
    """An upright JPEG of at most 1,600 pixels a side, and its thumbnail of at most 320."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def clean(file: BinaryIO) -> CleanImage:
    """Read a photo of at most 10 MB; raises BadImage for whatever is not one."""
    raw = file.read(MAX_BYTES + 1)
    if not raw:
        raise BadImage("empty")
    if len(raw) > MAX_BYTES:
        raise BadImage("too_heavy")
    _refuse_disguises(raw)
    with _one_at_a_time:
        return _encoded(_pixels(raw))


def _refuse_disguises(raw: bytes) -> None:
    """What is no photo at all, or a photo that another program would open as something else."""
    head = raw[:HEAD]
    start, text = head.lstrip(b"\xef\xbb\xbf \t\r\n"), head.lower()
    is_image = _looks_like_an_image(raw)
    if b"%PDF-" in head:
        raise BadImage("two_files" if is_image else "pdf")
    if any(sign in text for sign in (b"<svg", b"<html", b"<!doctype", b"<script", b"<?php")):
        raise BadImage("two_files" if is_image else "drawing")
    if is_image and zipfile.is_zipfile(io.BytesIO(raw)):
        raise BadImage("two_files")
    if not is_image:
        raise BadImage(_what_else(raw, start))


def _looks_like_an_image(raw: bytes) -> bool:
    is_webp = raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"
    return raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or is_webp


def _what_else(raw: bytes, start: bytes) -> str:
    if raw[4:8] == b"ftyp":
        is_still = raw[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif")
        return "heic" if is_still else "video"
    if raw.startswith((b"GIF87a", b"GIF89a")):
        return "moving"
    return "drawing" if start.startswith(b"<") else "unknown"


def _pixels(raw: bytes) -> Image.Image:
    """The decoded picture, upright, on white where it was transparent."""
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            _refuse_size_and_movement(opened)
            # a large JPEG is decoded at a half, a quarter or an eighth: never below what is kept
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            opened.load()
            return _on_white(ImageOps.exif_transpose(opened))
    except BadImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadImage("too_large") from None
    except Exception as failed:  # whatever a decoder stumbles over, the file is what is wrong
        log.info("a photo could not be decoded: %s", type(failed).__name__)
        raise BadImage("broken") from None


def _refuse_size_and_movement(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise BadImage("too_large")
    # a JPEG of several pictures is what telephones write for depth and light: its first is the photo
    if opened.format in ("PNG", "WEBP") and getattr(opened, "n_frames", 1) > 1:
        raise BadImage("moving")


def _on_white(image: Image.Image) -> Image.Image:
    """A new picture: what was written around the old one does not come along."""
    if image.mode in ("1", "P"):
        image = image.convert("RGBA")  # colours of a palette cannot be mixed
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    clear = image.convert("RGBA") if "A" in image.getbands() or "transparency" in image.info else None
    made = Image.new("RGB", image.size, "white")
    made.paste(clear or image.convert("RGB"), mask=clear)
    return made


def _encoded(image: Image.Image) -> CleanImage:
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return CleanImage(
        data=_jpeg(image, QUALITY), thumbnail=_jpeg(small, THUMBNAIL_QUALITY), width=image.width, height=image.height
    )


def _jpeg(image: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
    return written.getvalue()
