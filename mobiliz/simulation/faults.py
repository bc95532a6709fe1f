"""What goes wrong in a simulated year, drawn from its seed: when, and how it is injected."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from referrals.clock import moment_at

OUT_OF = 1000  # the chances below are so many in a thousand
CRASHES, DOUBLE_CLICKS, LOST_WORDS, DOUBLE_WORDS = 15, 25, 40, 20
CRASHED_ROUNDS, REPEATED_ROUNDS = 25, 40
FARTHEST_STATEMENT = 30


class Crash(Exception):
    """Injected: the process ended here, as far as the transaction can tell."""


class Faults:
    """Draws on a chance of its own, so that the people of a year do the same under other faults."""

    def __init__(self, seed: int | str, first: date, days: int) -> None:
        self.chance = random.Random(f"faults {seed}")
        self.injected: Counter[str] = Counter()
        self.missed = self._spans(first, days, every=70, lasting=2)
        self.mail_away = self._spans(first, days, every=90, lasting=1)
        self.poisoned = self._spans(first, days, every=60, lasting=3)

    def _spans(self, first: date, days: int, *, every: int, lasting: int) -> list[tuple[datetime, datetime]]:
        """One in each `every` days, so many days long, from a morning on."""
        starts = [first + timedelta(days=start + self.chance.randrange(every // 2)) for start in range(20, days, every)]
        return [(moment_at(start, time(7)), moment_at(start + timedelta(days=lasting), time(7))) for start in starts]

    def draws(self, chances: int) -> bool:
        return self.chance.randrange(OUT_OF) < chances

    def strikes(self, kind: str, chances: int) -> bool:
        struck = self.draws(chances)
        if struck:
            self.injected[kind] += 1
        return struck

    def is_missed(self, moment: datetime) -> bool:
        return any(first <= moment < last for first, last in self.missed)

    def somewhere(self) -> int:
        """At which statement a crash comes."""
        return self.chance.randint(1, FARTHEST_STATEMENT)


@contextmanager
def crash_at(statement: int) -> Iterator[Callable[[], bool]]:
    """The so-many-th statement inside is never sent, and its transaction ends there. Whether it came so far."""
    left = [statement]

    def maybe(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Crash
        return execute(sql, params, many, context)

    with connection.execute_wrapper(maybe):
        yield lambda: left[0] <= 0


@contextmanager
def failing_look(referral_id: int) -> Iterator[None]:
    """Whoever locks this referral fails, whatever they do with it: the others are none the worse."""

    def maybe(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "FOR UPDATE" in sql and "SKIP LOCKED" not in sql and params and referral_id in params[:1]:
            raise Crash
        return execute(sql, params, many, context)

    with connection.execute_wrapper(maybe):
        yield


TRACES = """
SELECT r.state, r.updated_at, r.queued_at,
  (SELECT count(*) FROM referrals_logentry l WHERE l.referral_id = r.id),
  (SELECT count(*) FROM referrals_change c WHERE c.referral_id = r.id),
  (SELECT count(*) FROM referrals_incident i WHERE i.referral_id = r.id),
  (SELECT count(*) FROM outbox_message m WHERE m.about = 'referral:' || r.uid),
  (SELECT string_agg(a.id || coalesce(a.end, '') || coalesce(a.accepted_at::text, ''), ',' ORDER BY a.id)
     FROM referrals_assignment a WHERE a.referral_id = r.id),
  (SELECT string_agg(p.id || p.status, ',' ORDER BY p.id) FROM referrals_appointment p
     JOIN referrals_assignment a ON a.id = p.assignment_id WHERE a.referral_id = r.id)
FROM referrals_referral r WHERE r.id = %s
"""


def traces_of(referral_id: int | None) -> tuple[Any, ...]:
    """All that a verb may leave of a referral; of none yet, how many referrals and people there are."""
    with connection.cursor() as cursor:
        if referral_id is None:
            cursor.execute("SELECT max(r.id), count(*) FROM referrals_referral r")
            referrals = cursor.fetchone()
            cursor.execute("SELECT max(id), count(*) FROM referrals_beneficiary")
            return (*referrals, *cursor.fetchone())
        cursor.execute(TRACES, [referral_id])
        return tuple(cursor.fetchone())
