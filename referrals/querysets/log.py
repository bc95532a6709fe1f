"""The questions asked of the log, of notes and of the queue of changes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from referrals.querysets.sight import of_organisation
from referrals.states import Verb
from referrals.steps import Step

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from referrals.models import Assignment, Referral


class LogEntryQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The whole log for senders; pilots what is of the person whose case it is now; a garage the lines of its
        own assignments."""
        from referrals.models import Assignment, LogEntry, Referral

        if actor.is_garage:
            return self.filter(assignment__in=Assignment.objects.visible_to(actor))
        seen = self.filter(referral__in=Referral.objects.visible_to(actor))
        if not actor.is_pilot:
            return seen
        since = LogEntry.objects.filter(referral=OuterRef("referral"), position__gt=OuterRef("position"))
        return seen.exclude(Exists(since.of_verb(Verb.MOVE_TO_PERSON)))

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(referral=referral)

    def of_assignment(self, assignment: Assignment) -> Self:
        return self.filter(assignment=assignment)

    def but_messages(self) -> Self:
        """Without the lines of what was written: their own page tells it."""
        return self.exclude(verb=Verb.WRITE_MESSAGE)

    def of_verb(self, verb: str) -> Self:
        return self.filter(verb=verb)

    def steps_since(self, moment: datetime) -> dict[Step, datetime]:
        """Which reminders were written from this moment on, and when."""
        rows = self.filter(verb=Verb.REMIND, at__gte=moment).values_list("detail__step", "at")
        return {Step(step): at for step, at in rows}

    def by_organisation(self, organisation_id: int) -> Self:
        return self.filter(membership__organisation_id=organisation_id)

    def by_link(self, link: models.Model) -> Self:
        return self.filter(link=link)

    def latest_first(self) -> Self:
        return self.order_by("-position")

    def newest_first(self) -> Self:
        """By moment, and those of one moment in the order in which they were written."""
        return self.order_by("-at", "-pk")

    def older_than(self, moment: datetime, pk: int) -> Self:
        """What comes after this line in the thread, the newest first."""
        return self.filter(at__lte=moment).filter(Q(at__lt=moment) | Q(pk__lt=pk))

    def with_actors(self) -> Self:
        return self.select_related(
            "membership__user", "membership__organisation", "client", "link", "assignment__garage"
        )


class NoteQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The advisers of the organisation that wrote it, or of its structure; nobody else, pilots neither."""
        return self.filter(of_organisation(actor)) if actor.is_adviser else self.none()

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(referral=referral)

    def correcting(self, note: models.Model) -> Self:
        return self.filter(corrects=note)

    def calls(self) -> Self:
        """The calls as they stand: not those that were corrected."""
        return self.exclude(called="").filter(correction__isnull=True)

    def for_thread(self) -> Self:
        """With authors, whom they called, and what corrects them; the newest first."""
        return self.select_related("by__user", "garage", "contact", "correction").order_by("-at", "-pk")

    def older_than(self, moment: datetime, pk: int) -> Self:
        """What comes after this line in the thread."""
        return self.filter(at__lte=moment).filter(Q(at__lt=moment) | Q(pk__lt=pk))


class ChangeQuerySet(models.QuerySet):
    def settled_after(self, transaction: int, last_id: int) -> Self:
        """The next changes after this position, only of transactions that no running one can precede.

        A row of a slow transaction carries a lower number than rows already read; waiting below the oldest
        running transaction means that nothing can still appear before the position.
        """
        horizon = models.expressions.RawSQL(
            "((pg_snapshot_xmin(pg_current_snapshot()))::text)::bigint",
            (),
            output_field=models.BigIntegerField(),
        )
        return self.filter(
            Q(transaction__gt=transaction) | Q(transaction=transaction, pk__gt=last_id),
            transaction__lt=horizon,
        ).order_by("transaction", "pk")
