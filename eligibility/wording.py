"""A rule read aloud: the whole of it, what differs between two of them, and what would change an answer. Pure.

Sentences are French and made from the rule itself, so that what people read is what is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from eligibility.facts import Value
from eligibility.labels import NO_BREAK_SPACE, PROOF_LABELS, amount_fr, either
from eligibility.leaves import FamilyQuotientAtMost, IncomeBelowThreshold, Leaf, MinimumBenefit, Provable
from eligibility.rules import Decision, Finding, Group, Node, RuleSet, combined


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of a rule: a condition, or the words that open a group, with what belongs to it."""

    text: str
    path: tuple[int, ...] = ()
    of: tuple[Reading, ...] = ()
    proof: str = ""
    source: str = ""

    @property
    def is_group(self) -> bool:
        return bool(self.of)


def read(node: Node, path: tuple[int, ...] = ()) -> Reading:
    """The rule as nested lines."""
    if isinstance(node, Leaf):
        return Reading(_typeset(_capital(node.sentence)), path, (), proof_of(node), node.source)
    parts = tuple(read(part, (*path, index)) for index, part in enumerate(node.of))
    return Reading(opening(node), path, parts)


def opening(group: Group) -> str:
    """How a group begins: 'Il faut toutes ces conditions'."""
    if len(group.of) == 1:
        return "Il faut cette condition"
    if group.op == "all" or group.least == len(group.of):
        return "Il faut toutes ces conditions"
    if group.least == 1:
        return "Il faut une au moins de ces conditions"
    return f"Il faut {group.least} au moins de ces {len(group.of)} conditions"


def proof_of(leaf: Leaf) -> str:
    """Which papers count for it, and how old they may be."""
    if not isinstance(leaf, Provable) or not leaf.proofs:
        return ""
    papers = either([PROOF_LABELS[one] for one in leaf.proofs])
    start = "Justificatif exigé" if leaf.needs_proof else "Justificatif possible"
    return _typeset(f"{start} : {papers}, de moins de {leaf.proof_max_age_days} jours")


def lines(node: Node, depth: int = 0) -> list[str]:
    """The rule as plain lines, indented by depth: for mail, print and comparison."""
    indent = "    " * depth
    if isinstance(node, Leaf):
        return [f"{indent}- {node.sentence}"]
    return [f"{indent}{opening(node)}{NO_BREAK_SPACE}:", *(line for part in node.of for line in lines(part, depth + 1))]


def difference(before: RuleSet, after: RuleSet) -> list[str]:
    """What changed from one version to the next, a sentence each; empty where nothing did."""
    told = list(_differing(before.rule, after.rule))
    if before.validity_days != after.validity_days:
        told.append(f"Une évaluation vaut {after.validity_days} jours, au lieu de {before.validity_days}.")
    return [_typeset(one) for one in told]


def _differing(before: Node, after: Node) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, Leaf) and isinstance(after, Leaf):
        yield from _changed(before, after)
        return
    # a single condition is a group of one: adding another to it is no new rule
    old, new = _as_group(before), _as_group(after)
    if len(old.of) > 1 and len(new.of) > 1 and (old.least == len(old.of)) != (new.least == len(new.of)):
        yield f"{opening(new)}, au lieu de : {_small(opening(old))}."
    elif old.op == new.op == "at_least" and old.least != new.least:
        yield f"{opening(new)}, au lieu de {old.least}."
    elif len(old.of) == 1 < len(new.of):
        yield f"{opening(new)}."
    yield from _parts_differing(old, new)


def _parts_differing(old: Group, new: Group) -> Iterator[str]:
    """Matched by what stays the same, then by kind in order; the rest was added or taken out."""
    gone, come = list(old.of), list(new.of)
    for part in new.of:
        if part in gone:
            gone.remove(part)
            come.remove(part)
    for part in list(come):
        if (twin := next((one for one in gone if _is_alike(one, part)), None)) is not None:
            gone.remove(twin)
            come.remove(part)
            yield from _differing(twin, part)
    yield from (f"Nouvelle condition : {_flat(part)}." for part in come)
    yield from (f"Condition retirée : {_flat(part)}." for part in gone)


