"""What is done to the directory of garages: register, correct, change status, keep its contacts.

Each is one transaction under a lock on the garage. A garage that closes only changes its status: what waits there
is picked up by the clock of referrals.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from garages.models import Contact, DistributionGroup, Garage, GarageStatus, Status
from garages.permissions import is_within_reach
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Organisation, OrganisationKind
from mobiliz.lib import clock
from mobiliz.lib.distances import haversine_km
from mobiliz.lib.refusals import Refused
from mobiliz.lib.templatetags.mobiliz import day_fr
from mobiliz.lib.text import normalise
from mobiliz.territory.models import Commune

MAX_CONTACTS = 9
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
    latitude: float | None = None
    longitude: float | None = None
    charter_signed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """A named person at the garage and how to reach them."""

    first_name: str
    last_name: str
    function: str
    phone: str
    email: str = ""


@transaction.atomic
def register_garage(facts: GarageFacts, *, status: Status = Status.ACTIVE, by: Actor) -> Garage:
    """A garage enters the directory, with the organisation for which its staff will work."""
    _refuse_elsewhere(facts.commune, by)
    values = _values(facts)
    organisation = Organisation.objects.create(kind=OrganisationKind.GARAGE, name=facts.name)
    try:
        with transaction.atomic():
            garage = Garage.objects.create(organisation=organisation, **values)
    except IntegrityError:
        _refuse_siret_of_another(facts.siret)
        raise
    GarageStatus.objects.create(garage=garage, status=status, from_on=facts.joined_on, set_by=by.membership)
    return garage


@transaction.atomic
def update_garage(garage: Garage, facts: GarageFacts, *, by: Actor) -> Garage:
    """Correct what is recorded; the organisation keeps the garage's name."""
    _refuse_elsewhere(facts.commune, by)
    locked = _locked(garage)
    try:
        with transaction.atomic():
            _write(locked, **_values(facts))
    except IntegrityError:
        _refuse_siret_of_another(facts.siret)
        raise
    Organisation.objects.filter(pk=locked.organisation_id).rename(facts.name)
    return locked


@transaction.atomic
def change_status(garage: Garage, status: Status, *, on: date, reason: str = "", by: Actor) -> GarageStatus:
    """From this day the garage is in this status; the history keeps the line before."""
    locked = _locked(garage)
    line = locked.statuses.select_for_update().filter(until_on__isnull=True).first()
    if on > clock.today():
        raise Refused(_("Choisissez aujourd’hui ou un jour passé."), field="on")
    if line is not None:
        _refuse_useless(line, status, on)
        line.until_on = on
        line.save(update_fields=["until_on"])
    _write(locked)
    return locked.statuses.create(status=status, from_on=on, reason=reason, set_by=by.membership)


def _refuse_useless(line: GarageStatus, status: Status, on: date) -> None:
    since = day_fr(line.from_on)
    if line.status == status:
        message = _("Ce garage est déjà « %(status)s » depuis le %(since)s.")
        raise Refused(message % {"status": status.label, "since": since}, field="status")
    if on < line.from_on:
        message = _("Le statut actuel date du %(since)s : choisissez ce jour ou un jour plus tardif.")
        raise Refused(message % {"since": since}, field="on")


@transaction.atomic
def add_contact(garage: Garage, facts: ContactFacts, *, by: Actor) -> Contact:
    """One more person to call, after the others; confirmed today, since someone just gave the line."""
    locked = _locked(garage)
    _refuse_closed(locked)
    others = _current_contacts(locked)
    if len(others) >= MAX_CONTACTS:
        raise Refused(_("Un garage a au plus neuf interlocuteurs : notez d’abord le départ de l’un d’eux."))
    _refuse_known(locked, facts)
    _close_ranks(others)
    contact = Contact.objects.create(
        garage=locked, rank=len(others) + 1, confirmed_on=clock.today(), **_as_recorded(facts)
    )
    _write(locked)
    return contact


