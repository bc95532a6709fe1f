"""Structures and their agencies; their advisers are memberships."""

import factory

from mobiliz.accounts.models import OrganisationKind
from mobiliz.lib.text import normalise
from partners.models import Agency, Structure, StructureKind
from tests.factories.accounts import OrganisationFactory
from tests.factories.territory import commune


class StructureFactory(factory.django.DjangoModelFactory):
    """An association at Saint-Étienne, without agency; `StructureFactory(at="23096")`."""

    class Meta:
        model = Structure

    class Params:
        at = "42218"

    name = factory.Sequence(lambda number: f"Structure {number}")
    search_name = factory.LazyAttribute(lambda made: normalise(made.name))
    organisation = factory.SubFactory(
        OrganisationFactory, kind=OrganisationKind.STRUCTURE, name=factory.SelfAttribute("..name")
    )
    kind = StructureKind.ASSOCIATION
    address = "2 place du Marché"
    commune = factory.LazyAttribute(lambda made: commune(made.at))
    phone = "+33477654321"


class AgencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Agency

    class Params:
        at = "42218"

    structure = factory.SubFactory(StructureFactory)
    name = factory.Sequence(lambda number: f"Agence {number}")
    organisation = factory.LazyAttribute(
        lambda made: OrganisationFactory(
            kind=OrganisationKind.AGENCY, name=made.name, parent=made.structure.organisation
        )
    )
    commune = factory.LazyAttribute(lambda made: commune(made.at))
