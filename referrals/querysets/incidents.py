"""Who sees which incident, and the questions that desks ask of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, Exists, F, JSONField, Max, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, JSONObject

from mobiliz.accounts.actors import ActorKind
from mobiliz.lib import clock
from referrals.querysets.sight import of_organisation

if TYPE_CHECKING:
    from garages.models import Garage
    from mobiliz.accounts.actors import Actor
    from referrals.models import Referral


class AnswerTime(NamedTuple):
    """When it was reported, answered (or not yet), due; and whose working days count."""

    reported_at: datetime
    answered_at: datetime
    due_at: datetime
    department: str


def _counterpart() -> Coalesce:
    """Of two structures that a pilot put in touch: who follows the person at the other, with a direct line."""
    from referrals.models import Lookalike

    linked = Lookalike.objects.filter(linked_at__isnull=False).order_by("pk")
    asked, told = (
        linked.filter(**{side: OuterRef("pk")})
        .annotate(
            found=JSONObject(
                first_name=f"{case}__adviser__user__first_name",
                last_name=f"{case}__adviser__user__last_name",
                phone=f"{case}__adviser__phone",
                email=f"{case}__adviser__user__email",
                place=f"{case}__organisation__name",
            )
        )
        .values("found")[:1]
        for side, case in (("incident", "other_referral"), ("other_incident", "referral"))
    )
    return Coalesce(Subquery(asked), Subquery(told), output_field=JSONField())


class IncidentQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The sender's side those of its cases; pilots those of their region, of drafts too; garages what they said
        themselves."""
        if actor.kind == ActorKind.SYSTEM or actor.is_national_pilot:
            return self
        if actor.is_pilot:
            return self.filter(region_id=actor.region_code)
        if actor.is_garage:
            return self.filter(reported_by__organisation_id=actor.organisation_id)
        return self.filter(of_organisation(actor, "referral__")) if actor.is_adviser else self.none()

    def open(self) -> Self:
        return self.filter(answered_at__isnull=True)

    def answered(self) -> Self:
        """By a pilot; those taken back by whoever reported them are not."""
        return self.filter(answered_at__isnull=False).exclude(resolution="withdrawn")

    def for_senders_desk(self) -> Self:
        """Open, or answered and not yet read; those to be read first, then by the moment they are due."""
        waiting = self.filter(Q(answered_at__isnull=True) | Q(acknowledged_at__isnull=True))
        return waiting.order_by(F("answered_at").asc(nulls_last=True), "due_at", "pk")

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(referral=referral)

    def of_referrals(self, referrals: models.QuerySet) -> Self:
        return self.filter(referral__in=referrals.order_by().values("pk"))

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def about(self, garage: Garage | None) -> Self:
        """This garage's; with None, those that are about no garage."""
        return self.filter(garage=garage)

    def with_uid(self, uid: UUID) -> Self:
        return self.filter(uid=uid)

    def move_to(self, region_id: str) -> None:
        """The commune was an error: the pilots of the right region answer."""
        self.update(region=region_id)

    def by_due(self) -> Self:
        return self.order_by("due_at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-reported_at", "-pk")

    def last_answered_first(self) -> Self:
        return self.order_by("-answered_at", "-pk")

    def for_lines(self, actor: Actor) -> Self:
        """With all that a line says, and `sees_case`: whether the actor sees the case itself, and so its person."""
        from referrals.models import Referral

        seen = Referral.objects.visible_to(actor).filter(pk=OuterRef("referral"))
        people = ("reported_by__user", "reported_by__organisation", "taken_by__user", "answered_by__user")
        case = ("referral__beneficiary__commune", "referral__organisation", "referral__adviser__user")
        rows = self.select_related(*people, *case, "garage__commune", "region").defer("referral__beneficiary__notes")
        return rows.annotate(sees_case=Exists(seen), counterpart=_counterpart())

    def with_pilot(self) -> Self:
        """With `pilot`: who will answer, with a direct line; whoever has taken it, else one of the region."""
        from mobiliz.accounts.models import Membership

        who = Membership.objects.pilots_for(OuterRef("region_id")).order_by("-role", F("phone").desc(), "pk")
        line = {"first_name": "user__first_name", "last_name": "user__last_name", "phone": "phone"}
        found = Subquery(who.annotate(found=JSONObject(**line)).values("found")[:1], output_field=JSONField())
        return self.annotate(pilot=Case(When(taken_by=None, answered_at=None, then=found), output_field=JSONField()))

    def counts(self) -> dict[str, Any]:
        """How many are open, how many of them late, and when one last came, was taken or was answered."""
        is_open = Q(answered_at__isnull=True)
        return self.order_by().aggregate(
            open=Count("pk", filter=is_open),
            late=Count("pk", filter=is_open & Q(due_at__lt=clock.now())),
            last=Max("reported_at", filter=is_open),
        )

    def answer_times(self, since: datetime) -> list[AnswerTime]:
        """Of those that pilots answered since then."""
        return self._answered_since(since)._times()

    def counts_and_times(self, since: datetime) -> tuple[dict[str, Any], list[AnswerTime]]:
        """`counts` and `answer_times` of one query: few are open at a time."""
        found = (self.open() | self._answered_since(since))._times()
        times = [one for one in found if one.answered_at]
        waiting = [one for one in found if not one.answered_at]
        counts = {
            "open": len(waiting),
            "late": sum(one.due_at < clock.now() for one in waiting),
            "last": max((one.reported_at for one in waiting), default=None),
        }
        return counts, times

    def _answered_since(self, since: datetime) -> Self:
        # what the other side of a link reads was answered the moment it was written
        return self.answered().filter(answered_at__gte=since, due_at__gt=F("reported_at"))

    def _times(self) -> list[AnswerTime]:
        place = Coalesce("referral__department_id", "referral__beneficiary__commune__department_id")
        rows = self.order_by().values_list("reported_at", "answered_at", "due_at", place)
        return [AnswerTime(*row) for row in rows]
