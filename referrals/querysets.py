"""Who sees which row, as the table "who sees what" says; and the questions that desks ask, by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import JSONObject

from mobiliz.accounts.actors import ActorKind
from mobiliz.accounts.roles import Permission
from mobiliz.lib.text import normalise
from referrals.desk_querysets import DeskQuestions, GarageDeskQuestions
from referrals.states import HANDED_OVER, End, State

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from mobiliz.accounts.models import Organisation
    from referrals.models import Assignment, Referral

# "M. Benali", "Mme Benali": nobody's name
TITLES = {"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle"}
LIVE = [State.WAITING, State.ACCEPTED, State.QUOTED, State.AGREED]
# Income, household, notes: read from the database only where they are shown
SEALED = (
    *("assessment__facts", "assessment__trace", "assessment__decision_note"),
    *("beneficiary__notes", "prediagnosis__confided"),
)


def _of_organisation(actor: Actor, prefix: str = "") -> Q:
    """The rows of the organisation through which the actor works, agencies included."""
    own = actor.organisation_id
    if own is None:
        return Q(pk__in=[])
    return Q(**{f"{prefix}organisation_id": own}) | Q(**{f"{prefix}organisation__parent_id": own})


def _sender_sees(actor: Actor) -> bool:
    return actor.is_adviser or (actor.is_client and "referrals:read" in actor.scopes)


def spoken_number(text: str) -> int | None:
    """The case number, as it is written, said or pasted: "104512", "104 512", "dossier 104.512", "n° 104 512"."""
    found = re.fullmatch(r"(?:dossier)?(?:n[o°º]?)?([0-9]+)", re.sub(r"[\s.\u202f]", "", text.lower()))
    return int(found[1][:18]) if found else None


def name_words(text: str) -> list[str]:
    """The words to look for in a name: no title, unless that is all there is."""
    words = normalise(text).split()
    return [word for word in words if word not in TITLES] or words


class ReferralQuerySet(DeskQuestions):
    def visible_to(self, actor: Actor) -> Self:
        """Senders: their organisation's. Pilots: those once sent, in their region, while the person agrees.
        Garages: none, see Assignment."""
        if actor.kind == ActorKind.SYSTEM:
            return self
        if _sender_sees(actor):
            return self.filter(_of_organisation(actor))
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

    def in_state(self, *states: str) -> Self:
        return self.filter(state__in=states)

    def of_adviser(self, membership: object) -> Self:
        return self.filter(adviser=membership)

    def without_garage(self) -> Self:
        """Waiting, and put to nobody: someone has to choose."""
        return self.filter(state=State.WAITING).exclude(Exists(self._open_assignments()))

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

    def of_people(self, *beneficiary_ids: int) -> Self:
        """In the order of their numbers, in which they are locked."""
        return self.filter(beneficiary_id__in=beneficiary_ids).order_by("number")

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
        unheld = Q(state=State.WAITING) & ~Exists(self._open_assignments())
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
        """With the garages asked so far, the last first, their contacts and quotes."""
        from garages.models import Contact
        from referrals.models import Assignment, QuoteVersion

        versions = QuoteVersion.objects.latest_first().select_related("answer")
        asked = Assignment.objects.last_first().select_related("garage__commune", "quote", "repair")
        return self.prefetch_related(
            Prefetch("assignments", asked),
            Prefetch("assignments__garage__contacts", Contact.objects.current()),
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

    def for_list(self) -> Self:
        """With `is_held`: whether a garage holds it."""
        rows = self.with_people().annotate(is_held=Exists(self._open_assignments()))
        return rows.defer("beneficiary__notes")

    def for_desk(self) -> Self:
        """With all that one line of a desk says; nothing sealed is read."""
        rows = self.with_people().select_related("assessment").with_readiness().with_garages()
        return rows.with_refusal().with_pilot().with_cover().defer(*SEALED)

    def for_case(self, actor: Actor) -> Self:
        """With all that a case page says; what is sealed is read for the sender's side only."""
        rows = (
            self.with_people()
            .select_related("assessment", "prediagnosis", "organisation__parent", "beneficiary__commune__department")
            .with_readiness()
            .with_garages()
            .with_refusal()
            .with_pilot()
            .with_cover()
            .prefetch_related("beneficiary__consents")
        )
        return rows.with_last_call() if actor.is_adviser else rows.defer(*SEALED)

    def for_step(self, actor: Actor) -> Self:
        """With all that a step of a draft shows and asks; sealed as for a case."""
        rows = self.with_people().select_related(
            "assessment",
            "prediagnosis",
            "organisation__parent",
            "beneficiary__commune__department",
            "choice__garage__commune",
        )
        return rows if actor.is_adviser else rows.defer(*SEALED)

    def in_region(self, region: models.Model) -> Self:
        return self.filter(region=region)

    def changed_since(self, moment: datetime) -> Self:
        return self.filter(updated_at__gte=moment)


