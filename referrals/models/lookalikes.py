"""Someone who seems to be helped elsewhere: what was answered when it showed, and who was put in touch."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.sealed import SealedJSONField
from referrals.querysets import LookalikeQuerySet


class ElsewhereAnswer(models.TextChoices):
    """What an adviser says to "this person is already being helped"."""

    ASK_PILOT = "ask_pilot", _("demander à un pilote de faire le lien")
    OTHER_NEED = "other_need", _("continuer : c’est un autre besoin")
    NOT_SAME = "not_same", _("ce n’est pas la même personne")


class Lookalike(models.Model):
    """Two records of two structures that have the same key; the asking side's first.

    Neither side reads the other's case. Until a pilot has put them in touch, the asking side knows a day, and the
    other side nothing; said once that they are two people, it is not asked again for this pair.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("referrals.Beneficiary", on_delete=models.PROTECT, related_name="lookalikes")
    other = models.ForeignKey("referrals.Beneficiary", on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="lookalikes")
    other_referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=ElsewhereAnswer.choices)
    reason = SealedJSONField(null=True, blank=True)
    said_at = models.DateTimeField(default=clock.now, editable=False)
    said_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    # The pilot's: on the asking side's case, and, once they are in touch, on the other's
    incident = models.ForeignKey(
        "referrals.Incident", on_delete=models.PROTECT, null=True, blank=True, related_name="lookalikes"
    )
    other_incident = models.ForeignKey(
        "referrals.Incident", on_delete=models.PROTECT, null=True, blank=True, related_name="linked_from"
    )
    linked_at = models.DateTimeField(null=True, blank=True)
    linked_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LookalikeQuerySet.as_manager()

    class Meta:
        verbose_name = _("personne peut-être aidée ailleurs")
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], name="lookalike_once_for_a_pair"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="lookalike_of_another_record"),
            models.CheckConstraint(
                condition=Q(linked_at__isnull=True, linked_by__isnull=True, other_incident__isnull=True)
                | Q(linked_at__isnull=False, linked_by__isnull=False, other_incident__isnull=False),
                name="lookalike_linked_by_a_pilot",
            ),
            models.CheckConstraint(
                condition=~Q(answer="ask_pilot") | Q(incident__isnull=False), name="lookalike_asked_of_a_pilot"
            ),
        ]

    @property
    def weight(self) -> tuple[bool, bool]:
        """What must not be lost where two pairs become one: people in touch, then what was not denied."""
        return self.linked_at is not None, self.answer != ElsewhereAnswer.NOT_SAME
