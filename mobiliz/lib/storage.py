"""Files that belong to a dossier: in a folder that no web server serves, written through to the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.storage import FileSystemStorage, Storage, storages


class PrivateStorage(FileSystemStorage):
    """Under MEDIA_ROOT, for our own process alone; has no address, so that no page links to a file by mistake."""

    def __init__(self, **options: Any) -> None:
        given = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700, **options}
        super().__init__(**given)

    def url(self, name: str | None) -> str:
        raise ValueError("A private file has no address: a view serves it to those who may see it.")

    def _save(self, name: str, content: Any) -> str:
        """A row is written after the file: the file must then be there even if the machine stops."""
        name = super()._save(name, content)
        written = os.open(self.path(name), os.O_RDONLY)
        try:
            os.fsync(written)
        finally:
            os.close(written)
        return name

    def replace(self, name: str, data: bytes) -> None:
        """The file with this name says that now; whoever opens it finds the one or the other, and never half of it."""
        path = Path(self.path(name))
        beside = path.with_name(f"{uuid4().hex}.new")  # of no row: what a stop leaves behind is stray
        try:
            with beside.open("xb") as written:
                beside.chmod(0o600)
                written.write(data)
                written.flush()
                os.fsync(written.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def private() -> Storage:
    """Where private files are kept; the settings say which storage that is."""
    return storages["private"]


def files_under(folder: str, *, older_than: timedelta) -> Iterator[str]:
    """The names of all files in a folder that were written so long ago, by the clock of the disk, not by ours."""
    yield from _files_under(folder, datetime.now(UTC) - older_than)


def _files_under(folder: str, written_before: datetime) -> Iterator[str]:
    storage = private()
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        path = f"{folder}/{name}"
        if storage.get_modified_time(path) < written_before:
            yield path
    for inner in folders:
        yield from _files_under(f"{folder}/{inner}", written_before)
