"""What the platform's own log says of errors while a year is played, but for the faults that are meant."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mobiliz.lib.logs import in_short
from mobiliz.simulation.faults import Crash


class Listener(logging.Handler):
    """Keeps the errors that nobody injected."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.unexpected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if error is not None and record.levelno >= logging.ERROR and not _is_meant(error):
            self.unexpected.append(f"{record.name} : {in_short(error)}")


def _is_meant(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, Crash):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def listening() -> Iterator[Listener]:
    """In the place of whoever else reads the log."""
    root, listener = logging.getLogger(), Listener()
    before = root.handlers[:]
    root.handlers[:] = [listener]
    try:
        yield listener
    finally:
        root.handlers[:] = before
