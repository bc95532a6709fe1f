"""Who sees which pair of records that look like one person, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from mobiliz.accounts.actors import ActorKind
from referrals.querysets.sight import of_organisation

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor

NOT_SAME = "not_same"


class LookalikeQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The asking side its own; the other side those in touch; pilots what they were asked, in their region."""
        if actor.kind == ActorKind.SYSTEM:
            return self
        if actor.is_national_pilot:
            return self.filter(incident__isnull=False)
        if actor.is_pilot:
            return self.filter(incident__region_id=actor.region_code, incident__isnull=False)
        if not actor.is_adviser:
            return self.none()
        in_touch = Q(linked_at__isnull=False)
        return self.filter(of_organisation(actor, "referral__") | in_touch & of_organisation(actor, "other_referral__"))

    def of_incident(self, incident: models.Model) -> Self:
        return self.filter(incident=incident)

    def settled_for(self, person_id: int) -> Self:
        """Of this record, from either side: two people, or in touch already."""
        is_settled = Q(answer=NOT_SAME) | Q(linked_at__isnull=False)
        return self.filter(is_settled, Q(person_id=person_id) | Q(other_id=person_id))

    def not_same_as(self, person_id: int) -> Self:
        """Said to be another person than this record, by either side; with both records."""
        said = self.filter(Q(person_id=person_id) | Q(other_id=person_id), answer=NOT_SAME, linked_at__isnull=True)
        return said.select_related("person", "other")

    def with_keys(self, pks: Iterable[int]) -> Self:
        return self.filter(pk__in=list(pks))

    def touching(self, referral: models.Model) -> Self:
        """On either side of the pair this case, as that of one person; nobody is in touch yet."""
        either = Q(referral=referral) | Q(other_referral=referral)
        return self.filter(either, linked_at__isnull=True).exclude(answer=NOT_SAME)

    def others_than(self, person_id: int) -> Iterable[int]:
        """The records at the other end."""
        pairs = self.values_list("person_id", "other_id")
        return {other if person == person_id else person for person, other in pairs}

    def passed_on(self, retired_id: int, kept_id: int) -> None:
        """Two records of one person became one: what was said of the one that ends is said of the one that stays."""
        for name, counterpart in (("person_id", "other_id"), ("other_id", "person_id")):
            self._give_way(name, counterpart, retired_id, kept_id)
            self.filter(**{name: retired_id}).exclude(**{counterpart: kept_id}).update(**{name: kept_id})

    def _give_way(self, name: str, counterpart: str, retired_id: int, kept_id: int) -> None:
        """Of two pairs with the same third one stays: who is in touch, then whatever asks, then what the kept said."""
        kept = {getattr(one, counterpart): one for one in self.filter(**{name: kept_id})}
        for one in self.filter(**{name: retired_id, f"{counterpart}__in": kept}):
            rival = kept[getattr(one, counterpart)]
            (one if rival.weight >= one.weight else rival).delete()

    def for_page(self) -> Self:
        """With both cases, who follows them and where."""
        return self.select_related(
            "other_referral__organisation", "other_referral__adviser__user", "referral__organisation"
        ).order_by("said_at", "pk")
