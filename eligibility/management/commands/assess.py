"""Batch eligibility: a CSV in, a CSV to standard output (columns in eligibility/batch.py), row by row.

Status 0: every row was answered; 2: some were not, each told on standard error with its line; 1: none could be.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

import eligibility
from eligibility.assess import all_thresholds
from eligibility.batch import BatchError, assess_csv
from eligibility.models import Threshold
from eligibility.tables import TableError
from eligibility.thresholds import Thresholds, parse_thresholds_csv

SHIPPED = Path(eligibility.__file__).with_name("data") / "poverty_thresholds.csv"
SOME_ROWS_BAD = 2


class Command(BaseCommand):
    help = "Évalue l’éligibilité de chaque ligne d’un fichier CSV et écrit le résultat sur la sortie standard."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        bad = 0

        def tell(error: TableError) -> None:
            nonlocal bad
            bad += 1
            self.stderr.write(str(error))

        try:
            # bytes that are no UTF-8 are found in their row, and spoil only that one
            with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
                for line in assess_csv(lines, self._thresholds(), tell):
                    self.stdout.write(line, ending="")
        except BatchError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"Le fichier {file} ne peut pas être lu ({error}). Vérifiez son chemin.") from None
        if bad:
            rows = "1 ligne n’a pas été lue" if bad == 1 else f"{bad} lignes n’ont pas été lues"
            raise CommandError(f"{rows}, les autres sont évaluées. Corrigez et relancez.", returncode=SOME_ROWS_BAD)

    def _thresholds(self) -> Thresholds:
        """Those on record; in a new installation, those that come with the programme."""
        with suppress(ProgrammingError):  # no table yet
            if Threshold.objects.exists():
                return all_thresholds()
        self.stderr.write("Aucun seuil n’est enregistré : ceux livrés avec Mobiliz servent.")
        with SHIPPED.open(encoding="utf-8", newline="") as lines:
            return Thresholds(row.threshold for row in parse_thresholds_csv(lines))
