"""`manage simulate_year --seed N --referrals 1000`: a year of the network on a database of its own, under faults."""

from __future__ import annotations

import os
import platform
import random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mobiliz.lib import clock
from mobiliz.simulation.invariants import INVARIANTS, Violation
from mobiliz.simulation.playing import Asked, play_year
from mobiliz.simulation.scratch import NotHere
from mobiliz.simulation.year import ACROSS, AFTERWARDS, DAYS, Year

SHOWN = 10


class Command(BaseCommand):
    help = "Joue une année du réseau sur une base à part, avec des pannes, et vérifie que rien ne se perd."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, help="le même nombre joue la même année ; tiré au sort sans lui")
        parser.add_argument("--referrals", type=int, default=1000, help="combien d’orientations dans l’année")
        parser.add_argument("--days", type=int, default=DAYS, help="combien de jours on en ouvre")
        parser.add_argument("--afterwards", type=int, default=AFTERWARDS, help="combien de jours on les suit après")
        parser.add_argument(
            "--processes",
            type=int,
            choices=(1, 2),
            help="1 ou 2 ; le résultat est le même, une grande année va plus vite",
        )
        parser.add_argument("--keep", action="store_true", help="noter le résultat dans benchmarks/results.md")
        parser.add_argument("--like", default="", help="base dont copier les tables, plutôt que de les créer")

    def handle(self, *args: Any, **options: Any) -> None:
        seed = random.SystemRandom().randrange(10_000) if options["seed"] is None else options["seed"]
        self.stdout.write(f"une année simulée, graine {seed}")
        asked = Asked(seed, *(options[name] for name in ("referrals", "days", "afterwards", "like")))
        try:
            year = play_year(asked, options["processes"])
        except NotHere as refusal:
            raise CommandError(str(refusal)) from None
        if options["keep"]:
            _keep(seed, year)
        self._tell(year)

    def _tell(self, year: Year) -> None:
        for line in year.lines:
            self.stdout.write(line)
        if year.violations:
            self.stderr.write("\n".join(told(year.violations)))
            raise CommandError(f"{len(year.violations)} manquements : voir ci-dessus.")
        self.stdout.write("perdus : aucun ; en double : aucun ; en attente à l’insu de tous : aucun")


def _keep(seed: int, year: Year) -> None:
    """With day and machine, after what was kept before."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cœurs, Python {platform.python_version()}"
    lines = [f"\n## Année simulée, graine {seed}, {clock.today().isoformat()}, {machine}\n"]
    lines += [f"- {line}" for line in year.lines]
    lines += [f"- manquements : {len(year.violations) or 'aucun'}\n"]
    with (settings.BASE_DIR / "benchmarks" / "results.md").open("a", encoding="utf-8") as results:
        results.write("\n".join(lines))


def told(violations: list[Violation]) -> list[str]:
    """By invariant: what it says, then what breaks it."""
    says = {**{one.name: one.says for one in INVARIANTS}, **ACROSS}
    lines: list[str] = []
    for name in dict.fromkeys(one.name for one in violations):
        about = [one.about for one in violations if one.name == name]
        more = [f"  … et {len(about) - SHOWN} autres"] if len(about) > SHOWN else []
        lines += [f"{name} : {says.get(name, '')}", *(f"  {one}" for one in about[:SHOWN]), *more]
    return lines
