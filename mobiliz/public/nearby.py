"""Who accompanies people near a commune: structures and agencies with their public telephone, the nearest first."""

from __future__ import annotations

from typing import NamedTuple

from mobiliz.lib.distances import haversine_km
from mobiliz.territory.forms import candidates
from mobiliz.territory.models import Commune
from partners.models import Agency, Structure

SHOWN = 8
NEAR_KM = 80
AT_LEAST = 3


class Place(NamedTuple):
    name: str
    kind: str
    commune: Commune
    address: str
    phone: str
    km: float


def communes_meant(text: str, code: str) -> list[Commune]:
    """The commune that was chosen, or those that may be meant by what was typed."""
    found = candidates(text)
    chosen = [commune for commune in found if commune.code == code]
    return chosen or found


def places_near(commune: Commune) -> list[Place]:
    """Places of the network now; no person and no line of a person."""
    found = [
        Place(one.name, one.get_kind_display(), one.commune, one.address, one.phone, _km(commune, one.commune))
        for one in Structure.objects.current().for_list()
    ]
    for agency in Agency.objects.open_to_public():
        kind = agency.structure.get_kind_display()
        phone = agency.phone or agency.structure.phone
        found.append(Place(agency.name, kind, agency.commune, agency.address, phone, _km(commune, agency.commune)))
    found.sort(key=lambda place: (place.km, place.name))
    near = [place for place in found if place.km <= NEAR_KM]
    return near[:SHOWN] if len(near) >= AT_LEAST else found[:AT_LEAST]


def _km(here: Commune, there: Commune) -> float:
    return haversine_km(here.latitude, here.longitude, there.latitude, there.longitude)