def _is_alike(one: Node, other: Node) -> bool:
    return type(one) is type(other) if isinstance(one, Leaf) else isinstance(other, Group)


def _as_group(node: Node) -> Group:
    return node if isinstance(node, Group) else Group("all", 1, (node,))


def _changed(before: Leaf, after: Leaf) -> Iterator[str]:
    if type(before) is not type(after):
        yield f"Nouvelle condition : {after.sentence}."
        yield f"Condition retirée : {before.sentence}."
        return
    if before.sentence != after.sentence:
        yield f"{_capital(after.sentence)}. Avant : {before.sentence}."
    if isinstance(before, Provable) and isinstance(after, Provable):
        if before.needs_proof != after.needs_proof:
            yield (
                f"Un justificatif est exigé pour : {after.sentence}."
                if after.needs_proof
                else f"Un justificatif n’est plus exigé pour : {after.sentence}."
            )
        if before.proof_max_age_days != after.proof_max_age_days:
            yield (
                f"Le justificatif vaut {after.proof_max_age_days} jours, au lieu de {before.proof_max_age_days}, "
                f"pour : {after.sentence}."
            )


def _flat(node: Node) -> str:
    """A condition or a whole group within a sentence."""
    if isinstance(node, Leaf):
        return node.sentence
    joined = " ; ".join(_flat(part) for part in node.of)
    return f"{_small(opening(node))} ({joined})"


# --- for the person ---------------------------------------------------------------------------------------
def what_would_change(decision: Decision) -> list[str]:
    """To a no: each condition that alone would make it a yes, and how far away it is; empty where none would."""
    return [_typeset(_hint(one)) for one in pivotal(decision)]


def pivotal(decision: Decision) -> list[Finding]:
    """Of a no, the conditions that alone would make it a yes; none of any other answer."""
    return list(_pivotal(decision.finding)) if decision.finding.value is Value.NOT_MET else []


def _pivotal(finding: Finding) -> Iterator[Finding]:
    """Leaves not met that would turn this whole to met if they were, all else as it is."""
    if finding.answer is not None:
        if finding.value is Value.NOT_MET:
            yield finding
        return
    assert isinstance(finding.node, Group)
    for index, part in enumerate(finding.of):
        values = [one.value for one in finding.of]
        values[index] = Value.MET
        if part.value is Value.NOT_MET and combined(values, finding.node.least) is Value.MET:
            yield from _pivotal(part)


def _hint(finding: Finding) -> str:
    leaf, answer = finding.node, finding.answer
    assert answer is not None
    figures = answer.figures
    if isinstance(leaf, IncomeBelowThreshold) and figures and figures.margin_annual_eur is not None:
        over = -figures.margin_annual_eur
        if over == 0:
            return "avec un euro de moins par an, le revenu du foyer serait en dessous du seuil"
        return (
            f"avec {amount_fr(enough_a_month(over))} € de moins par mois, le revenu du foyer serait en dessous du seuil"
        )
    if isinstance(leaf, FamilyQuotientAtMost):
        return f"avec un quotient familial de {amount_fr(leaf.limit_eur)} € au plus"
    if isinstance(leaf, MinimumBenefit):
        return f"si {leaf.sentence}"
    assert isinstance(leaf, Leaf)
    return f"si {leaf.sentence}"


def enough_a_month(over: Decimal) -> Decimal:
    """By how many whole euros a month a yearly amount has to fall to be below the limit, not at it."""
    a_month = (over / 12).to_integral_value(ROUND_CEILING)
    return a_month if a_month * 12 > over else a_month + 1


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _typeset(text: str) -> str:
    """What belongs together stays on one line."""
    for mark in ("€", "%", ":", ";", "km"):
        text = text.replace(f" {mark}", NO_BREAK_SPACE + mark)
    return text
