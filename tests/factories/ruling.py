"""Rule sets on their way, by the real verbs."""

from datetime import date, timedelta
from typing import Any

from eligibility import actions, trials
from eligibility.actions import DraftInput
from eligibility.models import RuleSet, Subject, Trial
from mobiliz.lib import clock
from mobiliz.programme.models import REPAIR, Offer
from tests.cast import actor

INCOME = {"leaf": "income_below_threshold", "needs_proof": False, "proof_max_age_days": 90, "level_percent": 60}
RSA = {"leaf": "minimum_benefit", "needs_proof": False, "proof_max_age_days": 90, "among": ["rsa"], "within_months": 0}
EITHER = {"op": "any", "of": [INCOME, RSA]}
SOON = 10  # days


def draft(pilot: Any, subject: Subject = Subject.HOUSEHOLD) -> RuleSet:
    """As it is opened: a copy of what is in force."""
    return actions.draft_rule_set(Offer.objects.get(pk=REPAIR), subject, by=actor(pilot))


def given(definition: Any = EITHER, *, on: date | None = None, **more: Any) -> DraftInput:
    first = on or clock.today() + timedelta(days=SOON)
    usual = {"validity_days": 180, "why": "Le RSA suffit.", "source": "Comité du 1er novembre"}
    return DraftInput(definition=definition, in_force_from=first, **{**usual, **more})


def written(pilot: Any, definition: Any = EITHER, *, on: date | None = None, **more: Any) -> RuleSet:
    return actions.save_draft(draft(pilot), given=given(definition, on=on, **more), by=actor(pilot))


def tried(rule_set: RuleSet, pilot: Any) -> Trial:
    """By the worker, on whatever was assessed in a year."""
    trial = actions.ask_for_trial(rule_set, since=clock.today() - timedelta(days=365), by=actor(pilot))
    trials.run_next()
    trial.refresh_from_db()
    return trial


def proposed(pilot: Any, definition: Any = EITHER, *, on: date | None = None, **more: Any) -> RuleSet:
    rule_set = written(pilot, definition, on=on, **more)
    tried(rule_set, pilot)
    return actions.propose(rule_set, by=actor(pilot))


def approved(pilot: Any, other: Any, definition: Any = EITHER, *, on: date | None = None, **more: Any) -> RuleSet:
    return actions.approve(proposed(pilot, definition, on=on, **more), by=actor(other))
