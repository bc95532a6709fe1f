"""The garage chosen for a draft and not asked yet: it is there when the adviser comes back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from referrals.querysets import GarageChoiceQuerySet


class GarageChoice(models.Model):
    """One a dossier; whether the garage still has a place is asked when the referral is sent."""

    referral = models.OneToOneField("referrals.Referral", on_delete=models.CASCADE, related_name="choice")
    garage = models.ForeignKey("garages.Garage", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("pourquoi ce garage"), max_length=200, blank=True)
    # The person's new word on how far they go, asked for this garage; it counts once the referral is sent
    agreed_km = models.PositiveSmallIntegerField(_("jusqu’où la personne accepte d’aller"), null=True, blank=True)
    chosen_at = models.DateTimeField(default=clock.now)
    chosen_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    objects = GarageChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("garage choisi")
