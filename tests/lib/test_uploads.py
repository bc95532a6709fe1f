"""Files come in only where a page asks for them; anywhere else they are refused before they arrive."""

import io

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory

from mobiliz.lib import uploads
from mobiliz.lib.uploads import UploadsMiddleware, accepts_files
from tests.cast import sign_in

OURS = {"headers": {"Sec-Fetch-Site": "same-origin"}}


def a_file(size=1000, name="photo.jpg"):
    return SimpleUploadedFile(name, b"x" * size, "image/jpeg")


class Member:
    is_authenticated = True


class Visitor:
    is_authenticated = False


@accepts_files
def taking(request):
    return HttpResponse()


@pytest.fixture
def received():
    """What a page that takes files gets to read."""
    requests = []

    def sent(user, *files, text="Elle chauffe."):
        request = RequestFactory().post("/", {"complaint": text, "photos": list(files)})
        request.user = user()
        assert UploadsMiddleware(lambda request: None).process_view(request, taking, (), {}) is None
        assert request.POST["complaint"] == text
        requests.append(request)
        return request

    yield sent
    for request in requests:
        request.close()


# --- where no file is asked for ---------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/orientations/nouvelle/", "/compte/mot-de-passe/", "/garages/", "/connexion/"])
def test_a_page_that_asks_for_no_file_refuses_one_in_french(adviser, path):
    answer = sign_in(Client(), adviser).post(path, {"first_name": "Nadia", "photo": a_file()})
    assert answer.status_code == 400
    assert "Cette page ne prend pas de fichier" in answer.content.decode()


def test_the_file_is_refused_before_it_has_arrived(client, db):
    """Only the beginning is read of a million bytes."""
    part = b"--b\r\nContent-Disposition: form-data; name=a; filename=a.jpg\r\n\r\n"
    body = part + b"x" * 1_000_000 + b"\r\n--b--\r\n"
    answer = client.generic("POST", "/connexion/", body, "multipart/form-data; boundary=b")
    assert answer.status_code == 400
    assert len(answer.wsgi_request.environ["wsgi.input"].read()) > 500_000


def test_more_than_a_form_holds_is_not_read_at_all(client, db):
    body = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answer = client.generic("POST", "/connexion/", body, "multipart/form-data; boundary=b")
    assert answer.status_code == 413
    assert "trop lourd" in answer.content.decode()


def test_a_form_without_files_is_read_however_it_was_sent(client, db):
    answer = client.post("/connexion/", {"login": "nobody@mobiliz.example", "password": "wrong"})
    assert answer.wsgi_request.content_type == "multipart/form-data"
    assert answer.status_code == 200
    assert "nobody@mobiliz.example" in answer.content.decode()


def test_a_form_that_cannot_be_read_is_refused_in_french(client, db):
    answer = client.generic("POST", "/connexion/", b"x", "multipart/form-data")
    assert answer.status_code == 400


def test_the_api_says_in_its_own_way_that_it_reads_no_files(client, db):
    answer = client.post("/api/v1/quote-previews/", {"lines": a_file()})
    assert answer.headers["Content-Type"] == "application/problem+json"


# --- where files are asked for ----------------------------------------------------------------------------
def test_files_arrive_with_what_was_typed(received):
    request = received(Member, a_file(10), a_file(2_000_000))
    assert [(one.size, one.refused) for one in request.FILES.getlist("photos")] == [(10, ""), (2_000_000, "")]
    assert [len(one.read()) for one in request.FILES.getlist("photos")] == [10, 2_000_000]


def test_a_file_that_is_too_heavy_arrives_without_its_content_and_the_others_with_theirs(received, settings):
    settings.UPLOAD_MAX_FILE_BYTES = 100_000
    request = received(Member, a_file(100_001), a_file(100_000))
    heavy, light = request.FILES.getlist("photos")
    assert (heavy.refused, heavy.read()) == ("too_heavy", b"")
    assert (light.refused, len(light.read())) == ("", 100_000)


def test_a_full_disk_takes_nothing_of_what_was_typed(received, monkeypatch):
    class FullDisk(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    places = iter([FullDisk(), io.BytesIO(), io.BytesIO()])
    monkeypatch.setattr(uploads, "_somewhere", lambda: next(places))
    request = received(Member, a_file(10), a_file(20))
    first, second = request.FILES.getlist("photos")
    assert (first.refused, second.refused) == ("no_room", "")


def test_of_a_form_sent_after_the_session_ended_the_files_are_dropped_and_the_words_kept(received):
    request = received(Visitor, a_file(2_000_000))
    assert not request.FILES


def test_more_than_eight_photos_take_is_not_read_at_all(settings):
    settings.UPLOAD_MAX_BODY_BYTES = 1000
    request = RequestFactory().post("/", {"photos": a_file(2000)})
    request.user = Member()
    answer = UploadsMiddleware(lambda request: None).process_view(request, taking, (), {})
    assert answer.status_code == 413
    assert "ce que vous avez écrit est encore dans la page" in answer.content.decode()


def test_what_was_typed_beside_photos_is_offered_again_when_the_session_has_ended(client, db):
    address = "/orientations/00000000-0000-4000-8000-000000000000/vehicule/"
    answer = client.post(address, {"complaint": "Elle chauffe.", "photos": a_file()}, **OURS)
    assert answer.status_code == 401
    assert "Elle chauffe." in answer.content.decode()
