"""Is this person entitled, or this car? A tree of conditions asked of the facts; answer, reasons, trace on the way out.

Pure: no Django, no clock, no database. A rule is `all`, `any` or `at_least` n of conditions and groups of them, in
three-valued logic: any(met, unknown) is met, all(met, unknown) is unknown. The conditions are in eligibility/leaves.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from eligibility import income
from eligibility.facts import OUTCOME_OF, Facts, Outcome, Proof, Reason, Value, VehicleFacts
from eligibility.leaves import Answer, BadRule, IncomeBelowThreshold, Leaf, Subject, Surroundings, leaf_of
from eligibility.thresholds import Threshold, Thresholds

ENGINE_VERSION = "2"
MOST_NODES, MOST_DEPTH = 60, 5


@dataclass(frozen=True, slots=True)
class Group:
    """Met where at least `least` of its parts are. 'all' is as many as there are, 'any' is one."""

    op: str
    least: int
    of: tuple[Node, ...]

    @property
    def definition(self) -> dict[str, Any]:
        told: dict[str, Any] = {"op": self.op, "of": [one.definition for one in self.of]}
        return told | ({"n": self.least} if self.op == "at_least" else {})


type Node = Group | Leaf


def parse(definition: Any, subject: Subject = "household") -> Node:
    """The tree of a stored definition; BadRule, with the place in the tree, where it is none.

    {"op": "any", "of": [{"leaf": "income_below_threshold"}, {"op": "at_least", "n": 2, "of": [...]}]}
    """
    root = _parse(definition, ())
    if sum(1 for _one in walk(root)) > MOST_NODES:
        raise BadRule(f"Une règle a {MOST_NODES} conditions et groupes au plus. Simplifiez-la.")
    for path, one in walk(root):
        if isinstance(one, Leaf) and one.subject != subject:
            raise BadRule("Cette condition n’est pas de celles de cette règle. Retirez-la.", path)
    return root


def _parse(definition: Any, path: tuple[int, ...]) -> Node:
    if not isinstance(definition, Mapping):
        raise BadRule("Cette règle ne se lit pas.", path)
    if "leaf" in definition:
        return leaf_of(definition, path)
    if len(path) >= MOST_DEPTH:
        raise BadRule(f"Une règle a {MOST_DEPTH} niveaux au plus. Simplifiez-la.", path)
    parts = definition.get("of")
    if not isinstance(parts, (list, tuple)) or not parts:
        raise BadRule("Ce groupe est vide. Ajoutez une condition, ou retirez-le.", path)
    of = tuple(_parse(part, (*path, index)) for index, part in enumerate(parts))
    return Group(str(definition.get("op")), _least(definition, len(of), path), of)


def _least(definition: Mapping[str, Any], count: int, path: tuple[int, ...]) -> int:
    match definition.get("op"):
        case "all":
            return count
        case "any":
            return 1
        case "at_least":
            least = definition.get("n")
            if isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= count:
                raise BadRule(f"Choisissez un nombre de 1 à {count}.", path, "n")
            return least
    raise BadRule("Dites s’il faut toutes ces conditions, une au moins, ou plusieurs.", path, "op")


def walk(node: Node, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Node]]:
    """Every group and leaf with its place in the tree, the root first, in the order of reading."""
    yield path, node
    if isinstance(node, Group):
        for index, part in enumerate(node.of):
            yield from walk(part, (*path, index))


def leaves_of(node: Node) -> list[Leaf]:
    return [one for _path, one in walk(node) if isinstance(one, Leaf)]


def facts_needed(node: Node) -> list[str]:
    """What the rule may ask for, each once, in the order of its conditions."""
    return list(dict.fromkeys(name for leaf in leaves_of(node) for name in leaf.needs))


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule as the engine takes it."""

    version: int
    rule: Node
    validity_days: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out at one node: of a leaf with its answer, of a group with its parts."""

    node: Node
    value: Value
    answer: Answer | None = None
    of: tuple[Finding, ...] = ()

    @property
    def deciding(self) -> Iterator[Finding]:
        """The leaves that make the value what it is: of a yes those met, of a no those not met, else those unknown."""
        if self.answer is not None:
            yield self
        for part in self.of:
            if part.value is self.value:
                yield from part.deciding

    @property
    def proofs_end_on(self) -> date | None:
        """The last day on which the yes is carried by papers; None where it needs none. At least n: the n longest."""
        if self.answer is not None:
            return self.answer.proof_ends_on
        assert isinstance(self.node, Group)
        ends = sorted((part.proofs_end_on or date.max for part in self.of if part.value is Value.MET), reverse=True)
        last = ends[self.node.least - 1] if len(ends) >= self.node.least else date.max
        return None if last == date.max else last


def find(node: Node, facts: Any, given: Surroundings) -> Finding:
    """Ask every condition; nothing is cut short, so that the trace tells them all."""
    if isinstance(node, Leaf):
        answer = node.answer(facts, given)
        return Finding(node, answer.value, answer)
    parts = tuple(find(part, facts, given) for part in node.of)
    return Finding(node, combined([part.value for part in parts], node.least), None, parts)


def combined(values: Sequence[Value], least: int) -> Value:
    """At least so many of these, in three values."""
    met = sum(value is Value.MET for value in values)
    if met >= least:
        return Value.MET
    unknown = sum(value is Value.UNKNOWN for value in values)
    return Value.UNKNOWN if met + unknown >= least else Value.NOT_MET


@dataclass(frozen=True)
class Decision:
    """An answer and everything that led to it. It holds no birth date: the trace is shown and stored."""

    rule_set: RuleSet
    on: date
    finding: Finding

    @property
    def outcome(self) -> Outcome:
        return OUTCOME_OF[self.finding.value]

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Of the conditions that decide, each once, in the order of the rule."""
        return tuple(dict.fromkeys(one.answer.reason for one in self.finding.deciding if one.answer))

    @property
    def reason(self) -> Reason:
        """The first that decides."""
        return self.reasons[0]

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The facts that would settle it, in the order in which one asks; empty where it is settled."""
        if self.finding.value is not Value.UNKNOWN:
            return ()
        return tuple(dict.fromkeys(name for one in self.finding.deciding if one.answer for name in one.answer.missing))

    @cached_property
    def income(self) -> income.Decision | None:
        """The figures of the first condition about income, if the rule has one."""
        found = (one for one in _leaf_findings(self.finding) if isinstance(one.node, IncomeBelowThreshold))
        first = next(found, None)
        return first.answer.figures if first and first.answer else None

    @property
    def threshold(self) -> Threshold | None:
        return self.income.threshold if self.income else None

    @property
    def valid_until(self) -> date | None:
        """The last day on which a quote may be issued on this answer: by the rule, or by a proof that ends before."""
        if self.outcome is not Outcome.ELIGIBLE:
            return None
        by_rule = self.on + timedelta(days=self.rule_set.validity_days)
        by_proof = self.finding.proofs_end_on
        return min(by_rule, by_proof) if by_proof else by_rule

    def trace(self) -> dict[str, Any]:
        """For JSON, amounts as decimal strings: the same facts give the same trace, byte for byte."""
        return {
            "engine_version": ENGINE_VERSION,
            "rule_set": {
                "version": self.rule_set.version,
                "definition": self.rule_set.rule.definition,
                "validity_days": self.rule_set.validity_days,
            },
            "on": self.on.isoformat(),
            "outcome": self.outcome.value,
            "reasons": [reason.value for reason in self.reasons],
            "missing": list(self.missing),
            "tree": _trace_of(self.finding),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
        }


def decide(facts: Facts | VehicleFacts, rule_set: RuleSet, thresholds: Thresholds, on: date) -> Decision:
    """The answer for these facts on that day. Amounts are finite Decimals, in euros."""
    return Decision(rule_set, on, find(rule_set.rule, facts, Surroundings(on, thresholds)))


def _leaf_findings(finding: Finding) -> Iterator[Finding]:
    if finding.answer is not None:
        yield finding
    for part in finding.of:
        yield from _leaf_findings(part)


def _trace_of(finding: Finding) -> dict[str, Any]:
    if finding.answer is None:
        assert isinstance(finding.node, Group)
        head = {"op": finding.node.op, "n": finding.node.least, "value": finding.value.value}
        return head | {"of": [_trace_of(part) for part in finding.of]}
    answer = finding.answer
    return {
        **finding.node.definition,
        "value": finding.value.value,
        "reason": answer.reason.value,
        "missing": list(answer.missing),
        "figures": _figures(answer.figures) if answer.figures else None,
        "proof": {"kind": answer.proof.kind.value, "issued_on": answer.proof.issued_on.isoformat()}
        if answer.proof
        else None,
        "proof_ends_on": answer.proof_ends_on.isoformat() if answer.proof_ends_on else None,
    }


def _proof(proof: Proof | None) -> dict[str, str] | None:
    return {"kind": proof.kind.value, "issued_on": proof.issued_on.isoformat()} if proof else None


_OF_THE_WHOLE = ("engine_version", "rule_set", "on", "outcome", "reason", "missing", "valid_until")


def _figures(figures: income.Decision) -> dict[str, Any]:
    """The terms of the computation, without what the whole trace says."""
    return {name: value for name, value in figures.trace().items() if name not in _OF_THE_WHOLE}
