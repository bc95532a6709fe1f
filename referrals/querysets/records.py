"""What garages have done so far with what was put to them: the questions that ranking asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest, TruncWeek

from garages.ranking import SHARE_WEEKS
from mobiliz.lib import clock
from mobiliz.lib.periods import iso_week_monday
from referrals.states import End

if TYPE_CHECKING:
    from mobiliz.accounts.models import Organisation

RECORD_DAYS = 730  # what is older was done by other people in that workshop


def takes_a_place() -> Q:
    """Of the week in which it was put: while it is open, and for good once it was accepted."""
    return Q(ended_at__isnull=True) | Q(accepted_at__isnull=False)


class RecordQuestions(models.QuerySet):
    """A part of AssignmentQuerySet."""

    def record_of(
        self, garage_ids: Sequence[int], *, organisation: Organisation, alike: Sequence[str], on: date
    ) -> dict[int, dict[str, Any]]:
        """By id of the garage, in one query over the last two years; `alike`: the symptoms of the same kind of work."""
        recently = datetime.combine(on, datetime.min.time(), clock.PARIS) - timedelta(weeks=SHARE_WEEKS)
        asked = self.filter(garage_id__in=garage_ids, put_at__gte=recently - timedelta(days=RECORD_DAYS))
        answered = Q(accepted_at__isnull=False) | Q(end=End.DECLINED)
        same_kind = Q(referral__prediagnosis__symptoms__overlap=list(alike)) if alike else Q(pk__isnull=False)
        counted = (
            asked.order_by()
            .values("garage_id")
            .annotate(
                taken=Count("pk", filter=Q(takes_a_place(), week=iso_week_monday(on))),
                answers=Count("pk", filter=answered),
                answer_time=Sum(_time_to_answer(), filter=answered),
                silences=Count("pk", filter=Q(end=End.LAPSED)),
                quotes=Count("quote", filter=same_kind),
                repaired=Count("repair", filter=same_kind),
                received=Count("pk", filter=Q(put_at__gte=recently) & ~Q(end=End.UNSENT)),
                last_asked_at=Max("put_at", filter=_was_taken_on_for(organisation)),
            )
        )
        return {row["garage_id"]: row for row in counted}


def _was_taken_on_for(organisation: Organisation) -> Q:
    """By this structure, its seat and agencies together."""
    family = organisation.parent_id or organisation.pk
    own = Q(referral__organisation_id=family) | Q(referral__organisation__parent_id=family)
    return Q(own, accepted_at__isnull=False)


def _time_to_answer() -> models.Expression:
    """Without the weekends between: those of the weeks that began meanwhile."""
    answered_at = Coalesce("accepted_at", "ended_at")
    weeks = TruncWeek(answered_at, tzinfo=clock.PARIS) - TruncWeek("put_at", tzinfo=clock.PARIS)
    whole = ExpressionWrapper(answered_at - F("put_at"), output_field=DurationField())
    weekends = ExpressionWrapper(
        ExpressionWrapper(weeks, output_field=DurationField()) * Value(2 / 7), output_field=DurationField()
    )
    worked = ExpressionWrapper(whole - weekends, output_field=DurationField())
    return Greatest(worked, Value(timedelta()), output_field=DurationField())
