"""The eligibility service: the only door of this app for others.

Facts in, a stored and immutable assessment out; an old one replays from its own facts and pinned rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility import income, rules, thresholds
from eligibility.explain import Line, Obstacle, explain, obstacles
from eligibility.facts import Benefit, Employment, Facts, Outcome, Proof, ProofKind, VehicleFacts, amount_text
from eligibility.labels import PROOF_LABELS
from eligibility.leaves import BadRule, IncomeBelowThreshold, MinimumBenefit, Provable, Subject
from eligibility.models import Assessment, Method, RuleSet, Threshold
from eligibility.plain import Told, tell, tell_of_car
from eligibility.rules import Decision
from eligibility.wording import Reading, difference, read, what_would_change
from mobiliz.accounts.models import Membership, Organisation
from mobiliz.lib import clock


class NoRuleInForce(Exception):
    """The offer has no rule set on that day: nothing can be assessed."""


def rule_set_in_force(offer_code: str, on: date) -> RuleSet:
    """The one rule set of the offer on that day; raises NoRuleInForce."""
    found = RuleSet.objects.of_offer(offer_code).in_force_on(on).first()
    if found is None:
        raise NoRuleInForce(_("Aucun barème d’éligibilité n’est en vigueur pour cette offre."))
    return found


def preview(facts: Facts, *, offer_code: str, on: date) -> Decision:
    """What the answer would be; stores nothing."""
    return _decide(facts, rule_set_in_force(offer_code, on), on)


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper: how old it may be at most, and whether a condition is not met without one."""

    kind: ProofKind
    max_age_days: int
    is_required: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rule of a day needs to know: the facts in the order of asking, and the papers that count."""

    facts: tuple[str, ...]
    papers: tuple[Paper, ...]
    benefits: tuple[Benefit, ...] = ()
    """Those that a condition names: of no other is anything asked."""
    has_past_benefits: bool = False
    """Whether it matters when the last one was received."""

    def needs(self, *names: str) -> bool:
        return any(name in self.facts for name in names)


def asked_by(offer_code: str, on: date) -> Asked:
    """Only what the rule in force needs; raises NoRuleInForce."""
    return asked_for(rule_set_in_force(offer_code, on))


def asked_for(rule_set: RuleSet) -> Asked:
    """Only what this rule needs; raises BadRule where it is not whole."""
    rule = engine_rule(rule_set).rule
    leaves = rules.leaves_of(rule)
    papers: dict[ProofKind, Paper] = {}
    for leaf in leaves:
        if not isinstance(leaf, Provable):
            continue
        for kind in leaf.proofs:
            known = papers.get(kind, Paper(kind, 0, is_required=False))
            age = max(known.max_age_days, leaf.proof_max_age_days)
            papers[kind] = Paper(kind, age, known.is_required or leaf.needs_proof)
    about_benefits = [leaf for leaf in leaves if isinstance(leaf, MinimumBenefit)]
    named = {one for leaf in about_benefits for one in leaf.among}
    return Asked(
        tuple(rules.facts_needed(rule)),
        tuple(papers.values()),
        tuple(one for one in Benefit if one in named),
        any(leaf.within_months for leaf in about_benefits),
    )


@transaction.atomic
def assess(
    facts: Facts,
    *,
    offer_code: str,
    on: date,
    organisation: Organisation,
    by: Membership | None,
    supersedes: Assessment | None = None,
) -> Assessment:
    """Decide and store: the facts as given, the rules and threshold used, every term, the answer."""
    rule_set = rule_set_in_force(offer_code, on)
    decision = _decide(facts, rule_set, on)
    return _store(decision, rule_set, facts_to_json(facts), organisation=organisation, by=by, supersedes=supersedes)


@transaction.atomic
def assess_vehicle(
    facts: VehicleFacts,
    *,
    offer_code: str,
    on: date,
    organisation: Organisation,
    by: Membership | None,
    supersedes: Assessment | None = None,
) -> Assessment | None:
    """As `assess`, of the car by the offer's rule for cars; None where it has none. The same again is stored once."""
    rule_set = RuleSet.objects.of_offer(offer_code, "vehicle").in_force_on(on).first()
    if rule_set is None:
        return None
    decision = rules.decide(facts, engine_rule(rule_set), thresholds.Thresholds([]), on)
    known = vehicle_to_json(facts)
    is_by_engine = supersedes is not None and supersedes.method == Method.ENGINE
    if supersedes and is_by_engine and (supersedes.facts, supersedes.trace) == (known, decision.trace()):
        return supersedes
    return _store(decision, rule_set, known, organisation=organisation, by=by, supersedes=supersedes)


