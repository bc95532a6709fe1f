"""CHANGELOG.md as the page shows it: versions, each with what changed, by domain word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ENTRY = re.compile(r"\*\*(.+?)\*\*\s*:\s*(.+)", re.S)
_NEVER_ALONE = re.compile(r" ([:;?!»])")  # French signs stay on the line of their word
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Entry:
    about: str
    text: str


@dataclass(slots=True)
class Version:
    title: str
    entries: list[Entry] = field(default_factory=list)


def read_changelog(text: str) -> list[Version]:
    """Versions are second-level headings, entries are list items "**Word** : text"; other lines are left out."""
    versions: list[Version] = []
    for block in re.split(r"\n(?=## |- )", text):
        if block.startswith("## "):
            versions.append(Version(block.removeprefix("## ").partition("\n")[0].strip()))
        elif block.startswith("- ") and versions:
            versions[-1].entries.append(_entry(block.removeprefix("- ")))
    return versions


def _entry(block: str) -> Entry:
    one_line = _LINK.sub(r"\1", " ".join(block.split("\n\n", maxsplit=1)[0].split()).replace("`", ""))
    one_line = _NEVER_ALONE.sub("\u00a0\\1", one_line)
    found = _ENTRY.fullmatch(one_line)
    return Entry(found[1], found[2]) if found else Entry("", one_line.replace("**", ""))
