"""A letter is written once, as plain text; its HTML form is made from the text. Pure: knows no framework.

The first line is the subject. Then paragraphs, with an empty line between them; lines that begin with "- " are a list;
a line of its own `[Label](address)` is a button. Only addresses of our own site make one: whatever a person typed into
a name or a note stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

_NEVER_ALONE = re.compile(r" ([:;?!»])")  # French signs stay on the line of their word
_BUTTON = re.compile(r"\[([^\]\n]+)\]\((\S+)\)")


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` and `html` say the same."""

    subject: str
    text: str
    html: str


def letter(written: str, *, site: str) -> Letter:
    """The letter of this text; raises ValueError when it has no subject or no body.

    `site`: the address of our own pages, as "https://mobiliz.example".
    """
    subject, _, body = _NEVER_ALONE.sub("\u00a0\\1", written.strip()).partition("\n")
    blocks = [block.strip() for block in re.split(r"\n\s*\n", body.strip()) if block.strip()]
    if not subject.strip() or not blocks:
        raise ValueError("A letter has a subject, an empty line, and something to say.")
    return Letter(
        subject=re.sub(r"[^\S\u00a0]+", " ", subject).strip(),
        text="\n\n".join(_plain(block, site) for block in blocks) + "\n",
        html="\n".join(_marked_up(block, site) for block in blocks),
    )


def _plain(block: str, site: str) -> str:
    return "\n".join(_plain_line(line.strip(), site) for line in block.splitlines())


def _plain_line(line: str, site: str) -> str:
    button = _button(line, site)
    return f"{button[0]} :\n{button[1]}" if button else line


def _marked_up(block: str, site: str) -> str:
    lines = [line.strip() for line in block.splitlines()]
    if all(line.startswith("- ") for line in lines):
        return f"<ul>{''.join(f'<li>{escape(line[2:])}</li>' for line in lines)}</ul>"
    return f"<p>{'<br>'.join(_marked_up_line(line, site) for line in lines)}</p>"


def _marked_up_line(line: str, site: str) -> str:
    button = _button(line, site)
    return f'<a class="button" href="{escape(button[1])}">{escape(button[0])}</a>' if button else escape(line)


def _button(line: str, site: str) -> tuple[str, str] | None:
    found = _BUTTON.fullmatch(line)
    return (found[1], found[2]) if found and found[2].startswith(f"{site.rstrip('/')}/") else None


def retry_delays() -> Iterator[int]:
    """Minutes to wait after the first, second... failed attempt: a day and a bit in all, then no more."""
    yield from (1, 2, 5, 10, 20, 30)
    yield from [60] * 24
