"""Personal links: what someone without an account may do to one assignment, for a while."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from referrals.querysets import PersonalLinkQuerySet


class LinkPurpose(models.TextChoices):
    ANSWER = "answer", _("répondre à une orientation")


class PersonalLink(models.Model):
    """One address of one message: to whom it went, for which assignment, until when; its token is signed.

    `holder` and `place` are the names as they were when it was sent: the log tells by them who acted.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=10, choices=LinkPurpose.choices, default=LinkPurpose.ANSWER.value)
    assignment = models.ForeignKey("referrals.Assignment", on_delete=models.PROTECT, related_name="links")
    contact = models.ForeignKey("garages.Contact", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    holder = models.CharField(_("envoyé à"), max_length=170)
    place = models.CharField(max_length=160)
    email = models.EmailField()
    created_at = models.DateTimeField(_("envoyé le"), default=clock.now, editable=False)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    revoked_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lien personnel")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact__isnull=False) | models.Q(membership__isnull=False),
                name="link_has_a_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} ({self.place})"


class LinkUse(models.Model):
    """One act by a link, done or refused. Opening one leaves no line: scanners of mail do, and nothing tracks mails."""

    link = models.ForeignKey(PersonalLink, on_delete=models.PROTECT, related_name="uses")
    at = models.DateTimeField(default=clock.now, editable=False)
    act = models.CharField(max_length=20)
    is_done = models.BooleanField()

    class Meta:
        verbose_name = _("usage d’un lien")
        indexes = [models.Index(fields=["link", "-at"], name="link_use_latest")]
