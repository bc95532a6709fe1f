"""One transition in full (lock, table, facts, log, queue of changes, outbox) against its barest form (lock, update, one
line of a log), each with its commit; and its statements, the same whatever the number of referrals."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.history import scratch_history

LIMIT = 2.0
STATEMENTS = 8  # of which two begin and end the transaction
SMALL = 1000
WARM_ROUNDS, EACH = 5, 4
TIMED = 2 * (1 + WARM_ROUNDS) * EACH


def measure(referrals: int = 20_000) -> list[dict[str, Any]]:
    with _stage(SMALL) as stage:
        small = stage.statements()
    with _stage(referrals, timed=TIMED) as stage:
        many = stage.statements()
        full, bare = stage.seconds()
    return [_speed(referrals, full, bare), _statements(referrals, small, many)]


@contextmanager
def _stage(referrals: int, *, timed: int = 0) -> Iterator[_Stage]:
    with scratch_history(referrals):
        from mobiliz.simulation.post_office import PostOffice, opened

        with opened(PostOffice()):  # no worker of another database is told of these messages
            yield _Stage(timed + 1)


class _Stage:
    """Referrals that wait for the answer of a garage, which is told to its adviser."""

    def __init__(self, count: int) -> None:
        from mobiliz.accounts.roles import Role
        from referrals.models import Assignment
        from tests.cast import actor
        from tests.factories import journey
        from tests.factories.accounts import MembershipFactory, UserFactory
        from tests.factories.garages import ContactFactory, GarageFactory
        from tests.factories.partners import StructureFactory

        place = StructureFactory(name="Structure du banc", at="42218").organisation
        adviser = MembershipFactory(user=UserFactory(), role=Role.ADVISER, organisation=place)
        garage = GarageFactory(name="Garage du banc", at="42218", weekly_cap=50)
        ContactFactory(garage=garage, email="banc@garage.example")
        self.by = actor(MembershipFactory(user=UserFactory(), role=Role.WORKSHOP, organisation=garage.organisation))
        asked = [journey.sent(adviser, garage).pk for _one in range(count)]
        # as a page or a link loads them
        self.waiting: list[Any] = list(Assignment.objects.with_all().filter(pk__in=asked))

    def statements(self) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        assignment = self.waiting.pop()
        with CaptureQueriesContext(connection) as queries:
            self._accept(assignment)
        assert assignment.referral.log.filter(verb="accept").count() == 1
        return len(queries)

    def seconds(self) -> tuple[float, float]:
        """Alternating, so that what else happens on the machine befalls both alike; the first round is not counted."""
        rounds = [(self._spent(self._accept), self._spent(_bare)) for _round in range(1 + WARM_ROUNDS)][1:]
        return min(full for full, _bare in rounds), min(bare for _full, bare in rounds)

    def _spent(self, act: Any) -> float:
        chosen = [self.waiting.pop() for _one in range(EACH)]
        start = time.perf_counter()
        for one in chosen:
            act(one)
        spent = time.perf_counter() - start
        assert all(one.referral.log.latest("position").to_state == "accepted" for one in chosen)
        return spent / EACH

    def _accept(self, assignment: Any) -> None:
        from referrals import transitions

        transitions.accept(assignment, by=self.by)


def _bare(assignment: Any) -> None:
    """What any program would do that keeps a state and a log."""
    from django.db import transaction

    from mobiliz.lib import clock
    from referrals.models import LogEntry, Referral

    with transaction.atomic():
        referral = Referral.objects.select_for_update().get(pk=assignment.referral_id)
        moment, before = clock.now(), referral.state
        values = {"state": "accepted", "state_since": moment, "updated_at": moment}
        for name, value in values.items():
            setattr(referral, name, value)
        referral.save(update_fields=list(values))
        LogEntry.objects.create(
            referral=referral, position=99, verb="accept", from_state=before, to_state="accepted", at=moment,
            actor_kind="member", assignment=assignment,
        )  # fmt: skip


def _speed(referrals: int, full: float, bare: float) -> dict[str, Any]:
    return {
        "name": "one transition in full / in its barest form",
        "size": referrals,
        "measured": round(full / bare, 2),
        "limit": LIMIT,
        "ok": full / bare <= LIMIT,
        "detail": f"{1000 * full:.2f} ms and {1000 * bare:.2f} ms; shortest of {WARM_ROUNDS} warm rounds, alternating",
    }


def _statements(referrals: int, small: int, many: int) -> dict[str, Any]:
    return {
        "name": "statements of one transition",
        "size": f"{SMALL} and {referrals} referrals",
        "measured": f"{small} and {many}",
        "limit": STATEMENTS,
        "ok": small == many <= STATEMENTS,
        "detail": "begin and commit among them; the same whatever the size",
    }
