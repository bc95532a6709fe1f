"""The questions asked of quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Prefetch

from referrals.querysets.sight import SEALED

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from referrals.models import Assignment


class QuoteQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        from referrals.models import Assignment

        return self.filter(assignment__in=Assignment.objects.visible_to(actor))

    def of_assignment(self, assignment: Assignment) -> Self:
        return self.filter(assignment=assignment)

    def for_page(self) -> Self:
        """With its versions, their lines and answers, garage and vehicle; nothing sealed is read."""
        from referrals.models import QuoteVersion

        versions = QuoteVersion.objects.latest_first().select_related("answer").prefetch_related("lines")
        sealed = [f"assignment__referral__{name}" for name in SEALED]
        return (
            self.select_related("assignment__referral__beneficiary", "assignment__referral__assessment")
            .select_related("assignment__garage__organisation")
            .prefetch_related(Prefetch("versions", versions))
            .defer(*sealed)
        )


class QuoteVersionQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        from referrals.models import Quote

        return self.filter(quote__in=Quote.objects.visible_to(actor))

    def latest_first(self) -> Self:
        return self.order_by("-number")

    def of_assignment(self, assignment: Assignment) -> Self:
        return self.filter(quote__assignment=assignment).select_related("quote")

    def accepted(self) -> Self:
        return self.filter(answer__is_accepted=True)
