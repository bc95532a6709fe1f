"""Photos of a vehicle and its fault; the pictures themselves are files in private storage."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from referrals.querysets import PhotoQuerySet

MAX_PHOTOS = 8
FOLDER = "photos"


class Photo(models.Model):
    """One picture as it was encoded here; `position` is the number people say: "photo 2"."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="photos")
    position = models.PositiveSmallIntegerField(_("numéro"))
    caption = models.CharField(_("ce qu’on y voit"), max_length=80, blank=True)
    uploaded_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=clock.now, editable=False)
    # of the picture that is kept, not of what was sent
    size = models.PositiveIntegerField(_("taille, en octets"))
    sha256 = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField(_("largeur, en pixels"))
    height = models.PositiveSmallIntegerField(_("hauteur, en pixels"))

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        constraints = [
            models.UniqueConstraint(fields=["referral", "position"], name="photo_position_once"),
            # sent twice, as by a double click, it is one photo
            models.UniqueConstraint(fields=["referral", "sha256"], name="photo_same_once"),
            models.CheckConstraint(condition=Q(position__range=(1, MAX_PHOTOS)), name="photo_few_for_a_referral"),
            models.CheckConstraint(condition=Q(size__gt=0, width__gt=0, height__gt=0), name="photo_has_a_size"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="photo_sha256_written_so"),
        ]

    def __str__(self) -> str:
        words = gettext("Photo %(number)d") % {"number": self.position}
        return f"{words} : {self.caption}" if self.caption else words

    @property
    def file_name(self) -> str:
        """Where private storage keeps it: made of the random uid, never of the name that the file had."""
        return f"{FOLDER}/{self.uid.hex[:2]}/{self.uid.hex}.jpg"

    @property
    def thumbnail_name(self) -> str:
        return f"{FOLDER}/{self.uid.hex[:2]}/{self.uid.hex}.small.jpg"
