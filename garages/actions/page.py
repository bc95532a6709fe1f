"""A garage enters the directory, what is recorded of it is corrected, and its status changes.

A garage that closes only changes its status: what waits there is picked up by the clock of referrals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from garages.actions.core import as_recorded, locked, refuse_day_ahead, write
from garages.hours import Kept
from garages.models import DistributionGroup, Garage, GarageStatus, JoinedHow, Status
from garages.permissions import is_within_reach
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.history import recorded
from mobiliz.accounts.models import Organisation, OrganisationKind
from mobiliz.lib.distances import haversine_km
from mobiliz.lib.refusals import Refused
from mobiliz.lib.seen import refuse_overtaken
from mobiliz.lib.templatetags.mobiliz import day_fr
from mobiliz.lib.text import normalise, of_place
from mobiliz.territory.models import Commune

FARTHEST_FROM_COMMUNE_KM = 60  # from the town hall of Arles to its end is some 40 km


@dataclass(frozen=True, slots=True, kw_only=True)
class GarageFacts:
    """What is recorded of a garage; without a position it stands where its commune does."""

    name: str
    level: str
    siret: str
    address: str
    commune: Commune
    joined_on: date
    joined_how: str
    postcode: str = ""
    group: str = ""
    phone: str = ""
    weekly_cap: int = 2
    is_vat_exempt: bool = False
    opening_hours: Kept | None = None
    works: tuple[str, ...] = ()
    brands: str = ""
    services: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None


def facts_of(garage: Garage) -> GarageFacts:
    """What is recorded now; a position that is the commune's own is not one of the garage's."""
    commune = garage.commune
    has_own_position = (garage.latitude, garage.longitude) != (commune.latitude, commune.longitude)
    same = ("name", "level", "siret", "address", "commune", "joined_on", "joined_how", "postcode", "phone")
    return GarageFacts(
        **{name: getattr(garage, name) for name in (*same, "weekly_cap", "is_vat_exempt", "opening_hours", "brands")},
        group=garage.group.name if garage.group else "",
        works=tuple(garage.works),
        services=tuple(garage.services),
        latitude=garage.latitude if has_own_position else None,
        longitude=garage.longitude if has_own_position else None,
    )


@recorded
def register_garage(facts: GarageFacts, *, status: Status = Status.ACTIVE, by: Actor) -> Garage:
    """A garage enters the directory, with the organisation for which its staff will work."""
    _refuse_elsewhere(facts.commune, by)
    values = _values(facts)
    organisation = Organisation.objects.create(kind=OrganisationKind.GARAGE, name=facts.name)
    # who inherits an engagement has not given it yet
    engaged_on = None if facts.joined_how == JoinedHow.INHERITED else facts.joined_on
    try:
        with transaction.atomic():
            garage = Garage.objects.create(organisation=organisation, engaged_on=engaged_on, **values)
    except IntegrityError:
        _refuse_siret_of_another(facts.siret)
        raise
    GarageStatus.objects.create(garage=garage, status=status, from_on=facts.joined_on, set_by=by.membership)
    return garage


@recorded
def update_garage(garage: Garage, facts: GarageFacts, *, seen: str = "", by: Actor) -> Garage:
    """Correct what is recorded; the organisation keeps the garage's name. `seen`: what was recorded when one began."""
    _refuse_elsewhere(facts.commune, by)
    row = locked(garage)
    refuse_overtaken(seen, facts_of(row))
    try:
        with transaction.atomic():
            write(row, **_values(facts))
    except IntegrityError:
        _refuse_siret_of_another(facts.siret)
        raise
    Organisation.objects.filter(pk=row.organisation_id).rename(facts.name)
    return row


@recorded
def change_status(garage: Garage, status: Status, *, on: date, reason: str = "", by: Actor) -> GarageStatus:
    """From this day the garage is in this status; the history keeps the line before."""
    row = locked(garage)
    line = row.statuses.select_for_update().filter(until_on__isnull=True).first()
    refuse_day_ahead(on)
    if line is not None:
        _refuse_useless(line, status, on)
        line.until_on = on
        line.save(update_fields=["until_on"])
    write(row)
    return row.statuses.create(status=status, from_on=on, reason=reason, set_by=by.membership)


def _refuse_useless(line: GarageStatus, status: Status, on: date) -> None:
    since = day_fr(line.from_on)
    if line.status == status:
        message = _("Ce garage est déjà « %(status)s » depuis le %(since)s.")
        raise Refused(message % {"status": status.label, "since": since}, field="status")
    if on < line.from_on:
        message = _("Le statut actuel date du %(since)s : choisissez ce jour ou un jour plus tardif.")
        raise Refused(message % {"since": since}, field="on")


def _values(facts: GarageFacts) -> dict[str, Any]:
    latitude, longitude = _position(facts)
    return as_recorded(facts) | {
        "group": _group(facts.group),
        "postcode": facts.postcode or facts.commune.first_postcode,
        "search_name": normalise(f"{facts.name} {facts.commune.name}"),
        "opening_hours": dict(facts.opening_hours or {}),
        "works": list(facts.works),
        "services": list(facts.services),
        "latitude": latitude,
        "longitude": longitude,
    }


def _position(facts: GarageFacts) -> tuple[float, float]:
    commune = facts.commune
    if facts.latitude is None or facts.longitude is None:
        return commune.latitude, commune.longitude
    distance = haversine_km(commune.latitude, commune.longitude, facts.latitude, facts.longitude)
    if distance > FARTHEST_FROM_COMMUNE_KM:
        message = _("Cette position est à %(km)d km %(of_place)s. Corrigez-la, ou laissez vides les deux cases.")
        raise Refused(message % {"km": distance, "of_place": of_place(commune.name)}, field="latitude")
    return facts.latitude, facts.longitude


def _group(name: str) -> DistributionGroup | None:
    """The group of this name whatever its capitals; a new one when nobody named it before."""
    typed = " ".join(name.split())
    if not typed:
        return None
    return DistributionGroup.objects.filter(name__iexact=typed).first() or DistributionGroup.objects.create(name=typed)


def _refuse_elsewhere(commune: Commune, by: Actor) -> None:
    if not is_within_reach(by, commune.department.region_id):
        message = _("%(commune)s n’est pas dans votre région : adressez-vous au pilote national.")
        raise Refused(message % {"commune": commune}, field="commune")


def _refuse_siret_of_another(siret: str) -> None:
    holder = Garage.objects.with_siret(siret).select_related("commune").first()
    if holder is not None:
        message = _("Ce SIRET est déjà celui du garage « %(garage)s », à %(commune)s.")
        raise Refused(message % {"garage": holder.name, "commune": holder.commune.name}, field="siret")
