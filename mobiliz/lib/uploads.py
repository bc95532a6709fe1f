"""Files come in only where a page asks for them, and never more than it asks for.

A view that takes files says so: `@accepts_files`. Anywhere else a file is refused as soon as its part of the form
begins, before anything of it is kept. Where files are taken, one that is too large, or for which the disk has no room,
arrives without its content and with a word on why: what was typed beside it is read all the same.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from typing import IO, Any, TypeVar

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

log = logging.getLogger(__name__)

V = TypeVar("V", bound=Callable[..., HttpResponse])
KEPT_IN_MEMORY = 512 * 1024


def accepts_files(view: V) -> V:
    """The page behind this view has a field for files."""
    view.accepts_files = True
    return view


class NoFileExpected(Exception):
    """A file came where no page asks for one."""


class RefuseFiles(FileUploadHandler):
    """Stops at the first file of a form that should hold none."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise NoFileExpected

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        raise NoFileExpected

    def file_complete(self, file_size: int) -> None:
        raise NoFileExpected


class DropFiles(FileUploadHandler):
    """Reads past files and keeps none: of a form sent after the session ended, what was typed is offered again."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class ReceivedFile(UploadedFile):
    """A file as it was sent; `refused` says why its content is not here, "too_heavy" or "no_room", "" where it is."""

    def __init__(self, file: IO[bytes], name: str, size: int, refused: str) -> None:
        super().__init__(file=file, name=name, size=size)
        self.refused = refused


class KeepFiles(FileUploadHandler):
    """Keeps each file up to UPLOAD_MAX_FILE_BYTES, on disk when it is not small, until the request ends."""

    file: IO[bytes]
    refused: str

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file, self.refused = _somewhere(), ""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.refused:
            return
        if start + len(raw_data) > settings.UPLOAD_MAX_FILE_BYTES:
            self._let_go("too_heavy")
            return
        try:
            self.file.write(raw_data)
        except OSError as full:
            log.error("an upload could not be kept: %s", full.strerror)
            self._let_go("no_room")

    def file_complete(self, file_size: int) -> ReceivedFile:
        self.file.seek(0)
        return ReceivedFile(self.file, str(self.file_name), file_size, self.refused)

    def _let_go(self, why: str) -> None:
        self.refused = why
        self.file.close()
        self.file = _somewhere()


def _somewhere() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY, dir=settings.FILE_UPLOAD_TEMP_DIR)


class UploadsMiddleware:
    """Stands before whatever reads the form: says what happens to files, and how much may come at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        # the API reads JSON alone, and says so in its own way
        if request.content_type != "multipart/form-data" or hasattr(view, "cls"):
            return None
        takes_files = getattr(view, "accepts_files", False)
        limit = settings.UPLOAD_MAX_BODY_BYTES if takes_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            return too_much(request)
        request.upload_handlers = [_handler(request, takes_files)]
        return None if takes_files else _read_now(request)


def too_much(request: HttpRequest) -> HttpResponse:
    """More than a page of ours sends: nothing of it is read."""
    return render(request, "413.html", status=413)


def _handler(request: HttpRequest, takes_files: bool) -> FileUploadHandler:
    if not takes_files:
        return RefuseFiles(request)
    return KeepFiles(request) if request.user.is_authenticated else DropFiles(request)


def _read_now(request: HttpRequest) -> HttpResponse | None:
    """A form without files is read as any other; one that brings a file is answered before it has arrived."""
    try:
        request.POST  # noqa: B018  (reading it is what parses the body)
    except (NoFileExpected, MultiPartParserError):
        return render(request, "file_refused.html", status=400)
    return None
