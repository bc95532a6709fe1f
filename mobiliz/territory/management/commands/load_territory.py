"""`manage load_territory`: the official regions, departments and communes; it may run again at any time."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mobiliz.territory.actions import DATA, load_territory


class Command(BaseCommand):
    help = "Charge les régions, départements et communes du code officiel géographique."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="dossier des trois fichiers CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_territory(options["folder"])
        self.stdout.write(
            f"Régions : {loaded.regions}, départements : {loaded.departments}, communes : {loaded.communes} "
            f"({loaded.written} ajoutées ou modifiées)."
        )
