"""The files of messages: encrypted in private storage, all of a message or none, and none that nothing points to."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from uuid import UUID

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from mobiliz.lib import storage
from mobiliz.lib.documents import CleanDocument
from mobiliz.lib.sealed import seal_bytes, unseal_bytes
from referrals.models import Attachment
from referrals.models.messages import FOLDER

log = logging.getLogger(__name__)

# What is being added now has its files already, and not yet its row.
STRAY_AFTER = timedelta(hours=1)
BATCH = 500


class NoRoom(Exception):
    """The disk is full: nothing of what was to be written is left."""


def no_room_in_words() -> str:
    return _(
        "Les pièces jointes n’ont pas pu être gardées : notre serveur n’a plus de place. "
        "Envoyez le message sans elles, nous sommes prévenus."
    )


def write(made: Sequence[Attachment], documents: Sequence[CleanDocument]) -> None:
    """All files, or none; raises NoRoom."""
    try:
        for one, document in zip(made, documents, strict=True):
            storage.private().save(one.file_name, ContentFile(seal_bytes(document.data)))
            if document.thumbnail:
                storage.private().save(one.thumbnail_name, ContentFile(seal_bytes(document.thumbnail)))
    except OSError as full:
        log.error("an attachment could not be written: %s", full.strerror)
        delete(made)
        raise NoRoom from full


def content_of(name: str) -> bytes:
    """What was kept under this name; raises FileNotFoundError."""
    with storage.private().open(name) as kept:
        return unseal_bytes(kept.read())


def delete(attachments: Sequence[Attachment]) -> None:
    """What cannot be deleted now is stray: the night takes it."""
    for one in attachments:
        for name in (one.file_name, one.thumbnail_name):
            try:
                storage.private().delete(name)
            except OSError as failed:
                log.warning("a file of a message could not be deleted: %s", failed.strerror)


def remove_stray_files() -> int:
    """Delete the files of attachments that have no row; how many."""
    removed, batch = 0, []
    for name in storage.files_under(FOLDER, older_than=STRAY_AFTER):
        batch.append(name)
        if len(batch) == BATCH:
            removed, batch = removed + _remove_strays(batch), []
    return removed + _remove_strays(batch)


def _remove_strays(names: list[str]) -> int:
    uids = {name: _uid_of(name) for name in names}
    known = Attachment.objects.with_uids([uid for uid in uids.values() if uid])
    kept = set(known.values_list("uid", flat=True))
    strays = [name for name, uid in uids.items() if uid not in kept]
    for name in strays:
        storage.private().delete(name)
    return len(strays)


def _uid_of(name: str) -> UUID | None:
    try:
        return UUID(PurePosixPath(name).name.partition(".")[0])
    except ValueError:
        return None
