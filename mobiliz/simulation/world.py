"""What happens in a simulated year, one thing after the other: acts planned for moments, and what is heard of them.

People act on what they hear: each line of the referrals' log is news to those whom it concerns.
"""

from __future__ import annotations

import heapq
import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import connection

from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.outbox.tasks import deliver_key
from mobiliz.simulation.faults import (
    CRASHES,
    DOUBLE_CLICKS,
    DOUBLE_WORDS,
    LOST_WORDS,
    Crash,
    Faults,
    crash_at,
    traces_of,
)
from mobiliz.simulation.network import Network, Place
from mobiliz.simulation.post_office import PostOffice
from mobiliz.simulation.times import in_working_days
from referrals.models import Assignment, LogEntry, Referral
from referrals.states import State, Verb
from referrals.transitions import Overtaken, Refused

Act = Callable[[], Any]
LINES = """
SELECT l.id, l.referral_id, l.verb, l.to_state, l.assignment_id, a.garage_id, l.detail::text
FROM referrals_logentry l LEFT JOIN referrals_assignment a ON a.id = l.assignment_id WHERE l.id > %s ORDER BY l.id
"""


class News(NamedTuple):
    """One line of the log, as those who act on it read it."""

    pk: int
    referral_id: int
    verb: Verb
    to: State
    assignment_id: int | None
    garage_id: int | None
    detail: dict[str, Any]


@dataclass
class Case:
    """What the simulation knows of a dossier that the platform does not."""

    adviser: Actor
    department: str
    region: str
    no_shows_left: int = 0


@dataclass(order=True)
class _Planned:
    at: datetime
    place: int
    act: Act = field(compare=False)


class World:
    """Acts in the order of their moments; those of one moment in the order in which they were planned."""

    def __init__(self, seed: int | str, network: Network, faults: Faults, office: PostOffice) -> None:
        self.chance = random.Random(f"people {seed}")
        self.network, self.faults, self.office = network, faults, office
        self.cases: dict[int, Case] = {}
        self.opened = 0
        self.refusals: Counter[str] = Counter()
        self.broken: list[str] = []  # what a crash left, or a second click did
        self.hear: Callable[[News], None] = lambda news: None
        self._planned: list[_Planned] = []
        self._places = count()
        self._heard = LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    # --- time ---------------------------------------------------------------------------------------------
    def plan(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._planned, _Planned(at, next(self._places), act))

    def after(self, days: tuple[int, int], department: str, act: Act) -> None:
        """In so many working days of that place."""
        self.plan(in_working_days(self.chance, clock.now(), days, department), act)

    def run(self, until: datetime) -> None:
        while self._planned and self._planned[0].at < until:
            planned = heapq.heappop(self._planned)
            with clock.moved_to(planned.at):
                planned.act()
                self.catch_up()

    def catch_up(self) -> None:
        """Workers hear of messages, people of what was done."""
        self._deliver()
        for news in self._news():
            self.hear(news)

    def _deliver(self) -> None:
        words, self.office.words[:] = list(self.office.words), []
        for key in words:
            if self.faults.strikes("mot perdu", LOST_WORDS):
                continue  # the sweep finds the message
            for _once in range(2 if self.faults.strikes("mot remis deux fois", DOUBLE_WORDS) else 1):
                deliver_key(key)

    def _news(self) -> list[News]:
        with connection.cursor() as cursor:  # asked after every act: the plainest way
            cursor.execute(LINES, [self._heard])
            rows = cursor.fetchall()
        heard = [
            News(pk, of, Verb(verb), State(to), held, garage, json.loads(detail))
            for pk, of, verb, to, held, garage, detail in rows
        ]
        if heard:
            self._heard = heard[-1].pk
        return heard

    # --- acts ---------------------------------------------------------------------------------------------
    def attempt(self, act: Act, *, on: int | None = None, is_repeatable: bool = False) -> Any:
        """Someone does something; it may be too late, the machine may stop in the middle, they may click twice.

        `on`: the referral; None where one is opened. `is_repeatable`: doing it twice is doing it twice.
        """
        try:
            done = self._done(act, on)
        except Refused as refusal:
            kind = "quelqu’un a été plus rapide" if isinstance(refusal, Overtaken) else refusal.code
            self.refusals[kind] += 1
            return None
        if not is_repeatable and self.faults.strikes("double clic", DOUBLE_CLICKS):
            self._again(act, on)
        return done

    def _done(self, act: Act, on: int | None) -> Any:
        """Ended at some statement, now and then: nothing of it may stay, and then they try again."""
        if not self.faults.draws(CRASHES):
            return act()
        before, words = traces_of(on), len(self.office.words)
        try:
            with crash_at(self.faults.somewhere()):
                return act()
        except Crash:
            self.faults.injected["arrêt au milieu d’une transaction"] += 1
        if traces_of(on) != before or len(self.office.words) != words:
            self.broken.append(f"{_told(on)} : un arrêt au milieu d’un acte a laissé des traces")
        return act()

    def _again(self, act: Act, on: int | None) -> None:
        before = traces_of(on)
        with suppress(Refused, PermissionDenied):
            act()
        if traces_of(on) != before:
            self.broken.append(f"{_told(on)} : un double clic a compté deux fois")

    # --- things ---------------------------------------------------------------------------------------------
    def chances(self, in_a_hundred: int) -> bool:
        return self.chance.randrange(100) < in_a_hundred

    def place(self, garage_id: int | None) -> Place:
        return self.network.places[garage_id or 0]

    @staticmethod
    def referral(pk: int) -> Referral:
        return Referral.objects.select_related("organisation", "beneficiary__commune__department").get(pk=pk)

    @staticmethod
    def assignment(pk: int) -> Assignment:
        """As pages and links load them, with the names that messages say."""
        names = ("referral__organisation", "referral__vehicle", "referral__adviser__user", "garage__commune")
        return Assignment.objects.select_related(*names).get(pk=pk)


def _told(pk: int | None) -> str:
    number = Referral.objects.filter(pk=pk).values_list("number", flat=True).first()
    return f"dossier {number}" if number else "un nouveau dossier"
