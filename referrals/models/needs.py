"""What a person needs and no offer covers: noted so that it is counted, and so that somebody offers it one day."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.sealed import SealedJSONField
from referrals.querysets import NeedQuerySet


class NeedKind(models.TextChoices):
    """Codes are kept; what they are called may change."""

    DRIVING_LICENCE = "driving_licence", _("permis de conduire")
    BUYING_A_CAR = "buying_a_car", _("acheter une voiture")
    INSURANCE = "insurance", _("assurance")
    CHILD_SEAT = "child_seat", _("siège enfant")
    TOWING = "towing", _("dépannage, remorquage")
    FUEL = "fuel", _("carburant")
    OTHER_TRANSPORT = "other_transport", _("un autre moyen de se déplacer")
    FINES = "fines", _("amendes, fourrière")
    OTHER = "other", _("autre chose")


class Need(models.Model):
    """One need of one person, with or without a case; without a person where the structure registers nobody.

    Where they live is frozen, since it is counted by region; what was written is encrypted and never counted. The same
    need of the same person, noted twice in a day, is one.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("besoin"), max_length=20, choices=NeedKind.choices)
    words = SealedJSONField(null=True, blank=True)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey(
        "referrals.Beneficiary", on_delete=models.PROTECT, null=True, blank=True, related_name="needs"
    )
    referral = models.ForeignKey(
        "referrals.Referral", on_delete=models.PROTECT, null=True, blank=True, related_name="needs"
    )
    region = models.ForeignKey("territory.Region", on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField(_("noté le"), default=clock.today, editable=False)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("besoin non couvert")
        indexes = [
            models.Index(
                fields=["region", "recorded_on"], condition=Q(withdrawn_at__isnull=True), name="need_by_region_and_day"
            ),
            models.Index(fields=["organisation", "-recorded_at", "-id"], name="need_of_organisation"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NeedKind.values), name="need_kind_known"),
            models.CheckConstraint(
                condition=Q(referral__isnull=True) | Q(beneficiary__isnull=False), name="need_of_a_case_has_its_person"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="need_withdrawn_by_someone",
            ),
            models.UniqueConstraint(
                fields=["beneficiary", "kind", "recorded_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="need_once_a_day_for_a_person",
            ),
        ]
