"""What the programme offers, and in which phase each offer is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Phase(models.TextChoices):
    EXPLORING = "exploring", _("en exploration")
    FROZEN = "frozen", _("stabilisée")


class Offer(models.Model):
    """One kind of help: a row, its rule set, and nothing else."""

    code = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(_("nom"), max_length=80)
    needs_vehicle = models.BooleanField(_("demande un véhicule"), default=True)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices, default=Phase.EXPLORING)
    is_open = models.BooleanField(_("ouverte"), default=True)

    class Meta:
        verbose_name = _("offre")

    def __str__(self) -> str:
        return self.name


REPAIR = "reparation"
