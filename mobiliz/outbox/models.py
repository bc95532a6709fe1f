"""Messages to the world: written in the transaction of what they tell, delivered after it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.sealed import SealedJSONField
from mobiliz.outbox.querysets import MessageQuerySet


class Fault(models.TextChoices):
    """Why a message has not arrived."""

    SERVER_AWAY = "server_away", _("le serveur de courrier ne répond pas")
    REFUSED = "refused", _("l’adresse est refusée par son serveur de courrier")
    RETURNED = "returned", _("le message est revenu : cette adresse ne reçoit pas")
    UNREADABLE = "unreadable", _("le message n’a pas pu être rédigé")
    LOST_TOO_OFTEN = "lost_too_often", _("l’envoi s’est interrompu cinq fois")
    TOO_LATE = "too_late", _("le lien qu’il porte ne sert plus")


class Message(models.Model):
    """One e-mail. `key` says which event of which recipient it tells: the same is never written twice.

    `context`: plain values for the template, sealed; forgotten some weeks after delivery, with the recipient's name.
    `good_until`: of a message that carries a secret; after that it neither goes out nor keeps its words.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=80)
    context = SealedJSONField(null=True)
    recipient_email = models.EmailField(_("à"))
    recipient_name = models.CharField(max_length=170, blank=True)
    reply_to = models.EmailField(blank=True)
    # what it tells of, as "referral:<uid>": shown there, erased with it
    about = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(_("écrit le"), default=clock.now, editable=False)
    # gathered with others of the same recipient into one message of this day
    digest_on = models.DateField(null=True, blank=True)
    # of a message that gathers others: its day
    day = models.DateField(null=True, blank=True, editable=False)
    digest = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="gathered")
    good_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    lost_attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(_("remis le"), null=True, blank=True)
    parked_at = models.DateTimeField(_("abandonné le"), null=True, blank=True)
    # whoever the message concerned has heard that it did not arrive
    loss_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    fault = models.CharField(max_length=14, choices=Fault.choices, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(sent_at__isnull=True, parked_at__isnull=True, digest__isnull=True),
                name="message_waiting",
            ),
            models.Index(
                fields=["day", "recipient_email"], condition=Q(day__isnull=False), name="message_digest_of_day"
            ),
            models.Index(fields=["about"], condition=~Q(about=""), name="message_about"),
            models.Index(fields=["-parked_at"], condition=Q(parked_at__isnull=False), name="message_undelivered"),
            models.Index(
                fields=["good_until"],
                condition=Q(good_until__isnull=False, context__isnull=False),
                name="message_holds_a_secret",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(parked_at__isnull=True) | ~Q(fault=""), name="message_parked_has_fault"),
            models.CheckConstraint(
                condition=Q(digest__isnull=True) | Q(digest_on__isnull=False), name="message_gathered_was_for_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.uid})"

    @property
    def is_undelivered(self) -> bool:
        return self.parked_at is not None
