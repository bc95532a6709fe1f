"""The questions asked of people, their households, their consents, and their vehicles with what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from mobiliz.accounts.actors import ActorKind
from mobiliz.accounts.roles import Permission
from mobiliz.lib.text import normalise
from referrals.querysets.sight import of_organisation, sender_sees
from referrals.states import HANDED_OVER

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor
    from referrals.models import Referral


class BeneficiaryQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The sender's own; a garage those it accepted and still holds; pilots those of the cases they see."""
        from referrals.models import Assignment, Referral

        if actor.kind == ActorKind.SYSTEM:
            return self
        if sender_sees(actor):
            return self.filter(of_organisation(actor), merged_into__isnull=True)
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

    def identified_by(self, names: Sequence[str], phones: Sequence[str]) -> Self:
        """Whoever has one of these keys: see referrals/identity.py."""
        return self.filter(Q(name_key__in=names) & ~Q(name_key="") | Q(phone_key__in=phones) & ~Q(phone_key=""))

    def from_record(self, pk: int) -> Self:
        """Those after this one, in the order of their keys."""
        return self.filter(pk__gt=pk, merged_into__isnull=True).order_by("pk").defer("notes")

    def renew_identity_keys(self, people: Sequence[Any]) -> int:
        """Written anew where the first key writes otherwise; how many were."""
        stale = []
        for one in people:
            before = (one.name_key, one.phone_key)
            after = tuple(one._meta.get_field(name).pre_save(one, False) for name in ("name_key", "phone_key"))
            if before != after:
                stale.append(one)
        self.bulk_update(stale, ["name_key", "phone_key"])
        return len(stale)

    def kept_elsewhere_than(self, actor: Actor) -> Self:
        """By organisations whose people the actor does not see."""
        return self.exclude(of_organisation(actor))

    def but(self, pks: Iterable[int]) -> Self:
        return self.exclude(pk__in=pks)

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
            return self.filter(of_organisation(actor, "beneficiary__"))
        return self.none()

    def of_beneficiary(self, beneficiary_id: int) -> Self:
        return self.filter(beneficiary_id=beneficiary_id)


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        if sender_sees(actor):
            return self.filter(of_organisation(actor, "beneficiary__"))
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

        if sender_sees(actor):
            return self.filter(of_organisation(actor, "beneficiary__"))
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
        if actor.is_garage or actor.link is not None:
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