def _store(
    decision: Decision,
    rule_set: RuleSet,
    facts: dict[str, Any],
    *,
    organisation: Organisation,
    by: Membership | None,
    supersedes: Assessment | None,
) -> Assessment:
    return Assessment.objects.create(
        organisation=organisation,
        method=Method.ENGINE,
        rule_set=rule_set,
        threshold=_stored_threshold(decision),
        engine_version=rules.ENGINE_VERSION,
        reference_date=decision.on,
        facts=facts,
        trace=decision.trace(),
        outcome=decision.outcome.value,
        reasons=[reason.value for reason in decision.reasons],
        valid_until=decision.valid_until,
        supersedes=_latest(supersedes),
        made_by=by,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """A decision to be taken as of its day, for records that are loaded in bulk."""

    facts: Facts
    on: date
    at: datetime
    organisation_id: int


@transaction.atomic
def assess_many(cases: Sequence[PastCase], *, offer_code: str) -> list[Assessment]:
    """As `assess`, for thousands of past cases in a few statements."""
    known, stored = all_thresholds(), {(one.income_year, one.level_percent): one for one in Threshold.objects.all()}
    rule_set = rule_set_in_force(offer_code, max(case.on for case in cases))
    rule = engine_rule(rule_set)
    made = []
    for case in cases:
        decision = rules.decide(case.facts, rule, known, case.on)
        used = decision.threshold
        made.append(
            Assessment(
                organisation_id=case.organisation_id,
                rule_set=rule_set,
                threshold=stored[used.income_year, used.level_percent] if used else None,
                engine_version=rules.ENGINE_VERSION,
                reference_date=case.on,
                facts=facts_to_json(case.facts),
                trace=decision.trace(),
                outcome=decision.outcome.value,
                reasons=[reason.value for reason in decision.reasons],
                valid_until=decision.valid_until,
                made_at=case.at,
            )
        )
    return Assessment.objects.bulk_create(made)


def is_same_again(assessment: Assessment, facts: Facts, *, on: date) -> bool:
    """Whether the calculation, made now from these facts, would repeat this one figure by figure."""
    if assessment.method != Method.ENGINE or assessment.facts != facts_to_json(facts):
        return False
    again = _decide(facts, rule_set_in_force(assessment.rule_set.offer_id, on), on)
    return bool(again.trace() == assessment.trace)


@transaction.atomic
def approve_after_review(assessment: Assessment, *, why: str, evidence: str, by: Membership, on: date) -> Assessment:
    """A pilot's yes where the calculation could not answer: who, why, on what evidence; it supersedes."""
    rule_set = assessment.rule_set
    return Assessment.objects.create(
        organisation=assessment.organisation,
        method=Method.REVIEW,
        rule_set=rule_set,
        threshold=assessment.threshold,
        engine_version=assessment.engine_version,
        reference_date=on,
        facts=assessment.facts,
        trace=assessment.trace,
        outcome=Outcome.ELIGIBLE.value,
        reasons=assessment.reasons,
        valid_until=on + timedelta(days=rule_set.validity_days),
        supersedes=_latest(assessment),
        decision_note={"why": why, "evidence": evidence},
        made_by=by,
    )


type OnRecord = Mapping[tuple[int, int], Threshold]


def thresholds_on_record() -> OnRecord:
    """By income year and level."""
    return {(one.income_year, one.level_percent): one for one in Threshold.objects.all()}


def replay(assessment: Assessment, known: OnRecord | None = None) -> bool:
    """Whether its own engine, from its own facts and pinned rules, gives the same trace again. Not of an erased one.

    known: the thresholds as they stand on record, for whoever replays many.
    """
    pinned = engine_thresholds(_thresholds_of(assessment.trace, known))
    facts = read_facts(assessment.facts, assessment.rule_set.subject)
    on = date.fromisoformat(assessment.trace["on"])
    again = _ENGINES[assessment.engine_version](facts, assessment.rule_set, pinned, on)
    return json.dumps(again) == json.dumps(assessment.trace)


def _thresholds_of(trace: dict[str, Any], known: OnRecord | None = None) -> list[Threshold]:
    """Those that the computation used, as they stand on record."""
    used = {(one["income_year"], one["level_percent"]) for one in _used(trace)}
    on_record = thresholds_on_record() if known is None else known
    return [on_record[key] for key in sorted(used) if key in on_record]


def _used(trace: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A threshold stands in the trace itself (first engine), or in the figures of each condition about income."""
    if trace.get("threshold"):
        yield trace["threshold"]
    for part in (trace.get("tree"), trace.get("figures"), *trace.get("of", ())):
        if part:
            yield from _used(part)


def _first_engine(facts: Facts, rule_set: RuleSet, known: thresholds.Thresholds, on: date) -> dict[str, Any]:
    rule = income.RuleSet(rule_set.version, rule_set.definition["level_percent"], rule_set.validity_days)
    return income.decide(facts, rule, known, on).trace()


def _second_engine(facts: Any, rule_set: RuleSet, known: thresholds.Thresholds, on: date) -> dict[str, Any]:
    return rules.decide(facts, engine_rule(rule_set), known, on).trace()


_ENGINES = {"1": _first_engine, "2": _second_engine}


def explanation(assessment: Assessment) -> list[Line]:
    """The stored computation, line by line in French; of a person who was erased, that it is gone."""
    if assessment.erased_at is not None:
        gone = _("effacé le %(day)s, à la demande de la personne ou au terme prévu ; seule la réponse reste")
        return [Line(_("Calcul"), gone % {"day": f"{clock.day_of(assessment.erased_at):%d/%m/%Y}"})]
    return explain(assessment.trace)


def obstacles_of(assessment: Assessment) -> list[Obstacle]:
    """What keeps it from being a yes: each condition that decides, and what is missing."""
    return [] if assessment.is_erased else obstacles(assessment.trace)


def would_change(assessment: Assessment) -> list[str]:
    """What alone would make a no a yes, in words for the person; of its own facts and rules, as on its day."""
    if assessment.outcome != Outcome.NOT_ELIGIBLE.value or assessment.is_erased:
        return []
    return what_would_change(_decided_again(assessment))


def told_to_person(assessment: Assessment, *, awaits_car: bool = False) -> Told | None:
    """The answer in plain words, with what would change it: of its own facts and rules, as on its day; None of a person
    who was erased."""
    if assessment.is_erased:
        return None
    return tell(_decided_again(assessment), is_granted=assessment.method == Method.REVIEW, awaits_car=awaits_car)


def told_of_car(assessment: Assessment) -> tuple[str, ...]:
    """The answer of the rule for cars, in plain words; nothing of one that was erased."""
    if assessment.is_erased:
        return ()
    found = obstacles_of(assessment)
    asked, missing = [one.condition for one in found], [one.missing for one in found if one.missing]
    is_granted = assessment.method == Method.REVIEW
    return tell_of_car(Outcome(assessment.outcome), asked, missing, is_granted=is_granted)


def proofs_of(assessment: Assessment) -> list[tuple[str, date]]:
    """The papers that somebody looked at: of which kind, of which day."""
    if assessment.is_erased:
        return []
    return [(PROOF_LABELS[one.kind], one.issued_on) for one in facts_from_json(assessment.facts).proofs]


def _decided_again(assessment: Assessment) -> Decision:
    known = engine_thresholds(_thresholds_of(assessment.trace))
    facts, on = facts_from_json(assessment.facts), date.fromisoformat(assessment.trace["on"])
    return rules.decide(facts, engine_rule(assessment.rule_set), known, on)


def household_in_words(assessment: Assessment) -> str:
    """How many people of which ages, on the day of the assessment: for whoever decides where the calculation cannot."""
    births = None if assessment.is_erased else facts_from_json(assessment.facts).birth_dates
    if births is None:
        return ""
    ages = [income.completed_years(born, assessment.reference_date) for born in births]
    listed = ", ".join(ngettext("%(age)d an", "%(age)d ans", age) % {"age": age} for age in ages)
    people = ngettext("%(count)d personne", "%(count)d personnes", len(ages)) % {"count": len(ages)}
    return f"{people} : {listed}"


def is_usable(assessment: Assessment | None, on: date) -> bool:
    """Whether a referral may go to a garage on it: eligible, and not expired on that day."""
    return bool(assessment and assessment.is_eligible and assessment.valid_until and assessment.valid_until >= on)


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """The facts as they are sealed in the assessment; those that few rules ask for only where they are known."""
    births = facts.birth_dates
    told = {
        "birth_dates": None if births is None else [born.isoformat() for born in births],
        "annual_disposable_income_eur": _amount(facts.annual_disposable_income_eur),
        "territory": facts.territory,
        "dwelling": facts.dwelling,
        "threshold_year": facts.threshold_year,
    }
    return told | {name: value for name, value in _more_facts(facts).items() if value not in (None, [])}


def _more_facts(facts: Facts) -> dict[str, Any]:
    benefits = facts.minimum_benefits
    return {
        "family_quotient_eur": _amount(facts.family_quotient_eur),
        "minimum_benefits": None if benefits is None else {str(one): _iso(last) for one, last in benefits.items()},
        "employment": None if facts.employment is None else str(facts.employment),
        "needs_vehicle_for_work": facts.needs_vehicle_for_work,
        "sent_by": facts.sent_by,
        "proofs": [[str(one.kind), one.issued_on.isoformat()] for one in facts.proofs],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else amount_text(amount)


def facts_from_json(stored: dict[str, Any]) -> Facts:
    births, earned = stored["birth_dates"], stored["annual_disposable_income_eur"]
    quotient, benefits, employment = (
        stored.get(name) for name in ("family_quotient_eur", "minimum_benefits", "employment")
    )
    return Facts(
        birth_dates=None if births is None else tuple(date.fromisoformat(born) for born in births),
        annual_disposable_income_eur=None if earned is None else Decimal(earned),
        territory=stored["territory"],
        dwelling=stored["dwelling"],
        threshold_year=stored["threshold_year"],
        family_quotient_eur=None if quotient is None else Decimal(quotient),
        minimum_benefits=None
        if benefits is None
        else {Benefit(one): last and date.fromisoformat(last) for one, last in benefits.items()},
        employment=None if employment is None else Employment(employment),
        needs_vehicle_for_work=stored.get("needs_vehicle_for_work"),
        sent_by=stored.get("sent_by"),
        proofs=tuple(Proof(ProofKind(kind), date.fromisoformat(day)) for kind, day in stored.get("proofs", ())),
    )


def vehicle_to_json(facts: VehicleFacts) -> dict[str, Any]:
    """What was known of the car, as it is sealed in the assessment."""
    return asdict(facts)


def vehicle_from_json(stored: dict[str, Any]) -> VehicleFacts:
    return VehicleFacts(**stored)


def read_facts(stored: dict[str, Any], subject: str) -> Any:
    """Of a household or of a car, as the engine takes them."""
    return vehicle_from_json(stored) if subject == "vehicle" else facts_from_json(stored)


def all_thresholds() -> thresholds.Thresholds:
    """Every threshold on record, as the engine takes them."""
    return engine_thresholds(list(Threshold.objects.all()))


def reading_of(rule_set: RuleSet) -> Reading | None:
    """The whole rule in French; None where it is not whole yet."""
    try:
        return read(rules.parse(rule_set.definition, _subject(rule_set)))
    except BadRule:
        return None


def compared(before: RuleSet, after: RuleSet) -> list[str]:
    """What changed from one to the other, in sentences; empty where one of them is not whole."""
    try:
        return difference(engine_rule(before), engine_rule(after))
    except BadRule:
        return []


def _subject(rule_set: RuleSet) -> Subject:
    return cast(Subject, rule_set.subject)


def income_levels(rule_set: RuleSet) -> list[int]:
    """The levels of the poverty threshold that the rule compares with, in per cent, each once; often one, or none."""
    try:
        found = rules.leaves_of(engine_rule(rule_set).rule)
    except BadRule:
        return []
    return list(dict.fromkeys(one.level_percent for one in found if isinstance(one, IncomeBelowThreshold)))


def _decide(facts: Facts, rule_set: RuleSet, on: date) -> Decision:
    return rules.decide(facts, engine_rule(rule_set), all_thresholds(), on)


def engine_rule(rule_set: RuleSet) -> rules.RuleSet:
    """As the engine takes it; BadRule where it is not whole."""
    rule = rules.parse(rule_set.definition, _subject(rule_set))
    return rules.RuleSet(rule_set.version, rule, rule_set.validity_days)


def engine_thresholds(stored: list[Threshold]) -> thresholds.Thresholds:
    """Thresholds on record, as the engine takes them."""
    return thresholds.Thresholds(
        thresholds.Threshold(
            income_year=one.income_year,
            level_percent=one.level_percent,
            monthly_amount_eur=one.monthly_amount_eur,
            in_force_from=one.in_force_from,
            status=cast(thresholds.Status, one.status),
            source=one.source,
        )
        for one in stored
    )


def _stored_threshold(decision: Decision) -> Threshold | None:
    used = decision.threshold
    if used is None:
        return None
    return Threshold.objects.get(income_year=used.income_year, level_percent=used.level_percent)


def _latest(assessment: Assessment | None) -> Assessment | None:
    """The end of the chain: an assessment is superseded once."""
    while assessment is not None and (after := Assessment.objects.superseding(assessment).first()):
        assessment = after
    return assessment
