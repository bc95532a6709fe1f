"""Regions, departments and communes, by their INSEE codes (code officiel géographique)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mobiliz.territory.querysets import CommuneQuerySet


class Zone(models.TextChoices):
    METRO = "metro", _("France métropolitaine")
    DROM = "drom", _("outre-mer")


class Region(models.Model):
    code = models.CharField(_("code INSEE"), max_length=2, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)
    zone = models.CharField(max_length=5, choices=Zone.choices)

    class Meta:
        verbose_name = _("région")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    code = models.CharField(_("code INSEE"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments")
    zone = models.CharField(max_length=5, choices=Zone.choices)

    class Meta:
        verbose_name = _("département")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Commune(models.Model):
    code = models.CharField(_("code INSEE"), max_length=5, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)
    # `unaccent` is not immutable in PostgreSQL: the key is written by Python (mobiliz.lib.text.normalise)
    search_name = models.CharField(max_length=90, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="communes")
    postcodes = models.CharField(_("codes postaux"), max_length=200, help_text=_("séparés par une espace"))
    population = models.PositiveIntegerField(_("population"))
    latitude = models.FloatField()
    longitude = models.FloatField()

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        indexes = [models.Index(fields=["search_name"], name="commune_search_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.first_postcode})"

    @property
    def first_postcode(self) -> str:
        return self.postcodes.split(" ")[0] if self.postcodes else self.department_id
