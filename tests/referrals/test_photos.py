"""Photos as verbs keep them: eight at most, each once, files and rows together whatever happens."""

import os
import time
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from mobiliz.lib import storage
from mobiliz.lib.images import clean
from mobiliz.lib.refusals import Refused
from referrals import photos, transitions
from referrals.models import Photo
from referrals.models.photos import MAX_PHOTOS
from referrals.tasks import remove_stray_photo_files
from tests.cast import actor
from tests.factories import journey
from tests.factories.pictures import jpeg

pytestmark = pytest.mark.django_db
COLOURS = ["red", "blue", "green", "yellow", "black", "white", "orange", "purple", "brown", "grey"]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def draft(adviser):
    return journey.draft(adviser)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def full(referral, adviser):
    return [journey.add_photo(referral, adviser, colour=colour) for colour in COLOURS[:MAX_PHOTOS]]


def test_a_photo_is_a_row_and_two_files_that_only_we_may_read(adviser, draft, folder):
    photo = journey.add_photo(draft, adviser, caption="la fuite")
    assert (photo.position, photo.caption, photo.width, photo.height) == (1, "la fuite", 40, 30)
    assert photo.uploaded_by == adviser
    kept = (folder / photo.file_name).read_bytes()
    assert (len(kept), clean(jpeg("red")).sha256) == (photo.size, photo.sha256)
    assert files(folder) == {f"{photo.uid.hex}.jpg", f"{photo.uid.hex}.small.jpg"}
    modes = {path: oct(path.stat().st_mode)[-3:] for path in folder.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_file()} == {"600"}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {"700"}


def test_a_file_has_no_address_of_its_own():
    with pytest.raises(ValueError, match="no address"):
        storage.private().url("photos/x.jpg")


def test_the_ninth_is_refused_with_a_sentence_and_leaves_no_file(adviser, draft, folder):
    full(draft, adviser)
    with pytest.raises(Refused, match="Huit photos au plus"):
        journey.add_photo(draft, adviser, colour="brown")
    assert Photo.objects.of_referral(draft).count() == MAX_PHOTOS
    assert len(files(folder)) == 2 * MAX_PHOTOS


def test_the_same_photo_sent_twice_is_one(adviser, draft, folder):
    assert journey.add_photo(draft, adviser) == journey.add_photo(draft, adviser)
    assert len(files(folder)) == 2
    other = journey.draft(adviser, first_name="Samir")
    assert journey.add_photo(other, adviser).referral == other


def test_a_photo_taken_away_takes_its_files_along_and_frees_its_number(
    adviser, draft, folder, django_capture_on_commit_callbacks
):
    first, second, _third = [journey.add_photo(draft, adviser, colour=colour) for colour in COLOURS[:3]]
    with django_capture_on_commit_callbacks(execute=True):
        photos.remove_photo(second, by=actor(adviser))
        photos.remove_photo(second, by=actor(adviser))  # as by a double click
    assert not any(second.uid.hex in name for name in files(folder))
    assert [photo.position for photo in Photo.objects.of_referral(draft).in_order()] == [1, 3]
    assert first.uid.hex + ".jpg" in files(folder)
    assert journey.add_photo(draft, adviser, colour="brown").position == 2


def test_a_removal_that_is_taken_back_keeps_the_files(adviser, draft, folder):
    photo = journey.add_photo(draft, adviser)
    with transaction.atomic():
        photos.remove_photo(photo, by=actor(adviser))
        transaction.set_rollback(True)
    assert photo.uid.hex + ".jpg" in files(folder)
    assert Photo.objects.of_referral(draft).exists()


def test_captions_are_written_for_this_referral_alone(adviser, draft):
    photo = journey.add_photo(draft, adviser)
    other = journey.add_photo(journey.draft(adviser, first_name="Samir"), adviser)
    captions = {photo.uid: "la fuite", other.uid: "volée"}
    photos.describe_photos(draft, captions=captions, by=actor(adviser))
    assert [journey.fresh(one).caption for one in (photo, other)] == ["la fuite", ""]