@transaction.atomic
def update_contact(contact: Contact, facts: ContactFacts, *, by: Actor) -> Contact:
    """Correct a person's name, function or lines."""
    garage = _locked(contact.garage)
    locked = _still_there(contact)
    _refuse_known(garage, facts, but=locked)
    for name, value in _as_recorded(facts).items():
        setattr(locked, name, value)
    locked.confirmed_on = clock.today()
    locked.save()
    _write(garage)
    return locked


@transaction.atomic
def end_contact(contact: Contact, *, on: date, by: Actor) -> None:
    """The person has left; the next one is called first."""
    garage = _locked(contact.garage)
    locked = _still_there(contact)
    if on > clock.today():
        raise Refused(_("Choisissez aujourd’hui ou un jour passé."), field="on")
    locked.ended_on = on
    locked.save(update_fields=["ended_on"])
    _close_ranks(_current_contacts(garage))
    _write(garage)


@transaction.atomic
def move_contact_up(contact: Contact, *, by: Actor) -> None:
    """The person is called before the one who stood before; the first stays the first."""
    garage = _locked(contact.garage)
    contacts = _current_contacts(garage)
    place = contacts.index(_still_there(contact))
    above = max(place - 1, 0)
    contacts.insert(above, contacts.pop(place))
    _close_ranks(contacts)
    _write(garage)


def _locked(garage: Garage) -> Garage:
    return Garage.objects.select_for_update(of=("self",)).select_related("commune__department").get(pk=garage.pk)


def _write(garage: Garage, **values: Any) -> None:
    """Save, with the moment: partners' systems ask what changed since."""
    for name, value in values.items():
        setattr(garage, name, value)
    garage.updated_at = clock.now()
    garage.save(update_fields=[*values, "updated_at"])


def _as_recorded(facts: GarageFacts | ContactFacts) -> dict[str, Any]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def _values(facts: GarageFacts) -> dict[str, Any]:
    latitude, longitude = _position(facts)
    return _as_recorded(facts) | {
        "group": _group(facts.group),
        "postcode": facts.postcode or facts.commune.first_postcode,
        "search_name": normalise(f"{facts.name} {facts.commune.name}"),
        "latitude": latitude,
        "longitude": longitude,
    }


def _position(facts: GarageFacts) -> tuple[float, float]:
    commune = facts.commune
    if facts.latitude is None or facts.longitude is None:
        return commune.latitude, commune.longitude
    distance = haversine_km(commune.latitude, commune.longitude, facts.latitude, facts.longitude)
    if distance > FARTHEST_FROM_COMMUNE_KM:
        message = _("Cette position est à %(km)d km de %(commune)s. Corrigez-la, ou laissez vides les deux cases.")
        raise Refused(message % {"km": distance, "commune": commune.name}, field="latitude")
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


def _refuse_closed(garage: Garage) -> None:
    line = garage.statuses.filter(until_on__isnull=True, status=Status.CLOSED).first()
    if line is not None:
        message = _("Ce garage est sorti du réseau le %(since)s : changez d’abord son statut.")
        raise Refused(message % {"since": day_fr(line.from_on)})


def _refuse_known(garage: Garage, facts: ContactFacts, but: Contact | None = None) -> None:
    known = Contact.objects.of_garage_called(garage, facts.first_name, facts.last_name)
    if known.exclude(pk=but.pk if but else None).exists():
        raise Refused(_("Cette personne est déjà parmi les interlocuteurs du garage."), field="last_name")


def _current_contacts(garage: Garage) -> list[Contact]:
    return list(Contact.objects.current().filter(garage=garage).order_by("rank", "pk"))


def _still_there(contact: Contact) -> Contact:
    locked = Contact.objects.get(pk=contact.pk)
    if locked.ended_on is not None:
        message = _("Le départ de %(contact)s est déjà noté, au %(on)s.")
        raise Refused(message % {"contact": locked, "on": day_fr(locked.ended_on)})
    return locked


def _close_ranks(contacts: list[Contact]) -> None:
    """Ranks 1, 2, 3... in this order, in one statement: the database allows no rank twice when it ends."""
    for rank, contact in enumerate(contacts, start=1):
        contact.rank = rank
    Contact.objects.bulk_update(contacts, ["rank"])
