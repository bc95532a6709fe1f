"""The thread of a case: what happened, the newest first, day by day, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _

from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals.desks.timeline import Event, event_of
from referrals.models import LogEntry, Referral

SIZE = 30
MOMENT = "%Y%m%dT%H%M%S%f"


class Mark(NamedTuple):
    """The place of one line in the thread; lines of one moment keep the order in which they were written."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):{MOMENT}}-{self.pk}"


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Thread:
    """`older`: the mark after which the next page begins, empty at the end; `is_first`: the newest are here."""

    days: list[Day]
    older: str
    is_first: bool


def thread_of(referral: Referral, *, before: str = "") -> Thread:
    """Expects a referral as `for_case` loads it."""
    mark = read_mark(before)
    lines = _log(referral, mark)
    shown = lines[:SIZE]
    older = str(shown[-1][0]) if len(lines) > SIZE else ""
    return Thread(_by_day(event for _mark, event in shown), older, is_first=mark is None)


def read_mark(text: str) -> Mark | None:
    """None for an address that was cut or made up: the thread then begins at its newest."""
    moment, _dash, pk = text.partition("-")
    try:
        return Mark(datetime.strptime(moment, MOMENT).replace(tzinfo=UTC), int(pk[:18]))
    except ValueError:
        return None


def _log(referral: Referral, mark: Mark | None) -> list[tuple[Mark, Event]]:
    asked = list(referral.assignments.all())
    entries = LogEntry.objects.of_referral(referral).with_actors().newest_first()
    if mark:
        entries = entries.older_than(mark.at, mark.pk)
    return [(Mark(entry.at, entry.pk), event_of(entry, asked)) for entry in entries[: SIZE + 1]]


def _by_day(events: Iterable[Event]) -> list[Day]:
    return [Day(day_in_words(day), list(rows)) for day, rows in groupby(events, key=lambda one: clock.day_of(one.at))]


def day_in_words(day: date) -> str:
    """ "Aujourd’hui", "Hier", then the day with its name; with its year when it is another one."""
    today = clock.today()
    if day == today:
        return _("Aujourd’hui")
    if day == today - timedelta(days=1):
        return _("Hier")
    return day_fr(day, "weekday" if day.year == today.year else "full").capitalize()
