"""The referral, its assignments, its log, and the queue of changes that readers follow."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from referrals import words
from referrals.clock import DEFAULT, due_on
from referrals.querysets import AssignmentQuerySet, ChangeQuerySet, LogEntryQuerySet, ReferralQuerySet
from referrals.states import HANDED_OVER, State


class NextNumber(Func):
    """The next short case number, from a sequence of the database."""

    function = "nextval"
    template = "%(function)s('referrals_referral_number_seq')"
    output_field = models.BigIntegerField()

    def __init__(self) -> None:
        super().__init__()


class CurrentTransaction(Func):
    """The number of the transaction that writes the row: readers skip none that commits late."""

    template = "((pg_current_xact_id())::text)::bigint"
    output_field = models.BigIntegerField()

    def __init__(self) -> None:
        super().__init__()


class Referral(models.Model):
    """One need of one person, followed until it is closed. Only `transitions` writes `state`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.BigIntegerField(_("numéro de dossier"), unique=True, db_default=NextNumber(), editable=False)
    offer = models.ForeignKey("programme.Offer", on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey("referrals.Beneficiary", on_delete=models.PROTECT, related_name="referrals")
    vehicle = models.ForeignKey(
        "referrals.Vehicle", on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="referrals")
    adviser = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    assessment = models.ForeignKey(
        "eligibility.Assessment", on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    # of the car, by the offer's rule for cars; none where it has none
    vehicle_assessment = models.ForeignKey(
        "eligibility.Assessment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("état"), max_length=9, choices=words.STATES, default=State.DRAFT.value, editable=False)
    state_since = models.DateTimeField(default=clock.now, editable=False)
    outcome = models.CharField(_("issue"), max_length=20, choices=words.OUTCOMES, blank=True, editable=False)
    # Where the person lived when it was first sent: frozen, since reports rest on it.
    commune = models.ForeignKey("territory.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(
        "territory.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    region = models.ForeignKey("territory.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    distance_agreed_km = models.PositiveSmallIntegerField(_("distance acceptée, en km"), default=30)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(_("envoyée le"), null=True, blank=True, editable=False)
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the clock looks at it next: never empty, so that nothing that runs is out of its sight
    next_look_at = models.DateTimeField(default=clock.now, editable=False)
    look_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    reminders_paused_until = models.DateField(_("relances suspendues jusqu’au"), null=True, blank=True, editable=False)
    # No consent covered it when its person's two records became one: that of the other record does not open it
    unshared_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("orientation")
        indexes = [
            models.Index(fields=["organisation", "-updated_at"], name="referral_organisation"),
            models.Index(fields=["region", "-updated_at"], name="referral_region"),
            models.Index(fields=["updated_at", "id"], name="referral_by_change"),
            models.Index(fields=["region", "sent_at"], name="referral_cohort"),
            models.Index(
                fields=["queued_at", "id"], condition=Q(queued_at__isnull=False), name="referral_in_the_queue"
            ),
            models.Index(
                fields=["next_look_at"],
                condition=~Q(state__in=["draft", "completed", "closed"]),
                name="referral_next_look",
            ),
            models.Index(
                fields=["state", "state_since"],
                condition=~Q(state__in=["completed", "closed"]),
                name="referral_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="referral_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="closed") & Q(outcome=""),
                name="referral_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(queued_at__isnull=True) | Q(state="waiting"), name="referral_queued_while_waiting"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "review", "closed"])
                | Q(
                    sent_at__isnull=False,
                    region__isnull=False,
                    department__isnull=False,
                    assessment__isnull=False,
                ),
                name="referral_sent_has_its_facts",
            ),
        ]

    def __str__(self) -> str:
        return self.spoken_number

    @property
    def spoken_number(self) -> str:
        """The case number as people say it: 104 512."""
        return f"{self.number:,}".replace(",", "\u202f")

    @property
    def is_open(self) -> bool:
        return self.state not in (State.COMPLETED, State.CLOSED)


class Assignment(models.Model):
    """The referral as put to one garage; a referral that moves on has several, one open at most."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="assignments")
    garage = models.ForeignKey("garages.Garage", on_delete=models.PROTECT, related_name="assignments")
    # Monday of the ISO week whose place it takes
    week = models.DateField(_("semaine"))
    distance_km = models.DecimalField(
        _("distance à vol d’oiseau, en km"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    # What the person had agreed to when this garage was asked; null before it was kept
    agreed_km = models.PositiveSmallIntegerField(_("distance acceptée, en km"), null=True, blank=True)
    choice_reason = models.CharField(_("pourquoi ce garage"), max_length=200, blank=True)
    put_at = models.DateTimeField(_("proposée le"), default=clock.now, editable=False)
    due_on = models.DateField(_("réponse attendue le"), null=True, blank=True, editable=False)
    seen_at = models.DateTimeField(_("vue le"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("terminée le"), null=True, blank=True, editable=False)
    end = models.CharField(max_length=10, choices=words.ENDS, blank=True, editable=False)
    end_reason = models.CharField(_("motif"), max_length=20, choices=words.DECLINE_REASONS, blank=True)
    end_comment = models.CharField(_("précision"), max_length=500, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("affectation")
        indexes = [
            models.Index(fields=["garage", "week"], name="assignment_garage_week"),
            models.Index(fields=["garage", "put_at", "id"], name="assignment_by_reception"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(ended_at__isnull=True), name="assignment_one_open"
            ),
            models.UniqueConstraint(
                fields=["referral", "garage"],
                condition=Q(ended_at__isnull=True) | Q(end__in=["declined", "lapsed", "given_back"]),
                name="assignment_never_asked_again",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="assignment_end_has_its_kind",
            ),
            models.CheckConstraint(
                condition=~Q(end__in=["declined", "given_back"]) | ~Q(end_reason=""),
                name="assignment_decline_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(agreed_km__isnull=True) | Q(distance_km__isnull=False, distance_km__lte=F("agreed_km")),
                name="assignment_within_distance_agreed",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def answer_due_on(self) -> date:
        """As it was said when the garage was asked; with the usual delay where that was not kept yet."""
        return self.due_on or due_on(self.put_at, DEFAULT.answer, self.garage.commune.department_id)

    @property
    def was_handed_over(self) -> bool:
        """Whether the referral went on without this garage: it then sees only what it did itself."""
        return self.end in HANDED_OVER

    @property
    def shows_person(self) -> bool:
        """Name and telephone, only for the garage that accepted and still holds the referral."""
        return self.accepted_at is not None and not self.was_handed_over


class LogEntry(models.Model):
    """One line of a referral's append-only log: the database refuses to change or delete it."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="log")
    position = models.PositiveIntegerField()
    verb = models.CharField(max_length=20, choices=words.VERBS)
    from_state = models.CharField(max_length=9, blank=True)
    to_state = models.CharField(max_length=9)
    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField(max_length=10)
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    client = models.ForeignKey("partners.ApiClient", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    link = models.ForeignKey(
        "referrals.PersonalLink", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="log")
    # Codes and days, never a household's figures
    detail = models.JSONField(default=dict, blank=True)

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne du journal")
        ordering = ["referral", "position"]
        constraints = [models.UniqueConstraint(fields=["referral", "position"], name="log_position_once")]

    @property
    def actor_in_words(self) -> str:
        """Who did it: a person with the place they work for, a partner's system, or the platform."""
        if self.membership:
            place = self.membership.organisation
            name = self.membership.user.get_full_name()
            return f"{name} ({place.name})" if place else name
        if self.link:
            return words.by_link(self.link.holder, self.link.place)
        return str(self.client) if self.client else str(words.ACTOR_KINDS[self.actor_kind])


class Change(models.Model):
    """The queue of changes: each reader keeps its own position (transaction, id) and skips none."""

    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="changes")
    entry = models.OneToOneField(LogEntry, on_delete=models.PROTECT, related_name="change")
    at = models.DateTimeField(default=clock.now)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["transaction", "id"], name="change_in_order")]
