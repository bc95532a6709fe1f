"""What someone typed at a step of a dossier and has not submitted: theirs alone, and not for long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.sealed import SealedJSONField

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor


class Step(models.TextChoices):
    PERSON = "person", _("la personne")
    HOUSEHOLD = "household", _("le foyer")
    VEHICLE = "vehicle", _("la voiture")


class UnfinishedQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever typed it, working where they typed it: nobody else, since no consent may have been given yet."""
        return self.none() if actor.membership is None else self.filter(membership=actor.membership)

    def of_dossier(self, dossier: UUID) -> Self:
        return self.filter(dossier=dossier)

    def at_steps(self, steps: Iterable[str]) -> Self:
        return self.filter(step__in=steps)

    def with_keys(self, keys: models.QuerySet) -> Self:
        return self.filter(pk__in=keys)

    def not_yet_opened(self) -> Self:
        """Of dossiers whose first step was never submitted, the last first."""
        from referrals.models import Referral

        opened = Referral.objects.filter(uid=models.OuterRef("dossier"))
        return self.filter(step=Step.PERSON).exclude(models.Exists(opened)).newest_first()

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")

    def older_than(self, moment: datetime) -> Self:
        return self.filter(at__lt=moment)


class Unfinished(models.Model):
    """`dossier` is the referral's uid, or before it is opened the one that it will bear."""

    membership = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    dossier = models.UUIDField()
    step = models.CharField(max_length=10, choices=Step.choices)
    # As a form was sent: {"first_name": ["Nadia"], ...}, wrong and half typed answers included
    values = SealedJSONField()
    # A keyed digest of what was stored at the step when it was shown: what was stored since is newer
    rests_on = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=clock.now)

    objects = UnfinishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("saisie non enregistrée")
        indexes = [models.Index(fields=["dossier"], name="unfinished_dossier")]
        constraints = [
            models.UniqueConstraint(fields=["membership", "dossier", "step"], name="unfinished_once_a_step"),
            models.CheckConstraint(condition=models.Q(step__in=Step.values), name="unfinished_step_known"),
        ]
