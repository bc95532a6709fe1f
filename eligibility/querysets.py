"""Which assessments an actor may see, and which rule set is in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from mobiliz.accounts.roles import Permission
from mobiliz.lib import clock

if TYPE_CHECKING:
    from eligibility.models import Assessment, RuleSet, Trial
    from mobiliz.accounts.actors import Actor
    from mobiliz.accounts.models import Membership


_LEADING_TO = """
    WITH RECURSIVE earlier AS (
        SELECT id, supersedes_id FROM eligibility_assessment WHERE id = %s
        UNION ALL
        SELECT one.id, one.supersedes_id FROM eligibility_assessment one JOIN earlier ON one.id = earlier.supersedes_id
    ) SELECT id FROM earlier
"""


class RuleSetQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """What was approved is public; drafts are seen by those who may write them."""
        return self if actor.can(Permission.DRAFT_RULES) else self.approved()

    def approved(self) -> Self:
        return self.filter(status="approved")

    def in_force_on(self, day: date) -> Self:
        still = Q(in_force_until__isnull=True) | Q(in_force_until__gt=day)
        return self.approved().filter(still, in_force_from__lte=day)

    def of_offer(self, offer_code: str, subject: str = "household") -> Self:
        return self.filter(offer_id=offer_code, subject=subject)

    def approved_for(self, offer_code: str) -> Self:
        """Every version of the offer's rules that was ever approved, the last to begin first."""
        return self.approved().filter(offer_id=offer_code).order_by("-in_force_from", "-pk")

    def like(self, rule_set: RuleSet) -> Self:
        """Of the same offer, about the same: the versions of one rule."""
        return self.of_offer(rule_set.offer_id, rule_set.subject)

    def frozen_over(self, day: date) -> Self:
        """Approved, begun by that day, and not to be changed before a later one; the longest first."""
        return self.approved().filter(in_force_from__lte=day, frozen_until__gt=day).order_by("-frozen_until")

    def starting_after(self, day: date) -> Self:
        return self.approved().filter(in_force_from__gt=day).order_by("in_force_from")

    def before(self, rule_set: RuleSet) -> Self:
        """Those that began earlier, the nearest first; of a draft without a day, all."""
        if rule_set.in_force_from is None:
            return self.order_by("-in_force_from")
        return self.filter(in_force_from__lt=rule_set.in_force_from).order_by("-in_force_from")

    def being_written(self) -> Self:
        """Drafts and proposals."""
        return self.filter(status__in=["draft", "proposed"])

    def just_drafted_by(self, membership: Membership | None) -> Self:
        """Drafts of this person, not a minute old."""
        since = clock.now() - timedelta(minutes=1)
        return self.filter(status="draft", drafted_by=membership, drafted_at__gte=since)

    def proposed(self) -> Self:
        return self.filter(status="proposed")

    def for_page(self) -> Self:
        return self.select_related("offer", "drafted_by__user", "approved_by__user")

    def unread_by(self, membership: Membership) -> Self:
        """Approved here, not over, and not yet acknowledged by this person, who did not write or approve it, and was
        there before it began."""
        current = Q(in_force_until__isnull=True) | Q(in_force_until__gt=clock.today())
        news = self.approved().filter(current, is_historic=False, in_force_from__gte=membership.began_on)
        own = Q(drafted_by=membership) | Q(approved_by=membership)
        return news.exclude(own).exclude(acknowledgements__membership=membership)

    def waiting_for(self, membership: Membership, *, subjects: Sequence[str], may_approve: bool) -> Self:
        """What this person has still to read, of these subjects; for pilots also what another asks them to approve, and
        whatever no longer calculates as it did: `is_unread` and `drift_count` say which."""
        from eligibility.models import Drift

        unread = self.unread_by(membership).filter(subject__in=subjects).values("pk")
        told = self.annotate(is_unread=ExpressionWrapper(Q(pk__in=unread), models.BooleanField()))
        if not may_approve:
            return told.filter(is_unread=True).for_page().order_by("in_force_from", "pk")
        drifts = Drift.objects.unseen().filter(assessment__rule_set=OuterRef("pk")).order_by()
        counted = drifts.values("assessment__rule_set").annotate(count=Count("pk")).values("count")
        told = told.annotate(drift_count=Coalesce(Subquery(counted), 0))
        asked = Q(status="proposed") & ~Q(drafted_by__user=membership.user_id)
        found = told.filter(Q(is_unread=True) | asked | Q(drift_count__gt=0))
        return found.for_page().order_by("in_force_from", "pk")

    def on_shelves(self) -> Self:
        """By offer and subject, the newest first."""
        return self.for_page().order_by("offer_id", "subject", "-version")


class AcknowledgementQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Pilots see who has read a rule; the others what they themselves have."""
        if actor.can(Permission.DRAFT_RULES):
            return self
        return self.filter(membership=actor.membership) if actor.membership else self.none()

    def of_rule(self, rule_set: RuleSet) -> Self:
        return self.filter(rule_set=rule_set)

    def by(self, membership: Any) -> Self:
        return self.filter(membership=membership)


class TrialQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        return self if actor.can(Permission.DRAFT_RULES) else self.none()

    def of_rule(self, rule_set: RuleSet) -> Self:
        return self.filter(rule_set=rule_set)

    def of_digest(self, digest: str) -> Self:
        return self.filter(digest=digest)

    def done(self) -> Self:
        return self.filter(status="done")

    def due(self, now: datetime) -> Self:
        """To be run: asked for, or left by a worker that no longer holds it."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
        return self.filter(free, status__in=["waiting", "running"])

    def under_way(self) -> Self:
        return self.filter(status__in=["waiting", "running"])

    def last_asked(self) -> Self:
        return self.select_related("asked_by__user").order_by("-asked_at", "-pk")

    def held(self, trial: Trial) -> Self:
        """This one, while it still is in the attempt that holds it."""
        return self.filter(pk=trial.pk, status="running", attempts=trial.attempts)


class DriftQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        return self if actor.can(Permission.DRAFT_RULES) else self.none()

    def of_key(self, key: int) -> Self:
        return self.filter(pk=key)

    def unseen(self) -> Self:
        return self.filter(seen_at__isnull=True)

    def for_page(self) -> Self:
        """The newest first, with nothing unsealed."""
        sealed = ("assessment__facts", "assessment__trace", "assessment__decision_note")
        rows = self.select_related("assessment__organisation", "assessment__rule_set")
        return rows.defer(*sealed).order_by("-found_at", "-pk")


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those made by the adviser's or client's own organisation: they hold a household's income.

        A pilot reaches the one assessment of a referral in review, through that referral.
        """
        if actor.organisation_id is None or not (actor.is_adviser or actor.is_client):
            return self.none()
        own = actor.organisation_id
        return self.filter(Q(organisation_id=own) | Q(organisation__parent_id=own))

    def of_key(self, pk: int) -> Any:
        """This one with its rule, its threshold and whoever made it; DoesNotExist where it is not among these."""
        return self.select_related("rule_set", "threshold", "made_by__user").get(pk=pk)

    def leading_to(self, assessment: Assessment) -> Self:
        """Those that it superseded, the last first, whatever their number: day and answer, nothing sealed."""
        earlier = RawSQL(_LEADING_TO, [assessment.supersedes_id])  # type: ignore[attr-defined]  # noqa: S611 - a constant
        rows = self.filter(pk__in=earlier, organisation_id=assessment.organisation_id)
        return rows.defer("facts", "trace", "decision_note").select_related("rule_set").order_by("-pk")

    def superseding(self, assessment: Assessment) -> Self:
        return self.filter(supersedes=assessment)

    def of_offer(self, offer_code: str, subject: str = "household") -> Self:
        return self.filter(rule_set__offer_id=offer_code, rule_set__subject=subject)

    def computed_last(self) -> Self:
        """Of each chain what the engine said last: a pilot's decision stands beside it."""
        ends = Q(superseded_by__isnull=True)
        reviewed = Q(superseded_by__method="review", superseded_by__superseded_by__isnull=True)
        return self.filter(ends | reviewed, method="engine")

    def decided_since(self, day: date) -> Self:
        return self.filter(reference_date__gte=day)

    def made_until(self, moment: datetime) -> Self:
        return self.filter(made_at__lte=moment)

    def before_key(self, key: int | None) -> Self:
        """The newest first, after the one with this key where there is one."""
        rows = self.order_by("-pk")
        return rows if key is None else rows.filter(pk__lt=key)

    def for_trial(self) -> models.QuerySet:
        """As named rows, with nothing unsealed but the facts."""
        names = ("pk", "uid", "organisation_id", "reference_date", "outcome", "reasons", "facts")
        return self.values_list(*names, named=True)

    def at_random(self, count: int) -> Self:
        """So many of these, whichever."""
        return self.filter(pk__in=list(self.order_by("?").values_list("pk", flat=True)[:count]))

    def keys_after(self, key: int, count: int) -> list[int]:
        return list(self.filter(pk__gt=key).order_by("pk").values_list("pk", flat=True)[:count])

    def for_replay(self, keys: Sequence[int]) -> Self:
        return self.filter(pk__in=keys).with_rules().defer("decision_note").order_by("pk")

    def unread(self) -> Self:
        """With nothing unsealed before it is asked for."""
        return self.defer("facts", "trace", "decision_note")

    def with_rules(self) -> Self:
        return self.select_related("rule_set", "threshold")