def test_only_the_senders_side_adds_and_removes_and_only_while_the_case_runs(
    adviser, other_adviser, workshop, pilot, garage
):
    referral = journey.sent(adviser, garage).referral
    photo = journey.add_photo(referral, adviser)
    image = clean(jpeg("blue"))
    for other in (other_adviser, workshop, pilot):
        with pytest.raises(PermissionDenied):
            photos.add_photo(referral, image=image, by=actor(other))
        with pytest.raises(PermissionDenied):
            photos.remove_photo(photo, by=actor(other))
    transitions.withdraw(referral, reason="Hésite", by=actor(adviser))
    with pytest.raises(PermissionDenied):
        photos.add_photo(referral, image=image, by=actor(adviser))
    with pytest.raises(PermissionDenied):
        photos.remove_photo(photo, by=actor(adviser))
    assert Photo.objects.count() == 1


def test_a_garage_sees_what_was_there_while_it_had_the_case_and_nothing_newer(adviser, workshop, other_garage):
    assignment = journey.quoted(adviser, workshop)
    before = journey.add_photo(assignment.referral, adviser)
    by = actor(workshop)
    transitions.withdraw(assignment.referral, reason="Hésite", by=actor(adviser))
    Photo.objects.create(
        referral=assignment.referral, position=2, size=1, width=1, height=1, sha256="0" * 64
    )  # after the case was closed here, as no verb does today
    assert list(Photo.objects.visible_to(by)) == [before]
    transitions.reopen(assignment.referral, by=actor(adviser))
    assert not Photo.objects.visible_to(by).exists()


# --- what stops in between --------------------------------------------------------------------------------
class FullDisk:
    """Storage with room for so many files."""

    def __init__(self, room: int) -> None:
        self.room, self.real = room, storage.private()

    def save(self, name, content):
        if self.room == 0:
            raise OSError(28, "No space left on device")
        self.room -= 1
        return self.real.save(name, content)

    def delete(self, name):
        self.real.delete(name)


@pytest.mark.parametrize("room", [0, 1])
def test_a_full_disk_is_said_in_words_and_leaves_neither_row_nor_file(adviser, draft, folder, monkeypatch, room):
    disk = FullDisk(room)
    monkeypatch.setattr(storage, "private", lambda: disk)
    with pytest.raises(Refused, match="notre serveur n’a plus de place"):
        journey.add_photo(draft, adviser)
    assert not Photo.objects.exists()
    assert files(folder) == set()


def test_a_crash_between_file_and_row_leaves_a_file_that_the_night_removes(adviser, draft, folder, monkeypatch):
    kept = journey.add_photo(draft, adviser)
    monkeypatch.setattr(photos, "_row", lambda made, by: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        journey.add_photo(draft, adviser, colour="blue")
    assert len(files(folder)) == 4
    assert remove_stray_photo_files() == 0  # it may be on its way to its row
    for path in folder.rglob("*.jpg"):
        os.utime(path, (time.time() - 4000,) * 2)
    (folder / "photos" / "readme.txt").write_text("not ours")
    os.utime(folder / "photos" / "readme.txt", (time.time() - 4000,) * 2)
    assert remove_stray_photo_files() == 3
    assert files(folder) == {f"{kept.uid.hex}.jpg", f"{kept.uid.hex}.small.jpg"}
    assert remove_stray_photo_files() == 0


def test_where_no_photo_was_ever_kept_there_is_nothing_to_remove():
    assert remove_stray_photo_files() == 0


# --- what the database refuses ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("position", 9, "photo_few_for_a_referral"),
        ("position", 0, "photo_few_for_a_referral"),
        ("position", 1, "photo_position_once"),
        ("sha256", "0" * 64, "photo_same_once"),
        ("sha256", "no hash", "photo_sha256_written_so"),
        ("size", 0, "photo_has_a_size"),
        ("width", 0, "photo_has_a_size"),
    ],
)
def test_the_database_refuses_what_no_photo_can_be(draft, field, value, constraint):
    facts = {"referral": draft, "size": 1, "width": 1, "height": 1}
    Photo.objects.create(**facts, position=1, sha256="0" * 64)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Photo.objects.create(**{**facts, "position": 2, "sha256": "1" * 64, field: value})
