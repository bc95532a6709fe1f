"""Who is there in a simulated year: towns, garages of every temper, advisers, pilots."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from garages.actions import ContactFacts, GarageFacts, add_contact, register_garage
from garages.models import Garage
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership, Organisation, User
from mobiliz.accounts.roles import Role
from mobiliz.demo.names import Draw
from mobiliz.demo.network import made_up_siret
from mobiliz.lib.text import normalise
from mobiliz.simulation.parts import WHOLE, Part
from mobiliz.territory.models import Commune
from partners.models import Structure

BEGAN = date(2024, 1, 8)
GARAGES_A_TOWN = 5
KM_A_DEGREE = 111
# Towns with days off and hours of their own
SPECIAL_TOWNS = ("67482", "97411")


@dataclass(frozen=True)
class Temper:
    """How a garage answers. `days`: working days until it does; chances are in a hundred."""

    days: tuple[int, int] = (0, 1)
    answers: int = 96
    accepts: int = 88
    cap: int = 3
    heeds: int = 75  # a reminder moves it
    by_link: bool = False


TEMPERS = {
    "prompt": Temper(),
    "prompt, by its mail": Temper(by_link=True),
    "slow": Temper(days=(1, 4), accepts=80, heeds=60),
    "picky": Temper(days=(0, 2), accepts=45, by_link=True),
    "full": Temper(cap=1),
    "silent": Temper(answers=0, heeds=6, cap=2),
    "away in August": Temper(by_link=True),
    "closing": Temper(days=(0, 1), accepts=95),
    "unreachable by mail": Temper(days=(0, 3), answers=70),
    "by telephone": Temper(),
}
IN_ORDER = tuple(TEMPERS)
REFUSED_ADDRESS = "injoignable"


@dataclass
class Place:
    """One garage as the simulation knows it."""

    garage: Garage
    name: str  # of its temper
    temper: Temper
    workshop: Actor
    is_leaving: bool = False

    @property
    def department(self) -> str:
        return self.garage.commune.department_id  # type: ignore[no-any-return]


@dataclass
class Network:
    towns: Sequence[Commune]
    places: dict[int, Place]
    advisers: Sequence[Actor]
    pilot: Actor
    pilots: dict[str, Actor]  # of regions
    referrals: int = 0  # how many come to its towns

    def of_temper(self, name: str) -> list[Place]:
        return [place for place in self.places.values() if place.name == name]

    def pilot_of(self, region: str | None) -> Actor:
        return self.pilots.get(region or "", self.pilot)


def build(chance: random.Random, referrals: int, part: Part = WHOLE) -> Network:
    """As many garages as the year's referrals need, and a few too few here and there; of these, the part's."""
    count, mark = max(len(IN_ORDER), referrals // 48), part.mark()
    everywhere = _towns(max(2, -(-count // GARAGES_A_TOWN)))
    towns, share = part.towns(everywhere), part.share(referrals, everywhere)
    pilot = _member(f"pilote{mark}", "Pilote", Role.PILOT)
    region = towns[0].department.region
    regional = _member(f"pilote-region{mark}", "Région", Role.REGIONAL_PILOT, region=region)
    by = Actor.member(pilot)
    placed = ((index, everywhere[index % len(everywhere)]) for index in range(count))
    here = [(index, town) for index, town in placed if town in towns]
    return Network(
        towns=towns,
        places={place.garage.pk: place for place in _places(chance, here, by)},
        advisers=[Actor.member(one) for one in _advisers(towns, max(3, share // 60), mark)],
        pilot=by,
        pilots={region.pk: Actor.member(regional)},
        referrals=share,
    )


def _towns(count: int) -> list[Commune]:
    """The largest, and two where other days are off."""
    rows = Commune.objects.select_related("department__region")
    special = list(rows.filter(pk__in=SPECIAL_TOWNS).order_by("pk"))[: max(0, count - 1)]
    largest = rows.exclude(pk__in=[one.pk for one in special]).order_by("-population", "pk")
    return [*largest[: count - len(special)], *special]


def _places(chance: random.Random, here: Sequence[tuple[int, Commune]], by: Actor) -> Iterator[Place]:
    for index, town in here:
        name = IN_ORDER[index % len(IN_ORDER)]
        garage = register_garage(_facts(chance, index, town, TEMPERS[name]), by=by)
        for rank in (1, 2) if index % 4 else (1,):
            add_contact(garage, _contact(index, rank, name), by=by)
        garage = Garage.objects.with_places().get(pk=garage.pk)
        workshop = _member(f"atelier{index}", f"Atelier-{index}", Role.WORKSHOP, organisation=garage.organisation)
        yield Place(garage, name, TEMPERS[name], Actor.member(workshop))


def _facts(chance: random.Random, index: int, town: Commune, temper: Temper) -> GarageFacts:
    """Around its town, each at a place of its own."""
    return GarageFacts(
        name=f"Garage {index} de {town.name}",
        level=("RA2", "RA1", "BRANCH")[index % 3],
        siret=made_up_siret(index),
        address=f"{index + 1} route de l’Atelier",
        commune=town,
        joined_on=BEGAN,
        joined_how="own_wish",
        phone=f"+33999{index:06d}",
        weekly_cap=temper.cap,
        latitude=town.latitude + chance.uniform(-30, 30) / KM_A_DEGREE,
        longitude=town.longitude + chance.uniform(-30, 30) / KM_A_DEGREE,
    )


def _contact(index: int, rank: int, name: str) -> ContactFacts:
    local_part = f"{REFUSED_ADDRESS if name == 'unreachable by mail' and rank == 1 else 'contact'}{index}-{rank}"
    return ContactFacts(
        first_name="Dominique",
        last_name=f"Contact-{index}-{rank}",
        function="workshop" if rank == 1 else "reception",
        phone=f"+33998{index:05d}{rank}",
        email=f"{local_part}@garage.example",
    )


def _advisers(towns: Sequence[Commune], count: int, mark: str) -> list[Membership]:
    structures = [_structure(index, towns[index % len(towns)]) for index in range(max(1, count // 4))]
    return [
        _member(
            f"conseil{index}{mark}",
            f"Conseil-{index}",
            Role.ADVISER,
            organisation=structures[index % len(structures)],
            engagement="employee",
        )
        for index in range(count)
    ]


def _structure(index: int, town: Commune) -> Organisation:
    name = f"Structure {index} de {town.name}"
    organisation = Organisation.objects.create(kind="structure", name=name)
    Structure.objects.create(
        organisation=organisation,
        name=name,
        search_name=normalise(name),
        kind="association",
        commune=town,
        agreement_from=BEGAN,
    )
    return organisation


def _member(login: str, last_name: str, role: Role, **place: object) -> Membership:
    user = User.objects.create(email=f"{login}@annee.example", first_name="Camille", last_name=last_name)
    return Membership.objects.create(user=user, role=role, phone="+33999000000", began_on=BEGAN, **place)


def draws(seed: int, part: Part = WHOLE) -> Draw:
    """Cars and faults, as in the demonstration."""
    return Draw(seed * part.of + part.number - 1)
