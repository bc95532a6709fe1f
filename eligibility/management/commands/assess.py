"""Batch eligibility: a CSV in, a CSV to standard output (columns in eligibility/batch.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eligibility.assess import all_thresholds
from eligibility.batch import BatchError, assess_csv


class Command(BaseCommand):
    help = "Évalue l’éligibilité de chaque ligne d’un fichier CSV et écrit le résultat sur la sortie standard."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                for line in assess_csv(lines, all_thresholds()):
                    self.stdout.write(line, ending="")
        except BatchError as error:
            raise CommandError(str(error)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Le fichier {file} ne peut pas être lu ({error}). Vérifiez son chemin.") from None
