"""Three hundred garages, eight prescribers, and one login a role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

from django.contrib.auth.hashers import make_password
from oauth2_provider.models import Application

from garages.models import Charter, Contact, DistributionGroup, Garage, GarageStatus, Level, Term
from mobiliz.accounts.actors import Actor
from mobiliz.accounts.models import Membership, Organisation, User
from mobiliz.accounts.passwords import DEMONSTRATION_PASSWORD
from mobiliz.accounts.roles import Role
from mobiliz.demo.names import Draw
from mobiliz.demo.prescribers import purpose_of, regions_of, rename_network
from mobiliz.demo.workshops import charters_of, correct, terms_of, workshop_of
from mobiliz.lib import clock
from mobiliz.lib.text import normalise
from mobiliz.territory.models import Commune
from partners.models import Agency, ApiClient, Structure

# (garages active by then, last day): what was published of the network's growth
GROWTH = ((10, date(2012, 3, 31)), (155, date(2014, 9, 30)), (300, date(2015, 12, 31)))
GROUPS = ("Groupe Loire Mobilité", "Groupe Vallée Automobiles", "Groupe Atlantique Services")
STRUCTURES = (
    # name, kind, commune, agencies (name, commune), agreement since
    (
        "Wimoov",
        "association",
        "75056",
        (
            ("Loire", "42218"),
            ("Seine-Saint-Denis", "93066"),
            ("Gironde", "33063"),
            ("Haute-Garonne", "31555"),
            ("Nord", "59350"),
        ),
        date(2012, 3, 1),
    ),
    ("ADIE", "association", "75056", (("Auvergne-Rhône-Alpes", "69123"),), date(2014, 1, 15)),
    ("Cresus", "association", "67482", (), date(2014, 3, 1)),
    ("FACE", "foundation", "93066", (), date(2014, 5, 1)),
    ("FASTT", "association", "75056", (), date(2014, 9, 1)),
    ("France Travail", "state_agency", "75056", (("Saint-Étienne", "42218"),), date(2015, 1, 1)),
    ("Emmaüs", "association", "93066", (), date(2015, 3, 1)),
    ("Restos du Cœur", "association", "75056", (), date(2015, 6, 1)),
)


@dataclass
class Cast:
    """Whom the demonstration's cases are played by."""

    adviser: Membership
    colleague: Membership
    adie: Membership
    workshop: Membership
    owner: Membership
    paris_workshop: Membership
    pilot: Membership
    regional_pilot: Membership
    garage: Garage
    paris_garage: Garage
    garages: list[Garage]
    advisers: list[Membership]


def load_network() -> Cast:
    structures = {row[0]: _structure(*row) for row in STRUCTURES}
    garages = list(_garages())
    cast = _people(structures, garages)
    correct(garages, by=Actor.member(cast.pilot))
    rename_network(structures["Wimoov"], by=Actor.member(cast.pilot))
    return cast


def _structure(name: str, kind: str, commune: str, agencies: tuple, since: date) -> Structure:
    structure = Structure.objects.create(
        organisation=Organisation.objects.create(kind="structure", name=name),
        name=name,
        search_name=normalise(name),
        kind=kind,
        commune_id=commune,
        phone=_reception(name),
        agreement_from=since,
        **purpose_of(name),
        confirmed_on=clock.today() - timedelta(days=40 + 61 * (len(name) % 7)),
    )
    structure.regions.set(regions_of(name))
    for agency, where in agencies:
        label = f"{name} {agency}"
        parent = structure.organisation
        organisation = Organisation.objects.create(kind="agency", name=label, parent=parent)
        Agency.objects.create(
            organisation=organisation,
            structure=structure,
            name=label,
            commune_id=where,
            phone=_reception(label),
            confirmed_on=clock.today() - timedelta(days=15 + int(where[:2]) * 7),
        )
    return structure


def _reception(name: str) -> str:
    """The public number of a place, the same at each loading; of a range that nobody has."""
    return f"+3399905{crc32(name.encode()) % 10_000:04d}"


