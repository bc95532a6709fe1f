"""Read the locked requirement files: what each pins, and whether they are whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from devtools.console import Trouble
from devtools.places import ROOT

REQUIREMENTS = ROOT / "requirements"
RUN = ("base", "embedded")
DEVELOP = (*RUN, "dev")

PIN = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(\[[^\]]+\])?==(?P<version>[^\s;]+)(\s*;[^\\]*?)?(?P<hashes>(\s+--hash=sha256:[0-9a-f]{64})+)"
)
WHAT_TO_DO = "bring the lock back with `git checkout requirements`, or make a new one with `python3 dev.py lock`"


def lock_file(name: str) -> Path:
    return REQUIREMENTS / f"{name}.txt"


def read_pins(names: Iterable[str]) -> dict[str, str]:
    """Package -> version and hashes, of the locks together; a broken lock is said in words."""
    pins: dict[str, str] = {}
    for name in names:
        pins.update(parse(lock_text(name), f"requirements/{name}.txt"))
    return pins


def lock_text(name: str) -> str:
    try:
        return lock_file(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Trouble(f"requirements/{name}.txt is missing or unreadable: {WHAT_TO_DO}.") from None


def parse(text: str, where: str) -> dict[str, str]:
    """Understand one lock; every line must be a pin with its hashes, and no address."""
    pins = {}
    for line in logical_lines(text):
        pin = PIN.fullmatch(line)
        if not pin:
            raise Trouble(f"{where} is broken at '{line[:60]}': {WHAT_TO_DO}.")
        pins[pin["name"].lower()] = " ".join([pin["version"], *sorted(pin["hashes"].split())])
    if not pins:
        raise Trouble(f"{where} is empty: {WHAT_TO_DO}.")
    return pins


def logical_lines(text: str) -> list[str]:
    """Lines without comments, continued ones joined."""
    kept = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line.strip() for line in "\n".join(kept).replace("\\\n", " ").splitlines() if line.strip()]
