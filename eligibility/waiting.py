"""What waits for someone on their desk: a rule to read, another pilot's proposal to approve, a drift to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eligibility.models import RuleSet, Status, Subject
from eligibility.notifications import is_concerned
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class Waiting:
    to_read: list[RuleSet]
    to_approve: list[RuleSet]
    drift_count: int = 0
    """Of pilots: how many past assessments no longer come out as they did, and nobody has looked."""

    def __bool__(self) -> bool:
        return bool(self.to_read or self.to_approve)


def rules_waiting_for(actor: Actor) -> Waiting:
    """One query."""
    subjects = [subject.value for subject in Subject if is_concerned(actor, subject)]
    may_approve = actor.can(Permission.DRAFT_RULES)
    if actor.membership is None or not (subjects or may_approve):
        return Waiting([], [])
    found: Any = RuleSet.objects.visible_to(actor).waiting_for(
        actor.membership, subjects=subjects, may_approve=may_approve
    )
    return Waiting(
        to_read=[one for one in found if one.is_unread],
        to_approve=[one for one in found if one.status == Status.PROPOSED],
        drift_count=sum(one.drift_count for one in found) if may_approve else 0,
    )
