"""The prescribers: structures, their agencies and advisers, and the systems that speak for them."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.models import Membership, Organisation
from mobiliz.lib import clock
from partners.querysets import AdviserManager, AgencyQuerySet, ApiClientQuerySet, StructureQuerySet


class StructureKind(models.TextChoices):
    ASSOCIATION = "association", _("association")
    TOWN_HALL = "town_hall", _("mairie ou CCAS")
    STATE_AGENCY = "state_agency", _("organisme public")
    FOUNDATION = "foundation", _("fondation")
    DEPARTMENT = "department_council", _("conseil départemental")
    INSERTION = "insertion", _("structure d’insertion")


class Structure(models.Model):
    """An organisation that refers people to the garages."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="structure")
    name = models.CharField(_("nom"), max_length=160)
    search_name = models.CharField(max_length=200, editable=False, default="")
    kind = models.CharField(_("nature"), max_length=20, choices=StructureKind.choices)
    siret = models.CharField(_("SIRET"), max_length=14, unique=True, null=True, blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    commune = models.ForeignKey("territory.Commune", on_delete=models.PROTECT, related_name="structures")
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    agreement_from = models.DateField(_("convention signée le"), null=True, blank=True)
    agreement_until = models.DateField(_("convention valable jusqu’au"), null=True, blank=True)
    ended_on = models.DateField(_("sortie du réseau le"), null=True, blank=True)
    confirmed_on = models.DateField(_("fiche confirmée le"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    objects = StructureQuerySet.as_manager()

    class Meta:
        verbose_name = _("structure")
        indexes = [
            models.Index(fields=["search_name", "id"], name="structure_by_name"),
            models.Index(Coalesce("agreement_until", Value(date.max)), "id", name="structure_by_agreement"),
            models.Index(Coalesce("confirmed_on", Value(date.min)), "id", name="structure_by_confirmation"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(siret__isnull=True) | Q(siret__regex=r"^\d{14}$"), name="structure_siret_digits"
            ),
            models.CheckConstraint(
                condition=Q(agreement_until__isnull=True)
                | Q(agreement_from__isnull=False, agreement_until__gte=F("agreement_from")),
                name="structure_agreement_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A local place of a structure, with advisers of its own."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="agency")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="agencies")
    name = models.CharField(_("nom"), max_length=160)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    commune = models.ForeignKey("territory.Commune", on_delete=models.PROTECT, related_name="agencies")
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    ended_on = models.DateField(_("fermée le"), null=True, blank=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("agence")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["structure", "name"], name="agency_name_once_in_structure")]

    def __str__(self) -> str:
        return self.name


class Adviser(Membership):
    """Someone's place in a structure or agency, as the directory shows it."""

    objects = AdviserManager()

    class Meta:
        proxy = True
        verbose_name = _("conseiller")

    def __str__(self) -> str:
        return self.user.get_full_name()


class ApiClient(models.Model):
    """A partner's system; its OAuth application holds id, hashed secret and nothing else."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="api_clients")
    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.PROTECT, related_name="api_client"
    )
    name = models.CharField(_("nom"), max_length=120)
    scopes = models.CharField(_("portées accordées"), max_length=200, help_text=_("séparées par une espace"))
    is_active = models.BooleanField(_("actif"), default=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("système partenaire")

    def __str__(self) -> str:
        return self.name

    @property
    def granted_scopes(self) -> frozenset[str]:
        return frozenset(self.scopes.split())
