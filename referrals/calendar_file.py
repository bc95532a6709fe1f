"""An appointment as a calendar file (.ics, RFC 5545 and 5546). Pure: moments in, bytes out.

Moments are written in UTC, so that no calendar needs our time zones. The same event keeps its `uid` when it moves, with
a higher `sequence`; cancelled, the file says so, and a calendar takes the event away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

LONGEST_LINE = 75  # octets, the end of the line not counted
_ESCAPED = str.maketrans(
    {**dict.fromkeys(map(chr, [*range(32), 127]), None), "\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
)


class Status(StrEnum):
    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`uid` is the same for the life of the event; `stamped_at` is when it last changed; moments are aware."""

    uid: str
    sequence: int
    status: Status
    starts_at: datetime
    ends_at: datetime
    stamped_at: datetime
    summary: str
    location: str
    organizer: str  # an e-mail address
    description: str = ""
    url: str = ""


def calendar_file(event: Event) -> bytes:
    """One event in a calendar: published, or cancelled."""
    return b"".join(folded(line) for line in _lines(event))


def _lines(event: Event) -> Iterator[str]:
    is_cancelled = event.status == Status.CANCELLED
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mobiliz//Rendez-vous//FR", "CALSCALE:GREGORIAN")
    yield f"METHOD:{'CANCEL' if is_cancelled else 'PUBLISH'}"
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_utc(event.stamped_at)}"
    yield f"DTSTART:{_utc(event.starts_at)}"
    yield f"DTEND:{_utc(event.ends_at)}"
    yield f"STATUS:{event.status.value}"
    yield f"ORGANIZER;CN=Mobiliz:mailto:{event.organizer}"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"LOCATION:{escaped(event.location)}"
    if event.description:
        yield f"DESCRIPTION:{escaped(event.description)}"
    if event.url:
        yield f"URL:{event.url}"
    yield from ("END:VEVENT", "END:VCALENDAR")


def escaped(text: str) -> str:
    """Text as a value: what has a meaning in the file loses it, what no file may hold goes."""
    return text.replace("\r\n", "\n").translate(_ESCAPED)


def folded(line: str) -> bytes:
    """A line of at most 75 octets, and as many that go on after a space as it takes; no character is cut in two."""
    pieces, piece, room = [], b"", LONGEST_LINE
    for character in line:
        encoded = character.encode()
        if len(piece) + len(encoded) > room:
            pieces.append(piece)
            piece, room = b"", LONGEST_LINE - 1
        piece += encoded
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
