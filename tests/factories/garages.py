"""Garages with their open status, contacts, and the figures that a quote asks for."""

from datetime import date
from decimal import Decimal

import factory
from stdnum import luhn

from garages.models import (
    Contact,
    ContactFunction,
    DistributionGroup,
    Garage,
    GarageStatus,
    JoinedHow,
    Level,
    PriceSchedule,
    Status,
    VatRate,
)
from mobiliz.accounts.models import OrganisationKind
from mobiliz.lib.text import normalise
from tests.factories.accounts import OrganisationFactory
from tests.factories.territory import commune


def siret(number: int) -> str:
    """The SIRET of the first establishment of the business so numbered, both keys right."""
    body = f"{number:08}"
    siren = body + luhn.calc_check_digit(body)
    head = siren + "0001"
    return head + luhn.calc_check_digit(head)


class DistributionGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DistributionGroup
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda number: f"Groupe {number}")


class GarageFactory(factory.django.DjangoModelFactory):
    """An active garage at Saint-Étienne; `GarageFactory(at="23096", status="paused")`, `status=""` for no line."""

    class Meta:
        model = Garage
        skip_postgeneration_save = True

    class Params:
        at = "42218"

    name = factory.Sequence(lambda number: f"Garage {number}")
    search_name = factory.LazyAttribute(lambda made: normalise(made.name))
    organisation = factory.SubFactory(
        OrganisationFactory, kind=OrganisationKind.GARAGE, name=factory.SelfAttribute("..name")
    )
    level = Level.RA2
    siret = factory.Sequence(lambda number: siret(30000000 + number))
    address = "1 rue de la Gare"
    commune = factory.LazyAttribute(lambda made: commune(made.at))
    postcode = factory.LazyAttribute(lambda made: made.commune.first_postcode)
    latitude = factory.LazyAttribute(lambda made: made.commune.latitude)
    longitude = factory.LazyAttribute(lambda made: made.commune.longitude)
    phone = "+33477123456"
    weekly_cap = 2
    joined_on = date(2013, 3, 4)
    joined_how = JoinedHow.OWN_WISH

    @factory.post_generation
    def status(self, create, extracted, **kwargs):
        if create and extracted != "":
            GarageStatusFactory(garage=self, status=extracted or Status.ACTIVE, from_on=self.joined_on)


class GarageStatusFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GarageStatus

    garage = factory.SubFactory(GarageFactory)
    status = Status.ACTIVE
    from_on = date(2013, 3, 4)


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    garage = factory.SubFactory(GarageFactory)
    rank = 1
    first_name = "Dominique"
    last_name = factory.Sequence(lambda number: f"Petit{number}")
    function = ContactFunction.WORKSHOP
    phone = "+33611223344"


class PriceScheduleFactory(factory.django.DjangoModelFactory):
    """The programme's schedule: 35.00 euros an hour before tax."""

    class Meta:
        model = PriceSchedule
        django_get_or_create = ("scope", "scope_key", "in_force_from")

    hourly_rate_excl_tax = Decimal("35.00")
    in_force_from = date(2012, 3, 1)
    source = "essai"
    scope = "programme"
    scope_key = ""


class VatRateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VatRate
        django_get_or_create = ("territory", "in_force_from")

    territory = "metro"
    percent = Decimal("20.00")
    in_force_from = date(2014, 1, 1)
