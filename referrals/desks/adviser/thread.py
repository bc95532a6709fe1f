"""The thread of a case: acts, notes and calls, the newest first, day by day, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.templatetags.mobiliz import day_fr
from referrals import permissions
from referrals.desks.calls import call_title, when_in_words
from referrals.desks.timeline import Event, event_of
from referrals.forms.notes import TextForm
from referrals.models import LogEntry, Note, Referral

SIZE = 30
MOMENT = "%Y%m%dT%H%M%S%f"
ACTS, NOTES = "actes", "notes"
FILTERS = {"": gettext_lazy("Tout"), ACTS: gettext_lazy("Les actes"), NOTES: gettext_lazy("Notes et appels")}
SOON_NOTED = timedelta(minutes=15)  # a call that was noted at once needs no hour of its own


class Mark(NamedTuple):
    """The place of one line in the thread; of one moment, notes stand above acts, later ones above earlier ones."""

    at: datetime
    rank: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):{MOMENT}}-{self.rank}-{self.pk}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written(Event):
    """A note or a call: what was said; `form` corrects it, where it is the reader's own."""

    said: str = ""
    by: str = ""
    is_corrected: bool = False
    form: forms.Form | None = None
    note: Note | None = None


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
    only: str


def thread_of(
    referral: Referral, actor: Actor, *, before: str = "", only: str = "", tried: forms.Form | None = None
) -> Thread:
    """Expects a referral as `for_case` loads it; `only` is one of FILTERS, `tried` a correction that was refused."""
    mark, only = read_mark(before), only if only in FILTERS else ""
    lines = [
        *(_log(referral, mark) if only != NOTES else []),
        *(_notes(referral, actor, mark, tried) if only != ACTS else []),
    ]
    lines.sort(key=lambda line: line[0], reverse=True)
    older = str(lines[SIZE - 1][0]) if len(lines) > SIZE else ""
    return Thread(_by_day(event for _mark, event in lines[:SIZE]), older, mark is None, only)


def read_mark(text: str) -> Mark | None:
    """None for an address that was cut or made up: the thread then begins at its newest."""
    try:
        moment, rank, pk = text.split("-")
        return Mark(datetime.strptime(moment, MOMENT).replace(tzinfo=UTC), int(rank[:1]), int(pk[:18]))
    except ValueError:
        return None


def correction_form(note: Note, data: Mapping[str, Any] | None = None) -> TextForm:
    """Filled in with what was written."""
    return TextForm(data, initial={"text": note.text or ""}, auto_id=f"rectifier_{note.uid}_%s")


# --- the two sources ----------------------------------------------------------------------------------------
_LOG, _NOTE = 0, 1


def _log(referral: Referral, mark: Mark | None) -> list[tuple[Mark, Event]]:
    asked = list(referral.assignments.all())
    entries = LogEntry.objects.of_referral(referral).but_messages().with_actors().newest_first()
    if mark:
        entries = entries.older_than(mark.at, _below(mark, _LOG))
    return [(Mark(entry.at, _LOG, entry.pk), event_of(entry, asked)) for entry in entries[: SIZE + 1]]


def _notes(referral: Referral, actor: Actor, mark: Mark | None, tried: forms.Form | None) -> list[tuple[Mark, Event]]:
    if not permissions.can_note(actor, referral):
        return []
    notes = Note.objects.visible_to(actor).of_referral(referral).for_thread()
    if mark:
        notes = notes.older_than(mark.at, _below(mark, _NOTE))
    person = str(referral.beneficiary)
    return [(Mark(one.at, _NOTE, one.pk), _written(one, person, actor, tried)) for one in notes[: SIZE + 1]]


def _below(mark: Mark, rank: int) -> int:
    """Which lines of the mark’s own moment still come: those with a lower number than this."""
    if rank == mark.rank:
        return mark.pk
    return 0 if rank > mark.rank else 2**62


def _written(note: Note, person: str, actor: Actor, tried: forms.Form | None) -> Written:
    is_call = bool(note.called)
    return Written(
        at=note.at,
        sense="wait" if note.is_reached is False else "info",
        icon="phone" if is_call else "pencil-square",
        title=_titled(note, person),
        text=_moment(note),
        said=note.text or "",
        by=str(note.by.user),
        is_corrected=hasattr(note, "correction"),
        form=_form(note, actor, tried),
        note=note,
    )


def _titled(note: Note, person: str) -> str:
    title = call_title(note, person) if note.called else _("Note au dossier")
    return _("%(title)s (rectification)") % {"title": title} if note.corrects_id else title


def _moment(note: Note) -> str:
    if note.called_at is None or note.at - note.called_at < SOON_NOTED:
        return ""
    return _("L’appel a eu lieu %(when)s.") % {"when": when_in_words(note.called_at)}


def _form(note: Note, actor: Actor, tried: forms.Form | None) -> forms.Form | None:
    if not permissions.can_correct(actor, note) or hasattr(note, "correction"):
        return None
    own = correction_form(note)
    return tried if tried is not None and tried.auto_id == own.auto_id else own


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
