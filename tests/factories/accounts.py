"""People with accounts, organisations, and who works where in which role."""

from datetime import date

import factory

from mobiliz.accounts.models import Engagement, Membership, Organisation, OrganisationKind, SignIn, User
from mobiliz.accounts.roles import Role
from tests.factories.territory import RegionFactory

PASSWORD = "une phrase assez longue"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"personne{number}@mobiliz.example")
    first_name = "Camille"
    last_name = factory.Sequence(lambda number: f"Martin{number}")
    password = factory.django.Password(PASSWORD)


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = OrganisationKind.STRUCTURE
    name = factory.Sequence(lambda number: f"Organisation {number}")


class MembershipFactory(factory.django.DjangoModelFactory):
    """An adviser by default; `MembershipFactory(role=Role.PILOT)` gets the place that its role asks for."""

    class Meta:
        model = Membership

    class Params:
        region_code = "84"

    user = factory.SubFactory(UserFactory)
    role = Role.ADVISER
    began_on = date(2024, 1, 1)
    phone = "+33612345678"
    engagement = factory.LazyAttribute(lambda made: Engagement.EMPLOYEE if made.role == Role.ADVISER else "")

    @factory.lazy_attribute
    def organisation(self):
        from tests.factories.garages import GarageFactory
        from tests.factories.partners import StructureFactory

        if self.role == Role.ADVISER:
            return StructureFactory().organisation
        if self.role in {Role.OWNER, Role.WORKSHOP, Role.RECEPTION}:
            return GarageFactory().organisation
        return None

    @factory.lazy_attribute
    def region(self):
        return RegionFactory(code=self.region_code) if self.role == Role.REGIONAL_PILOT else None


class SignInFactory(factory.django.DjangoModelFactory):
    """A sign-in whose session is over by itself; tests that need an open one sign in."""

    class Meta:
        model = SignIn

    user = factory.SubFactory(UserFactory)
    session_key = factory.Sequence(lambda number: f"session{number}")
    device_hash = "of another browser"
    browser = "Firefox"
    system = "Linux"
    network = "203.0.113.0/24"
