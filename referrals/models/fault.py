"""What is noted of the fault before a garage is asked: codes that are ticked, the person's own words beside them."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.sealed import SealedJSONField
from referrals import symptoms
from referrals.querysets import PreDiagnosisQuerySet

MAX_INSTALMENTS = 4


class FaultSince(models.TextChoices):
    TODAY = "days", _("quelques jours")
    WEEKS = "weeks", _("quelques semaines")
    MONTHS = "months", _("plusieurs mois")
    UNKNOWN = "unknown", _("je ne sais pas")


class Whereabouts(models.TextChoices):
    HOME = "home", _("chez la personne : cour, garage, parking")
    STREET = "street", _("dans la rue")
    TOWED = "towed", _("déjà remorquée : garage, dépôt, fourrière")
    ELSEWHERE = "elsewhere", _("ailleurs")
    UNKNOWN = "unknown", _("je ne sais pas")


class Papers(models.TextChoices):
    """The registration document: what it says is asked for, and the garage wants to see it."""

    AT_HAND = "at_hand", _("oui, sous les yeux")
    KEPT = "kept", _("la personne l’a, pas ici")
    MISSING = "missing", _("non : perdue, ou pas à son nom")
    UNKNOWN = "unknown", _("je ne sais pas")


class Transport(models.TextChoices):
    """How the person gets to the garage, and home without the car."""

    ALONE = "alone", _("par ses propres moyens")
    RELATIVE = "relative", _("un proche l’emmène")
    PUBLIC = "public", _("en bus, en car ou en train")
    NONE = "none", _("aucun moyen sans sa voiture")
    UNKNOWN = "unknown", _("je ne sais pas")


class Worry(models.TextChoices):
    """What keeps people from going to a garage: read by the sender's side alone."""

    PRICE = "price", _("que ce soit trop cher")
    CAR_KEPT = "car_kept", _("qu’on ne lui rende pas la voiture")
    NOT_UNDERSTANDING = "not_understanding", _("de ne pas comprendre ce qu’on lui dira")
    BEING_JUDGED = "being_judged", _("d’être mal reçue")


class PreDiagnosis(models.Model):
    """What is wrong, as whoever drives it sees, hears, smells and feels it."""

    referral = models.OneToOneField("referrals.Referral", on_delete=models.PROTECT, related_name="prediagnosis")
    complaint = models.TextField(_("ce qui ne va pas"), max_length=2000, blank=True)
    symptoms = ArrayField(
        models.CharField(max_length=24), verbose_name=_("ce qui se remarque"), default=list, blank=True
    )
    warning_lights = models.CharField(_("autre voyant"), max_length=200, blank=True)
    noises = models.CharField(_("le bruit, en mots"), max_length=200, blank=True)
    # null: nobody knows
    is_drivable = models.BooleanField(_("le véhicule roule"), null=True)
    since = models.CharField(_("depuis"), max_length=8, choices=FaultSince.choices)
    whereabouts = models.CharField(
        _("où elle se trouve"), max_length=9, choices=Whereabouts.choices, default=Whereabouts.UNKNOWN
    )
    papers = models.CharField(_("carte grise"), max_length=8, choices=Papers.choices, default=Papers.UNKNOWN)
    needs_accompaniment = models.BooleanField(_("la personne souhaite être accompagnée"), default=False)
    transport = models.CharField(
        _("pour aller au garage"), max_length=8, choices=Transport.choices, default=Transport.UNKNOWN
    )
    instalments = models.PositiveSmallIntegerField(_("nombre de paiements"), null=True, blank=True)
    # {"can_pay_eur": "150.00" or null, "worries": ["price"]}: said to the adviser, never shown to a garage
    confided = SealedJSONField(null=True, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    objects = PreDiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = _("pré-diagnostic")
        constraints = [
            models.CheckConstraint(condition=~Q(complaint="") | ~Q(symptoms=[]), name="prediagnosis_says_something"),
            models.CheckConstraint(
                condition=Q(symptoms__contained_by=list(symptoms.CODES)), name="prediagnosis_symptoms_known"
            ),
            models.CheckConstraint(condition=Q(whereabouts__in=Whereabouts.values), name="prediagnosis_place_known"),
            models.CheckConstraint(condition=Q(papers__in=Papers.values), name="prediagnosis_papers_known"),
            models.CheckConstraint(condition=Q(transport__in=Transport.values), name="prediagnosis_transport_known"),
            models.CheckConstraint(
                condition=Q(instalments__isnull=True) | Q(instalments__range=(1, MAX_INSTALMENTS)),
                name="prediagnosis_instalments_few",
            ),
        ]

    @property
    def in_short(self) -> str:
        """One line for lists: the person's own words, else what was noticed first."""
        return self.complaint or symptoms.sentences(self.symptoms)[0]

    @property
    def sentences(self) -> list[str]:
        """What was noticed, as a garage reads it."""
        return symptoms.sentences(self.symptoms)

    @property
    def stop_reasons(self) -> list[str]:
        """Why the car must not be driven any more; empty when nothing says so."""
        return symptoms.stop_reasons(self.symptoms)

    @property
    def can_pay_eur(self) -> Decimal | None:
        """What the person can pay at once, in euros; for the sender's side alone."""
        amount = (self.confided or {}).get("can_pay_eur")
        return None if amount is None else Decimal(amount)

    @property
    def worries(self) -> list[str]:
        """What the person is afraid of, in words; for the sender's side alone."""
        return [str(Worry(code).label) for code in (self.confided or {}).get("worries", ())]
