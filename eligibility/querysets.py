"""Which assessments an actor may see, and which rule set is in force."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from eligibility.models import Assessment
    from mobiliz.accounts.actors import Actor


class RuleSetQuerySet(models.QuerySet):
    def in_force_on(self, day: date) -> Self:
        return self.filter(Q(in_force_until__isnull=True) | Q(in_force_until__gt=day), in_force_from__lte=day)

    def of_offer(self, offer_code: str) -> Self:
        return self.filter(offer_id=offer_code)


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those made by the adviser's or client's own organisation: they hold a household's income.

        A pilot reaches the one assessment of a referral in review, through that referral.
        """
        if actor.organisation_id is None or not (actor.is_adviser or actor.is_client):
            return self.none()
        own = actor.organisation_id
        return self.filter(Q(organisation_id=own) | Q(organisation__parent_id=own))

    def superseding(self, assessment: Assessment) -> Self:
        return self.filter(supersedes=assessment)

    def with_rules(self) -> Self:
        return self.select_related("rule_set", "threshold")
