"""Thresholds, rule sets and assessments. An assessment is immutable: the database refuses to change one."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from eligibility.querysets import (
    AcknowledgementQuerySet,
    AssessmentQuerySet,
    DriftQuerySet,
    RuleSetQuerySet,
    TrialQuerySet,
)
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


class Subject(models.TextChoices):
    """Whom or what a rule is about."""

    HOUSEHOLD = "household", _("la personne et son foyer")
    VEHICLE = "vehicle", _("la voiture")


class Status(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    PROPOSED = "proposed", _("à approuver")
    APPROVED = "approved", _("approuvée")
    DISCARDED = "discarded", _("abandonnée")


class RuleSet(models.Model):
    """The dated rules of one offer, a tree of conditions: drafted, tried, approved by another, then never changed."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("programme.Offer", on_delete=models.PROTECT, related_name="rule_sets")
    subject = models.CharField(_("porte sur"), max_length=9, choices=Subject.choices, default=Subject.HOUSEHOLD)
    version = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("état"), max_length=9, choices=Status.choices, default=Status.DRAFT)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices, default=Phase.EXPLORING)
    frozen_until = models.DateField(_("stabilisée jusqu’au"), null=True, blank=True)
    definition = models.JSONField(_("règle"))
    validity_days = models.PositiveSmallIntegerField(_("validité d’une évaluation, en jours"), default=180)
    in_force_from = models.DateField(_("en vigueur à partir du"), null=True, blank=True)
    in_force_until = models.DateField(_("jusqu’au (exclu)"), null=True, blank=True)
    first_day_note = models.CharField(_("précision sur le premier jour"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    why = models.CharField(_("pourquoi ce changement"), max_length=300, blank=True)
    drafted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    drafted_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    proposed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_back_because = models.CharField(_("renvoyée parce que"), max_length=300, blank=True)
    approved_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    # of before this platform kept who decides: known from a source, drafted and approved by nobody here
    is_historic = models.BooleanField(_("reprise d’une source"), default=False)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("barème d’éligibilité")
        verbose_name_plural = _("barèmes d’éligibilité")
        ordering = ["offer", "subject", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "subject", "version"], name="rule_set_version_once"),
            models.CheckConstraint(
                condition=Q(validity_days__gte=1, validity_days__lte=180),
                name="rule_set_validity_180_at_most",
            ),
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True) | Q(in_force_until__gt=F("in_force_from")),
                name="rule_set_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved")
                | Q(in_force_from__isnull=False, is_historic=True)
                | Q(
                    in_force_from__isnull=False,
                    drafted_by__isnull=False,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                ),
                name="rule_set_approved_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="rule_set_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(phase="frozen", frozen_until__isnull=False)
                | Q(phase="exploring", frozen_until__isnull=True),
                name="rule_set_frozen_says_until_when",
            ),
            ExclusionConstraint(
                name="rule_set_never_two_in_force",
                expressions=[
                    ("offer", RangeOperators.EQUAL),
                    ("subject", RangeOperators.EQUAL),
                    (DateRange("in_force_from", "in_force_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status="approved"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}, {self.get_subject_display()}, version {self.version}"

    @property
    def is_approved(self) -> bool:
        return self.status == Status.APPROVED

    @property
    def digest(self) -> str:
        """Of what a trial depends on: a draft that was changed after its trial has to be tried again."""
        told = json.dumps([self.definition, self.validity_days, str(self.in_force_from or "")], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


class TrialStatus(models.TextChoices):
    WAITING = "waiting", _("en attente")
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminé")
    FAILED = "failed", _("interrompu")


class Trial(models.Model):
    """A draft asked of past cases: what it would have answered. Nothing of a household stands in the report."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="trials")
    digest = models.CharField(max_length=64)
    status = models.CharField(_("état"), max_length=7, choices=TrialStatus.choices, default=TrialStatus.WAITING)
    since = models.DateField(_("cas depuis le"))
    done = models.PositiveIntegerField(_("cas essayés"), default=0)
    total = models.PositiveIntegerField(_("cas en tout"), default=0)
    report = models.JSONField(_("résultat"), null=True, blank=True)
    # what came out so far, and how far the worker came: another goes on from here
    tally = models.JSONField(null=True, blank=True, editable=False)
    asked_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    # the attempt is counted before the work; whoever holds the lease may go on, and nobody else
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("essai sur des cas passés")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set"], condition=Q(status__in=["waiting", "running"]), name="trial_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status="done", report__isnull=False) | ~Q(status="done"), name="trial_done_has_its_report"
            ),
        ]

    @property
    def is_over(self) -> bool:
        return self.status in (TrialStatus.DONE, TrialStatus.FAILED)


class Acknowledgement(models.Model):
    """Someone concerned has read what a new version changes."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="acknowledgements")
    membership = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("prise de connaissance")
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "membership"], name="acknowledged_once"),
        ]


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
    # gone, with the note, where the person was erased
    facts: Any = SealedJSONField(null=True, blank=True)
    trace: Any = SealedJSONField(null=True, blank=True)
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
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
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
                condition=Q(method="engine")
                | Q(erased_at__isnull=False, made_by__isnull=False)
                | Q(decision_note__isnull=False, made_by__isnull=False),
                name="assessment_review_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, facts__isnull=False, trace__isnull=False)
                | Q(erased_at__isnull=False, facts__isnull=True, trace__isnull=True, decision_note__isnull=True),
                name="assessment_whole_or_erased",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.reference_date})"

    @property
    def is_eligible(self) -> bool:
        return self.outcome == "eligible"

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None


class Drift(models.Model):
    """An assessment that came out otherwise when it was recomputed: an alarm, until a pilot has looked at it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="drift")
    fault = models.CharField(_("pourquoi elle ne se recalcule plus"), max_length=100, blank=True)
    found_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DriftQuerySet.as_manager()

    class Meta:
        verbose_name = _("écart de calcul")
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="drift_seen_by_someone",
            )
        ]
