"""What adviser and garage write to each other about a referral, and what they attach."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.sealed import SealedJSONField
from referrals.models.appointments import Side
from referrals.querysets import AttachmentQuerySet, CaseMessageQuerySet

FOLDER = "attachments"
MAX_FILES = 5  # with one message
MAX_FILES_OF_CASE = 40
MAX_MESSAGES = 500  # of one assignment: a thread, not a store
TEXT_LENGTH = 4000


class CaseMessage(models.Model):
    """A message between the sender's side and the garage of one assignment; encrypted, and never changed.

    The database lets only its read mark be written: when the other side read it first, and who of them.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey("referrals.Assignment", on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=6, choices=Side.choices, editable=False)
    by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    text = SealedJSONField()
    read_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = CaseMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        indexes = [
            models.Index(fields=["assignment", "-at", "-id"], name="message_of_assignment"),
            models.Index(fields=["assignment", "side"], condition=Q(read_at__isnull=True), name="message_unread"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="message_side_known"),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
                name="message_read_by_someone",
            ),
        ]


class Kind(models.TextChoices):
    IMAGE = "image", _("image")
    PDF = "pdf", _("PDF")


class Attachment(models.Model):
    """A file of a message: its content encrypted in private storage, its name encrypted here."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message = models.ForeignKey(CaseMessage, on_delete=models.PROTECT, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=5, choices=Kind.choices)
    name = SealedJSONField()
    size = models.PositiveIntegerField(_("taille, en octets"))
    sha256 = models.CharField(max_length=64)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce jointe")
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="attachment_position_once"),
            models.CheckConstraint(condition=Q(position__range=(1, MAX_FILES)), name="attachment_few_with_a_message"),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_has_a_size"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="attachment_kind_known"),
        ]

    @property
    def is_image(self) -> bool:
        return self.kind == Kind.IMAGE

    @property
    def file_name(self) -> str:
        """Where private storage keeps it: made of the random uid, never of the name that the file had."""
        return f"{FOLDER}/{self.uid.hex[:2]}/{self.uid.hex}.sealed"

    @property
    def thumbnail_name(self) -> str:
        return f"{FOLDER}/{self.uid.hex[:2]}/{self.uid.hex}.small.sealed"
