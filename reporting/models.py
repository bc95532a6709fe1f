"""The rollup: what each referral counts for now, and the sums of it that pages read.

By cohort: a referral belongs to the Paris month in which it was first sent and to the region and department frozen
on it, and everything that ever becomes of it counts there. (Counting by event will need the day of each fact: a
further set of rows with a `basis`, fed by the same queue.)

Who counts where, so that a sum over garages never counts a referral twice: facts of the *referral* (sent, how far it
came, how it was lost) stand in the row without a garage; facts of a *quote* (proposed, still open, repaired) stand in
the row of the garage that made it. A referral that went to two garages is one referral sent, perhaps two quotes.

Everything here is derived from the referrals and can be rebuilt: hence no constraints towards other apps' tables,
which would cost more than the sums; `recount_cells` is what guards them.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from reporting.querysets import CellQuerySet, ReaderQuerySet


class Stage(models.TextChoices):
    """How far a referral came; a later garage does not take back what an earlier one brought."""

    SENT = "sent", _("Orientées")
    ACCEPTED = "accepted", _("Acceptées par un garage")
    QUOTED = "quoted", _("Devis proposé")
    AGREED = "agreed", _("Devis accepté")
    REPAIRED = "repaired", _("Réparées")


def _to(model: str, **options: Any) -> models.ForeignKey:
    return models.ForeignKey(
        model, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, **options
    )


class Counts(models.Model):
    """What is counted. Signed: a correction is added like anything else, and the recount finds what is wrong."""

    referrals_sent = models.IntegerField(default=0)
    referrals_accepted = models.IntegerField(default=0)
    referrals_quoted = models.IntegerField(default=0)
    referrals_agreed = models.IntegerField(default=0)
    referrals_repaired = models.IntegerField(default=0)
    # Closed without a repair
    referrals_lost = models.IntegerField(default=0)
    # Each once, at its first issue, whatever its versions
    quotes_proposed = models.IntegerField(default=0)
    # Still with the garage that made them, quoted or agreed
    open_quotes = models.IntegerField(default=0)
    repairs_done = models.IntegerField(default=0)

    class Meta:
        abstract = True


class Place(models.Model):
    month = models.DateField()
    region = _to("territory.Region")

    class Meta:
        abstract = True


class Dimensions(Place):
    department = _to("territory.Department")
    garage = _to("garages.Garage", null=True)
    organisation = _to("accounts.Organisation")
    offer = _to("programme.Offer")

    class Meta:
        abstract = True


class Contribution(Dimensions, Counts):
    """What one referral counts for in the cells at present: one row, and one for each garage that made it a quote.

    Kept so that a change costs what it changes: the new contribution minus this one is added to the cells. A change
    read twice adds nothing.
    """

    referral = _to("referrals.Referral")
    # For a closed referral: the last stage that it reached, and why it went no further
    lost_at = models.CharField(max_length=8, choices=Stage.choices, blank=True, default="")
    outcome = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "garage"], name="contribution_once", nulls_distinct=False)
        ]


class Cell(Dimensions, Counts):
    """The finest sums: month x region x department x garage x organisation x offer."""

    objects = CellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "region", "department", "garage", "organisation", "offer"],
                name="cell_once",
                nulls_distinct=False,
            )
        ]


class PlaceCell(Place, Counts):
    """The same sums by month and place alone: what dashboards read, a few rows however many referrals."""

    department = _to("territory.Department")

    objects = CellQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "region", "department"], name="place_cell_once")]


class LossCell(Place):
    """How many closed referrals got no further than a stage, and why."""

    lost_at = models.CharField(max_length=8, choices=Stage.choices)
    outcome = models.CharField(max_length=20)
    referrals_lost = models.IntegerField(default=0)

    objects = CellQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "region", "lost_at", "outcome"], name="loss_cell_once")]


class Reader(models.Model):
    """How far a reader of the queue of changes has come: its own position, in its own row."""

    name = models.CharField(max_length=20, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    objects = ReaderQuerySet.as_manager()

    @property
    def stamp(self) -> str:
        """Changes whenever the sums may have."""
        return f"{self.transaction}-{self.last_id}"


class Heartbeat(models.Model):
    """When a background process was last seen at work."""

    name = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField()
