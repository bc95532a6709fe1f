"""What somebody confirmed on a day: one mechanism for garages, contacts, structures, agencies and advisers.

Who confirmed it before stands in the row's history; the row itself holds the last time, by which lists are sorted.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mobiliz.lib import clock
from mobiliz.lib.freshness import Freshness, freshness

if TYPE_CHECKING:
    from mobiliz.accounts.actors import Actor


class Confirmable(models.Model):
    """A row of the directory that is asked again from time to time."""

    confirmed_on = models.DateField(_("confirmé le"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def freshness(self) -> Freshness:
        return age_of(self.confirmed_on)

    def confirm(self, by: Actor) -> list[str]:
        """Today, by this person; the names of the fields to be saved."""
        self.confirmed_on, self.confirmed_by = clock.today(), by.membership
        return ["confirmed_on", "confirmed_by"]


def age_of(confirmed_on: date | None, since: date | None = None) -> Freshness:
    """How old a confirmation is today; one from before `since`, when something changed, is to be asked again."""
    return freshness(confirmed_on, clock.today(), months=settings.CONFIRMATION_MONTHS, since=since)
