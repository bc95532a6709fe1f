"""A draft tried on past cases, with a database, every case sealed: seconds for 100,000 of them on one core."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import Any

from benchmarks.scratch import scratch_database

CASES = 100_000
LIMIT_SECONDS = 120
MADE_AT_ONCE = 5_000


def measure(referrals: int = CASES) -> list[dict[str, Any]]:
    with scratch_database("mobiliz_bench_trial"):
        seconds, unsealing, detail = _measured(referrals)
    limit = LIMIT_SECONDS * referrals / CASES
    return [
        {
            "name": "a draft tried on past cases, seconds",
            "size": referrals,
            "measured": round(seconds, 1),
            "limit": limit,
            "ok": seconds <= limit,
            "detail": f"{detail}; reading and unsealing alone {unsealing:.1f} s",
        }
    ]


def _measured(size: int) -> tuple[float, float, str]:
    from django.core.management import call_command

    from eligibility import trials
    from eligibility.actions import ask_for_trial
    from eligibility.models import Assessment
    from mobiliz.accounts.roles import Role
    from tests.cast import actor
    from tests.factories import ruling
    from tests.factories.accounts import MembershipFactory, UserFactory
    from tests.factories.partners import StructureFactory

    call_command("load_thresholds", verbosity=0)
    pilot = MembershipFactory(user=UserFactory(), role=Role.PILOT)
    _make_cases(size, [StructureFactory().organisation_id for _ in range(20)])
    start = time.perf_counter()
    for _row in Assessment.objects.all().for_trial().iterator(chunk_size=2_000):
        pass
    unsealing = time.perf_counter() - start
    trial = ask_for_trial(ruling.written(pilot), since=_first_day(), by=actor(pilot))
    start = time.perf_counter()
    trials.run_next()
    seconds = time.perf_counter() - start
    trial.refresh_from_db()
    _check(trial, size)
    return seconds, unsealing, f"{trial.report['flips']['count']} answers change, 20 structures"


def _check(trial: Any, size: int) -> None:
    counted = sum(sum(row.values()) for row in trial.report["counts"].values())
    if (trial.status, trial.done, counted) != ("done", size, size):
        raise AssertionError(f"{trial.status}: {trial.done} done and {counted} counted of {size}")


def _first_day() -> Any:
    from mobiliz.lib import clock

    return clock.today() - timedelta(days=400)


def _make_cases(size: int, organisations: list[int]) -> None:
    """One to six people, an income around the threshold, one in ten on the RSA, on any day of the last year."""
    from dataclasses import replace

    from benchmarks.eligibility import make_case
    from eligibility.assess import PastCase, assess_many
    from eligibility.facts import Benefit
    from mobiliz.lib import clock

    chance, now, today = random.Random(5), clock.now(), clock.today()
    for start in range(0, size, MADE_AT_ONCE):
        cases = []
        for _ in range(min(MADE_AT_ONCE, size - start)):
            facts, on = make_case(chance)
            day = today - timedelta(days=chance.randrange(1, 365))
            births = tuple(born + (day - on) for born in facts.birth_dates or ())
            benefits = {Benefit.RSA: day} if chance.random() < 0.1 else {}
            given = replace(facts, birth_dates=births, threshold_year=None, minimum_benefits=benefits)
            cases.append(PastCase(facts=given, on=day, at=now, organisation_id=chance.choice(organisations)))
        assess_many(cases, offer_code="reparation")
