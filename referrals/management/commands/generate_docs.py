"""Write the pages of docs/ that are made from the code, or with --check say which are stale."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from referrals.reference import pages

DOCS = settings.BASE_DIR / "docs"


class Command(BaseCommand):
    help = "Write docs/permissions.md and docs/workflow.md from the tables of roles and states."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("fr"):
            made = pages()
        if options["check"]:
            self._check({str(name): text for name, text in made.items()})
            return
        for name, text in made.items():
            (DOCS / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"docs/{name}")

    def _check(self, made: dict[str, str]) -> None:
        stale = [name for name, text in made.items() if not _is_written(name, text)]
        if stale:
            raise CommandError(f"Stale: {', '.join(stale)}. Run: python3 dev.py manage generate_docs")


def _is_written(name: str, text: str) -> bool:
    path = DOCS / name
    return path.exists() and path.read_text(encoding="utf-8") == text
