"""Eligibility decisions a second on one core, through decide(), on varied households."""

import random
import time
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import eligibility
from eligibility.facts import Employment, Facts, Outcome
from eligibility.rules import Decision, RuleSet, decide, parse
from eligibility.thresholds import Thresholds, parse_thresholds_csv

DECISIONS = 20_000
ROUNDS = 7
LIMIT = 20_000
THRESHOLDS_FILE = Path(eligibility.__file__).with_name("data") / "poverty_thresholds.csv"


def measure() -> list[dict[str, Any]]:
    thresholds = read_thresholds()
    cases = make_cases()
    check(cases, thresholds)
    fastest = min(seconds_for_one_round(cases, thresholds) for _ in range(ROUNDS))
    rate = round(DECISIONS / fastest)
    return [
        {
            "name": "eligibility decisions a second",
            "size": DECISIONS,
            "measured": rate,
            "limit": LIMIT,
            "ok": rate >= LIMIT,
            "detail": f"at least the limit; fastest of {ROUNDS} rounds, one core, answers checked first",
        }
    ]


# As a real programme combines its routes: income, or a minimum benefit, or two of three about work.
RULE = RuleSet(
    version=1,
    rule=parse(
        {
            "op": "any",
            "of": [
                {"leaf": "income_below_threshold", "level_percent": 60},
                {"leaf": "minimum_benefit", "among": ["rsa", "ass", "aah"], "within_months": 3},
                {
                    "op": "at_least",
                    "n": 2,
                    "of": [
                        {"leaf": "family_quotient_at_most", "limit_eur": "800"},
                        {"leaf": "employment_among", "among": ["job_seeker_with_offer", "temporary_worker"]},
                        {"leaf": "needs_vehicle_for_work"},
                    ],
                },
            ],
        }
    ),
    validity_days=180,
)


def read_thresholds() -> Thresholds:
    with THRESHOLDS_FILE.open(encoding="utf-8", newline="") as lines:
        return Thresholds(row.threshold for row in parse_thresholds_csv(lines))


def make_cases() -> list[tuple[Facts, date]]:
    chance = random.Random(20260315)
    return [make_case(chance) for _ in range(DECISIONS)]


def make_case(chance: random.Random) -> tuple[Facts, date]:
    """One to six people, an income around the threshold; the year is named in one case out of four."""
    on = date(2019, 1, 1) + timedelta(days=chance.randrange(3000))
    ages = [chance.randint(18, 70), *(chance.randint(0, 40) for _ in range(chance.randrange(6)))]
    facts = Facts(
        birth_dates=tuple(on - timedelta(days=365 * age + chance.randrange(365)) for age in ages),
        annual_disposable_income_eur=Decimal(chance.randrange(4_500_000)).scaleb(-2),
        territory="mainland",
        dwelling="ordinary",
        threshold_year=chance.choice((None, None, None, chance.randint(2012, 2019))),
        minimum_benefits={},
        family_quotient_eur=Decimal(900),
        employment=chance.choice((None, Employment.STUDENT)),
        needs_vehicle_for_work=True,
    )
    return facts, on


def check(cases: list[tuple[Facts, date]], thresholds: Thresholds) -> None:
    """Speed counts only where every answer is right: the rule once more, in fractions, on its own."""
    for facts, on in cases:
        decision = decide(facts, RULE, thresholds, on)
        if (decision.outcome is Outcome.ELIGIBLE) != is_below(facts, on, decision):
            raise AssertionError(f"wrong answer for {facts} on {on}")


def is_below(facts: Facts, on: date, decision: Decision) -> bool:
    assert facts.birth_dates is not None
    assert facts.annual_disposable_income_eur is not None
    assert decision.threshold is not None
    older = sum((born.year + 14, born.month, born.day) <= (on.year, on.month, on.day) for born in facts.birth_dates)
    units = 1 + Fraction(1, 2) * (older - 1) + Fraction(3, 10) * (len(facts.birth_dates) - older)
    equivalised = Fraction(facts.annual_disposable_income_eur) / 12 / units
    return equivalised < Fraction(decision.threshold.monthly_amount_eur)


def seconds_for_one_round(cases: list[tuple[Facts, date]], thresholds: Thresholds) -> float:
    start = time.perf_counter()
    for facts, on in cases:
        decide(facts, RULE, thresholds, on)
    return time.perf_counter() - start
