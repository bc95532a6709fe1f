"""The history of the directory: database triggers keep each row as it was before a change; verbs say who changed it.

A trigger sees every write, also one by SQL; `recorded` adds the person and the moment by the house's own clock.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import pghistory
from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock, numbers

P = ParamSpec("P")
T = TypeVar("T")
Words = Mapping[str, Callable[[Any], str]]


def recorded(verb: Callable[P, T]) -> Callable[P, T]:
    """A verb in one transaction, whose changes the history ascribes to `by`."""

    @wraps(verb)
    def act(*args: P.args, **kwargs: P.kwargs) -> T:
        by = kwargs["by"]
        assert isinstance(by, Actor)
        member = by.membership.pk if by.membership else None
        with transaction.atomic(), pghistory.context(by=member, at=clock.now().isoformat()):
            return verb(*args, **kwargs)

    return act


def tracked(name: str, *fields: str) -> Callable[[type[models.Model]], type[models.Model]]:
    """A model whose earlier states are kept, as rows of a model so named: these fields, whenever one changes."""
    return pghistory.track(
        pghistory.UpdateEvent(row="OLD"),
        fields=list(fields),
        model_name=name,
        context_field=pghistory.ContextJSONField(),
        obj_field=pghistory.ObjForeignKey(related_name="past", related_query_name="past"),
        append_only=True,
    )


# --- read -----------------------------------------------------------------------------------------------------
class FieldChange(NamedTuple):
    """What a field said before and after."""

    label: str
    before: str
    after: str


class Change(NamedTuple):
    """What one act changed of one row."""

    at: datetime
    by: str
    row: str
    fields: list[FieldChange]


def changes_of(rows: Iterable[models.Model], *, words: Words | None = None, silent: Iterable[str] = ()) -> list[Change]:
    """Every change of these rows, the newest first; `words` say what a field of another shape means."""
    found = [one for row in rows for one in _changes(row, words or {}, set(silent))]
    names = _names({by for _at, by, _row, _fields in found})
    told = [Change(at, names.get(by, _("la plateforme")), row, fields) for at, by, row, fields in found if fields]
    return sorted(told, key=lambda change: change.at, reverse=True)


def last_change_of(row: Any) -> tuple[datetime, str] | None:
    """When it last changed, and who changed it."""
    past = row.past.order_by("-pgh_id").first()
    if past is None:
        return None
    at, by = _context(past)
    return at, _names({by}).get(by, _("la plateforme"))


def _changes(row: Any, words: Words, silent: set[str]) -> Iterator[tuple[datetime, int | None, str, list[FieldChange]]]:
    states = [*sorted(row.past.all(), key=lambda past: past.pgh_id), row]
    for before, after in itertools.pairwise(states):
        yield *_context(before), str(row), list(_differences(before, after, words, silent))


def _differences(before: Any, after: Any, words: Words, silent: set[str]) -> Iterator[FieldChange]:
    for field in type(before)._meta.fields:
        name = field.name
        if name.startswith("pgh_") or name in silent:
            continue
        if getattr(before, field.attname) != getattr(after, field.attname):
            said = [_in_words(field, getattr(state, name), words.get(name)) for state in (before, after)]
            yield FieldChange(capfirst(str(field.verbose_name)), *said)


def _context(past: Any) -> tuple[datetime, int | None]:
    """Who made the change that ended this state, and when."""
    context = past.pgh_context or {}
    at = context.get("at")
    return datetime.fromisoformat(at) if at else past.pgh_created_at, context.get("by")


def _names(members: set[int | None]) -> dict[int | None, str]:
    from mobiliz.accounts.models import Membership

    rows = Membership.objects.filter(pk__in=[one for one in members if one]).select_related("user")
    return {member.pk: member.user.get_full_name() for member in rows}


def _in_words(field: Any, value: Any, words: Callable[[Any], str] | None) -> str:
    if words:
        return words(value)
    if value in (None, "", [], {}):
        return _("rien")
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    choices = dict(getattr(field, "base_field", field).flatchoices or ())
    if isinstance(value, list):
        return ", ".join(str(choices.get(one, one)) for one in value)
    if isinstance(value, str) and value.startswith("+"):
        return numbers.format_phone_fr(value)
    return str(choices.get(value, value))
