"""Putting the official territory into the database."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from mobiliz.lib.text import normalise
from mobiliz.territory.models import Commune, Department, Region

DATA = Path(__file__).parent / "data"
_COLUMNS = ("code", "name", "search_name", "department_id", "postcodes", "population", "latitude", "longitude")
_CHANGING = [column for column in _COLUMNS if column != "code"]


@dataclass(frozen=True)
class Loaded:
    """How many stand in the files, and how many communes were written because they were new or had changed."""

    regions: int
    departments: int
    communes: int
    written: int


@transaction.atomic
def load_territory(folder: Path = DATA) -> Loaded:
    """Regions, departments and communes from a folder's three CSV files; what is already so is not written again."""
    regions = _load_regions(folder / "regions.csv")
    departments = _load_departments(folder / "departments.csv")
    communes, written = _load_communes(folder / "communes.csv")
    return Loaded(regions, departments, communes, written)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def _load_regions(file: Path) -> int:
    regions = [Region(code=row["code"], name=row["name"], zone=row["zone"]) for row in _rows(file)]
    Region.objects.bulk_create(regions, update_conflicts=True, unique_fields=["code"], update_fields=["name", "zone"])
    return len(regions)


def _load_departments(file: Path) -> int:
    departments = [
        Department(code=row["code"], name=row["name"], region_id=row["region"], zone=row["zone"]) for row in _rows(file)
    ]
    Department.objects.bulk_create(
        departments, update_conflicts=True, unique_fields=["code"], update_fields=["name", "region", "zone"]
    )
    return len(departments)


def _load_communes(file: Path) -> tuple[int, int]:
    """COPY into a passing table, then one statement: 35,000 rows through the ORM would take ten times as long."""
    rows = _rows(file)
    table = Commune._meta.db_table
    columns, updates = ", ".join(_COLUMNS), ", ".join(f"{column} = excluded.{column}" for column in _CHANGING)
    old, new = ", ".join(f"{table}.{column}" for column in _CHANGING), ", ".join(f"excluded.{c}" for c in _CHANGING)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE communes_read (LIKE {table}) ON COMMIT DROP")
        cursor.copy_expert(f"COPY communes_read ({columns}) FROM STDIN WITH (FORMAT csv)", _as_csv(rows))
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM communes_read "  # noqa: S608 (our own names)
            f"ON CONFLICT (code) DO UPDATE SET {updates} WHERE ({old}) IS DISTINCT FROM ({new})"
        )
        written = cursor.rowcount
        cursor.execute("DROP TABLE communes_read")
        cursor.execute(f"ANALYZE {table}")
    return len(rows), written


def _as_csv(rows: list[dict[str, str]]) -> io.StringIO:
    lines = io.StringIO()
    csv.writer(lines).writerows(
        (
            row["insee_code"],
            row["name"],
            normalise(row["name"]),
            row["department"],
            row["postcodes"],
            row["population"],
            row["latitude"],
            row["longitude"],
        )
        for row in rows
    )
    lines.seek(0)
    return lines
