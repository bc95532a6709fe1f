"""The questions that desks ask of referrals and assignments, by name: parts of their querysets."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Count, DateTimeField, Exists, F, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Concat, JSONObject

from mobiliz.lib import clock
from referrals.clock import (
    ANSWER_WORKING_DAYS,
    QUOTE_WORKING_DAYS,
    REPAIR_WORKING_DAYS,
    REVIEW_WORKING_DAYS,
)
from referrals.querysets.sight import SEALED_OF_CAR
from referrals.states import REOPEN_WITHIN_DAYS, End, Outcome, State, Verb

if TYPE_CHECKING:
    from decimal import Decimal

    from mobiliz.accounts.models import Membership

ENDED = [State.COMPLETED, State.CLOSED]
JUST_ENDED_DAYS = 7
JUST_REPAIRED_DAYS = 14
# How long each state may last, roughly: the order in which a long desk is read. What is due is said by `next_steps`.
_LASTS = {
    State.REVIEW: REVIEW_WORKING_DAYS,
    State.WAITING: ANSWER_WORKING_DAYS,
    State.ACCEPTED: QUOTE_WORKING_DAYS,
    State.AGREED: REPAIR_WORKING_DAYS,
    State.QUOTED: 23,
    State.DRAFT: 5,
}


class DeskQuestions(models.QuerySet):
    """What to do now, for whom, and what has just ended: a part of ReferralQuerySet."""

    def on_desk(self) -> Self:
        """Open, ended in the last days, or refused by a pilot and not yet told to the person."""
        just_ended = Q(state__in=ENDED, state_since__gte=clock.now() - timedelta(days=JUST_ENDED_DAYS))
        return self.filter(~Q(state__in=ENDED) | just_ended | self._untold())

    def refused_and_untold(self) -> Self:
        """Closed by a pilot's no, while it can still be reopened and nobody has noted that the person knows."""
        return self.filter(self._untold())

    def _untold(self) -> Q:
        since_then = self._log().filter(at__gte=OuterRef("closed_at"))
        return Q(
            Exists(since_then.filter(verb=Verb.REFUSE_REVIEW)),
            ~Exists(since_then.filter(verb=Verb.TELL_REFUSAL)),
            state=State.CLOSED,
            outcome=Outcome.NOT_ELIGIBLE,
            closed_at__gte=clock.now() - timedelta(days=REOPEN_WITHIN_DAYS),
        )

    @staticmethod
    def _log() -> models.QuerySet:
        from referrals.models import LogEntry

        return LogEntry.objects.filter(referral=OuterRef("pk"))

    @staticmethod
    def is_left() -> Q:
        """Followed by nobody, or by someone who left: it is everybody's."""
        return Q(adviser__isnull=True) | Q(adviser__ended_on__isnull=False) | Q(adviser__user__is_active=False)

    @staticmethod
    def is_covered_by(membership: object) -> Q:
        """Followed by a colleague who is away today, and whom this one covers."""
        from mobiliz.accounts.models import Absence

        away = Absence.objects.on(clock.today()).covered_by_member(membership).values("member")
        return Q(adviser__in=away)

    def to_be_done_by(self, membership: object) -> Self:
        """Their own, those of the colleagues they cover, and those that nobody follows any more: nothing is lost."""
        return self.filter(Q(adviser=membership) | self.is_covered_by(membership) | self.is_left())

    def with_cover(self) -> Self:
        """With `cover`, where the adviser is away today: who answers for them, with a direct line, and until when."""
        from mobiliz.accounts.models import Absence

        away = Absence.objects.on(clock.today()).filter(member=OuterRef("adviser"))
        found = JSONObject(pk="covered_by", until_on="until_on", **_person("covered_by__"))
        cover = away.annotate(found=found).values("found")[:1]
        return self.annotate(cover=Subquery(cover, output_field=models.JSONField()))

    def counts_by_adviser(self) -> dict[int, int]:
        return dict(self.order_by().exclude(adviser=None).values_list("adviser").annotate(count=Count("pk")))

    def left_behind(self) -> Self:
        return self.filter(self.is_left())

    def of_colleagues_of(self, membership: object) -> Self:
        """Those that someone else follows, and does not have covered by this one."""
        return self.exclude(self.is_left()).exclude(adviser=membership).exclude(self.is_covered_by(membership))

    def soonest_first(self) -> Self:
        """What someone has to choose or to say first, then by what is due, what has ended last."""
        unheld = Q(state=State.WAITING, queued_at__isnull=True) & ~Exists(self._open_assignments())
        rank = Case(
            When(self._untold(), then=Value(0)),
            When(unheld, then=Value(1)),
            When(state__in=ENDED, then=Value(3)),
            default=Value(2),
            output_field=models.IntegerField(),
        )
        lasts = [When(state=state, then=Value(timedelta(days=days))) for state, days in _LASTS.items()]
        about = Case(*lasts, default=Value(timedelta()), output_field=models.DurationField())
        due = models.ExpressionWrapper(F("state_since") + about, output_field=DateTimeField())
        return self.order_by(rank, due, "pk")

    def with_refusal(self) -> Self:
        """With `refusal`, of one that a pilot refused and nobody has told: why, and by whom with a direct line."""
        said = self._log().filter(verb=Verb.REFUSE_REVIEW, at__gte=OuterRef("closed_at")).order_by("-position")
        found = JSONObject(why="detail__why", **_person("membership__"))
        refusal = Subquery(said.annotate(found=found).values("found")[:1], output_field=models.JSONField())
        return self.annotate(refusal=Case(When(self._untold(), then=refusal), output_field=models.JSONField()))

    def with_pilot(self) -> Self:
        """With `pilot`, while one examines it: who decides there, with a direct line."""
        from mobiliz.accounts.models import Membership

        who = Membership.objects.pilots_for(OuterRef("region_id")).order_by("-role", F("phone").desc(), "pk")
        found = who.annotate(found=JSONObject(**_person(""))).values("found")[:1]
        pilot = Subquery(found, output_field=models.JSONField())
        in_review = When(state=State.REVIEW, then=pilot)
        return self.annotate(pilot=Case(in_review, output_field=models.JSONField()))

    def counts_for(self, membership: Membership, since: date) -> dict[str, dict[str, int]]:
        """Open ones, those repaired and those closed since a day: one's own, the colleagues', those left behind."""
        begun = datetime.combine(since, datetime.min.time(), clock.PARIS)
        left, covered = self.is_left(), self.is_covered_by(membership)
        own = Q(adviser=membership) & ~left
        whose = {"own": own, "left": left, "covered": covered & ~left, "colleagues": ~own & ~left & ~covered}
        what = {
            "open": ~Q(state__in=ENDED),
            "repaired": Q(state=State.COMPLETED, state_since__gte=begun),
            "closed": Q(state=State.CLOSED, state_since__gte=begun),
        }
        asked = {f"{who}__{how}": Count("pk", filter=a & b) for who, a in whose.items() for how, b in what.items()}
        found = self.order_by().aggregate(**asked)
        return {who: {how: found[f"{who}__{how}"] for how in what} for who in whose}

    def last_change_for(self, membership: object) -> datetime | None:
        """When one of their cases last changed."""
        return self.to_be_done_by(membership).order_by("-updated_at").values_list("updated_at", flat=True).first()

    def last_change_and_saved(self, membership: object, since: date) -> dict[str, Any]:
        """Of their cases: `last`, as `last_change_for`, and `saved`, as `saved_since`; one query."""
        done = Q(assignments__repair__done_on__gte=since)
        saved = Sum("assignments__repair__version__saving_incl_tax", filter=done)
        return self.to_be_done_by(membership).order_by().aggregate(last=Max("updated_at"), saved=saved)

    def counts_for_pilot(self) -> dict[str, Any]:
        """How many reviews, how many without a garage, and when the last of them came."""
        waiting = self.filter(state=State.REVIEW) | self.without_garage()
        return waiting.order_by().aggregate(
            reviews=Count("pk", filter=Q(state=State.REVIEW)),
            unheld=Count("pk", filter=Q(state=State.WAITING)),
            last=Max("state_since"),
        )

    def for_review_line(self) -> Self:
        """With what one line of the pilot's desk says of a review; nothing sealed is read."""
        sealed = ("assessment__facts", "assessment__trace", "assessment__decision_note", "beneficiary__notes")
        rows = self.with_people().select_related("assessment", "vehicle_assessment")
        return rows.defer(*sealed, *SEALED_OF_CAR).order_by("state_since", "pk")

    def for_unheld_line(self) -> Self:
        """With the garages asked before, whose answers say why it waits; nothing sealed is read."""
        from referrals.models import Assignment

        asked = Assignment.objects.last_first().select_related("garage__commune")
        return self.for_review_line().prefetch_related(models.Prefetch("assignments", asked))

    def saved_since(self, since: date) -> Decimal | None:
        """Euros with tax that households did not have to pay, for repairs done since that day."""
        done = self.filter(assignments__repair__done_on__gte=since)
        return done.order_by().aggregate(saved=Sum("assignments__repair__version__saving_incl_tax"))["saved"]


