"""What people write down about a case: notes, and telephone calls with whom and how they ended."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.sealed import SealedJSONField
from referrals.querysets import NoteQuerySet


class Called(models.TextChoices):
    """With whom one was on the telephone."""

    PERSON = "person", _("la personne")
    GARAGE = "garage", _("le garage")
    OTHER = "other", _("quelqu’un d’autre")


class Note(models.Model):
    """A note, or a call that was noted: `called` says with whom, and is empty for a note.

    The database refuses to change or delete one: a correction is a note of its own, beside what it corrects. Only the
    organisation that wrote it reads it; what was said is encrypted.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="notes")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    text = SealedJSONField(null=True, blank=True)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="correction")
    called = models.CharField(max_length=6, choices=Called.choices, blank=True)
    garage = models.ForeignKey("garages.Garage", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.ForeignKey("garages.Contact", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    who = models.CharField(_("avec qui"), max_length=120, blank=True)
    is_incoming = models.BooleanField(null=True, blank=True)
    is_reached = models.BooleanField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        indexes = [models.Index(fields=["referral", "-at", "-id"], name="note_of_referral")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(called="") | Q(text__isnull=False, is_reached__isnull=True, called_at__isnull=True),
                name="note_has_its_text",
            ),
            models.CheckConstraint(
                condition=Q(called="")
                | Q(is_incoming__isnull=False, is_reached__isnull=False, called_at__isnull=False),
                name="note_of_a_call_has_its_facts",
            ),
            models.CheckConstraint(
                condition=Q(called="garage", garage__isnull=False)
                | (~Q(called="garage") & Q(garage__isnull=True, contact__isnull=True)),
                name="note_names_the_garage_called",
            ),
            models.CheckConstraint(condition=~Q(called="other") | ~Q(who=""), name="note_names_the_other_called"),
            models.CheckConstraint(
                condition=Q(called_at__isnull=True) | Q(called_at__lte=F("at")), name="note_after_the_call"
            ),
        ]
