"""Photos are decoded, turned, shrunk and encoded anew; whatever is not a photo is refused with its sentence."""

import io
import struct
import zipfile
import zlib

import pytest
from django.conf import settings
from PIL import ExifTags, Image

from mobiliz.lib import images
from mobiliz.lib.images import BadImage, clean
from tests.factories.pictures import jpeg, picture

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


# --- what comes out ---------------------------------------------------------------------------------------
MODES = {"JPEG": ["L", "RGB", "CMYK"], "PNG": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"], "WEBP": ["RGB", "RGBA"]}


@pytest.mark.parametrize(("kind", "mode"), [(kind, mode) for kind, modes in MODES.items() for mode in modes])
def test_whatever_telephones_and_screens_write_becomes_a_jpeg(kind, mode):
    sent = picture(Image.new(mode, (60, 40)), kind)
    made = clean(sent)
    assert (made.width, made.height) == (60, 40)
    for data in (made.data, made.thumbnail):
        assert (opened(data).format, opened(data).mode) == ("JPEG", "RGB")


@pytest.mark.parametrize(
    ("sent", "kept", "small"),
    [
        ((4000, 3000), (1600, 1200), (320, 240)),
        ((3000, 4000), (1200, 1600), (240, 320)),
        ((1600, 900), (1600, 900), (320, 180)),
        ((200, 100), (200, 100), (200, 100)),
        ((5000, 3), (1600, 1), (320, 1)),
    ],
)
def test_a_photo_is_shrunk_and_never_enlarged(sent, kept, small):
    made = clean(jpeg(size=sent))
    assert (made.width, made.height) == kept == opened(made.data).size
    assert opened(made.thumbnail).size == small


def test_a_photo_taken_sideways_stands_upright_and_its_place_and_camera_are_gone():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # turn it a quarter to the right
    exif[ExifTags.Base.Model] = "Telephone of Marion"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (45.0, 26.0, 4.0), 3: "E", 4: (4.0, 23.0, 25.0)})
    image = Image.new("RGB", (80, 40), "blue")
    image.paste("red", (0, 0, 20, 40))  # left as the camera lay, on top as it was held
    sent = picture(image, "JPEG", exif=exif, comment=b"Marion", quality=95)
    assert opened(sent.getvalue()).getexif().get_ifd(ExifTags.IFD.GPSInfo)[3] == "E"
    made = clean(sent)
    assert (made.width, made.height) == (40, 80)
    top, bottom = (opened(made.data).getpixel((20, row)) for row in (5, 70))
    assert top[0] > 200 > top[2]
    assert bottom[2] > 200 > bottom[0]
    for data in (made.data, made.thumbnail):
        assert not opened(data).getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(opened(data).info)
        assert b"Marion" not in data


