"""A draft tried on past cases: what it would have answered, one after the other, and what comes of it in sum.

The facts are unsealed in memory and nowhere else: the report holds counts, and of each changed answer its number, the
structure and the reasons, never an income nor a birth date. A worker works under a lease and keeps how far it came with
every batch, so that another goes on where a dead one stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from eligibility import notifications, rules
from eligibility.assess import all_thresholds, engine_rule, read_facts
from eligibility.facts import Outcome
from eligibility.models import Assessment, RuleSet, Trial, TrialStatus
from mobiliz.accounts.models import Organisation
from mobiliz.lib import clock

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
BATCH = 5_000
MOST_LISTED = 200
Outcomes = tuple[str, str]


class Overtaken(Exception):
    """Another worker holds this trial now."""


# --- what apps above tell -----------------------------------------------------------------------------------
type RegionsOf = Callable[[Collection[int]], Mapping[int, str]]
_who_knows_regions: list[RegionsOf] = []


def register_regions(regions_of: RegionsOf) -> None:
    """Who knows where organisations are says so at the start: their ids in, the names of their regions out."""
    _who_knows_regions.append(regions_of)


# --- the sum ------------------------------------------------------------------------------------------------
@dataclass
class Tally:
    """What came out so far; kept as JSON between two batches."""

    reached: int | None
    erased: int
    counts: Counter[tuple[int, str, str]]
    """By organisation, old and new outcome."""
    unknown: int
    facts: Counter[str]
    flips: list[dict[str, Any]]

    @classmethod
    def from_json(cls, kept: dict[str, Any] | None) -> Tally:
        if kept is None:
            return cls(None, 0, Counter(), 0, Counter(), [])
        counts = Counter({(one[0], one[1], one[2]): one[3] for one in kept["counts"]})
        return cls(kept["reached"], kept["erased"], counts, kept["unknown"], Counter(kept["facts"]), kept["flips"])

    def to_json(self) -> dict[str, Any]:
        return {
            "reached": self.reached,
            "erased": self.erased,
            "counts": [[*key, count] for key, count in self.counts.items()],
            "unknown": self.unknown,
            "facts": dict(self.facts),
            "flips": self.flips,
        }

    @property
    def done(self) -> int:
        return self.counts.total() + self.erased

    def add(self, case: Any, decision: rules.Decision) -> None:
        new = decision.outcome.value
        self.counts[case.organisation_id, case.outcome, new] += 1
        if decision.missing:
            self.unknown += 1
            self.facts.update(decision.missing)
        if new != case.outcome and len(self.flips) < MOST_LISTED:
            self.flips.append(
                {
                    "assessment": str(case.uid),
                    "on": case.reference_date.isoformat(),
                    "organisation": case.organisation_id,
                    "old": {"outcome": case.outcome, "reasons": case.reasons},
                    "new": {"outcome": new, "reasons": [reason.value for reason in decision.reasons]},
                    "missing": list(decision.missing),
                }
            )


def try_cases(cases: Iterable[Any], subject: str, rule: rules.RuleSet, tally: Tally) -> None:
    """Ask the rule of each case, on its own day and by the thresholds of that day."""
    known = all_thresholds()
    for case in cases:
        tally.reached = case.pk
        if case.facts is None:
            tally.erased += 1
        else:
            tally.add(case, rules.decide(read_facts(case.facts, subject), rule, known, case.reference_date))


# --- the work -----------------------------------------------------------------------------------------------
def run_next() -> bool:
    """Take the trial that has waited longest and bring it to its end; False where none waits."""
    trial = claim()
    if trial is None:
        return False
    try:
        _run(trial)
    except Overtaken:
        log.warning("a trial went to another worker", trial=str(trial.uid))
    except Exception:
        log.exception("a trial stopped", trial=str(trial.uid), attempt=trial.attempts)
        _let_go(trial)
    return True


@transaction.atomic
def claim() -> Trial | None:
    """Count the attempt and hold the trial for a while. What failed five times is given up, and whoever asked told."""
    now = clock.now()
    due = Trial.objects.due(now).select_for_update(skip_locked=True, of=("self",)).select_related("rule_set")
    for trial in due.order_by("asked_at", "pk"):
        if trial.attempts >= MOST_ATTEMPTS:
            _give_up(trial, now)
            continue
        trial.attempts += 1
        trial.status, trial.leased_until = TrialStatus.RUNNING, now + LEASE
        trial.save(update_fields=["attempts", "status", "leased_until"])
        return trial
    return None


def _give_up(trial: Trial, now: datetime) -> None:
    trial.status, trial.ended_at, trial.leased_until, trial.tally = TrialStatus.FAILED, now, None, None
    trial.save(update_fields=["status", "ended_at", "leased_until", "tally"])
    notifications.tell_of_failed_trial(trial)


def _run(trial: Trial) -> None:
    draft = trial.rule_set
    if draft.digest != trial.digest:  # changed since it was asked for: its answer would be about another rule
        return _give_up_as_changed(trial)
    tally = Tally.from_json(trial.tally)
    cases = cases_of(trial)
    if tally.reached is None:
        trial.total = cases.count()
    rule = engine_rule(draft)
    while batch := list(cases.before_key(tally.reached)[:BATCH]):
        try_cases(batch, draft.subject, rule, tally)
        _keep(trial, done=tally.done, total=trial.total, tally=tally.to_json(), leased_until=clock.now() + LEASE)
    report = report_of(tally, draft)
    ended = {"status": TrialStatus.DONE, "ended_at": clock.now(), "leased_until": None, "tally": None}
    _keep(trial, done=tally.done, total=tally.done, report=report, **ended)
    return None


def _give_up_as_changed(trial: Trial) -> None:
    _keep(trial, status=TrialStatus.FAILED, ended_at=clock.now(), leased_until=None, tally=None)


def cases_of(trial: Trial) -> Any:
    """Of the offer and about the same, since that day, as they stood when the trial was asked for."""
    draft = trial.rule_set
    cases = Assessment.objects.of_offer(draft.offer_id, draft.subject).computed_last()
    return cases.decided_since(trial.since).made_until(trial.asked_at).for_trial()


def _keep(trial: Trial, **facts: Any) -> None:
    """Only whoever still holds the trial writes in it: each attempt has its own number."""
    if not Trial.objects.held(trial).update(**facts):
        raise Overtaken


def _let_go(trial: Trial) -> None:
    """Free for the next attempt, after a pause."""
    Trial.objects.held(trial).update(leased_until=clock.now() + LEASE / 2)


# --- the report ---------------------------------------------------------------------------------------------
def report_of(tally: Tally, draft: RuleSet) -> dict[str, Any]:
    """For JSON; organisations by name, agencies with their structure."""
    ids = {organisation for organisation, _old, _new in tally.counts}
    places = Organisation.objects.select_related("parent").in_bulk(ids)
    structures = {pk: str(one.parent or one) for pk, one in places.items()}
    regions = {pk: name for regions_of in _who_knows_regions for pk, name in regions_of(ids).items()}
    names = {pk: str(one) for pk, one in places.items()}
    return {
        "total": tally.counts.total(),
        "erased": tally.erased,
        "subject": draft.subject,
        "counts": _crossed(tally.counts),
        "flips": {
            "count": sum(count for (_who, old, new), count in tally.counts.items() if old != new),
            "listed": [flip | {"organisation": names[flip["organisation"]]} for flip in tally.flips],
        },
        "unknown": {"count": tally.unknown, "facts": dict(tally.facts.most_common())},
        "by_structure": _by(tally.counts, structures),
        "by_region": _by(tally.counts, regions),
    }


def _crossed(counts: Mapping[tuple[int, str, str], int]) -> dict[str, dict[str, int]]:
    """Old outcome x new outcome."""
    crossed = {old.value: {new.value: 0 for new in Outcome} for old in Outcome}
    for (_who, old, new), count in counts.items():
        crossed[old][new] += count
    return crossed


def _by(counts: Mapping[tuple[int, str, str], int], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Of each name its cases and changes, those with most changes first; what has no name is last."""
    rows: dict[str, dict[str, Any]] = {}
    for (who, old, new), count in counts.items():
        name = names.get(who, "")
        row = rows.setdefault(name, {"name": name, "cases": 0, "flips": 0, "eligible_before": 0, "eligible_after": 0})
        row["cases"] += count
        row["flips"] += count * (old != new)
        row["eligible_before"] += count * (old == Outcome.ELIGIBLE)
        row["eligible_after"] += count * (new == Outcome.ELIGIBLE)
    return sorted(rows.values(), key=lambda row: (not row["name"], -row["flips"], row["name"]))
