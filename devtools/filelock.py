"""Two dev.py at once must not install or start the same thing twice."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from devtools.console import Trouble, say

PAUSE = 0.2


@contextmanager
def held(path: Path, doing: str, timeout: float) -> Iterator[None]:
    """Hold the lock, waiting for another dev.py; the kernel frees it whatever way we end."""
    with open_lock(path) as handle:
        wait_for(handle, doing, timeout)
        yield


def open_lock(path: Path) -> IO[str]:
    """Open a lock file, for whoever must keep the handle."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        raise Trouble(
            f"{path} cannot be written ({error.strerror}): start dev.py as the user who owns this folder."
        ) from None


def try_lock(handle: IO[str]) -> bool:
    """Take the lock if nobody has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for(handle: IO[str], doing: str, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    if not try_lock(handle):
        say(f"Another dev.py is {doing}; waiting for it.")
    while not try_lock(handle):
        if time.monotonic() > deadline:
            raise Trouble(
                f"Another dev.py has been {doing} for more than {timeout:.0f} seconds: end it, then start again."
            )
        time.sleep(PAUSE)


def write_owner(handle: IO[str], text: str) -> None:
    """Leave word in the lock file of who holds it."""
    handle.seek(0)
    handle.truncate()
    handle.write(text)
    handle.flush()
    os.fsync(handle.fileno())
