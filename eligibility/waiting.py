"""What waits for someone on their desk: a rule to read, a proposal of another pilot to approve."""

from __future__ import annotations

from dataclasses import dataclass

from eligibility.models import RuleSet, Subject
from eligibility.notifications import is_concerned
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class Waiting:
    to_read: list[RuleSet]
    to_approve: list[RuleSet]

    def __bool__(self) -> bool:
        return bool(self.to_read or self.to_approve)


def rules_waiting_for(actor: Actor) -> Waiting:
    """One query."""
    subjects = [subject.value for subject in Subject if is_concerned(actor, subject)]
    may_approve = actor.can(Permission.DRAFT_RULES)
    if actor.membership is None or not (subjects or may_approve):
        return Waiting([], [])
    found = RuleSet.objects.visible_to(actor).waiting_for(actor.membership, subjects=subjects, may_approve=may_approve)
    return Waiting([one for one in found if one.is_approved], [one for one in found if not one.is_approved])
