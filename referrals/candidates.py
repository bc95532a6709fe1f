"""Which garages can be asked for this referral: active, not asked before, with their distance and places left."""

from __future__ import annotations

from dataclasses import dataclass

from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.lib import clock
from mobiliz.lib.periods import iso_week_monday
from referrals.models import Assignment, Referral

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A garage that may be asked: crow-fly distance from the person's commune, places left this week."""

    garage: Garage
    distance_km: float
    places_left: int
    is_within_agreed: bool

    @property
    def is_full(self) -> bool:
        return self.places_left <= 0


def candidates(referral: Referral, *, by: Actor) -> list[Candidate]:
    """The nearest active garages, full ones included (and shown so), those that refused left out."""
    home = referral.beneficiary.commune
    refused = Assignment.objects.of_referral(referral).that_refused().values("garage_id")
    nearest = (
        Garage.objects.visible_to(by)
        .active()
        .with_places()
        .without(refused)
        .nearest_to(home.latitude, home.longitude)[:SHOWN]
    )
    garages = list(nearest)
    taken = Assignment.objects.places_taken([garage.pk for garage in garages], iso_week_monday(clock.today()))
    return [
        Candidate(
            garage=garage,
            distance_km=garage.distance_km,
            places_left=garage.weekly_cap - taken.get(garage.pk, 0),
            is_within_agreed=garage.distance_km <= referral.distance_agreed_km,
        )
        for garage in garages
    ]
