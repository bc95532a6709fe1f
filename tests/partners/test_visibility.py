"""Who sees which structures, agencies and advisers."""

from datetime import date

import pytest

from mobiliz.accounts.actors import ANONYMOUS, SYSTEM, Actor
from partners.models import Adviser, Agency, Structure
from partners.permissions import can_add_agency, can_edit, can_see_follow_up
from tests import cast
from tests.factories.partners import AgencyFactory, StructureFactory

ENDED = date(2024, 1, 2)


@pytest.fixture
def directory(structure, other_structure):
    """Wimoov (Paris, Saint-Étienne), ADIE (Guéret, an agency closed), one at Lyon that left."""
    left = StructureFactory(name="Partie", at="69123", ended_on=ENDED)
    AgencyFactory(structure=left, name="Partie Annonay", at="07010")
    AgencyFactory(structure=other_structure, name="ADIE Lyon", at="69123", ended_on=ENDED)


def _names(queryset, actor):
    return {one.name for one in queryset.visible_to(actor)}


@pytest.mark.parametrize(
    ("who", "structures", "agencies"),
    [
        ("pilot", {"Wimoov", "ADIE", "Partie"}, {"Wimoov Loire", "ADIE Lyon", "Partie Annonay"}),
        ("regional_pilot", {"Wimoov", "ADIE", "Partie"}, {"Wimoov Loire", "ADIE Lyon", "Partie Annonay"}),
        ("other_regional_pilot", {"ADIE"}, set()),
        ("adviser", {"Wimoov", "ADIE"}, {"Wimoov Loire"}),
        ("other_adviser", {"Wimoov", "ADIE"}, {"Wimoov Loire"}),
        ("workshop", {"Wimoov", "ADIE"}, {"Wimoov Loire"}),
        ("volunteer", {"Wimoov", "ADIE"}, {"Wimoov Loire"}),
        ("administrator", set(), set()),
        ("stranger", set(), set()),
    ],
)
def test_each_role_sees_its_part_of_the_directory(directory, member, who, structures, agencies):
    actor = cast.actor(member(who))
    assert _names(Structure.objects, actor) == structures
    assert _names(Agency.objects, actor) == agencies


def test_the_system_sees_everything_and_nobody_in_particular_nothing(directory):
    assert len(_names(Structure.objects, SYSTEM)) == len(_names(Agency.objects, SYSTEM)) == 3
    assert _names(Structure.objects, ANONYMOUS) == _names(Agency.objects, ANONYMOUS) == set()


@pytest.mark.parametrize(
    ("scopes", "structures", "agencies"),
    [({"directory:read"}, {"Wimoov", "ADIE"}, {"Wimoov Loire"}), ({"reports:read"}, set(), set())],
)
def test_a_partners_system_sees_the_network_of_today_if_it_may_read_it(
    directory, structure, scopes, structures, agencies
):
    class Client:
        organisation_id = structure.organisation_id

    actor = Actor.api_client(client=Client(), scopes=frozenset(scopes))
    assert _names(Structure.objects, actor) == structures
    assert _names(Agency.objects, actor) == agencies


@pytest.mark.parametrize("who", ["adviser", "agency_adviser"])
def test_advisers_see_their_own_structure_even_when_it_left(request, structure, agency, who):
    Structure.objects.update(ended_on=ENDED)
    Agency.objects.update(ended_on=ENDED)
    actor = cast.actor(request.getfixturevalue(who))
    assert _names(Structure.objects, actor) == {"Wimoov"}
    assert _names(Agency.objects, actor) == ({"Wimoov Loire"} if who == "agency_adviser" else set())


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("pilot", {"Dubois", "Moreau", "Girard"}),
        ("regional_pilot", {"Moreau"}),
        ("other_regional_pilot", {"Girard"}),
        ("adviser", {"Dubois", "Moreau"}),
        ("agency_adviser", {"Dubois", "Moreau"}),
        ("other_adviser", {"Girard"}),
        ("workshop", set()),
        ("volunteer", set()),
        ("administrator", set()),
        ("stranger", set()),
    ],
)
def test_advisers_are_seen_by_pilots_where_they_work_and_by_colleagues(
    request, adviser, agency_adviser, other_adviser, who, names
):
    actor = cast.actor(request.getfixturevalue(who))
    assert {one.user.last_name for one in Adviser.objects.visible_to(actor)} == names


@pytest.mark.parametrize(
    ("who", "head_office", "agency_there", "adie"),
    [
        ("pilot", True, True, True),
        ("regional_pilot", False, True, False),
        ("other_regional_pilot", False, False, True),
        ("adviser", False, False, False),
        ("volunteer", False, False, False),
        ("administrator", False, False, False),
    ],
)
def test_who_may_edit(member, structure, agency, other_structure, who, head_office, agency_there, adie):
    actor = cast.actor(member(who))
    assert [can_edit(actor, place) for place in (structure, agency, other_structure)] == [
        head_office,
        agency_there,
        adie,
    ]
    assert can_add_agency(actor, structure) is who.endswith("pilot")


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("pilot", True),
        ("regional_pilot", True),
        ("adviser", True),
        ("agency_adviser", True),
        ("other_adviser", False),
        ("workshop", False),
    ],
)
def test_agreement_and_people_are_for_pilots_and_itself(request, structure, who, sees):
    assert can_see_follow_up(cast.actor(request.getfixturevalue(who)), structure) is sees
