"""The stage (a small real territory) and the cast, the same in every test."""

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from mobiliz.accounts.roles import Role
from tests import cast, database
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.garages import GarageFactory
from tests.factories.partners import AgencyFactory, StructureFactory
from tests.factories.reference import reference_rows
from tests.factories.territory import small_territory

# A machine that does something else besides is slow, and no test is wrong for it.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

_BLOCKER = []  # pytest-django's, once the database stands


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """A database of these migrations that stands from an earlier run is copied."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = database.find_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The communes of tests/factories/territory.py stand in the database before the first test; in one that is
    kept between runs, what migrations bring too, since the last run may have ended with a flush."""
    _BLOCKER.append(django_db_blocker)
    if connection.settings_dict["TEST"]["TEMPLATE"] is None:
        with django_db_blocker.unblock():
            database.keep_template()
    _set_stage(django_db_blocker)


@pytest.fixture(scope="session", autouse=True)
def _files_apart(tmp_path_factory):
    """What tests upload goes where nothing else is, and away with them."""
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("media"))


def _set_stage(blocker):
    with blocker.unblock():
        small_territory()
        reference_rows()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Tests with real transactions empty the database when they end: the stage is set again for whatever comes next."""
    marker = item.get_closest_marker("django_db")
    is_marked = marker is not None and bool(marker.kwargs.get("transaction"))
    is_transactional = is_marked or "transactional_db" in getattr(item, "fixturenames", ())
    answer = yield
    if is_transactional and nextitem is not None:  # after the last, the database itself is gone
        _set_stage(_BLOCKER[0])
    return answer


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet():
    """Every limit counts from zero in each test."""
    cache.clear()


# --- places -----------------------------------------------------------------------------------------------
@pytest.fixture
def structure(db):
    """Wimoov, with its head office in Paris and an agency at Saint-Étienne."""
    wimoov = StructureFactory(name="Wimoov", at="75056")
    AgencyFactory(structure=wimoov, name="Wimoov Loire", at="42218")
    return wimoov


@pytest.fixture
def agency(structure):
    return structure.agencies.get()


@pytest.fixture
def other_structure(db):
    """ADIE, at Guéret, without agency."""
    return StructureFactory(name="ADIE", at="23096")


@pytest.fixture
def garage(db):
    """An active garage at Saint-Étienne."""
    return GarageFactory(name="Garage de la Loire", at="42218")


@pytest.fixture
def other_garage(db):
    """An active garage at Guéret."""
    return GarageFactory(name="Garage de la Creuse", at="23096")


# --- people -----------------------------------------------------------------------------------------------
def _member(email, first_name, last_name, role, **place):
    user = UserFactory(email=email, first_name=first_name, last_name=last_name)
    return MembershipFactory(user=user, role=role, **place)


@pytest.fixture
def adviser(structure):
    """An adviser at Wimoov."""
    place = structure.organisation
    return _member("conseillere@wimoov.example", "Aline", "Dubois", Role.ADVISER, organisation=place)


@pytest.fixture
def colleague(structure):
    """Another adviser at Wimoov's head office."""
    place = structure.organisation
    return _member("collegue@wimoov.example", "Zoé", "Martin", Role.ADVISER, organisation=place, phone="+33612345678")


@pytest.fixture
def agency_adviser(agency):
    """An adviser at Wimoov's agency in Saint-Étienne."""
    place = agency.organisation
    return _member("loire@wimoov.example", "Ben", "Moreau", Role.ADVISER, organisation=place)


@pytest.fixture
def other_adviser(other_structure):
    """An adviser at ADIE."""
    place = other_structure.organisation
    return _member("conseiller@adie.example", "Luc", "Girard", Role.ADVISER, organisation=place)


@pytest.fixture
def workshop(garage):
    place = garage.organisation
    return _member("atelier@garage.example", "Sophie", "Faure", Role.WORKSHOP, organisation=place)


@pytest.fixture
def owner(garage):
    place = garage.organisation
    return _member("patron@garage.example", "Marc", "Roux", Role.OWNER, organisation=place)


@pytest.fixture
def reception(garage):
    place = garage.organisation
    return _member("reception@garage.example", "Nadia", "Blanc", Role.RECEPTION, organisation=place)


@pytest.fixture
def other_garage_workshop(other_garage):
    place = other_garage.organisation
    return _member("atelier@ailleurs.example", "Paul", "Henry", Role.WORKSHOP, organisation=place)


@pytest.fixture
def pilot(db):
    return _member("pilote@mobiliz.example", "Hélène", "Caron", Role.PILOT)


@pytest.fixture
def regional_pilot(db):
    """The pilot of Auvergne-Rhône-Alpes, where Saint-Étienne is."""
    return _member("pilote-ara@mobiliz.example", "Yves", "Masson", Role.REGIONAL_PILOT, region_code="84")


@pytest.fixture
def other_regional_pilot(db):
    """The pilot of Nouvelle-Aquitaine, where Guéret is."""
    return _member("pilote-na@mobiliz.example", "Rose", "Lemaire", Role.REGIONAL_PILOT, region_code="75")


@pytest.fixture
def volunteer(db):
    return _member("benevole@mobiliz.example", "Jean", "Perrin", Role.VOLUNTEER)


@pytest.fixture
def administrator(db):
    return _member("admin@mobiliz.example", "Iris", "Noël", Role.ADMINISTRATOR)


@pytest.fixture
def stranger(db):
    """Someone with an account and no membership."""
    return UserFactory(email="personne@ailleurs.example", first_name="Alex", last_name="Leroy")


@pytest.fixture
def member(request):
    """`member("workshop")`: the one of the cast who is so called, for tables of cases."""

    def named(name):
        assert name in cast.NAMES, name
        return request.getfixturevalue(name)

    return named