def _garages() -> Iterator[Garage]:
    """The demonstration's two garages with logins first, then one in each large commune."""
    groups = [DistributionGroup.objects.create(name=name) for name in GROUPS]
    places = [Commune.objects.get(pk=code) for code in ("42218", "75056")]
    others = Commune.objects.exclude(pk__in=["42218", "75056"]).with_places()
    places += list(others.order_by("-population", "pk")[:230])
    # small towns too, where the nearest garage is far
    places += list(others.filter(population__range=(3000, 9000)).order_by("pk")[::30][: 300 - len(places)])
    joined = list(_joining_days())
    organisations = Organisation.objects.bulk_create(
        Organisation(kind="garage", name=_name(index, place)) for index, place in enumerate(places)
    )
    garages = Garage.objects.bulk_create(
        _garage(index, place, organisation, joined[index], groups)
        for index, (place, organisation) in enumerate(zip(places, organisations, strict=True))
    )
    GarageStatus.objects.bulk_create(
        GarageStatus(garage=garage, status="active", from_on=garage.joined_on) for garage in garages
    )
    contacts = Contact.objects.bulk_create(_contacts(garages))
    Charter.objects.bulk_create(charters_of(garages))
    Term.objects.bulk_create(terms_of(garages, [contact for contact in contacts if contact.rank == 1]))
    yield from garages


def _joining_days() -> Iterator[date]:
    before, start = 0, date(2012, 3, 1)
    for count, last in GROWTH:
        step = (last - start) / (count - before)
        for index in range(count - before):
            yield start + step * (index + 1)
        before, start = count, last


def _name(index: int, place: Commune) -> str:
    pattern = ("Garage du Centre, {}", "{} Automobiles", "Atelier des Remparts, {}", "Garage de la Gare, {}")[index % 4]
    return pattern.format(place.name)


def _garage(index: int, place: Commune, organisation: Organisation, joined_on: date, groups: list) -> Garage:
    level = (Level.RA2, Level.RA1, Level.RA2, Level.RA2, Level.RA1, Level.BRANCH)[index % 6]
    joined_how = {"RA1": "brand_request", "RA2": "own_wish", "BRANCH": "branch_decision"}[level]
    return Garage(
        organisation=organisation,
        name=organisation.name,
        search_name=normalise(f"{organisation.name} {place.name}"),
        level=level,
        group=groups[index % 3] if level == Level.RA1 else None,
        siret=made_up_siret(index),
        address=f"{index % 90 + 1} route de l’Atelier",
        postcode=place.first_postcode,
        commune=place,
        latitude=place.latitude,
        longitude=place.longitude,
        phone=f"+3399900{index:04d}",
        weekly_cap=6 if index < 2 else 2,
        joined_on=joined_on,
        joined_how=joined_how,
        **workshop_of(index, level),
        # some fifteen were never confirmed, some fifty too long ago
        confirmed_on=None if index % 21 == 20 else clock.today() - timedelta(days=20 + (index * 37) % 460),
        engaged_on=clock.today() - timedelta(days=15 + (index * 53) % 420),
    )


def made_up_siret(index: int) -> str:
    """Begins with 000, as no real one does; its key is right."""
    body = f"000{index:06d}0001"
    return next(f"{body}{key}" for key in range(10) if _luhn(f"{body}{key}"))


