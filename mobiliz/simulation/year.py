"""One year, from its first person to the end of what can end: played, and checked every week."""

from __future__ import annotations

import gc
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

from django.core.management import call_command
from django.test import override_settings

from eligibility.models import Threshold
from garages.actions import change_status
from garages.models import Status
from mobiliz.demo.names import Draw
from mobiliz.lib import clock
from mobiliz.simulation import invariants
from mobiliz.simulation.acts import advisers, hear
from mobiliz.simulation.faults import Faults
from mobiliz.simulation.figures import Figures, counted, lines
from mobiliz.simulation.invariants import Violation
from mobiliz.simulation.listening import Listener, listening
from mobiliz.simulation.network import REFUSED_ADDRESS, build, draws
from mobiliz.simulation.parts import WHOLE, Part
from mobiliz.simulation.post_office import PostOffice, opened
from mobiliz.simulation.rounds import Rounds
from mobiliz.simulation.times import FIRST_HOUR, LAST_HOUR
from mobiliz.simulation.world import World
from mobiliz.territory.models import Commune
from referrals.clock import is_working_day, moment_at

FIRST_DAY = date(2026, 1, 5)
DAYS = 365
AFTERWARDS = 75  # so that what was begun last can end
CHECKED_EVERY_WEEK = 2000  # referrals: the questions read everything, and a large year asks them each month
COLLECTED_AFTER = 100_000  # objects
LEAVES_FROM, CLOSES_ON = 130, 165  # days after the first
APART = "moitiés_séparées"
ACROSS = {APART: "Aucun garage, aucune personne n’est dans deux moitiés d’une année."}  # of all parts together
PAUSED_FROM, PAUSED_UNTIL = date(2026, 8, 1), date(2026, 8, 31)


@dataclass
class Played:
    """What came of one part, as it is told to whoever adds them up."""

    violations: list[Violation]
    figures: Figures
    reached: frozenset[str]  # the addresses that mails went to


@dataclass
class Year:
    """What came of it."""

    violations: list[Violation] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def whole(played: Sequence[Played], referrals: int, seconds: float) -> Year:
    """The parts together: what broke in each, and what must hold of all."""
    figures = sum((one.figures for one in played), Figures())
    violations = [violation for one in played for violation in one.violations]
    return Year([*violations, *across(played, referrals)], list(lines(figures, seconds)))


def across(played: Sequence[Played], referrals: int) -> Iterator[Violation]:
    """What no part sees by itself: all that came were opened somewhere and are there, and no part touches another."""
    opened = sum(one.figures.opened for one in played)
    there = sum(sum(one.figures.outcomes.values()) for one in played)
    if not opened == there == referrals:
        yield Violation("aucun_perdu", f"{referrals} venus, {opened} ouverts, {there} présents dans toute l’année")
    met = Counter(address for one in played for address in one.reached)
    for address in sorted(address for address, parts in met.items() if parts > 1):
        yield Violation(APART, f"{address} a reçu des courriels de deux moitiés")


def play(seed: int, referrals: int, *, part: Part = WHOLE, days: int = DAYS, afterwards: int = AFTERWARDS) -> Played:
    """On the database of now, which must be empty but for its reference rows. `referrals`: of the whole year."""
    moved = clock.moved_to(moment_at(FIRST_DAY, time_of_day(6)))
    with moved, _files_apart(), _rarely_collecting(), listening() as listener:
        load_reference()
        own = part.seed(seed)
        network = build(random.Random(f"network {own}"), referrals, part)
        faults = Faults(own, FIRST_DAY, days)
        office = PostOffice(outages=faults.mail_away, refused=frozenset({REFUSED_ADDRESS}))
        world = World(own, network, faults, office)
        with opened(office):
            return _played(world, own, draws(seed, part), (days, afterwards), listener)


def _played(world: World, seed: str, draw: Draw, lasting: tuple[int, int], listener: Listener) -> Played:
    found: dict[Violation, None] = {}
    invariants.start()
    world.hear = lambda news: hear(world, news)
    every_weeks = 1 if world.network.referrals <= CHECKED_EVERY_WEEK else 4
    rounds = Rounds(world, lambda: found.update(dict.fromkeys(invariants.violations(world.opened))), every_weeks)
    last = FIRST_DAY + timedelta(days=sum(lasting) - 1)
    _plan(world, rounds, seed, draw, *lasting)
    world.run(moment_at(last, time_of_day(23)))
    with clock.moved_to(moment_at(last, time_of_day(23))):
        found.update(dict.fromkeys(invariants.violations(world.opened)))
        found.update(dict.fromkeys(_broken(world, listener)))
        return Played(list(found), counted(world), frozenset(world.office.reached))


def _broken(world: World, listener: Listener) -> Iterator[Violation]:
    """What was seen while it happened."""
    for about in world.broken:
        yield Violation("rien_à_moitié_ni_deux_fois", about)
    for uid in world.office.naming:
        yield Violation("sans_nom", f"courriel {uid}")
    for error in listener.unexpected:
        yield Violation("sans_erreur", error)


def _plan(world: World, rounds: Rounds, seed: str, draw: Draw, days: int, afterwards: int) -> None:
    for day in range(days + afterwards):
        rounds.plan_day(FIRST_DAY + timedelta(days=day))
    chance = random.Random(f"arrivals {seed}")
    for at in sorted(_arrivals(chance, world.network.referrals, days)):
        world.plan(at, lambda: advisers.open_one(world, draw))
    _plan_garages(world, days)


def _arrivals(chance: random.Random, referrals: int, days: int) -> Iterator[datetime]:
    """On working days, in working hours; many at once now and then."""
    working = [day for day in (FIRST_DAY + timedelta(days=after) for after in range(days)) if is_working_day(day)]
    for _one in range(referrals):
        at = time_of_day(chance.randint(FIRST_HOUR, LAST_HOUR), chance.randint(0, 59))
        yield moment_at(chance.choice(working), at)


def _plan_garages(world: World, days: int) -> None:
    """Some pause in August; one in ten leaves in the middle of the year, with cases in its hands."""
    by, network = world.network.pilot, world.network

    def change(name: str, status: Status) -> None:
        for place in network.of_temper(name):
            change_status(place.garage, status, on=clock.today(), by=by)

    def leave() -> None:
        for place in network.of_temper("closing"):
            place.is_leaving = True

    noon, scale = time_of_day(11, 30), days / DAYS
    world.plan(moment_at(FIRST_DAY + timedelta(days=int(LEAVES_FROM * scale)), noon), leave)
    closing = moment_at(FIRST_DAY + timedelta(days=int(CLOSES_ON * scale)), noon)
    world.plan(closing, lambda: change("closing", Status.CLOSED))
    world.plan(moment_at(PAUSED_FROM, noon), lambda: change("away in August", Status.PAUSED))
    world.plan(moment_at(PAUSED_UNTIL, noon), lambda: change("away in August", Status.ACTIVE))


def load_reference() -> None:
    if not Commune.objects.exists():
        call_command("load_territory", verbosity=0, stdout=_Nowhere())
    if not Threshold.objects.exists():
        call_command("load_thresholds", verbosity=0, stdout=_Nowhere())


class _Nowhere:
    def write(self, text: str) -> None: ...


@contextmanager
def _files_apart() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        yield


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """What Django is made of stays for the whole year, and what an act makes goes without being looked for."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
