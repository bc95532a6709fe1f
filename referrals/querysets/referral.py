"""The questions asked of referrals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import JSONObject

from mobiliz.accounts.actors import ActorKind
from mobiliz.lib.rows import RowsOf
from mobiliz.lib.text import normalise
from referrals.expiry import RENEWABLE, last_told
from referrals.querysets.desks import DeskQuestions
from referrals.querysets.sight import SEALED, SEALED_OF_CAR, name_words, of_organisation, sender_sees, spoken_number
from referrals.states import CHASED, State

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from referrals.models import Referral


class ReferralQuerySet(DeskQuestions):
    def visible_to(self, actor: Actor) -> Self:
        """Senders: their organisation's. Pilots: those once sent, in their region, while the person agrees.
        Garages: none, see Assignment."""
        if actor.kind == ActorKind.SYSTEM:
            return self
        if sender_sees(actor):
            return self.filter(of_organisation(actor))
        if actor.is_national_pilot:
            return self.filter(self._is_shared(), region__isnull=False)
        if actor.is_pilot:
            return self.filter(self._is_shared(), region_id=actor.region_code, region__isnull=False)
        return self.none()

    @staticmethod
    def _is_shared() -> Q:
        """Nobody beyond the sender sees the case of a person who took their consent back."""
        from referrals.models import Consent

        agreed = Exists(Consent.objects.in_force().filter(beneficiary=OuterRef("beneficiary")))
        return Q(agreed, unshared_at__isnull=True)

    def open(self) -> Self:
        return self.exclude(state__in=[State.COMPLETED, State.CLOSED])

    def to_look_at(self, now: datetime) -> Self:
        """Those that run and that the clock has to look at now, the longest due first."""
        return self.filter(state__in=list(CHASED), next_look_at__lte=now).order_by("next_look_at", "pk")

    def count_attempt(self, claimed: Sequence[Referral], *, until: datetime) -> int:
        """One look more at each of these, whose rows are locked, and nobody else's until then."""
        pks = [referral.pk for referral in claimed]
        return self.filter(pk__in=pks).update(look_attempts=F("look_attempts") + 1, next_look_at=until)

    def given_up(self, attempts: int) -> Self:
        """Those at which the clock failed more often than this, and of which no pilot was told yet."""
        from referrals.models import Incident, IncidentKind

        told = Incident.objects.open().of_kind(IncidentKind.CLOCK_STOPPED).filter(referral=OuterRef("pk"))
        return self.filter(~Exists(told), state__in=list(CHASED), look_attempts__gt=attempts).order_by("pk")

    def with_answers_ending(self, today: date) -> Self:
        """Of which no quote was issued yet, and whose answer is in its last days."""
        rows = self.filter(state__in=list(RENEWABLE), assessment__outcome="eligible")
        return rows.filter(assessment__valid_until__range=(today, last_told(today))).order_by("pk")

    def in_state(self, *states: str) -> Self:
        return self.filter(state__in=states)

    def of_adviser(self, membership: object) -> Self:
        return self.filter(adviser=membership)

    def queued(self) -> Self:
        """Waiting for the first place within the distance agreed."""
        return self.filter(queued_at__isnull=False)

    def near_a_place(self, monday: date) -> Self:
        """With a garage about as far as agreed that has a place left this week; or with none there at all any more,
        so that nobody waits in vain."""
        from garages.models import Garage
        from referrals.models import Assignment

        home = "beneficiary__commune__"
        where = (OuterRef(f"{home}latitude"), OuterRef(f"{home}longitude"), OuterRef("distance_agreed_km"))
        near = Garage.objects.active().roughly_within(*where)
        free = near.taking_any().without(Assignment.objects.garages_full_in(monday))
        return self.filter(Exists(free) | ~Exists(near))

    def queued_unreported(self) -> Self:
        """Those whose long wait no pilot was told of."""
        from referrals.models import Incident, IncidentKind

        told = Incident.objects.of_kind(IncidentKind.QUEUED_TOO_LONG).filter(referral=OuterRef("pk"))
        return self.queued().exclude(Exists(told.filter(reported_at__gte=OuterRef("queued_at"))))

    def queued_before(self, moment: datetime) -> Self:
        return self.filter(queued_at__lt=moment)

    def free_to_lock(self, referral: Referral) -> bool:
        """Locks this one, if it is one of these and nobody else has it in hand: else a batch comes back to it."""
        rows = self.filter(pk=referral.pk).select_for_update(skip_locked=True)
        return bool(list(rows.values_list("pk", flat=True)))

    def lock_row(self, pk: int) -> Any:
        """Its own row as it is now, locked until the transaction ends: written out, since every change begins so."""
        return self.raw("SELECT * FROM referrals_referral WHERE id = %s FOR UPDATE", [pk])[0]

    def longest_queued_first(self) -> Self:
        return self.order_by("queued_at", "pk")

    def without_garage(self) -> Self:
        """Waiting, put to nobody, and not in the queue: someone has to choose."""
        return self.filter(state=State.WAITING, queued_at__isnull=True).exclude(Exists(self._open_assignments()))

    def _open_assignments(self) -> models.QuerySet:
        from referrals.models import Assignment

        return Assignment.objects.filter(referral=OuterRef("pk"), ended_at__isnull=True)

    def matching(self, text: str) -> Self:
        """By the person's name, in any order of its words, or by case number: as people say both."""
        number = spoken_number(text)
        if number is not None:
            return self.filter(number=number)
        found = self
        for word in name_words(text):
            found = found.filter(beneficiary__search_name__contains=word)
        return found

    def with_uid(self, uid: UUID) -> Self:
        return self.filter(uid=uid)

    def of_beneficiary(self, beneficiary_id: int) -> Self:
        return self.filter(beneficiary_id=beneficiary_id)

    def of_vehicle(self, vehicle_id: int) -> Self:
        return self.filter(vehicle_id=vehicle_id)

    def of_people(self, *beneficiary_ids: int) -> Self:
        """In the order of their numbers, in which they are locked."""
        return self.filter(beneficiary_id__in=beneficiary_ids).order_by("number")

    def that_help(self, people: models.QuerySet, *, since: datetime) -> Self:
        """Cases of these people that run, or ended in a repair since then, while they agree; the oldest first, with
        `purposes`, what they agreed to."""
        from referrals.models import Consent

        agreed = Consent.objects.in_force().filter(beneficiary=OuterRef("beneficiary")).values("purposes")[:1]
        runs = ~Q(state__in=[State.COMPLETED, State.CLOSED])
        helped = Q(state=State.COMPLETED, state_since__gte=since)
        rows = self.filter(runs | helped, self._is_shared(), beneficiary__in=people.order_by().values("pk"))
        return (
            rows.select_related("organisation", "beneficiary")
            .annotate(purposes=Subquery(agreed))
            .order_by("created_at", "pk")
        )

    def of_person(self, last_name: str, first_name: str, birth_date: date) -> Self:
        name = normalise(f"{last_name} {first_name}")
        return self.filter(beneficiary__search_name=name, beneficiary__birth_date=birth_date)

    def with_people(self) -> Self:
        return self.select_related(
            "beneficiary__commune", "vehicle", "offer", "organisation", "adviser__user", "region"
        )

    def just_opened_by(self, membership: object, since: datetime) -> Self:
        """Their drafts of the last minutes: who comes back to an empty form is led to what they have just saved."""
        return self.filter(adviser=membership, state=State.DRAFT, created_at__gte=since).order_by("-created_at", "-pk")

    def most_urgent_first(self) -> Self:
        """Nobody holds it, then drafts, quotes to be answered, silent garages, the others; the oldest first."""
        unheld = Q(state=State.WAITING, queued_at__isnull=True) & ~Exists(self._open_assignments())
        rank = Case(
            When(unheld, then=Value(0)),
            When(state=State.DRAFT, then=Value(1)),
            When(state=State.QUOTED, then=Value(2)),
            When(state=State.WAITING, then=Value(3)),
            default=Value(4),
            output_field=models.IntegerField(),
        )
        return self.order_by(rank, "state_since", "pk")

    def last_touched_first(self) -> Self:
        return self.order_by("-updated_at", "-pk")

    def counts_by_state(self) -> dict[str, int]:
        return dict(self.order_by().values_list("state").annotate(count=models.Count("pk")))

    def with_readiness(self) -> Self:
        """With `has_consent` and `has_prediagnosis`, which readiness asks of every draft of a list."""
        from referrals.models import Consent, PreDiagnosis

        consents = Consent.objects.in_force().filter(beneficiary=OuterRef("beneficiary"))
        described = PreDiagnosis.objects.filter(referral=OuterRef("pk"))
        return self.annotate(has_consent=Exists(consents), has_prediagnosis=Exists(described))

    def with_garages(self) -> Self:
        """With the garages asked so far, the last first, their contacts (`contacts`) and quotes."""
        from garages.models import Contact
        from referrals.models import Assignment, QuoteVersion

        versions = QuoteVersion.objects.latest_first().select_related("answer")
        asked = Assignment.objects.last_first().select_related("garage__commune", "quote", "repair")
        contacts = Contact.objects.current().filter(garage=OuterRef("garage")).order_by("rank", "pk")
        asked = asked.with_appointment().annotate(contacts=RowsOf(contacts))
        return self.prefetch_related(
            Prefetch("assignments", asked),
            Prefetch("assignments__quote__versions", versions),
        )

    def with_last_call(self) -> Self:
        """With `last_call`: the last that the sender's side noted, or nothing; the words of the call stay sealed."""
        from referrals.models import Note

        own = Note.objects.calls().filter(referral=OuterRef("pk"), organisation=OuterRef("organisation"))
        facts = JSONObject(
            at="called_at",
            called="called",
            is_reached="is_reached",
            is_incoming="is_incoming",
            who="who",
            first_name="contact__first_name",
            last_name="contact__last_name",
            garage="garage__name",
        )
        latest = own.order_by("-called_at", "-pk").values(facts=facts)[:1]
        return self.annotate(last_call=Subquery(latest, output_field=models.JSONField()))

    def with_hope(self) -> Self:
        """With `is_without_hope`: no garage is left within the distance agreed, and a pilot has it."""
        from referrals.models import Incident, IncidentKind

        reported = Incident.objects.open().of_kind(IncidentKind.NO_GARAGE).filter(referral=OuterRef("pk"))
        return self.annotate(is_without_hope=Exists(reported))

    def for_list(self) -> Self:
        """With `is_held`: whether a garage holds it."""
        rows = self.with_people().annotate(is_held=Exists(self._open_assignments()))
        return rows.defer("beneficiary__notes")

    def for_desk(self) -> Self:
        """With all that one line of a desk says; nothing sealed is read."""
        rows = self.with_people().select_related("assessment", "vehicle_assessment").with_readiness().with_garages()
        return rows.with_refusal().with_pilot().with_cover().with_hope().defer(*SEALED, *SEALED_OF_CAR)

    def for_case(self, actor: Actor) -> Self:
        """With all that a case page says, `consents` and `shown_photos` too; what is sealed is read for the sender's
        side only."""
        from referrals.models import Consent, Photo

        consents = Consent.objects.filter(beneficiary=OuterRef("beneficiary")).order_by("pk")
        photos = Photo.objects.filter(referral=OuterRef("pk")).in_order()
        rows = (
            self.with_people()
            .select_related("assessment__made_by__user", "vehicle_assessment", "prediagnosis")
            .select_related("organisation__parent", "beneficiary__commune__department")
            .defer(*SEALED_OF_CAR)
            .with_readiness()
            .with_garages()
            .with_refusal()
            .with_pilot()
            .with_cover()
            .with_hope()
            .annotate(consents=RowsOf(consents), shown_photos=RowsOf(photos))
        )
        return rows.with_last_call() if actor.is_adviser else rows.defer(*SEALED)

    def for_step(self, actor: Actor) -> Self:
        """With all that a step of a draft shows and asks; sealed as for a case."""
        rows = self.with_people().select_related(
            "assessment",
            "vehicle_assessment",
            "prediagnosis",
            "organisation__parent",
            "beneficiary__commune__department",
            "choice__garage__commune",
        )
        return rows if actor.is_adviser else rows.defer(*SEALED)

    def for_explanation(self) -> Self:
        """With who follows the case, where they work and how to reach them; the assessment is read apart."""
        rows = self.select_related("beneficiary", "organisation__parent", "adviser__user")
        rows = rows.select_related("vehicle_assessment__rule_set")
        return rows.defer("beneficiary__notes")

    def in_region(self, region: models.Model) -> Self:
        return self.filter(region=region)

    def changed_since(self, moment: datetime) -> Self:
        return self.filter(updated_at__gte=moment)