def _luhn(digits: str) -> bool:
    doubled = [int(sign) * (2 if position % 2 else 1) for position, sign in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _contacts(garages: list[Garage]) -> Iterator[Contact]:
    draw = Draw(7)
    for index, garage in enumerate(garages):
        for rank, function in ((1, "workshop"), (2, "reception")):
            first, last = draw.name()
            yield Contact(
                garage=garage,
                rank=rank,
                first_name=first,
                last_name=last,
                function=function,
                phone=f"+3399901{index:03d}{rank}",
                email=f"{function}{index}@garage.example",
                confirmed_on=clock.today() - timedelta(days=10 + (index * 29 + rank * 90) % 440),
                publishable_on=clock.today() - timedelta(days=200) if index % 4 == 0 and rank == 1 else None,
            )


def _people(structures: dict[str, Structure], garages: list[Garage]) -> Cast:
    login = _Logins()
    wimoov, adie = structures["Wimoov"], structures["ADIE"]
    saint_etienne, paris = garages[0], garages[1]
    adviser = login.adviser("conseillere@wimoov.example", "Claire", "Fontaine", wimoov, "+33999020001")
    colleague = login.adviser("conseiller@wimoov.example", "Mehdi", "Laurent", wimoov, "+33999020002")
    banker = login.adviser("conseiller@adie.example", "Paul", "Verdier", adie, "+33999020003", "volunteer")
    for index, agency in enumerate(wimoov.agencies.order_by("name")):
        email = f"agence{index}@wimoov.example"
        login.adviser(email, "Camille", f"Roche-{agency.name.removeprefix('Wimoov ')}", agency, f"+3399904000{index}")
    wimoov.reference = adviser
    wimoov.save(update_fields=["reference"])
    others = [
        login.adviser(f"conseil{index}@structure.example", "Dominique", f"Martin-{name}", structure, "")
        for index, (name, structure) in enumerate(structures.items())
        if name not in ("Wimoov", "ADIE")
    ]
    login.member("benevole@mobiliz.example", "Gérard", "Petit", Role.VOLUNTEER)
    login.member("admin@mobiliz.example", "Alice", "Morel", Role.ADMINISTRATOR)
    _api_client(wimoov)
    garage_place = {"organisation": saint_etienne.organisation}
    return Cast(
        adviser=adviser,
        colleague=colleague,
        adie=banker,
        workshop=login.member("atelier@garage.example", "Karim", "Belkacem", Role.WORKSHOP, **garage_place),
        owner=login.member("patron@garage.example", "Monique", "Chavanel", Role.OWNER, **garage_place),
        paris_workshop=login.member(
            "atelier-paris@garage.example", "Luc", "Dumas", Role.WORKSHOP, organisation=paris.organisation
        ),
        pilot=login.member("pilote@mobiliz.example", "Isabelle", "Garnier", Role.PILOT, "+33999020010"),
        regional_pilot=login.member(
            "pilote-idf@mobiliz.example", "Hugo", "Lemaire", Role.REGIONAL_PILOT, "+33999020011", region_id="11"
        ),
        garage=saint_etienne,
        paris_garage=paris,
        garages=garages,
        advisers=[adviser, colleague, banker, *others],
    )


class _Logins:
    """Accounts with the published password, hashed once."""

    def __init__(self) -> None:
        self.password = make_password(DEMONSTRATION_PASSWORD)

    def member(self, email: str, first: str, last: str, role: Role, phone: str = "", **place: object) -> Membership:
        from allauth.account.models import EmailAddress

        user = User.objects.create(email=email, first_name=first, last_name=last, password=self.password)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        confirmed_on = clock.today() - timedelta(days=len(email) * 17 % 430) if phone else None
        return Membership.objects.create(
            user=user, role=role, phone=phone, began_on=date(2014, 1, 6), confirmed_on=confirmed_on, **place
        )

    def adviser(
        self, email: str, first: str, last: str, structure: Structure | Agency, phone: str, engagement: str = "employee"
    ) -> Membership:
        place = {"organisation": structure.organisation, "engagement": engagement}
        return self.member(email, first, last, Role.ADVISER, phone, **place)


def _api_client(structure: Structure) -> None:
    """The published client of the demonstration: id demo-partner, secret demo-secret."""
    application = Application.objects.create(
        name="Wimoov, système d’information",
        client_id="demo-partner",
        client_secret="demo-secret",  # noqa: S106 (published on purpose)
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    ApiClient.objects.create(
        organisation=structure.organisation,
        application=application,
        name=application.name,
        scopes="directory:read referrals:read referrals:write reports:read",
    )
