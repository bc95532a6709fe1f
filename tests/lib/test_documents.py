"""What may be attached: told by its content, never by its name."""

import io
import zipfile

import pytest

from mobiliz.lib.documents import JPEG, PDF, BadDocument, read, safe_name
from tests.factories.pictures import jpeg, pdf


def test_a_pdf_is_kept_as_it_is():
    document = read(pdf(b"une facture"), "Facture mars.PDF")
    assert (document.kind, document.name, document.thumbnail) == (PDF, "Facture mars.pdf", b"")
    assert document.data == pdf(b"une facture").read()


def test_a_picture_is_encoded_anew_whatever_its_name_says():
    document = read(jpeg("red"), "carte-grise.pdf")
    assert (document.kind, document.name) == (JPEG, "carte-grise.jpg")
    assert document.data.startswith(b"\xff\xd8\xff")
    assert document.thumbnail


def _zip_after(pdf_bytes: bytes) -> bytes:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("x.txt", "x")
    return pdf_bytes + hidden.getvalue() + b"%%EOF"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 coupe", "broken_pdf"),
        (b"%PDF-1.7\n<html><script>alert(1)</script>\n%%EOF", "two_files"),
        (_zip_after(pdf(b"x").read()), "two_files"),
        (pdf(b"<< /OpenAction << /S /JavaScript >> >>").read(), "active_pdf"),
        (pdf(b"<< /Type /EmbeddedFile >>").read(), "active_pdf"),
        (b"\n\n%PDF-1.7 decale %%EOF", "two_files"),
        (b"<html>bonjour</html>", "drawing"),
        (b"MZ\x90\x00programme", "unknown"),
        (b"\x00" * (10 * 1024 * 1024 + 1), "too_heavy"),
    ],
)
def test_what_is_neither_is_refused_in_words(raw, code):
    with pytest.raises(BadDocument) as refused:
        read(io.BytesIO(raw), "piece.pdf")
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\moi\\devis.exe", "devis.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ('"><script>.pdf', "script.pdf"),
        ("...", "document.pdf"),
        ("é" * 200, "é" * 80 + ".pdf"),
    ],
)
def test_a_name_keeps_nothing_that_could_do_harm(name, kept):
    assert safe_name(name, "pdf") == kept
