"""Opening hours: as people type them, as they are kept, as they are read. Pure.

A week is {weekday: ranges}, Monday is 0; a day that is not there is closed, a week without any day is unknown.
Kept as JSON: {"0": [["08:00", "12:00"], ["14:00", "18:00"]]}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby, pairwise

Range = tuple[time, time]
Week = Mapping[int, Sequence[Range]]
Kept = Mapping[str, Sequence[Sequence[str]]]

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MAX_RANGES = 3
_TIME = re.compile(r"(\d{1,2})(?:\s*[hH:]\s*([0-5]\d)?)?(?!\d)")
_BETWEEN = re.compile(r"[\s,;/–—-]|\b(de|à|a|au|et|puis|matin|apr[eè]s-midi)\b|\.", re.IGNORECASE)
_EXAMPLE = "Écrivez les heures comme « 8h-12h, 14h-18h », ou « fermé »."


# --- typed ----------------------------------------------------------------------------------------------------
def parse_day(text: str) -> tuple[Range, ...]:
    """The ranges of one day: "8h-12h, 14h-18h30", "de 8 h à 12 h et de 14 h à 18 h", "fermé"; ValueError in French."""
    typed = text.strip()
    if typed.lower() in {"", "fermé", "ferme", "fermée", "-", "non"}:
        return ()
    if len(typed) > 100 or _BETWEEN.sub("", _TIME.sub("", typed)):
        raise ValueError(_EXAMPLE)
    times = [_time(*found.groups()) for found in _TIME.finditer(typed)]
    if not times or len(times) % 2 or len(times) > 2 * MAX_RANGES:
        raise ValueError(_EXAMPLE)
    if any(before >= after for before, after in pairwise(times)):
        raise ValueError("Chaque heure doit venir après celle d’avant : vérifiez l’ordre.")
    return tuple(zip(times[::2], times[1::2], strict=True))


def _time(hour: str, minute: str | None) -> time:
    if int(hour) > 23:
        raise ValueError("Une journée va de 0 h à 23 h 59.")
    return time(int(hour), int(minute or 0))


def as_typed(ranges: Sequence[Range]) -> str:
    """What `parse_day` reads back."""
    return ", ".join(f"{_short(opens)}-{_short(closes)}" for opens, closes in ranges) or "fermé"


def _short(at: time) -> str:
    return f"{at.hour}h{at.minute:02}" if at.minute else f"{at.hour}h"


# --- kept -----------------------------------------------------------------------------------------------------
def keep(week: Week) -> dict[str, list[list[str]]]:
    return {
        str(day): [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in week[day]]
        for day in sorted(week)
        if week[day]
    }


def unkeep(kept: Kept) -> dict[int, tuple[Range, ...]]:
    return {
        int(day): tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in ranges)
        for day, ranges in kept.items()
    }


# --- read -----------------------------------------------------------------------------------------------------
def in_words(week: Week) -> list[tuple[str, str]]:
    """Days that are alike together: ("du lundi au vendredi", "8 h – 12 h, 14 h – 18 h"), ("le samedi", "fermé")."""
    if not week:
        return []
    return [
        (_days_in_words([day for day, _hours in alike]), hours)
        for hours, alike in ((hours, list(rows)) for hours, rows in groupby(_by_day(week), key=lambda row: row[1]))
    ]


def _by_day(week: Week) -> Iterator[tuple[int, str]]:
    for day in range(7):
        ranges = week.get(day, ())
        yield day, ", ".join(f"{at_hour(opens)} – {at_hour(closes)}" for opens, closes in ranges) or "fermé"


def _days_in_words(days: Sequence[int]) -> str:
    if len(days) == 1:
        return f"le {DAYS[days[0]]}"
    if len(days) == 2:
        return f"le {DAYS[days[0]]} et le {DAYS[days[1]]}"
    return f"du {DAYS[days[0]]} au {DAYS[days[-1]]}"


def at_hour(at: time) -> str:
    """ "8 h", "18 h 30", in one piece at the end of a line."""
    return f"{at.hour}\u00a0h\u00a0{at.minute:02}" if at.minute else f"{at.hour}\u00a0h"


def is_open(week: Week, at: datetime) -> bool:
    """`at` is a moment as the garage's own clock shows it."""
    return any(opens <= at.time() < closes for opens, closes in week.get(at.weekday(), ()))


def now_in_words(week: Week, at: datetime) -> str:
    """ "Ouvert jusqu’à 18 h", "Fermé, ouvre lundi à 8 h"; nothing where the hours are unknown."""
    for opens, closes in week.get(at.weekday(), ()):
        if opens <= at.time() < closes:
            return f"Ouvert jusqu’à {at_hour(closes)}"
    following = _next_opening(week, at)
    return f"Fermé, ouvre {following}" if following else ""


def _next_opening(week: Week, at: datetime) -> str:
    for opens, _closes in week.get(at.weekday(), ()):
        if opens > at.time():
            return f"à {at_hour(opens)}"
    for ahead in range(1, 8):
        ranges = week.get((at + timedelta(days=ahead)).weekday(), ())
        if ranges:
            day = "demain" if ahead == 1 else DAYS[(at.weekday() + ahead) % 7]
            return f"{day} à {at_hour(ranges[0][0])}"
    return ""
