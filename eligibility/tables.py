"""Reads a CSV table; a wrong cell is refused with its line, its column and what to do, in French."""

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

# Amounts come from machines: a point, no spaces, no exponent. The length only stops runaway cells.
AMOUNT = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
INTEGER = re.compile(r"[0-9]{1,4}")
# What bytes that are no UTF-8 become in a file that is opened with "surrogateescape".
NO_UTF8 = re.compile("[\udc80-\udcff]")
# Outside these years a date is a slip of the keyboard.
YEARS = range(1900, 2101)


type Skip = Callable[[TableError], None]


class Reader(Protocol):
    """Of csv.reader, which has no name of its own."""

    line_num: int

    def __next__(self) -> list[str]: ...

    def __iter__(self) -> Iterator[list[str]]: ...


class TableError(ValueError):
    """A file that cannot be read; the message names line and column and says what to do."""

    def __init__(self, line: int, column: str | None, problem: str) -> None:
        place = f"Ligne {line}, colonne « {column} »" if column else f"Ligne {line}"
        super().__init__(f"{place} : {problem}")
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: dict[str, str]
    error: type[TableError]

    def wrong(self, column: str, problem: str) -> TableError:
        return self.error(self.line, column, problem)

    def text(self, column: str) -> str:
        """The cell without surrounding spaces; empty where an optional column is absent."""
        return self.cells.get(column, "").strip()

    def required(self, column: str) -> str:
        text = self.text(column)
        if not text:
            raise self.wrong(column, "cette valeur manque. Complétez-la.")
        return text

    def choice(self, column: str, allowed: Collection[str]) -> str:
        text = self.required(column)
        if text not in allowed:
            raise self.wrong(column, f"« {text} » n’est pas prévu. Écrivez {' ou '.join(allowed)}.")
        return text

    def integer(self, column: str, allowed: range) -> int:
        text = self.required(column)
        if not INTEGER.fullmatch(text) or int(text) not in allowed:
            limits = f"de {allowed[0]} à {allowed[-1]}"
            raise self.wrong(column, f"« {text} » n’est pas un nombre entier {limits}. Corrigez-le.")
        return int(text)

    def amount(self, column: str) -> Decimal:
        text = self.required(column)
        if not AMOUNT.fullmatch(text):
            hint = "Écrivez-le en euros avec un point, sans espace, par exemple 15455.88."
            raise self.wrong(column, f"« {text} » n’est pas un montant. {hint}")
        return Decimal(text)

    def days(self, column: str) -> tuple[date, ...]:
        """Days separated by spaces; none at all is an empty tuple."""
        return tuple(self._day(column, word) for word in self.text(column).split())

    def day(self, column: str) -> date:
        return self._day(column, self.required(column))

    def _day(self, column: str, word: str) -> date:
        try:
            day = date.fromisoformat(word)
        except ValueError:
            day = date.min
        # fromisoformat also takes 20260315 and 2026-W11-7: one way to write a day is enough
        if day.isoformat() != word or day.year not in YEARS:
            hint = f"Écrivez année-mois-jour, par exemple 2026-03-15, de {YEARS[0]} à {YEARS[-1]}."
            raise self.wrong(column, f"« {word} » n’est pas une date. {hint}")
        return day


def read_rows(
    lines: Iterable[str], columns: Iterable[str], error: type[TableError], skip: Skip | None = None
) -> Iterator[Row]:
    """The rows of a CSV with a header, one by one; other columns than the required ones are let through.

    A row that cannot be read ends it, or goes to `skip` where there is one, and the next is read; a header that cannot
    be read always ends it.
    """
    reader = csv.reader(lines, strict=True)
    first = _cells(reader, error)
    header = [name.removeprefix("\ufeff").strip() for name in first or []]
    _check_header(header, columns, error)
    while True:
        try:
            cells = _cells(reader, error)
            if cells is None:
                return
            if not cells:  # a blank line
                continue
            if len(cells) != len(header):
                problem = f"{len(cells)} valeurs au lieu de {len(header)}. Vérifiez virgules et guillemets."
                raise error(reader.line_num, None, problem)
        except TableError as bad:
            if skip is None or isinstance(bad.__cause__, UnicodeDecodeError):  # after it, no line is certain
                raise
            skip(bad)
            continue
        yield Row(reader.line_num, dict(zip(header, cells, strict=True)), error)


def _cells(reader: Reader, error: type[TableError]) -> list[str] | None:
    """The next row; None at the end."""
    begins = reader.line_num + 1
    try:
        cells = next(reader, None)
    except (csv.Error, UnicodeDecodeError) as unreadable:
        # a quotation mark that is not closed takes the lines after it along
        until = f" (jusqu’à la ligne {reader.line_num})" if reader.line_num > begins else ""
        problem = f"illisible{until}. Enregistrez le fichier en CSV UTF-8, séparé par des virgules."
        raise error(begins, None, problem) from unreadable
    if cells is not None and any(NO_UTF8.search(cell) for cell in cells):
        raise error(begins, None, "illisible. Enregistrez le fichier en CSV UTF-8, séparé par des virgules.")
    return cells


def _check_header(header: list[str], columns: Iterable[str], error: type[TableError]) -> None:
    if missing := [name for name in columns if name not in header]:
        hint = "Ajoutez-les à la première ligne, séparées par des virgules."
        raise error(1, None, f"colonnes absentes : {', '.join(missing)}. {hint}")
    if len(set(header)) < len(header):
        raise error(1, None, "une colonne est présente deux fois. Gardez-en une.")
