"""What dev.py says: progress on standard error, so that standard output stays the command's own."""

from __future__ import annotations

import sys
from pathlib import Path


class Trouble(Exception):
    """One sentence that tells the developer what to do; ends dev.py with `code`."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def say(text: str) -> None:
    """Tell the developer what happens."""
    print(text, file=sys.stderr, flush=True)


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, for the person who must find out why something stopped."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join("    " + line for line in lines[-count:])
