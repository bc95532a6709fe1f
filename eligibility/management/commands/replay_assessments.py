"""Recompute stored assessments from their own facts and pinned rules, and say which come out otherwise.

Status 0: all the same; 1: some are not, each told by its number.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eligibility.models import Assessment
from eligibility.replays import Came, replay_each


class Command(BaseCommand):
    help = "Recalcule les évaluations passées et dit lesquelles ne donnent plus la même réponse."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, help="depuis ce jour, par exemple 2026-01-01")
        parser.add_argument("--sample", type=int, metavar="N", help="N seulement, au hasard")

    def handle(self, *, since: date | None, sample: int | None, **options: Any) -> None:
        rows = Assessment.objects.decided_since(since) if since else Assessment.objects.all()
        if sample is not None:
            rows = rows.at_random(sample)
        counts: Counter[Came] = Counter()
        for one in replay_each(rows):
            counts[one.came] += 1
            if one.came is Came.DIFFERENT:
                self.stdout.write(f"différente : {one.assessment.uid}{f' ({one.fault})' if one.fault else ''}")
        self.stdout.write(
            f"Évaluations rejouées : {counts[Came.SAME]} à l’identique, {counts[Came.DIFFERENT]} différentes ; "
            f"{counts[Came.ERASED]} effacées, passées."
        )
        if counts[Came.DIFFERENT]:
            raise CommandError("Des évaluations ne donnent plus la même réponse : prévenez les développeurs.")
