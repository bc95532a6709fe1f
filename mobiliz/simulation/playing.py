"""The parts of a year, one after the other or side by side, each on a scratch database of its own, then added up."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context

import django
from django.db import connection

from mobiliz.simulation.parts import MOST_PARTS, Part, parts_of
from mobiliz.simulation.scratch import scratch_database
from mobiliz.simulation.year import AFTERWARDS, DAYS, Played, Year, load_reference, play, whole

SIDE_BY_SIDE_FROM = 2000  # referrals: below, a second process is not worth its start


@dataclass(frozen=True)
class Asked:
    """A year, as it is asked for. `like`: a database whose tables are copied."""

    seed: int
    referrals: int
    days: int = DAYS
    afterwards: int = AFTERWARDS
    like: str = ""


def play_year(asked: Asked, processes: int | None = None) -> Year:
    """The same whatever the number of processes."""
    began = time.perf_counter()
    parts = parts_of(asked.referrals)
    with _tables_made_once(asked, parts) as ready:
        count = min(processes or usual_processes(asked.referrals), len(parts))
        played = _side_by_side(ready, parts, count) if count > 1 else [_play_part(ready, part) for part in parts]
    return whole(played, asked.referrals, time.perf_counter() - began)


@contextmanager
def _tables_made_once(asked: Asked, parts: Sequence[Part]) -> Iterator[Asked]:
    """Every part copies the tables of one database, which nobody writes to."""
    if asked.like or len(parts) == 1:
        yield asked
        return
    with scratch_database(purpose="_tables") as name:
        load_reference()
        yield replace(asked, like=name)


def usual_processes(referrals: int) -> int:
    return min(os.cpu_count() or 1, MOST_PARTS) if referrals >= SIDE_BY_SIDE_FROM else 1


def _side_by_side(asked: Asked, parts: Sequence[Part], count: int) -> list[Played]:
    connection.close()  # `like` is copied only while nobody uses it
    # begun anew, not forked: a connection or a cache of this process would be shared
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=django.setup) as pool:
        return list(pool.map(_play_part, [asked] * len(parts), parts))


def _play_part(asked: Asked, part: Part) -> Played:
    with scratch_database(like=asked.like):
        return play(asked.seed, asked.referrals, part=part, days=asked.days, afterwards=asked.afterwards)
