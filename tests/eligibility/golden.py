"""The golden corpus: rules, facts and the trace that came of them, byte for byte, by both engines.

`python -m tests.eligibility.golden` shows where the engine now answers otherwise than the corpus says. Nothing is ever
rewritten by itself: `--accept NAME` (again for each) keeps the new trace of the cases that are named, for whoever then
reads the change in the review. A case that is added by hand has no trace yet, and is accepted in the same way.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("data") / "golden.json"


def corpus() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def traced(case: dict[str, Any], known: Any) -> dict[str, Any]:
    """What its engine makes of the case now, as it would be sealed."""
    from eligibility import income, rules
    from eligibility.assess import facts_from_json
    from eligibility.facts import VehicleFacts

    on, rule = date.fromisoformat(case["on"]), case["rule"]
    facts: Any = facts_from_json(case["facts"]) if case["subject"] == "household" else VehicleFacts(**case["facts"])
    if case["engine"] == "1":
        first = income.RuleSet(case["version"], rule["level_percent"], case["validity_days"])
        return income.decide(facts, first, known, on).trace()
    second = rules.RuleSet(case["version"], rules.parse(rule, case["subject"]), case["validity_days"])
    return rules.decide(facts, second, known, on).trace()


def thresholds_of(corpus: dict[str, Any]) -> Any:
    """As they were when the corpus was written: what is published later is no drift."""
    from eligibility.thresholds import Threshold, Thresholds

    return Thresholds(
        Threshold(
            income_year=one["income_year"],
            level_percent=one["level_percent"],
            monthly_amount_eur=Decimal(one["monthly_amount_eur"]),
            in_force_from=date.fromisoformat(one["in_force_from"]) if one["in_force_from"] else None,
            status=one["status"],
            source="",
        )
        for one in corpus["thresholds"]
    )


def text(trace: Any) -> str:
    """The bytes that are compared: the order of the names counts too."""
    return json.dumps(trace, ensure_ascii=False)


def differences(corpus: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By name what the corpus says and what comes out now, where they differ."""
    known = thresholds_of(corpus)
    pairs = {case["name"]: (case.get("trace"), traced(case, known)) for case in corpus["cases"]}
    return {name: pair for name, pair in pairs.items() if text(pair[0]) != text(pair[1])}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobiliz.settings")
    import django

    django.setup()
    parser = argparse.ArgumentParser(prog="python -m tests.eligibility.golden", description=__doc__)
    parser.add_argument("--accept", metavar="NAME", action="append", default=[])
    accepted = parser.parse_args().accept
    kept = corpus()
    found = differences(kept)
    if unknown := set(accepted) - set(found):
        sys.stderr.write(f"No difference by that name: {', '.join(sorted(unknown))}\n")
        return 2
    for name, (before, now) in found.items():
        show(name, before, now)
    for case in kept["cases"]:
        if case["name"] in accepted:
            case["trace"] = found.pop(case["name"])[1]
    if accepted:
        write(kept)
    sys.stdout.write(f"{len(kept['cases'])} cases, {len(found)} different, {len(accepted)} accepted\n")
    return 1 if found else 0


def show(name: str, before: Any, now: Any) -> None:
    lines = [json.dumps(one, ensure_ascii=False, indent=1).splitlines() for one in (before, now)]
    told = difflib.unified_diff(*lines, f"{name}, corpus", f"{name}, now", lineterm="")
    sys.stdout.write("".join(f"{line}\n" for line in told))


def write(corpus: dict[str, Any]) -> None:
    """One case a line, so that a change of one is one line of the difference."""
    heads = ",\n".join(text(one) for one in corpus["thresholds"])
    cases = ",\n".join(text(one) for one in corpus["cases"])
    FILE.write_text(f'{{"thresholds": [\n{heads}\n],\n"cases": [\n{cases}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
