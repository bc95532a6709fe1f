"""`python -m benchmarks [NAME] [--referrals N]`: prints a table, writes bench.json in the current directory.

A module of this package takes part by having `measure()`, or `measure(referrals=...)` where its size may be
chosen. Status 1 where a limit is missed.
"""

import argparse
import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import benchmarks

Row = dict[str, Any]
HEADINGS = ("name", "size", "measured", "limit", "ok", "detail")


def main() -> int:
    arguments = parse_arguments()
    names = [arguments.name] if arguments.name else module_names()
    rows = [row for name in names for row in run(name, arguments.referrals)]
    Path("bench.json").write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print_table(rows)
    return 0 if all(row["ok"] for row in rows) else 1


def parse_arguments() -> argparse.Namespace:
    found = module_names()
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("name", metavar="NAME", nargs="?", choices=found, help=", ".join(found))
    parser.add_argument("--referrals", type=int, metavar="N", help="size of the larger measurements")
    return parser.parse_args()


def module_names() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__"]


def run(name: str, referrals: int | None) -> list[Row]:
    module = importlib.import_module(f"benchmarks.{name}")
    measure: Callable[..., list[Row]] | None = getattr(module, "measure", None)
    if measure is None:  # a module that only lends a hand to others
        return []
    print(f"{name}…", file=sys.stderr, flush=True)
    takes_size = "referrals" in inspect.signature(measure).parameters
    return measure(referrals=referrals) if takes_size and referrals else measure()


def print_table(rows: list[Row]) -> None:
    lines = [HEADINGS, *(tuple(str(row[heading]) for heading in HEADINGS) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    sys.exit(main())
