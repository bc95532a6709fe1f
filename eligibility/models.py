"""Thresholds, rule sets and assessments. An assessment is immutable: the database refuses to change one."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from eligibility.querysets import AssessmentQuerySet, RuleSetQuerySet
from mobiliz.lib import clock
from mobiliz.lib.ranges import DateRange
from mobiliz.lib.sealed import SealedJSONField
from mobiliz.programme.models import Phase


class Threshold(models.Model):
    """A poverty threshold as published: never recomputed from a median."""

    income_year = models.PositiveSmallIntegerField(_("année de revenus"))
    level_percent = models.PositiveSmallIntegerField(_("pour cent du niveau de vie médian"))
    monthly_amount_eur = models.DecimalField(_("euros par mois et par UC"), max_digits=8, decimal_places=2)
    annual_median_eur = models.DecimalField(
        _("niveau de vie médian, euros par an"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    published_on = models.CharField(_("publié le, tel que connu"), max_length=10, blank=True)
    in_force_from = models.DateField(_("en vigueur à partir du"), null=True, blank=True)
    status = models.CharField(
        _("état"),
        max_length=9,
        choices=[("published", _("publié")), ("disputed", _("contesté"))],
    )
    geographic_scope = models.CharField(_("champ"), max_length=120)
    series = models.CharField(_("série"), max_length=120)
    source = models.TextField(_("source"))
    change_reason = models.CharField(_("raison de la correction"), max_length=300, blank=True)
    loaded_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("seuil de pauvreté")
        verbose_name_plural = _("seuils de pauvreté")
        ordering = ["-income_year", "-level_percent"]
        constraints = [
            models.UniqueConstraint(fields=["income_year", "level_percent"], name="threshold_once"),
            models.CheckConstraint(condition=Q(monthly_amount_eur__gt=0), name="threshold_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.level_percent} % {self.income_year} : {self.monthly_amount_eur} €"


class RuleSet(models.Model):
    """The dated rules of one offer, as a tree over leaves; version 1 is the threshold rule alone."""

    offer = models.ForeignKey("programme.Offer", on_delete=models.PROTECT, related_name="rule_sets")
    version = models.PositiveSmallIntegerField(_("version"))
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices)
    definition = models.JSONField(_("règle"))
    validity_days = models.PositiveSmallIntegerField(_("validité d’une évaluation, en jours"), default=180)
    in_force_from = models.DateField(_("en vigueur à partir du"))
    in_force_until = models.DateField(_("jusqu’au (exclu)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("barème d’éligibilité")
        verbose_name_plural = _("barèmes d’éligibilité")
        constraints = [
            models.UniqueConstraint(fields=["offer", "version"], name="rule_set_version_once"),
            models.CheckConstraint(
                condition=Q(validity_days__gte=1, validity_days__lte=180),
                name="rule_set_validity_180_at_most",
            ),
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True) | Q(in_force_until__gt=F("in_force_from")),
                name="rule_set_ends_after_start",
            ),
            ExclusionConstraint(
                name="rule_set_never_two_in_force",
                expressions=[
                    ("offer", RangeOperators.EQUAL),
                    (DateRange("in_force_from", "in_force_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}, version {self.version}"


class Method(models.TextChoices):
    ENGINE = "engine", _("calcul")
    REVIEW = "review", _("décision d’un pilote")


class Assessment(models.Model):
    """One dated decision with every figure that led to it; a new one supersedes, nothing is edited."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="assessments")
    method = models.CharField(_("faite par"), max_length=6, choices=Method.choices, default=Method.ENGINE)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="assessments")
    threshold = models.ForeignKey(
        Threshold, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    engine_version = models.CharField(_("version du calcul"), max_length=10)
    reference_date = models.DateField(_("date de référence"))
    facts = SealedJSONField()
    trace = SealedJSONField()
    outcome = models.CharField(
        _("résultat"),
        max_length=12,
        choices=[
            ("eligible", _("éligible")),
            ("not_eligible", _("non éligible")),
            ("needs_review", _("à examiner")),
        ],
    )
    reasons = ArrayField(models.CharField(max_length=50), verbose_name=_("motifs"))
    valid_until = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    decision_note = SealedJSONField(null=True, blank=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("évaluation d’éligibilité")
        verbose_name_plural = _("évaluations d’éligibilité")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="eligible", valid_until__isnull=False)
                | (~Q(outcome="eligible") & Q(valid_until__isnull=True)),
                name="assessment_only_eligible_is_valid_until",
            ),
            models.CheckConstraint(
                condition=Q(method="engine") | Q(decision_note__isnull=False, made_by__isnull=False),
                name="assessment_review_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.reference_date})"

    @property
    def is_eligible(self) -> bool:
        return self.outcome == "eligible"
