"""Photos of a referral: added, described, taken away, and the files that nothing points to any more.

The file is written first, its row afterwards in a transaction: whatever stops in between leaves a file that counts for
nothing, and a nightly task removes it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import PurePosixPath
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock, storage
from mobiliz.lib.images import CleanImage
from mobiliz.lib.refusals import Refused
from referrals import permissions
from referrals.models import Photo, Referral
from referrals.models.photos import FOLDER, MAX_PHOTOS

log = logging.getLogger(__name__)

# What is being added now has its file already, and not yet its row.
STRAY_AFTER = timedelta(hours=1)
BATCH = 500


def add_photo(referral: Referral, *, image: CleanImage, by: Actor, caption: str = "") -> Photo:
    """Keep a picture as the next photo; the same one again, as by a double click, is the one that is there."""
    if not permissions.can_add_photos(by, referral):
        raise PermissionDenied
    uid = uuid4()
    made = Photo(uid=uid, referral=referral, caption=caption, uploaded_by=by.membership, **_measures(image))
    _write(made, image)
    try:
        kept = _row(made, by)
    except (Refused, PermissionDenied):
        _delete_files([made])
        raise
    if kept.uid != uid:
        _delete_files([made])
    return kept


@transaction.atomic
def describe_photos(referral: Referral, *, captions: Mapping[UUID, str], by: Actor) -> None:
    """Write what each photo shows; those that were taken away meanwhile are passed over."""
    referral = _locked(referral, by)
    photos = list(Photo.objects.of_referral(referral).with_uids(list(captions)))
    changed = [photo for photo in photos if photo.caption != captions[photo.uid]]
    for photo in changed:
        photo.caption = captions[photo.uid]
    Photo.objects.bulk_update(changed, ["caption"])
    if changed:
        _touch(referral)


@transaction.atomic
def remove_photo(photo: Photo, *, by: Actor) -> None:
    """Take a photo away, its files too; taken away twice is taken away."""
    referral = _locked(photo.referral, by)
    Photo.objects.of_referral(referral).with_uids([photo.uid]).delete()
    _touch(referral)
    transaction.on_commit(lambda: _delete_files([photo]))


def remove_stray_files() -> int:
    """Delete the files of photos that have no row; how many."""
    names = storage.files_under(FOLDER, older_than=STRAY_AFTER)
    removed, batch = 0, []
    for name in names:
        batch.append(name)
        if len(batch) == BATCH:
            removed, batch = removed + _remove_strays(batch), []
    return removed + _remove_strays(batch)


def _measures(image: CleanImage) -> dict[str, object]:
    return {"size": len(image.data), "sha256": image.sha256, "width": image.width, "height": image.height}


def _write(photo: Photo, image: CleanImage) -> None:
    """Both files, or none; a full disk is said in words."""
    try:
        storage.private().save(photo.file_name, ContentFile(image.data))
        storage.private().save(photo.thumbnail_name, ContentFile(image.thumbnail))
    except OSError as full:
        log.error("a photo could not be written: %s", full.strerror)
        _delete_files([photo])
        raise no_room() from full


def no_room() -> Refused:
    said = _(
        "La photo n’a pas pu être gardée : notre serveur n’a plus de place. Continuez sans elle, nous sommes prévenus."
    )
    return Refused(said, field="photos")


@transaction.atomic
def _row(made: Photo, by: Actor) -> Photo:
    referral = _locked(made.referral, by)
    same = Photo.objects.of_referral(referral).same_as(made.sha256).first()
    if same:
        return same
    made.position = _free_position(referral)
    made.uploaded_at = clock.now()
    made.save()
    _touch(referral)
    return made


def _free_position(referral: Referral) -> int:
    taken = set(Photo.objects.of_referral(referral).values_list("position", flat=True))
    free = next((number for number in range(1, MAX_PHOTOS + 1) if number not in taken), None)
    if free is None:
        said = _("Huit photos au plus : retirez-en une pour ajouter celle-ci.")
        raise Refused(said, field="photos")
    return free


def _locked(referral: Referral, by: Actor) -> Referral:
    """The referral as it is now; a case that was closed meanwhile takes no photo."""
    fresh = Referral.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=referral.pk)
    if not permissions.can_add_photos(by, fresh):
        raise PermissionDenied
    return fresh


def _touch(referral: Referral) -> None:
    referral.updated_at = clock.now()
    referral.save(update_fields=["updated_at"])


def _delete_files(photos: Iterable[Photo]) -> None:
    """What cannot be deleted now is stray: the night takes it."""
    for photo in photos:
        for name in (photo.file_name, photo.thumbnail_name):
            try:
                storage.private().delete(name)
            except OSError as failed:
                log.warning("a photo's file could not be deleted: %s", failed.strerror)


def _remove_strays(names: list[str]) -> int:
    known = Photo.objects.with_uids([uid for uid in map(_uid_of, names) if uid]).values_list("uid", flat=True)
    kept = set(known)
    strays = [name for name in names if _uid_of(name) not in kept]
    for name in strays:
        storage.private().delete(name)
    return len(strays)


def _uid_of(name: str) -> UUID | None:
    try:
        return UUID(PurePosixPath(name).name.partition(".")[0])
    except ValueError:
        return None