class GarageDeskQuestions(models.QuerySet):
    """What a garage has in hand, has just done, and did this month: a part of AssignmentQuerySet."""

    def on_desk(self) -> Self:
        """Current, or repaired in the last two weeks."""
        just_done = Q(repair__done_on__gte=clock.today() - timedelta(days=JUST_REPAIRED_DAYS))
        held = Q(ended_at__isnull=True)
        return self.filter(held, ~Q(referral__state__in=ENDED) | Q(referral__state=State.COMPLETED) & just_done)

    def with_hand(self) -> Self:
        """With `hand`, who of the garage did something to it last."""
        from referrals.models import LogEntry

        own = LogEntry.objects.filter(
            assignment=OuterRef("pk"), membership__organisation=OuterRef("garage__organisation")
        ).latest_first()
        name = Concat("membership__user__first_name", Value(" "), "membership__user__last_name")
        return self.annotate(hand=Subquery(own.annotate(name=name).values("name")[:1]))

    def figures_since(self, day: date) -> dict[str, int]:
        """How many were received, accepted, quoted and repaired since that day."""
        begun = datetime.combine(day, datetime.min.time(), clock.PARIS)
        return self.order_by().aggregate(
            received=models.Count("pk", filter=Q(put_at__gte=begun)),
            accepted=models.Count("pk", filter=Q(accepted_at__gte=begun)),
            quoted=models.Count("pk", filter=Q(quote__first_issued_at__gte=begun)),
            repaired=models.Count("pk", filter=Q(repair__done_on__gte=day)),
        )

    def put_to(self, garages: models.QuerySet) -> Self:
        return self.filter(garage__in=garages)

    def unanswered(self) -> Self:
        """With a garage that has neither said yes nor no."""
        return self.filter(ended_at__isnull=True, referral__state=State.WAITING)

    def silent(self, since: datetime) -> Self:
        """Not answered yet, or lost by silence since then; the referral itself has gone on."""
        lapsed = Q(end=End.LAPSED, ended_at__gte=since)
        return self.filter(Q(ended_at__isnull=True, referral__state=State.WAITING) | lapsed)

    def with_who_answers(self) -> Self:
        """With `who_answers`: name and direct line of the garage's first contact, None where there is none."""
        from garages.models import Contact

        first = Contact.objects.current().filter(garage=OuterRef("garage")).order_by("rank", "pk")
        person = JSONObject(first_name="first_name", last_name="last_name", phone="phone")
        found = Subquery(first.annotate(found=person).values("found")[:1], output_field=models.JSONField())
        return self.select_related("garage__commune").annotate(who_answers=found)

    def last_change(self) -> datetime | None:
        """When one of those still with the garage last changed."""
        last = self.current().order_by("-referral__updated_at")
        return last.values_list("referral__updated_at", flat=True).first()


def _person(prefix: str) -> dict[str, Any]:
    """Name, direct line and region of a membership, as one reads them on a line."""
    names = {"first_name": "user__first_name", "last_name": "user__last_name", "email": "user__email"}
    return {
        **{name: F(f"{prefix}{path}") for name, path in names.items()},
        "phone": F(f"{prefix}phone"),
        "region": F(f"{prefix}region__name"),
    }
