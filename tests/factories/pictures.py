"""Pictures as telephones send them, and files that only look like one."""

import io
from typing import Any

from PIL import Image


def picture(image: Image.Image, kind: str, **how: Any) -> io.BytesIO:
    """The picture as a file of this kind, from its beginning."""
    written = io.BytesIO()
    image.save(written, kind, **how)
    written.seek(0)
    return written


def jpeg(colour: str = "red", size: tuple[int, int] = (40, 30), **how: Any) -> io.BytesIO:
    return picture(Image.new("RGB", size, colour), "JPEG", **how)


def pdf(content: bytes = b"") -> io.BytesIO:
    """Enough of a PDF to be one by its first and last bytes."""
    return io.BytesIO(b"%PDF-1.7\n" + content + b"\n%%EOF\n")
