"""A decision in French, line by line, made from its trace alone, so that a stored answer can be shown later.

Figures carry their source: INSEE, the income year, the scale. Narrow no-break spaces inside figures.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from eligibility.rules import REASON_SENTENCES, Outcome, Reason

# As mobiliz.lib.numbers has them; the engine imports nothing of the project, so that it runs alone.
NO_BREAK_SPACE, NARROW_NO_BREAK_SPACE, MINUS = "\u00a0", "\u202f", "\u2212"
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)

OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.ELIGIBLE: "Éligible",
    Outcome.NOT_ELIGIBLE: "Non éligible",
    Outcome.NEEDS_REVIEW: "À examiner",
}
FACT_LABELS: Mapping[str, str] = {
    "birth_dates": "les dates de naissance du foyer",
    "annual_disposable_income_eur": "le revenu disponible du foyer",
    "territory": "le territoire où vit le foyer",
    "dwelling": "le type de logement",
}
TERRITORY_LABELS = {"mainland": "France métropolitaine", "drom": "outre-mer"}
DWELLING_LABELS = {
    "ordinary": "logement ordinaire",
    "institution": "logement collectif",
    "student_alone": "étudiant vivant seul",
}

Trace = Mapping[str, Any]


class Line(NamedTuple):
    label: str
    text: str


def explain(trace: Trace) -> list[Line]:
    """The lines of `Decision.trace()`, the answer first; a figure that was not reached has no line."""
    lines = (
        Line("Réponse", _answer(trace)),
        Line("Il manque", ", ".join(FACT_LABELS[name] for name in trace["missing"])),
        Line("Situation", _situation(trace)),
        Line("Foyer", _household(trace)),
        Line("Unités de consommation", _units(trace)),
        Line("Seuil de pauvreté", _threshold(trace)),
        Line("Seuil du foyer", _household_threshold(trace)),
        Line("Revenu disponible", _income(trace)),
        Line("Comparaison", _comparison(trace)),
        Line("Niveau de vie", _standard_of_living(trace)),
        Line("Validité", _validity(trace)),
    )
    return [Line(line.label, _typeset(line.text)) for line in lines if line.text]


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
