"""What a garage agreed to once and for all, so that no adviser negotiates it again."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from garages.models.choices import TermAnswer, TermKind
from garages.models.network import Garage
from garages.querysets import TermQuerySet
from garages.words import term_in_words
from mobiliz.lib import clock

MAX_INSTALMENTS = 12


class Term(models.Model):
    """One thing agreed, from a day on, with whom; it stands until another replaces it, and stays to be read."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    garage = models.ForeignKey(Garage, on_delete=models.PROTECT, related_name="terms")
    kind = models.CharField(max_length=12, choices=TermKind.choices)
    answer = models.CharField(_("réponse"), max_length=11, choices=TermAnswer.choices)
    # in how many instalments without fees, at most: of this kind of term alone
    instalments = models.PositiveSmallIntegerField(_("nombre de fois"), null=True, blank=True)
    words = models.CharField(_("précision"), max_length=300, blank=True)
    agreed_on = models.DateField(_("convenu le"))
    agreed_with = models.CharField(_("convenu avec"), max_length=160, blank=True)
    noted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    noted_at = models.DateTimeField(default=clock.now, editable=False)
    ended_on = models.DateField(_("remplacé le"), null=True, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("accord")
        ordering = ["kind", "-agreed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["garage", "kind"], condition=Q(ended_on__isnull=True), name="term_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("agreed_on")), name="term_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(instalments__isnull=True)
                | Q(kind=TermKind.INSTALMENTS, instalments__gte=2, instalments__lte=MAX_INSTALMENTS),
                name="term_instalments_sane",
            ),
            models.CheckConstraint(
                condition=~Q(kind=TermKind.INSTALMENTS)
                | Q(answer=TermAnswer.NO, instalments__isnull=True)
                | ~Q(answer=TermAnswer.NO) & Q(instalments__isnull=False),
                name="term_instalments_have_their_number",
            ),
            models.CheckConstraint(
                condition=~Q(answer=TermAnswer.CONDITIONAL) & ~Q(kind=TermKind.OTHER) | ~Q(words=""),
                name="term_condition_is_said",
            ),
        ]

    @property
    def in_words(self) -> str:
        return term_in_words(self.kind, self.answer, self.instalments, self.words)
