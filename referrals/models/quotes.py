"""Quotes: numbered without gaps, in immutable versions; the person's answer; the repair done."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from referrals.querysets import QuoteQuerySet, QuoteVersionQuerySet


class QuoteCounter(models.Model):
    """The last number given, for each garage and year: locked while a quote takes the next."""

    garage = models.ForeignKey("garages.Garage", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["garage", "year"], name="quote_counter_once")]


class Quote(models.Model):
    """One for an assignment; counted once, at its first issue, whatever its versions."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.OneToOneField("referrals.Assignment", on_delete=models.PROTECT, related_name="quote")
    garage = models.ForeignKey("garages.Garage", on_delete=models.PROTECT, related_name="quotes")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    first_issued_at = models.DateTimeField(_("émis le"), default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True, editable=False)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("devis")
        verbose_name_plural = _("devis")
        constraints = [models.UniqueConstraint(fields=["garage", "year", "sequence"], name="quote_number_once")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The quote's number, in the garage and year: 2026-0042."""
        return f"{self.year}-{self.sequence:04d}"


class QuoteVersion(models.Model):
    """What was offered, once and for all: rate, VAT, garage and vehicle are copied in."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    is_supplement = models.BooleanField(_("travaux supplémentaires"), default=False)
    assessment = models.ForeignKey("eligibility.Assessment", on_delete=models.PROTECT, related_name="quote_versions")
    schedule = models.ForeignKey("garages.PriceSchedule", on_delete=models.PROTECT, related_name="quote_versions")
    hourly_rate_excl_tax = models.DecimalField(max_digits=7, decimal_places=2)
    vat_percent = models.DecimalField(_("TVA"), max_digits=4, decimal_places=2)
    garage_as_issued = models.JSONField()
    vehicle_as_issued = models.JSONField()
    immobilisation_days = models.PositiveSmallIntegerField(_("jours d’immobilisation"), null=True, blank=True)
    instalments = models.PositiveSmallIntegerField(_("en combien de fois"), default=1)
    issued_on = models.DateField(_("émis le"))
    valid_until = models.DateField(_("valable jusqu’au"))
    issued_at = models.DateTimeField(default=clock.now, editable=False)
    issued_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    total_excl_tax = models.DecimalField(_("total HT"), max_digits=10, decimal_places=2)
    vat = models.DecimalField(_("TVA"), max_digits=10, decimal_places=2)
    total_incl_tax = models.DecimalField(_("total TTC"), max_digits=10, decimal_places=2)
    public_incl_tax = models.DecimalField(_("prix public TTC"), max_digits=10, decimal_places=2, null=True, blank=True)
    saving_incl_tax = models.DecimalField(_("économie TTC"), max_digits=10, decimal_places=2, null=True, blank=True)
    saving_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)

    objects = QuoteVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version du devis")
        ordering = ["quote", "number"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "number"], name="quote_version_once"),
            models.CheckConstraint(
                condition=Q(total_incl_tax=F("total_excl_tax") + F("vat")), name="quote_version_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("issued_on")), name="quote_version_valid_after_issue"
            ),
            models.CheckConstraint(condition=Q(total_excl_tax__gte=0), name="quote_version_not_negative"),
        ]


class LineKind(models.TextChoices):
    LABOUR = "labour", _("main-d’œuvre")
    PART = "part", _("pièce")
    CONSUMABLE = "consumable", _("consommable")
    FLAT = "flat", _("forfait")


class PartOrigin(models.TextChoices):
    NEW = "new", _("neuve")
    REUSED = "reused", _("réemploi (PIEC)")
    EXCHANGE = "exchange", _("échange standard")


class QuoteLine(models.Model):
    version = models.ForeignKey(QuoteVersion, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=LineKind.choices)
    part_origin = models.CharField(max_length=8, choices=PartOrigin.choices, blank=True)
    description = models.CharField(_("désignation"), max_length=160)
    quantity = models.DecimalField(_("quantité"), max_digits=8, decimal_places=2)
    unit_cost_excl_tax = models.DecimalField(max_digits=10, decimal_places=4)
    unit_public_excl_tax = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    line_cost_excl_tax = models.DecimalField(max_digits=10, decimal_places=2)
    line_public_excl_tax = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("ligne de devis")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="quote_line_position_once"),
            models.CheckConstraint(
                condition=Q(unit_public_excl_tax__isnull=True) | Q(unit_cost_excl_tax__lte=F("unit_public_excl_tax")),
                name="quote_line_cost_below_public",
            ),
            models.CheckConstraint(
                condition=Q(kind="part") & ~Q(part_origin="") | ~Q(kind="part") & Q(part_origin=""),
                name="quote_line_part_has_its_origin",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_quantity_positive"),
        ]


class AnswerChannel(models.TextChoices):
    PAPER = "paper", _("signature au garage")
    LINK = "link", _("par lien personnel")
    ADVISER = "adviser", _("par l’intermédiaire du conseiller")


class PiecChoice(models.TextChoices):
    """What the person said of reused parts, recorded before they accept."""

    WANTED = "wanted", _("d’accord pour des pièces de réemploi")
    DECLINED = "declined", _("refuse les pièces de réemploi")
    NOT_CONCERNED = "not_concerned", _("aucune pièce de réemploi possible pour ces travaux")


class QuoteAnswer(models.Model):
    """The person's answer to one version."""

    version = models.OneToOneField(QuoteVersion, on_delete=models.PROTECT, related_name="answer")
    is_accepted = models.BooleanField()
    piec_choice = models.CharField(max_length=14, choices=PiecChoice.choices, blank=True)
    reason = models.CharField(_("raison"), max_length=300, blank=True)
    channel = models.CharField(max_length=8, choices=AnswerChannel.choices)
    answered_on = models.DateField(_("répondu le"))
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("réponse au devis")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_accepted=False) | ~Q(piec_choice=""), name="answer_accepts_with_piec_choice"
            ),
            models.CheckConstraint(condition=Q(is_accepted=True) | ~Q(reason=""), name="answer_declines_with_reason"),
        ]


class Repair(models.Model):
    """The repair done, at most at the price agreed."""

    assignment = models.OneToOneField("referrals.Assignment", on_delete=models.PROTECT, related_name="repair")
    version = models.ForeignKey(QuoteVersion, on_delete=models.PROTECT, related_name="repairs")
    done_on = models.DateField(_("réparé le"))
    final_total_incl_tax = models.DecimalField(_("montant final TTC"), max_digits=10, decimal_places=2)
    mileage_km = models.PositiveIntegerField(_("kilométrage"), null=True, blank=True)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("réparation")
        constraints = [
            models.CheckConstraint(condition=Q(final_total_incl_tax__gte=Decimal(0)), name="repair_not_negative")
        ]
