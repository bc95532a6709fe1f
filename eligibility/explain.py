"""A decision in French, line by line, made from its trace alone, so that a stored answer can be shown later.

Figures carry their source: INSEE, the income year, the scale. Narrow no-break spaces inside figures.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from eligibility.facts import REASON_SENTENCES, Outcome, ProofKind, Reason, Value
from eligibility.labels import (
    DWELLING_LABELS,
    FACT_LABELS,
    MINUS,
    NARROW_NO_BREAK_SPACE,
    NO_BREAK_SPACE,
    OUTCOME_LABELS,
    PROOF_LABELS,
    TERRITORY_LABELS,
    VALUE_LABELS,
    either,
)
from eligibility.leaves import LEAVES, Leaf, Provable, Subject
from eligibility.rules import Group, Node, parse
from eligibility.wording import opening

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)

Trace = Mapping[str, Any]


class Line(NamedTuple):
    label: str
    text: str
    depth: int = 0
    """How deep in the tree of the rule, for the lines of its conditions."""
    value: str = ""
    """Of a condition or group: met, not_met or unknown."""


def explain(trace: Trace) -> list[Line]:
    """The lines of `Decision.trace()`, the answer first; a figure that was not reached has no line.

    A trace of the engine's first version, or of a rule of one condition about income, is told as its computation; of a
    tree, each condition has its line, and the computation of the income follows its own.
    """
    if trace["engine_version"] == "1":
        return _set(_of_the_threshold(trace))
    tree = trace["tree"]
    if tree.get("leaf") == "income_below_threshold":
        return _set(_of_the_threshold({**trace, **tree["figures"], "reason": trace["reasons"][0]}))
    return _set(_of_a_tree(trace))


class Obstacle(NamedTuple):
    """A condition that keeps an answer from being a yes; where it is not known, perhaps with what is missing."""

    condition: str
    reason: Reason
    missing: str


def obstacles(trace: Trace) -> list[Obstacle]:
    """Those that decide, in the order of the rule; none of a yes."""
    if trace["outcome"] == Outcome.ELIGIBLE:
        return []
    if trace["engine_version"] == "1":
        return [Obstacle("", Reason(trace["reason"]), _listed(trace["missing"]))]
    rule = parse(trace["rule_set"]["definition"], _subject_of(trace))
    return list(_obstacles(rule, trace["tree"]))


def _obstacles(node: Node, found: Trace) -> Iterator[Obstacle]:
    if isinstance(node, Group):
        for part, below in zip(node.of, found["of"], strict=True):
            if below["value"] == found["value"]:
                yield from _obstacles(part, below)
        return
    missing = (_paper_of(node) if name == "proofs" else FACT_LABELS[name] for name in found["missing"])
    yield Obstacle(f"{_capital(node.sentence)}.", Reason(found["reason"]), _typeset(", ".join(missing)))


def _paper_of(leaf: Leaf) -> str:
    if not isinstance(leaf, Provable):
        return FACT_LABELS["proofs"]
    papers = either([PROOF_LABELS[one] for one in leaf.proofs])
    return f"un justificatif de moins de {leaf.proof_max_age_days} jours ({papers})"


def _set(lines: Iterable[Line]) -> list[Line]:
    return [line._replace(text=_typeset(line.text)) for line in lines if line.text]


def _of_the_threshold(trace: Trace) -> list[Line]:
    return [
        Line("Réponse", _answer(trace)),
        Line("Il manque", _missing(trace)),
        *_computation(trace),
        Line("Validité", _validity(trace)),
    ]


def _computation(trace: Trace, depth: int = 0) -> list[Line]:
    return [
        Line("Situation", _situation(trace), depth),
        Line("Foyer", _household(trace), depth),
        Line("Unités de consommation", _units(trace), depth),
        Line("Seuil de pauvreté", _threshold(trace), depth),
        Line("Seuil du foyer", _household_threshold(trace), depth),
        Line("Revenu disponible", _income(trace), depth),
        Line("Comparaison", _comparison(trace), depth),
        Line("Niveau de vie", _standard_of_living(trace), depth),
    ]


def _of_a_tree(trace: Trace) -> list[Line]:
    rule = parse(trace["rule_set"]["definition"], _subject_of(trace))
    return [
        Line("Réponse", f"{OUTCOME_LABELS[Outcome(trace['outcome'])]}. {_WHOLE[Outcome(trace['outcome'])]}"),
        Line("Il manque", _missing(trace)),
        *_conditions(rule, trace["tree"], trace, 0),
        Line("Validité", _validity(trace)),
    ]


_WHOLE: Mapping[Outcome, str] = {
    Outcome.ELIGIBLE: "Les conditions de la règle sont remplies.",
    Outcome.NOT_ELIGIBLE: (
        "Les conditions de la règle ne sont pas remplies. Si la situation change, refaites une évaluation."
    ),
    Outcome.NEEDS_REVIEW: (
        "Ce qui est connu ne suffit pas pour répondre. Complétez, ou un pilote examinera la situation."
    ),
}


def _conditions(node: Node, found: Trace, trace: Trace, depth: int) -> Iterator[Line]:
    value = found["value"]
    label = VALUE_LABELS[Value(value)].capitalize()
    if isinstance(node, Group):
        yield Line(label, f"{opening(node)} :", depth, value)
        for part, below in zip(node.of, found["of"], strict=True):
            yield from _conditions(part, below, trace, depth + 1)
        return
    yield Line(label, f"{_capital(node.sentence)}. {_why(node, found)}".strip(), depth, value)
    if found["figures"]:
        yield from _computation({**trace, **found["figures"], "reason": found["reason"]}, depth + 1)


def _why(leaf: Leaf, found: Trace) -> str:
    """Besides the sentence: what is missing, and the paper it rests on."""
    if found["proof_ends_on"]:
        paper = PROOF_LABELS[ProofKind(found["proof"]["kind"])]
        of, until = day(found["proof"]["issued_on"]), day(found["proof_ends_on"])
        return f"Justificatif : {paper} du {of}, valable jusqu’au {until}."
    reason = Reason(found["reason"])
    if reason == Reason.MISSING_FACT:
        return f"Il manque {_listed(found['missing'])}."
    return REASON_SENTENCES[reason] if reason.condition is Value.UNKNOWN else ""


def _subject_of(trace: Trace) -> Subject:
    found = trace["tree"]
    while "leaf" not in found:
        found = found["of"][0]
    return LEAVES[found["leaf"]].subject


def _missing(trace: Trace) -> str:
    return _listed(trace["missing"])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(FACT_LABELS[name] for name in names)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def number(text: str) -> str:
    """'-22800.50' as '−22 800,50': every decimal of the trace, none rounded away."""
    whole, _, decimals = text.removeprefix("-").partition(".")
    grouped = f"{int(whole):,}".replace(",", NARROW_NO_BREAK_SPACE)
    return (MINUS if text.startswith("-") else "") + grouped + ("," + decimals if decimals else "")


def day(iso: str) -> str:
    """'2026-03-01' as '1er mars 2026'."""
    parsed = date.fromisoformat(iso)
    ordinal = "1er" if parsed.day == 1 else str(parsed.day)
    return f"{ordinal} {MONTHS[parsed.month - 1]} {parsed.year}".replace(" ", NO_BREAK_SPACE)


def _answer(trace: Trace) -> str:
    return f"{OUTCOME_LABELS[Outcome(trace['outcome'])]}. {REASON_SENTENCES[Reason(trace['reason'])]}"


def _situation(trace: Trace) -> str:
    if trace["reason"] != Reason.OUTSIDE_THRESHOLD_COVERAGE:
        return ""
    return f"{TERRITORY_LABELS[trace['territory']]}, {DWELLING_LABELS[trace['dwelling']]}"


def _household(trace: Trace) -> str:
    if trace["members"] is None:
        return ""
    people = "1 personne" if trace["members"] == 1 else f"{trace['members']} personnes"
    ages = f"{trace['aged_14_or_over']} de 14 ans ou plus, {trace['under_14']} de moins de 14 ans"
    return f"{people} : {ages} (âges au {day(trace['on'])})"


def _units(trace: Trace) -> str:
    if trace["consumption_units"] is None:
        return ""
    terms = ["1"]
    if others := trace["aged_14_or_over"] - 1:
        terms.append(f"0,5 × {others}")
    if children := trace["under_14"]:
        terms.append(f"0,3 × {children}")
    total = "" if len(terms) == 1 else f" = {_short(trace['consumption_units'])}"
    return f"{' + '.join(terms)}{total} UC (échelle OCDE modifiée, celle de l’INSEE)"


def _threshold(trace: Trace) -> str:
    threshold = trace["threshold"]
    if threshold is None:
        return ""
    amount = f"{_short(threshold['monthly_amount_eur'])} € par mois pour 1 UC"
    source = f"INSEE, année de revenus {threshold['income_year']}"
    level = f"{threshold['level_percent']} % du niveau de vie médian"
    return f"{amount} ({source}, {level} ; {_choice_of_threshold(trace)})"


def _choice_of_threshold(trace: Trace) -> str:
    threshold = trace["threshold"]
    if threshold["status"] == "disputed":
        return "chiffre non validé par l’INSEE"
    if trace["threshold_year_named"] is not None:
        return "année choisie"
    return f"en vigueur depuis le {day(threshold['in_force_from'])}"


def _household_threshold(trace: Trace) -> str:
    if trace["threshold"] is None:
        return ""
    monthly, units = _short(trace["threshold"]["monthly_amount_eur"]), _short(trace["consumption_units"])
    return f"{monthly} × {units} × 12 = {number(trace['household_threshold_annual_eur'])} € par an"


def _income(trace: Trace) -> str:
    income = trace["annual_disposable_income_eur"]
    return f"{number(income)} € par an (déclaré pour le foyer)" if income is not None else ""


def _comparison(trace: Trace) -> str:
    if trace["margin_annual_eur"] is None:
        return ""
    income = number(trace["annual_disposable_income_eur"])
    limit = number(trace["household_threshold_annual_eur"])
    margin = trace["margin_annual_eur"]
    if margin == "0.00":
        return f"{income} € = {limit} € : égal au seuil, il faut être en dessous"
    if margin.startswith("-"):
        return f"{income} € > {limit} € : au-dessus de {number(margin.removeprefix('-'))} €"
    return f"{income} € < {limit} € : en dessous de {number(margin)} €"


def _standard_of_living(trace: Trace) -> str:
    if trace["standard_of_living_monthly_eur"] is None:
        return ""
    income, units = number(trace["annual_disposable_income_eur"]), _short(trace["consumption_units"])
    shown = number(trace["standard_of_living_monthly_eur"])
    only_shown = "arrondi pour l’affichage, sans effet sur la réponse"
    return f"{income} ÷ 12 ÷ {units} = {shown} € par mois pour 1 UC ({only_shown})"


def _validity(trace: Trace) -> str:
    if trace["valid_until"] is None:
        return ""
    return f"jusqu’au {day(trace['valid_until'])} inclus ({trace['rule_set']['validity_days']} jours)"


def _short(text: str) -> str:
    """A figure without idle decimals: '1288.00' as '1 288', '2.0' as '2'."""
    return number(text.removesuffix(".00").removesuffix(".0"))


def _typeset(text: str) -> str:
    """What belongs together stays on one line."""
    for mark in ("€", "%", ":", ";", "UC"):
        text = text.replace(f" {mark}", NO_BREAK_SPACE + mark)
    return text
