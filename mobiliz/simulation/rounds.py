"""The platform's own time in a simulated year: what beat asks for, as often as matters, by the tasks themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from mobiliz.lib import clock
from mobiliz.outbox.models import Message
from mobiliz.simulation.faults import CRASHED_ROUNDS, REPEATED_ROUNDS, Crash, crash_at, failing_look
from mobiliz.simulation.world import World
from referrals.clock import moment_at
from referrals.models import Referral

# 9:00 at Saint-Denis de La Réunion is 6:00 or 7:00 in Paris; one round a day is made whatever there is to do
DAILY = time(9, 2)
ROUNDS_AT = (time(7, 10), DAILY, time(12, 10), time(18, 40))
OURS = ("referrals.tasks.", "mobiliz.outbox.tasks.")
LOOK, SWEEP, DIGEST = (
    "referrals.tasks.look_at_what_is_due",
    "mobiliz.outbox.tasks.sweep",
    "mobiliz.outbox.tasks.gather_digests",
)
MOST_BATCHES = 1000
TO_DO = """
SELECT EXISTS (SELECT 1 FROM referrals_referral WHERE state NOT IN ('draft', 'completed', 'closed')
    AND (next_look_at <= %(now)s OR queued_at IS NOT NULL))
  OR EXISTS (SELECT 1 FROM outbox_message WHERE sent_at IS NULL AND parked_at IS NULL AND digest_id IS NULL
    AND next_at <= %(now)s AND (digest_on IS NULL OR digest_on <= %(today)s))
"""


def tasks_of_a_round() -> list[str]:
    """Those that beat runs many times a day; what tidies up at night is not part of it."""
    schedule = settings.CELERY_BEAT_SCHEDULE.values()
    often = [one["task"] for one in schedule if isinstance(one["schedule"], float | int)]
    ours = [task for task in often if task.startswith(OURS) and task not in (LOOK, SWEEP)]
    return [*ours, LOOK, DIGEST, SWEEP]


class Rounds:
    def __init__(self, world: World, check: Callable[[], None], every_weeks: int = 1) -> None:
        self.world, self.check, self.every_weeks = world, check, every_weeks
        self.names = tasks_of_a_round()
        self.tasks: dict[str, Callable[[], Any]] = {name: import_string(name) for name in self.names}
        self.checked_on = clock.today()
        self.poison: dict[tuple[datetime, datetime], int] = {}  # which referral, by when

    def plan_day(self, day: date) -> None:
        for at in ROUNDS_AT:
            self.world.plan(moment_at(day, at), self.round if at == DAILY else self.round_unless_idle)

    def round_unless_idle(self) -> None:
        """A round that finds nothing does nothing: a cheap question in the place of a dozen."""
        with connection.cursor() as cursor:
            cursor.execute(TO_DO, {"now": clock.now(), "today": clock.today()})
            is_idle = not cursor.fetchone()[0]
        if not is_idle:
            self.round()

    def round(self) -> None:
        faults = self.world.faults
        if faults.is_missed(clock.now()):
            faults.injected["passage manqué"] += 1
            return
        with self._poisoned():
            for name in self.names:
                self._run(name)
                if faults.strikes("tâche remise deux fois", REPEATED_ROUNDS):
                    self._run(name)
        self.world.catch_up()
        self._check_now_and_then()

    def _run(self, name: str) -> None:
        """A worker that ends in the middle leaves the rest to the next round."""
        faults = self.world.faults
        if not faults.draws(CRASHED_ROUNDS):
            self._until_done(name)
            return
        with suppress(Crash), crash_at(2 * faults.somewhere()) as has_crashed:
            self._until_done(name)
        faults.injected["tâche arrêtée au milieu"] += has_crashed()

    def _until_done(self, name: str) -> None:
        """Beat comes back every few seconds: batch after batch, until nothing is left."""
        task = self.tasks[name]
        task()
        for _batch in range(MOST_BATCHES):
            if not self._is_left(name):
                return
            task()

    @staticmethod
    def _is_left(name: str) -> bool:
        if name == LOOK:
            return Referral.objects.all().to_look_at(clock.now()).exists()
        return name == SWEEP and Message.objects.due(clock.now()).exists()

    def _poisoned(self) -> AbstractContextManager[None]:
        """For some days every look at one referral fails; the others must be none the worse."""
        span = next((span for span in self.world.faults.poisoned if span[0] <= clock.now() < span[1]), None)
        if span is None:
            return nullcontext()
        if span not in self.poison:
            due = Referral.objects.all().to_look_at(clock.now() + timedelta(days=2))
            self.poison[span] = due.values_list("pk", flat=True).first() or 0
        self.world.faults.injected["regard qui échoue"] += 1
        return failing_look(self.poison[span])

    def _check_now_and_then(self) -> None:
        if clock.today() - self.checked_on >= timedelta(weeks=self.every_weeks):
            self.checked_on = clock.today()
            self.check()
