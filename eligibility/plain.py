"""An answer told to the person whom it is about: plain words, no code, nobody's income. Pure.

What the sentences of a rule say of "la personne" is said to her, and a poverty threshold is a limit in euros a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from eligibility.facts import CENT, Outcome, Reason, Value
from eligibility.labels import (
    BENEFIT_LABELS,
    EMPLOYMENT_LABELS,
    NARROW_NO_BREAK_SPACE,
    NO_BREAK_SPACE,
    PROOF_LABELS,
    SENDER_LABELS,
    amount_fr,
    either,
)
from eligibility.leaves import (
    EmploymentAmong,
    FamilyQuotientAtMost,
    IncomeBelowThreshold,
    Leaf,
    MinimumBenefit,
    NeedsVehicleForWork,
    Provable,
    SentByAmong,
)
from eligibility.rules import Decision, Finding
from eligibility.wording import enough_a_month, pivotal


@dataclass(frozen=True, slots=True)
class Told:
    """Sentences in the second person, each with its full stop; `bring` is what would let the question be answered."""

    answer: str
    why: tuple[str, ...]
    changes: tuple[str, ...] = ()
    bring: tuple[str, ...] = ()


_ANSWERS: Mapping[Outcome, str] = {
    Outcome.ELIGIBLE: "Oui, vous avez droit à une réparation à prix coûtant.",
    Outcome.NOT_ELIGIBLE: "Non, vous n’y avez pas droit pour le moment.",
    Outcome.NEEDS_REVIEW: "On ne sait pas encore : quelqu’un va regarder votre situation. Ce n’est pas un non.",
}
_BUT_THE_CAR = "Votre situation donne droit à une réparation à prix coûtant. Il reste à regarder la voiture."
_GRANTED = "Un responsable du programme a regardé votre situation et vos papiers, et il a dit oui."
_REFUSED = "Un responsable du programme a regardé votre situation et vos papiers, et il a dit non."
_FACTS: Mapping[str, str] = {
    "birth_dates": "la date de naissance de chaque personne de votre foyer",
    "annual_disposable_income_eur": "le revenu de votre foyer",
    "territory": "la commune où vous vivez",
    "dwelling": "votre type de logement",
    "family_quotient_eur": "votre quotient familial",
    "minimum_benefits": "les prestations que vous recevez",
    "employment": "votre situation d’emploi",
    "needs_vehicle_for_work": "si la voiture vous sert à travailler",
    "sent_by": "la structure qui vous accompagne",
}
_UNSURE: Mapping[Reason, str] = {
    Reason.OUTSIDE_THRESHOLD_COVERAGE: "la limite de revenu n’est pas publiée pour votre logement ou votre territoire",
    Reason.NEGATIVE_DISPOSABLE_INCOME: "le revenu de votre foyer doit être vérifié",
}


def tell(decision: Decision, *, is_granted: bool = False, awaits_car: bool = False) -> Told:
    """What this answer means for the person; `is_granted`: somebody said yes where the computation could not;
    `awaits_car`: a yes for the household is not yet one for the car."""
    yes = _BUT_THE_CAR if awaits_car else _ANSWERS[Outcome.ELIGIBLE]
    if is_granted:
        return Told(yes, (_GRANTED,))
    found = list(decision.finding.deciding)
    why = [_sentence(_joined(_once(_why(one) for one in found))), *_once(_limit(one) for one in found)]
    return Told(
        yes if decision.outcome is Outcome.ELIGIBLE else _ANSWERS[decision.outcome],
        tuple(one for one in why if one),
        tuple(_typeset(_change(one)) for one in pivotal(decision)),
        tuple(_typeset(one) for one in _once(_lacking(found))) if decision.finding.value is Value.UNKNOWN else (),
    )


def tell_refusal() -> Told:
    """Somebody said no where the computation could not answer."""
    return Told(_ANSWERS[Outcome.NOT_ELIGIBLE], (_REFUSED,))


def tell_of_car(outcome: Outcome, asked: Iterable[str], missing: Iterable[str], *, is_granted: bool) -> tuple[str, ...]:
    """What the answer about the car means; `asked`: the conditions that keep it from a yes; `missing`: in words."""
    if outcome is Outcome.ELIGIBLE:
        return ("Un responsable du programme l’a acceptée." if is_granted else "Elle entre dans la règle.",)
    lacking = _once(missing)
    if outcome is Outcome.NEEDS_REVIEW:
        needed = (f"Il nous manque {_listed(lacking)}.",) if lacking else ()
        return ("On ne sait pas encore si elle entre dans la règle.", *map(_typeset, needed))
    conditions = " ; ".join(one[:1].lower() + one[1:].rstrip(".") for one in asked)
    may = "Un responsable du programme peut l’accepter quand même : votre conseiller le lui demande."
    return tuple(map(_typeset, ("Elle n’entre pas dans la règle.", f"Ce qui n’est pas rempli : {conditions}.", may)))


def _why(finding: Finding) -> str:
    leaf = finding.node
    assert isinstance(leaf, Leaf)
    if finding.value is Value.UNKNOWN:
        return _unsure(finding)
    return _met(leaf) if finding.value is Value.MET else _not_met(leaf, finding)


def _met(leaf: Leaf) -> str:
    match leaf:
        case IncomeBelowThreshold():
            return "le revenu de votre foyer est en dessous de la limite"
        case FamilyQuotientAtMost():
            return f"votre quotient familial ne dépasse pas {amount_fr(leaf.limit_eur)} €"
        case MinimumBenefit() if leaf.within_months:
            return f"vous recevez {_benefits(leaf)}, ou vous l’avez reçu ces {leaf.within_months} derniers mois"
        case MinimumBenefit():
            return f"vous recevez {_benefits(leaf)}"
        case EmploymentAmong():
            return f"vous êtes {either([EMPLOYMENT_LABELS[one] for one in leaf.among])}"
        case NeedsVehicleForWork():
            return "vous avez besoin de la voiture pour travailler ou pour chercher un travail"
        case SentByAmong():
            return f"{_senders(leaf)} vous accompagne"
    return leaf.sentence


def _not_met(leaf: Leaf, finding: Finding) -> str:
    match leaf:
        case IncomeBelowThreshold():
            is_equal = finding.answer is not None and finding.answer.reason is Reason.EQUAL_TO_THRESHOLD
            return f"le revenu de votre foyer {'atteint' if is_equal else 'dépasse'} la limite"
        case FamilyQuotientAtMost():
            return f"votre quotient familial dépasse {amount_fr(leaf.limit_eur)} €"
        case MinimumBenefit():
            return f"vous ne recevez pas {_benefits(leaf)}"
        case EmploymentAmong():
            return f"vous n’êtes pas {either([EMPLOYMENT_LABELS[one] for one in leaf.among])}"
        case NeedsVehicleForWork():
            return "la voiture ne vous est pas nécessaire pour travailler"
        case SentByAmong():
            return f"la structure qui vous accompagne n’est pas {_senders(leaf)}"
    return leaf.sentence


def _benefits(leaf: MinimumBenefit) -> str:
    return either([BENEFIT_LABELS[one] for one in leaf.among])


def _senders(leaf: SentByAmong) -> str:
    return either([SENDER_LABELS[one] for one in leaf.among])


def _unsure(finding: Finding) -> str:
    answer = finding.answer
    assert answer is not None
    if answer.missing:
        return f"il nous manque {_listed(_lacking([finding]))}"
    return _UNSURE.get(answer.reason, "un chiffre doit être vérifié")


def _lacking(found: Iterable[Finding]) -> list[str]:
    """Facts and papers to bring."""
    return [
        _paper(one.node) if name == "proofs" else _FACTS[name]
        for one in found
        if one.answer
        for name in one.answer.missing
    ]


def _paper(leaf: object) -> str:
    assert isinstance(leaf, Provable)
    papers = either([PROOF_LABELS[one] for one in leaf.proofs])
    return f"un papier de moins de {leaf.proof_max_age_days} jours ({papers})"


def _limit(finding: Finding) -> str:
    """The limit is no secret and nobody's income: for a household of so many, in euros a month."""
    figures = finding.answer.figures if finding.answer else None
    if figures is None or figures.household_threshold_annual is None or not figures.members:
        return ""
    monthly = (figures.household_threshold_annual / 12).quantize(CENT, ROUND_HALF_UP)
    people = "une personne" if figures.members == 1 else f"{figures.members} personnes"
    return _typeset(f"Pour un foyer comme le vôtre ({people}), la limite est de {amount_fr(monthly)} € par mois.")


