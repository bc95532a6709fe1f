"""The prescribers: structures, their agencies and advisers, and the systems that speak for them."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from mobiliz.accounts.confirmations import Confirmable
from mobiliz.accounts.history import tracked
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


class Public(models.TextChoices):
    """Whom a structure helps."""

    JOB_SEEKERS = "job_seekers", _("demandeurs d’emploi")
    PRECARIOUS = "precarious", _("intérimaires et salariés précaires")
    MINIMUM_INCOME = "minimum_income", _("bénéficiaires du RSA")
    YOUNG = "young", _("jeunes")
    SINGLE_PARENTS = "single_parents", _("familles monoparentales")
    DISABLED = "disabled", _("personnes handicapées")
    INDEBTED = "indebted", _("ménages endettés")
    FOUNDERS = "founders", _("créateurs d’entreprise")
    HOMELESS = "homeless", _("personnes sans logement stable")


@tracked(
    "PastStructure",
    *("name", "kind", "siret", "address", "commune", "phone", "email", "network", "publics", "reference"),
    *("agreement_from", "agreement_until", "ended_on", "confirmed_on", "confirmed_by"),
)
class Structure(Confirmable):
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
    network = models.CharField(
        _("réseau"), max_length=120, blank=True, help_text=_("à quel réseau ou à quelle enseigne elle appartient")
    )
    publics = ArrayField(
        models.CharField(max_length=20, choices=Public.choices), verbose_name=_("publics"), default=list, blank=True
    )
    # where it refers people; none: around its seat and its agencies
    regions = models.ManyToManyField("territory.Region", verbose_name=_("régions"), blank=True, related_name="+")
    # whom pilots ask first
    reference = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("personne référente"),
    )
    agreement_from = models.DateField(_("convention signée le"), null=True, blank=True)
    agreement_until = models.DateField(_("convention valable jusqu’au"), null=True, blank=True)
    ended_on = models.DateField(_("sortie du réseau le"), null=True, blank=True)
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
            models.CheckConstraint(condition=Q(publics__contained_by=Public.values), name="structure_publics_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def agreement_sense(self) -> str:
        """Late when its agreement is over, wait when it soon will be, none when there is no end or no agreement."""
        if self.agreement_until is None:
            return "none"
        days = (self.agreement_until - clock.today()).days
        return "late" if days < 0 else "wait" if days <= settings.AGREEMENT_WARNING_DAYS else "good"


@tracked("PastAgency", "name", "address", "commune", "phone", "email", "ended_on", "confirmed_on", "confirmed_by")
class Agency(Confirmable):
    """A local place of a structure, with advisers of its own."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="agency")
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="agencies")
    name = models.CharField(_("nom"), max_length=160)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    commune = models.ForeignKey("territory.Commune", on_delete=models.PROTECT, related_name="agencies")
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
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

    @property
    def granted_in_words(self) -> list[str]:
        said = settings.OAUTH2_PROVIDER["SCOPES"]
        return [str(said.get(scope, scope)) for scope in sorted(self.granted_scopes)]