def test_what_is_transparent_becomes_white():
    made = clean(picture(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG"))
    assert opened(made.data).getpixel((5, 5)) == (255, 255, 255)


def test_what_hides_behind_a_picture_is_not_kept():
    """As a telephone's film after the photo, which is no reason to refuse it."""
    made = clean(io.BytesIO(jpeg().getvalue() + b"ftypmp42 and a film" * 50))
    assert b"film" not in made.data


def test_the_same_photo_is_known_again_and_another_is_not():
    assert clean(jpeg("red")).sha256 == clean(jpeg("red")).sha256 != clean(jpeg("blue")).sha256


def test_a_photo_of_several_pictures_as_telephones_write_for_depth_is_taken_by_its_first():
    first, second = Image.new("RGB", (60, 40), "red"), Image.new("RGB", (30, 20), "blue")
    made = clean(picture(first, "MPO", save_all=True, append_images=[second]))
    assert (made.width, made.height) == (60, 40)
    assert opened(made.data).getpixel((5, 5))[0] > 200


# --- what is refused --------------------------------------------------------------------------------------
def noisy(kind: str = "JPEG") -> bytes:
    return picture(Image.effect_noise((200, 200), 90).convert("RGB"), kind).getvalue()


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    return picture(frames[0], kind, save_all=True, append_images=frames[1:]).getvalue()


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG that claims any size, whatever it holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def with_zip_behind(image: bytes) -> bytes:
    packed = io.BytesIO(image)
    packed.seek(0, io.SEEK_END)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("x.html", "<script>alert(1)</script>")
    return packed.getvalue()


def with_comment(text: bytes) -> bytes:
    return picture(Image.new("RGB", (20, 20)), "JPEG", comment=text).getvalue()


REFUSED = {
    "empty": (b"", "empty"),
    "no image": (b"Bonjour, voici ma voiture." * 9, "unknown"),
    "a program": (b"MZ\x90\x00" + bytes(200), "unknown"),
    "SVG": (SVG, "drawing"),
    "SVG after a mark and spaces": (b"\xef\xbb\xbf  \n" + SVG, "drawing"),
    "HTML": (b"<!DOCTYPE html><p>photo", "drawing"),
    "XML": (b"<note/>", "drawing"),
    "PDF": (PDF, "pdf"),
    "PDF after other words": (b"photo\n" + PDF, "pdf"),
    "HEIC": (b"\x00\x00\x00\x18ftypheic" + bytes(100), "heic"),
    "HEIF": (b"\x00\x00\x00\x18ftypmif1" + bytes(100), "heic"),
    "AVIF": (picture(Image.new("RGB", (20, 20)), "AVIF").getvalue(), "heic"),
    "film": (b"\x00\x00\x00\x18ftypmp42" + bytes(100), "video"),
    "GIF": (moving("GIF"), "moving"),
    "moving WebP": (moving("WEBP"), "moving"),
    "moving PNG": (moving("PNG"), "moving"),
    "TIFF": (picture(Image.new("RGB", (20, 20)), "TIFF").getvalue(), "unknown"),
    "BMP": (picture(Image.new("RGB", (20, 20)), "BMP").getvalue(), "unknown"),
    "JPEG and PDF in one": (with_comment(PDF), "two_files"),
    "JPEG and page in one": (with_comment(b"<html><script>alert(1)</script>"), "two_files"),
    "JPEG and SVG in one": (with_comment(b"<svg onload=alert(1)>"), "two_files"),
    "JPEG and archive in one": (with_zip_behind(noisy()), "two_files"),
    "PNG and archive in one": (with_zip_behind(noisy("PNG")), "two_files"),
    "half a JPEG": (noisy()[: len(noisy()) // 2], "broken"),
    "half a PNG": (noisy("PNG")[: len(noisy("PNG")) // 2], "broken"),
    "half a WebP": (noisy("WEBP")[: len(noisy("WEBP")) // 2], "broken"),
    "the first bytes of a JPEG": (b"\xff\xd8\xff\xe0" + bytes(60), "broken"),
    "a PNG without pixels": (png(10, 10), "broken"),
    "a bomb": (png(50_000, 50_000), "too_large"),
    "a large bomb": (png(11_000, 11_000, zlib.compress(bytes(1000))), "too_large"),
    "a little too large": (png(8_000, 7_501), "too_large"),
    "too heavy": (b"\xff\xd8\xff" + bytes(images.MAX_BYTES), "too_heavy"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_no_photo_is_refused_with_its_sentence(name):
    data, code = REFUSED[name]
    with pytest.raises(BadImage) as refused:
        clean(io.BytesIO(data))
    assert refused.value.code == code
    assert str(refused.value) == images.SENTENCES[code]


def test_every_sentence_is_said_by_some_file():
    assert {code for _, code in REFUSED.values()} == set(images.SENTENCES)


def test_the_photo_and_the_form_know_the_same_limit():
    assert images.MAX_BYTES == settings.UPLOAD_MAX_FILE_BYTES
