"""Which messages: the questions have names."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from mobiliz.lib import clock


class MessageQuerySet(models.QuerySet):
    def visible_to(self, actor: Any) -> Self:
        """All to the system and the national pilots, who see what was not delivered; others see a message only
        beside what it is about, if they see that."""
        return self if actor.kind == "system" or actor.is_national_pilot else self.none()

    def about(self, subject: str) -> Self:
        return self.filter(about=subject).order_by("-created_at", "-pk")

    def of_event(self, event: str) -> Self:
        """Written of this, to whomever: the event is what their keys begin with."""
        return self.filter(key__startswith=f"{event}:")

    def waiting(self) -> Self:
        """Neither sent, nor given up, nor part of a digest."""
        return self.filter(sent_at__isnull=True, parked_at__isnull=True, digest__isnull=True)

    def due(self, now: datetime) -> Self:
        """To be sent by themselves now, and in nobody's hands."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        return self.waiting().filter(free, next_at__lte=now, digest_on__isnull=True).order_by("next_at", "pk")

    def for_digest(self, day: date, template: str) -> Self:
        """What waits for those who have had no such message of this day yet."""
        had = self.model.objects.filter(template=template, day=day, recipient_email=OuterRef("recipient_email"))
        return self.waiting().filter(~Exists(had), digest_on__lte=day).order_by("recipient_email", "pk")

    def undelivered(self) -> Self:
        """Given up or refused, the newest first."""
        return self.filter(parked_at__isnull=False).order_by("-parked_at", "-pk")

    def losses_to_tell(self, prefix: str) -> Self:
        """Given up, of subjects that begin so, and nobody was told yet; the oldest first."""
        lost = self.filter(parked_at__isnull=False, loss_told_at__isnull=True, about__startswith=prefix)
        return lost.order_by("parked_at", "pk")

    def take_untold(self, pk: int) -> bool:
        """True for whoever comes first: it is theirs to tell."""
        return bool(self.filter(pk=pk, loss_told_at__isnull=True).update(loss_told_at=clock.now()))

    def read_before(self, moment: datetime) -> Self:
        """Delivered or given up long ago, with their words still kept."""
        ended = Q(sent_at__lt=moment) | Q(parked_at__lt=moment)
        return self.filter(ended, context__isnull=False)

    def of_no_more_use(self, moment: datetime) -> Self:
        """Their time is over, whether they arrived or not, and their words are still kept."""
        return self.filter(good_until__lte=moment, context__isnull=False)

    def not_in_a_digest(self) -> Self:
        return self.filter(digest__isnull=True)

    def for_someone(self, text: str) -> Self:
        """By a part of their name or address."""
        return self.filter(Q(recipient_name__icontains=text) | Q(recipient_email__icontains=text))

    def with_uid(self, uid: str) -> Self:
        return self.filter(uid=uid)

    def with_key(self, key: str) -> Self:
        return self.filter(key=key)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def to(self, email: str) -> Self:
        return self.filter(recipient_email__iexact=email)