class AssignmentQuerySet(GarageDeskQuestions):
    def visible_to(self, actor: Actor) -> Self:
        """A garage sees what was put to it; senders and pilots see those of the referrals they see."""
        from referrals.models import Referral

        if actor.kind == ActorKind.SYSTEM:
            return self
        if actor.is_garage:
            return self.filter(garage__organisation_id=actor.organisation_id)
        return self.filter(referral__in=Referral.objects.visible_to(actor))

    def open(self) -> Self:
        return self.filter(ended_at__isnull=True)

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
        return self.filter(Q(ended_at__isnull=True) | Q(accepted_at__isnull=False))

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(referral=referral)

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

    def waiting_in_vain(self) -> Self:
        """Put to a garage that has since paused or left, and will not answer."""
        from garages.models import Garage

        return self.open().filter(referral__state=State.WAITING).exclude(garage__in=Garage.objects.active())

    def that_refused(self) -> Self:
        """Those a garage ended itself: it is not asked again for the same referral."""
        return self.filter(end__in=[End.DECLINED, End.LAPSED, End.GIVEN_BACK])

    def taken_on_for(self, organisation: Organisation) -> Self:
        """Those of this structure, its seat and agencies together, that a garage took on."""
        family = organisation.parent_id or organisation.pk
        own = Q(referral__organisation_id=family) | Q(referral__organisation__parent_id=family)
        return self.filter(own, accepted_at__isnull=False)

    def last_by_garage(self, garage_ids: Sequence[int]) -> dict[int, datetime]:
        """When each of these garages was last asked, by id."""
        rows = self.filter(garage_id__in=garage_ids).order_by()
        return dict(rows.values_list("garage_id").annotate(last=models.Max("put_at")))

    def of_week(self, monday: date) -> Self:
        return self.filter(week=monday)

    def last_first(self) -> Self:
        return self.order_by("-put_at", "-pk")

    def places_taken(self, garage_ids: Sequence[int], monday: date) -> dict[int, int]:
        """How many places of this week each garage has given."""
        rows = self.filter(garage_id__in=garage_ids).of_week(monday).taking_a_place()
        return dict(rows.values_list("garage_id").annotate(taken=models.Count("pk")).order_by())

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
    def visible_to(self, actor: Actor) -> Self:
        from referrals.models import Referral

        return self.filter(referral__in=Referral.objects.visible_to(actor))


class BeneficiaryQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The sender's own; a garage those it accepted and still holds; pilots those of the cases they see."""
        from referrals.models import Assignment, Referral

        if actor.kind == ActorKind.SYSTEM:
            return self
        if _sender_sees(actor):
            return self.filter(_of_organisation(actor), merged_into__isnull=True)
        if actor.is_garage:
            held = Assignment.objects.visible_to(actor).filter(accepted_at__isnull=False)
            return self.filter(referrals__assignments__in=held.exclude(end__in=HANDED_OVER)).distinct()
        return self.filter(referrals__in=Referral.objects.visible_to(actor)).distinct()

    def with_key(self, pk: int) -> Self:
        return self.filter(pk=pk)

    def standing_for(self, uid: UUID) -> Self:
        """The record with this public id, or the one that took its place when the two became one."""
        from referrals.models import Beneficiary

        return self.filter(Q(uid=uid) | Q(pk__in=Beneficiary.objects.filter(uid=uid).values("merged_into")))

    def beside(self, person: models.Model) -> Self:
        """The other records of the organisation that keeps this one."""
        return self.filter(organisation_id=person.organisation_id).exclude(pk=person.pk)  # type: ignore[attr-defined]

    def both(self, *pks: int) -> Self:
        """In the order in which they are locked."""
        return self.filter(pk__in=pks).order_by("pk")

    def merged_into_record(self, pk: int) -> Self:
        return self.filter(merged_into_id=pk)

    def for_merging(self, actor: Actor) -> Self:
        """With all that is said of a record before it becomes one with another."""
        return self.with_cases(actor).select_related("household").prefetch_related("consents", "vehicles")

    def perhaps(self, *, last_name: str, first_name: str, birth_date: date, phone: str = "") -> Self:
        """Who may be the same person: the same names and day of birth, or the same telephone."""
        same = Q(search_name=normalise(f"{last_name} {first_name}"), birth_date=birth_date)
        return self.filter(same | Q(phone=phone) if phone else same).order_by("search_name", "pk")

    def named(self, text: str) -> Self:
        """By the name, in any order of its words."""
        found = self
        for word in normalise(text).split():
            found = found.filter(search_name__contains=word)
        return found.order_by("search_name", "birth_date", "pk")

    def born_on(self, day: date) -> Self:
        return self.filter(birth_date=day).order_by("search_name", "pk")

    def called_at(self, phone: str) -> Self:
        """By telephone number, as it is stored."""
        return self.filter(phone=phone).order_by("search_name", "pk")

    def of_case(self, number: int) -> Self:
        return self.filter(referrals__number=number)

    def but_of_case(self, uid: UUID) -> Self:
        return self.exclude(referrals__uid=uid)

    def with_cases(self, actor: Actor) -> Self:
        """With their place, and the cases of theirs that the actor sees, the newest first."""
        from referrals.models import Referral

        cases = Referral.objects.visible_to(actor).last_touched_first()
        return self.select_related("commune__department").prefetch_related(Prefetch("referrals", cases)).defer("notes")


class HouseholdQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Income and household: the sender's own only (a pilot, while deciding a review, sees the assessment)."""
        if actor.is_adviser and actor.can(Permission.SEE_REFERRALS):
            return self.filter(_of_organisation(actor, "beneficiary__"))
        return self.none()

    def of_beneficiary(self, beneficiary_id: int) -> Self:
        return self.filter(beneficiary_id=beneficiary_id)


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        if _sender_sees(actor):
            return self.filter(_of_organisation(actor, "beneficiary__"))
        return self.none()

    def in_force(self) -> Self:
        return self.filter(withdrawn_on__isnull=True, replaced_at__isnull=True)

    def still_to_be_relied_on(self, version: str, since: date) -> Self:
        """To this text, and not so long ago that the person may have forgotten it."""
        return self.filter(text_version=version, given_on__gt=since)

    def newest_first(self) -> Self:
        return self.order_by("-given_on", "-pk")

    def of_people(self, *beneficiary_ids: int) -> Self:
        return self.filter(beneficiary_id__in=beneficiary_ids)

    def of_beneficiary(self, beneficiary_id: int) -> Self:
        return self.filter(beneficiary_id=beneficiary_id)


class VehicleQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The sender's own; a garage those put to it; pilots those of the cases they see."""
        from referrals.models import Assignment, Referral

        if _sender_sees(actor):
            return self.filter(_of_organisation(actor, "beneficiary__"))
        if actor.is_garage:
            return self.filter(
                referrals__assignments__in=Assignment.objects.visible_to(actor).exclude(end__in=HANDED_OVER)
            ).distinct()
        return self.filter(referrals__in=Referral.objects.visible_to(actor)).distinct()

    def of_beneficiary(self, beneficiary_id: int) -> Self:
        return self.filter(beneficiary_id=beneficiary_id)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class PreDiagnosisQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        from referrals.models import Assignment, Referral

        if actor.is_garage:
            held = Assignment.objects.visible_to(actor).exclude(end__in=HANDED_OVER)
            return self.filter(referral__assignments__in=held).distinct()
        return self.filter(referral__in=Referral.objects.visible_to(actor))

    def of_referral(self, referral_id: int) -> Self:
        return self.filter(referral_id=referral_id)


class PhotoQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the referral; a garage what was there while it held it, nothing once it was handed over."""
        from referrals.models import Assignment, Referral

        if actor.kind == ActorKind.SYSTEM:
            return self
        if actor.is_garage:
            own = (
                Assignment.objects.visible_to(actor).exclude(end__in=HANDED_OVER).filter(referral=OuterRef("referral"))
            )
            while_held = Q(ended_at__isnull=True) | Q(ended_at__gte=OuterRef("uploaded_at"))
            return self.filter(Exists(own.filter(while_held)))
        return self.filter(referral__in=Referral.objects.visible_to(actor))

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(referral=referral)

    def in_order(self) -> Self:
        return self.order_by("position")

    def with_referral(self) -> Self:
        """With what deciding on it asks for; nothing sealed is read."""
        return self.select_related("referral__organisation")

    def same_as(self, sha256: str) -> Self:
        return self.filter(sha256=sha256)

    def with_uids(self, uids: Sequence[UUID]) -> Self:
        return self.filter(uid__in=uids)


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


class LogEntryQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The whole log for senders and pilots; a garage sees the lines of its own assignments."""
        from referrals.models import Assignment, Referral

        if actor.is_garage:
            return self.filter(assignment__in=Assignment.objects.visible_to(actor))
        return self.filter(referral__in=Referral.objects.visible_to(actor))

    def of_referral(self, referral: Referral) -> Self:
        return self.filter(referral=referral)

    def of_assignment(self, assignment: Assignment) -> Self:
        return self.filter(assignment=assignment)

    def next_position(self, referral: Referral) -> int:
        """One more than the last; the referral's row is locked, so nobody takes the same."""
        last = self.filter(referral=referral).aggregate(last=models.Max("position"))["last"]
        return (last or 0) + 1

    def of_verb(self, verb: str) -> Self:
        return self.filter(verb=verb)

    def by_organisation(self, organisation_id: int) -> Self:
        return self.filter(membership__organisation_id=organisation_id)

    def latest_first(self) -> Self:
        return self.order_by("-position")

    def newest_first(self) -> Self:
        """By moment, and those of one moment in the order in which they were written."""
        return self.order_by("-at", "-pk")

    def older_than(self, moment: datetime, pk: int) -> Self:
        """What comes after this line in the thread, the newest first."""
        return self.filter(at__lte=moment).filter(Q(at__lt=moment) | Q(pk__lt=pk))

    def with_actors(self) -> Self:
        return self.select_related("membership__user", "membership__organisation", "client", "assignment__garage")


class NoteQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The advisers of the organisation that wrote it, or of its structure; nobody else, pilots neither."""
        return self.filter(_of_organisation(actor)) if actor.is_adviser else self.none()

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
