"""Whom to call at a garage."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from garages.models.choices import ContactFunction
from garages.models.network import Garage
from garages.querysets import ContactQuerySet
from mobiliz.accounts.confirmations import Confirmable
from mobiliz.accounts.history import tracked


@tracked(
    "PastContact",
    *("rank", "first_name", "last_name", "function", "phone", "email", "publishable_on", "ended_on"),
    *("confirmed_on", "confirmed_by"),
)
class Contact(Confirmable):
    """A named person at the garage, with a direct line; rank 1 is asked first, rank 2 is the back-up."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    garage = models.ForeignKey(Garage, on_delete=models.PROTECT, related_name="contacts")
    rank = models.PositiveSmallIntegerField(_("ordre"))
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    function = models.CharField(_("fonction"), max_length=12, choices=ContactFunction.choices)
    phone = models.CharField(_("ligne directe"), max_length=20)
    email = models.EmailField(_("adresse électronique"), blank=True)
    # the day on which the person agreed that the line stands in the published directory; none: members only
    publishable_on = models.DateField(_("accord de publication donné le"), null=True, blank=True)
    ended_on = models.DateField(_("parti le"), null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("interlocuteur")
        ordering = ["rank", "pk"]
        constraints = [
            # checked when a statement ends, so that one statement may exchange ranks
            ExclusionConstraint(
                name="contact_rank_once",
                expressions=[("garage", RangeOperators.EQUAL), ("rank", RangeOperators.EQUAL)],
                condition=Q(ended_on__isnull=True),
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=9), name="contact_rank_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def is_backup(self) -> bool:
        return self.rank > 1

    @property
    def is_publishable(self) -> bool:
        return self.publishable_on is not None
