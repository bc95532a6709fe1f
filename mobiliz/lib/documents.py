"""What people attach to a message: a picture, made safe as a photo is, or a PDF, told by what is in it."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

from mobiliz.lib.images import HEAD, MAX_BYTES, SENTENCES, BadImage, clean

PDF, JPEG = "application/pdf", "image/jpeg"
NAME_LENGTH = 80
TAIL = 2048
# Names of what a PDF should do by itself when it is opened; each is long enough not to turn up by chance
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_MARKUP = (b"<html", b"<!doctype", b"<script", b"<svg", b"<?php")

SENTENCES_OF_PDF = {
    "too_heavy": "Ce fichier dépasse 10 Mo. Envoyez-en une version plus légère, ou une photo de chaque page.",
    "broken_pdf": "Ce PDF est abîmé ou incomplet. Ouvrez-le pour vérifier, puis envoyez-le de nouveau.",
    "active_pdf": "Ce PDF contient un programme ou un fichier caché. Enregistrez-le sous un autre nom par "
    "« Imprimer en PDF », puis envoyez cette copie.",
    "two_files": "Ce fichier est à la fois un PDF et autre chose. Envoyez le document d’origine.",
    "unknown": "Ce n’est ni une photo ni un PDF. Envoyez un fichier JPEG, PNG, WebP ou PDF.",
    "drawing": "C’est un dessin ou une page (SVG, HTML). Envoyez une photo ou un PDF.",
}
# What the reader of photos says of a file that may be something else here
_NEITHER = {"pdf": "two_files", "unknown": "unknown", "drawing": "drawing", "too_heavy": "too_heavy"}


class BadDocument(ValueError):
    """The file is refused; the message says why in French, and what to send instead."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES_OF_PDF.get(code) or SENTENCES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class CleanDocument:
    """`kind` is PDF or JPEG; `name` may be shown; a picture has a thumbnail."""

    name: str
    kind: str
    data: bytes = field(repr=False)
    thumbnail: bytes = field(default=b"", repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def read(file: BinaryIO, name: str) -> CleanDocument:
    """Read a picture or a PDF of at most 10 MB; raises BadDocument for whatever is neither."""
    raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise BadDocument("too_heavy")
    if raw.startswith(b"%PDF-"):
        _refuse_odd_pdf(raw)
        return CleanDocument(safe_name(name, "pdf"), PDF, raw)
    try:
        image = clean(io.BytesIO(raw))
    except BadImage as bad:
        raise BadDocument(_NEITHER.get(bad.code, bad.code)) from bad
    return CleanDocument(safe_name(name, "jpg"), JPEG, image.data, image.thumbnail)


def safe_name(name: str, extension: str) -> str:
    """The name that the file had, without path, control characters nor its own idea of what it is."""
    stem = PurePath(unicodedata.normalize("NFC", name).replace("\\", "/")).stem
    kept = re.sub(r"[^\w .,()’'-]", "", "".join(one for one in stem if one.isprintable()))
    return f"{kept.strip(' .')[:NAME_LENGTH] or 'document'}.{extension}"


def _refuse_odd_pdf(raw: bytes) -> None:
    """Not a whole one, one that acts by itself, or one that another program would open as something else."""
    if b"%%EOF" not in raw[-TAIL:]:
        raise BadDocument("broken_pdf")
    if any(sign in raw[:HEAD].lower() for sign in _MARKUP) or zipfile.is_zipfile(io.BytesIO(raw)):
        raise BadDocument("two_files")
    if any(name in raw for name in _ACTIVE):
        raise BadDocument("active_pdf")
