"""The rules on their way: one announced for cars, one that waits for a second pilot, one that is being written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from eligibility import actions, trials
from eligibility.actions import DraftInput
from eligibility.models import RuleSet, Subject
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership
from mobiliz.demo.network import Cast
from mobiliz.lib import clock
from mobiliz.programme.models import REPAIR, Offer

PROOF = {"needs_proof": False, "proof_max_age_days": 90}
INCOME = {"leaf": "income_below_threshold", "level_percent": 60, **PROOF}
BENEFIT = {"leaf": "minimum_benefit", "among": ["aah", "ass", "rsa"], "within_months": 0, **PROOF, "needs_proof": True}
QUOTIENT = {"leaf": "family_quotient_at_most", "limit_eur": "800.00", **PROOF}
FOR_WORK = {"leaf": "needs_vehicle_for_work", **PROOF}
CARS = {
    "op": "all",
    "of": [
        {
            "op": "any",
            "of": [
                {"leaf": "mileage_below", "limit_km": 220000},
                {"leaf": "vehicle_age_at_most", "limit_years": 17},
            ],
        },
        {"leaf": "brand_among", "groups": ["generalist_european", "group"]},
    ],
}
TRIED_DAYS = 45


def load_rules(cast: Cast) -> None:
    """By the real verbs; the trials are run, not made up."""
    with clock.moved_to(clock.now() - timedelta(days=4)):
        cars = _proposed(
            Subject.VEHICLE,
            CARS,
            in_days=40,
            why="Les voitures durent plus longtemps : un peu plus de kilomètres et d’années.",
            by=cast.pilot,
        )
        actions.approve(cars, by=Actor.member(cast.regional_pilot))
    for member in (cast.colleague, cast.adie, cast.owner):
        with clock.moved_to(clock.now() - timedelta(days=1, hours=member.pk % 7)):
            actions.acknowledge(RuleSet.objects.get(pk=cars.pk), by=Actor.member(member))
    with clock.moved_to(clock.now() - timedelta(days=1, hours=2)):
        _proposed(
            Subject.HOUSEHOLD,
            {"op": "any", "of": [INCOME, BENEFIT]},
            in_days=30,
            why="Qui reçoit un minimum social n’a plus à détailler ses revenus.",
            by=cast.regional_pilot,
        )
    with clock.moved_to(clock.now() - timedelta(hours=3)):
        work = {"op": "all", "of": [QUOTIENT, FOR_WORK]}
        _draft(
            Subject.HOUSEHOLD,
            {"op": "any", "of": [INCOME, BENEFIT, work]},
            in_days=90,
            why="Ouvrir à ceux qui travaillent, avec le quotient familial.",
            by=cast.pilot,
        )


def _draft(subject: Subject, definition: dict[str, Any], *, in_days: int, why: str, by: Membership) -> RuleSet:
    actor = Actor.member(by)
    given = DraftInput(
        definition=definition,
        validity_days=180,
        in_force_from=clock.today() + timedelta(days=in_days),
        why=why,
        source="Comité de pilotage",
    )
    draft = actions.draft_rule_set(Offer.objects.get(pk=REPAIR), subject, by=actor)
    return actions.save_draft(draft, given=given, by=actor)


def _proposed(subject: Subject, definition: dict[str, Any], *, in_days: int, why: str, by: Membership) -> RuleSet:
    draft = _draft(subject, definition, in_days=in_days, why=why, by=by)
    actions.ask_for_trial(draft, since=clock.today() - timedelta(days=TRIED_DAYS), by=Actor.member(by))
    trials.run_next()
    return actions.propose(draft, by=Actor.member(by))