def _change(finding: Finding) -> str:
    leaf, answer = finding.node, finding.answer
    assert isinstance(leaf, Leaf)
    if isinstance(leaf, FamilyQuotientAtMost):
        return f"avec un quotient familial de {amount_fr(leaf.limit_eur)} € au plus"
    margin = answer.figures.margin_annual_eur if answer and answer.figures else None
    if margin is None:
        return f"si {_met(leaf)}"
    return f"si le revenu de votre foyer baissait {_by(-margin)}"


def _by(over: Decimal) -> str:
    """To be below, not at, the limit: whole euros a month, enough of them."""
    if over == 0:
        return "d’un euro par an"
    return f"de {amount_fr(enough_a_month(over))} € par mois"


def _once(sentences: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(one for one in sentences if one))


def _listed(words: Iterable[str]) -> str:
    *before, last = _once(words)
    return f"{', '.join(before)} et {last}" if before else last


def _joined(parts: list[str]) -> str:
    *before, last = parts
    return f"{', '.join(before)}, et {last}" if before else last


def _sentence(text: str) -> str:
    return _typeset(f"{text[:1].upper()}{text[1:]}.")


def _typeset(text: str) -> str:
    text = text.replace(" €", f"{NO_BREAK_SPACE}€").replace(" :", f"{NO_BREAK_SPACE}:")
    return text.replace(" ;", f"{NARROW_NO_BREAK_SPACE};")
