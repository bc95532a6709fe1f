"""The questions asked of what was put to a garage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from mobiliz.accounts.actors import ActorKind
from referrals.querysets.desks import GarageDeskQuestions
from referrals.querysets.messages import UnreadQuestions
from referrals.querysets.records import RecordQuestions, takes_a_place
from referrals.querysets.sight import LIVE, SEALED
from referrals.states import HANDED_OVER, NEVER_AGAIN, End, State

if TYPE_CHECKING:
    from garages.models import Garage
    from mobiliz.accounts.actors import Actor
    from referrals.models import Referral


AS_IT_STANDS = """
SELECT a.*,
  EXISTS (SELECT 1 FROM referrals_slot s WHERE s.taken_for_id = a.referral_id) AS has_slots,
  EXISTS (SELECT 1 FROM referrals_appointment p WHERE p.assignment_id = a.id AND p.status IN ('proposed', 'booked'))
    AS has_appointment
FROM referrals_assignment a WHERE a.id = %s
"""


class AssignmentQuerySet(UnreadQuestions, RecordQuestions, GarageDeskQuestions):  # type: ignore[override]
    def visible_to(self, actor: Actor) -> Self:
        """A garage sees what was put to it, a link what it was sent for; senders and pilots those of the referrals they
        see."""
        from referrals.models import Referral

        if actor.kind == ActorKind.SYSTEM:
            return self
        if actor.is_garage:
            return self.filter(garage__organisation_id=actor.organisation_id)
        if actor.link is not None:
            return self.filter(pk=actor.link.assignment_id)
        return self.filter(referral__in=Referral.objects.visible_to(actor))

    def as_it_stands(self, pk: int) -> Any:
        """Its own row now, with `has_slots` and `has_appointment`: whether anything is held or to come for it. Asked at
        every change under the referral's lock, hence written out."""
        return self.raw(AS_IT_STANDS, [pk])[0]

    def with_key(self, pk: int) -> Self:
        return self.filter(pk=pk)

    def get_only(self) -> Any:
        return self.get()

    def open(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def with_person_shown(self) -> Self:
        """Accepted, and not handed over: what both sides share of the person."""
        return self.filter(accepted_at__isnull=False).exclude(end__in=HANDED_OVER)

    def current(self) -> Self:
        """Still with this garage, and the referral still runs."""
        return self.open().filter(referral__state__in=LIVE)

    def in_referral_state(self, *states: str) -> Self:
        return self.filter(referral__state__in=states)

    def past(self) -> Self:
        return self.exclude(ended_at__isnull=True, referral__state__in=LIVE)

    def ended(self) -> Self:
        return self.filter(ended_at__isnull=False)

    def taking_a_place(self) -> Self:
        """Those that count in the week's cap: still open, or accepted; declined and lapsed ones free it."""
        return self.filter(takes_a_place())

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(referral=referral)

    def of_cases(self, referrals: models.QuerySet) -> Self:
        return self.filter(referral__in=referrals)

    def for_exchange(self) -> Self:
        """With who is on either side of it; nothing sealed is read."""
        sealed = [f"referral__{name}" for name in SEALED]
        return self.with_all().select_related("referral__organisation__parent").defer(*sealed)

    def of_garage(self, garage_id: int) -> Self:
        return self.filter(garage_id=garage_id)

    def of_referrals(self, referral_ids: Sequence[int]) -> Self:
        return self.filter(referral_id__in=referral_ids)

    def holding(self) -> Self:
        """Open, or ended only because the referral itself was closed; the last one put to a garage comes last."""
        return self.filter(Q(ended_at__isnull=True) | Q(end=End.CLOSED)).order_by("put_at", "pk")

    def with_quoted_total(self) -> Self:
        """With `quoted_total`: euros with tax of the latest version of a quote that was not withdrawn."""
        from referrals.models import QuoteVersion

        latest = QuoteVersion.objects.filter(quote__assignment=OuterRef("pk"), quote__withdrawn_at__isnull=True)
        return self.annotate(quoted_total=Subquery(latest.latest_first().values("total_incl_tax")[:1]))

    def of_beneficiary(self, beneficiary_id: int) -> Self:
        return self.filter(referral__beneficiary_id=beneficiary_id)

    def ended_as(self, end: End) -> Self:
        return self.filter(end=end)

    def held_by_inactive(self) -> Self:
        """Held by a garage that has paused or left, whatever is to become of each."""
        from garages.models import Garage

        return self.open().exclude(garage__in=Garage.objects.active())

    def waiting_in_vain(self) -> Self:
        """Put to a garage that has since paused or left, and will not answer."""
        return self.held_by_inactive().filter(referral__state=State.WAITING)

    def once_accepted(self) -> Self:
        """Those whose garage has read the name and the telephone."""
        return self.filter(accepted_at__isnull=False)

    def held_by_closed(self, *states: str) -> Self:
        """In one of these states, with a garage that has left the network: not with one that only pauses."""
        from garages.models import Garage

        return self.open().filter(referral__state__in=states, garage__in=Garage.objects.in_status("closed"))

    def agreed_at_closed_and_unreported(self) -> Self:
        """Repairs agreed with a garage that has since left the network, of which no pilot was told."""
        from referrals.models import Incident, IncidentKind

        told = Incident.objects.of_kind(IncidentKind.GARAGE_CLOSED).filter(
            referral=OuterRef("referral"), garage=OuterRef("garage")
        )
        return self.held_by_closed(State.AGREED).exclude(Exists(told))

    def that_refused(self) -> Self:
        """Those a garage ended itself, or by its silence: it is not asked again for the same referral."""
        return self.filter(end__in=NEVER_AGAIN)

    def last_ended_at(self) -> datetime | None:
        return self.aggregate(last=models.Max("ended_at"))["last"]  # type: ignore[no-any-return]

    def of_week(self, monday: date) -> Self:
        return self.filter(week=monday)

    def last_first(self) -> Self:
        return self.order_by("-put_at", "-pk")

    def places_taken(self, garage_ids: Sequence[int], monday: date) -> dict[int, int]:
        """How many places of this week each garage has given."""
        rows = self.filter(garage_id__in=garage_ids).of_week(monday).taking_a_place()
        return dict(rows.values_list("garage_id").annotate(taken=models.Count("pk")).order_by())

    def garages_full_in(self, monday: date) -> models.QuerySet:
        """The ids of those that have given all the places of this week (but for those that never give any)."""
        rows = self.of_week(monday).taking_a_place().order_by().values("garage")
        return rows.annotate(taken=models.Count("pk")).filter(taken__gte=F("garage__weekly_cap")).values("garage")

    def unseen(self) -> Self:
        return self.filter(seen_at__isnull=True)

    def oldest_first(self) -> Self:
        return self.order_by("put_at", "pk")

    def for_garage(self) -> Self:
        """With all that a garage's page says of it; nothing sealed is read."""
        sealed = [f"referral__{name}" for name in SEALED]
        lines = ("referral__organisation__structure", "referral__organisation__agency")
        return self.with_all().select_related("quote", "repair", *lines).defer(*sealed)

    def with_offer(self) -> Self:
        """With the version in force of its quote: `offer_total` and `offer_valid_until`, None before a quote."""
        from referrals.models import QuoteVersion

        in_force = QuoteVersion.objects.filter(quote__assignment=OuterRef("pk")).latest_first()
        return self.annotate(
            offer_total=Subquery(in_force.values("total_incl_tax")[:1]),
            offer_valid_until=Subquery(in_force.values("valid_until")[:1]),
        )

    def with_versions(self) -> Self:
        """With the versions of its quote and their answers, the last first."""
        from referrals.models import QuoteVersion

        versions = QuoteVersion.objects.latest_first().select_related("answer")
        return self.prefetch_related(models.Prefetch("quote__versions", versions))

    def with_appointment(self) -> Self:
        """With `appointment_at`, when the car is seen or was: booked or kept, the latest; None without one."""
        from referrals.models import Appointment

        fixed = Appointment.objects.filter(assignment=OuterRef("pk"), status__in=["booked", "kept"])
        return self.annotate(appointment_at=Subquery(fixed.order_by("-starts_at").values("starts_at")[:1]))

    def with_last_act(self) -> Self:
        """With `last_verb`, the last that happened to it while this garage held it."""
        from referrals.models import LogEntry

        own = LogEntry.objects.filter(assignment=OuterRef("pk")).latest_first()
        return self.annotate(last_verb=Subquery(own.values("verb")[:1]))

    def with_all(self) -> Self:
        return self.select_related(
            "garage__commune__department",
            "garage__organisation",
            "referral__beneficiary__commune",
            "referral__vehicle",
            "referral__adviser__user",
            "referral__organisation",
            "referral__prediagnosis",
            "referral__assessment",
        )


class GarageChoiceQuerySet(models.QuerySet):
    def of_garage(self, garage: Garage) -> Self:
        return self.filter(garage=garage)

    def visible_to(self, actor: Actor) -> Self:
        from referrals.models import Referral

        return self.filter(referral__in=Referral.objects.visible_to(actor))

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(referral=referral)
