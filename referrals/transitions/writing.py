"""What every verb writes at its end, in one statement: state and facts, the next line of the log, its row in the queue
of changes. None of the three is ever there without the others."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from django.db import connection

from referrals.models import LogEntry, Referral

COLUMNS = (
    *("referral_id", "verb", "from_state", "to_state", "at", "actor_kind"),
    *("membership_id", "client_id", "link_id", "assignment_id"),
)


def write(referral: Referral, names: Iterable[str], entry: LogEntry) -> None:
    """`names`: the fields of the referral that changed. Its row is locked, so nobody takes the position of the line."""
    fields = [Referral._meta.get_field(name) for name in dict.fromkeys(names)]
    facts = [field.get_db_prep_save(getattr(referral, field.attname), connection) for field in fields]  # type: ignore[union-attr]
    line = [getattr(entry, name) for name in COLUMNS]
    with connection.cursor() as cursor:
        statement = _statement(tuple(field.column for field in fields))  # type: ignore[union-attr]
        cursor.execute(statement, [*facts, referral.pk, *line, json.dumps(entry.detail), referral.pk])
        entry.pk, entry.position = cursor.fetchone()
    entry._state.adding, entry._state.db = False, connection.alias


@cache
def _statement(columns: tuple[str, ...]) -> str:
    return f"""
    WITH facts AS (UPDATE referrals_referral SET {", ".join(f'"{name}" = %s' for name in columns)} WHERE id = %s),
    entry AS (
      INSERT INTO referrals_logentry ({", ".join(COLUMNS)}, detail, position)
      VALUES ({", ".join(["%s"] * len(COLUMNS))}, %s,
        1 + coalesce((SELECT max(position) FROM referrals_logentry WHERE referral_id = %s), 0))
      RETURNING id, position, referral_id, at
    ), queued AS (INSERT INTO referrals_change (referral_id, entry_id, at) SELECT referral_id, id, at FROM entry)
    SELECT id, position FROM entry"""  # noqa: S608
