"""Load poverty thresholds from a CSV; loading the same file twice changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from eligibility.models import Threshold
from eligibility.thresholds import ThresholdFileError, ThresholdRow, parse_thresholds_csv

FIGURES = ("monthly_amount_eur", "annual_median_eur", "published_on", "status")


class Command(BaseCommand):
    help = "Charge les seuils de pauvreté d’un fichier CSV (par défaut, ceux qui accompagnent le programme)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=default_file())
        parser.add_argument("--because", default="", help="raison d’une correction, obligatoire si un chiffre change")

    @transaction.atomic
    def handle(self, *, file: Path, because: str, **options: Any) -> None:
        results = [_load(row, because) for row in _read(file)]
        added, changed = results.count("added"), results.count("changed")
        self.stdout.write(f"Seuils : {added} ajoutés, {changed} corrigés, {results.count('same')} inchangés.")


def default_file() -> Path:
    return Path(__file__).resolve().parents[2] / "data" / "poverty_thresholds.csv"


def _read(file: Path) -> list[ThresholdRow]:
    try:
        return parse_thresholds_csv(file.read_text(encoding="utf-8-sig").splitlines())
    except ThresholdFileError as error:
        raise CommandError(str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"Le fichier {file} ne peut pas être lu ({error}). Vérifiez son chemin.") from None


def _load(row: ThresholdRow, because: str) -> str:
    fields = {
        "monthly_amount_eur": row.monthly_amount_eur,
        "annual_median_eur": row.annual_median_eur,
        "published_on": row.published_on,
        "in_force_from": row.threshold.in_force_from,
        "status": row.status,
        "geographic_scope": row.geographic_scope,
        "series": row.series,
        "source": row.source,
    }
    known, is_new = Threshold.objects.get_or_create(
        income_year=row.income_year, level_percent=row.level_percent, defaults=fields
    )
    if is_new:
        return "added"
    if all(getattr(known, name) == fields[name] for name in FIGURES):
        return "same"
    return _correct(known, fields, because)


def _correct(known: Threshold, fields: dict[str, Any], because: str) -> str:
    """A changed figure needs a reason, and is refused once a decision rests on it: a replay must not drift."""
    if not because:
        raise CommandError(
            f"Le seuil {known.income_year} à {known.level_percent} % est connu avec d’autres chiffres "
            f"({known.monthly_amount_eur} €). Pour le corriger, dites pourquoi avec --because."
        )
    if known.assessments.exists():
        raise CommandError(
            f"Le seuil {known.income_year} à {known.level_percent} % a servi à des évaluations : elles doivent "
            "rester rejouables, il ne peut donc plus changer."
        )
    Threshold.objects.filter(pk=known.pk).update(**fields, change_reason=because)
    return "changed"
