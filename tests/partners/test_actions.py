"""The verbs of the directory of structures."""

from datetime import date, timedelta

import pytest

from mobiliz.accounts.actors import SYSTEM
from mobiliz.accounts.models import Organisation
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from partners import actions
from partners.actions import AgencyFacts, StructureFacts
from partners.models import Structure
from tests import cast
from tests.factories.garages import siret
from tests.factories.partners import AgencyFactory, StructureFactory
from tests.factories.territory import commune


def _facts(**changed):
    return StructureFacts(**{"name": "Cresus Loire", "kind": "association", "commune": commune("42218")} | changed)


def _agency(**changed):
    return AgencyFacts(**{"name": "Wimoov Firminy", "commune": commune("42095")} | changed)


def test_a_structure_enters_with_its_organisation(pilot):
    made = actions.register_structure(_facts(siret=siret(1)), by=cast.actor(pilot))
    assert (made.organisation.kind, made.organisation.name) == ("structure", "Cresus Loire")
    assert made.search_name == "cresus loire"


def test_two_structures_may_be_without_siret(pilot):
    for name in ("Une", "Deux"):
        assert actions.register_structure(_facts(name=name), by=cast.actor(pilot)).siret is None


def test_a_siret_is_had_by_one_structure_which_is_named(pilot):
    known = StructureFactory(name="FASTT", siret=siret(1))
    with pytest.raises(Refused) as refused:
        actions.register_structure(_facts(siret=siret(1)), by=cast.actor(pilot))
    assert refused.value.message == "Ce SIRET est déjà celui de la structure « FASTT », à Saint-Étienne."
    assert Organisation.objects.get() == known.organisation


def test_the_same_name_in_the_same_commune_is_the_same_structure(pilot):
    by = cast.actor(pilot)
    first = actions.register_structure(_facts(), by=by)
    with pytest.raises(Refused, match="existe déjà à Saint-Étienne"):
        actions.register_structure(_facts(name="CRESUS  loire"), by=by)
    actions.register_structure(_facts(commune=commune("42207")), by=by)
    actions.update_structure(first, _facts(phone="+33477000000"), by=by)
    assert Structure.objects.count() == 2


def test_correcting_keeps_the_organisation_in_step(pilot, structure):
    before = structure.updated_at
    actions.update_structure(structure, _facts(name="Wimoov France"), by=cast.actor(pilot))
    structure.refresh_from_db()
    assert structure.organisation.name == "Wimoov France"
    assert structure.search_name == "wimoov france"
    assert structure.updated_at > before


def test_a_corrected_siret_is_not_that_of_another(pilot, structure):
    StructureFactory(name="FASTT", siret=siret(1))
    with pytest.raises(Refused, match="FASTT"):
        actions.update_structure(structure, _facts(siret=siret(1)), by=cast.actor(pilot))


def test_a_structure_leaves_and_comes_back(pilot, structure):
    by, today = cast.actor(pilot), clock.today()
    actions.end_structure(structure, on=today, by=by)
    with pytest.raises(Refused, match="déjà sortie du réseau"):
        actions.end_structure(structure, on=today, by=by)
    assert Structure.objects.get().ended_on == today
    actions.take_back_structure(structure, by=by)
    assert Structure.objects.get().ended_on is None


def test_an_agency_is_a_child_of_its_structure(pilot, structure):
    made = actions.add_agency(structure, _agency(), by=cast.actor(pilot))
    assert (made.organisation.kind, made.organisation.parent) == ("agency", structure.organisation)
    actions.update_agency(made, _agency(name="Wimoov Ondaine"), by=cast.actor(pilot))
    made.refresh_from_db()
    assert made.name == made.organisation.name == "Wimoov Ondaine"


def test_an_agency_closes_and_opens_again(pilot, agency):
    by, today = cast.actor(pilot), clock.today()
    assert actions.close_agency(agency, on=today, by=by).ended_on == today
    with pytest.raises(Refused, match="déjà fermée"):
        actions.close_agency(agency, on=today, by=by)
    assert actions.reopen_agency(agency, by=by).ended_on is None


@pytest.mark.parametrize(
    ("act", "says", "field"),
    [
        (lambda s, by: actions.add_agency(s, _agency(name="Wimoov Loire"), by=by), "déjà une agence de ce nom", "name"),
        (
            lambda s, by: actions.update_agency(AgencyFactory(structure=s), _agency(name="Wimoov Loire"), by=by),
            "déjà une agence de ce nom",
            "name",
        ),
        (
            lambda s, by: actions.add_agency(StructureFactory(ended_on=date(2024, 1, 2)), _agency(), by=by),
            "faites-la d’abord revenir",
            "",
        ),
        (
            lambda s, by: actions.end_structure(s, on=clock.today() + timedelta(days=1), by=by),
            "aujourd’hui ou un jour passé",
            "on",
        ),
        (
            lambda s, by: actions.close_agency(s.agencies.get(), on=clock.today() + timedelta(days=1), by=by),
            "aujourd’hui ou un jour passé",
            "on",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(pilot, structure, act, says, field):
    with pytest.raises(Refused, match=says) as refused:
        act(structure, cast.actor(pilot))
    assert refused.value.field == field


@pytest.mark.parametrize(
    "act",
    [
        lambda s, by: actions.register_structure(_facts(), by=by),
        lambda s, by: actions.update_structure(s, _facts(), by=by),
        lambda s, by: actions.add_agency(s, _agency(), by=by),
        lambda s, by: actions.update_agency(s.agencies.get(), _agency(), by=by),
    ],
)
def test_a_regional_pilot_places_nothing_in_another_region(other_regional_pilot, structure, act):
    with pytest.raises(Refused, match="n’est pas dans votre région") as refused:
        act(structure, cast.actor(other_regional_pilot))
    assert refused.value.field == "commune"


def test_the_system_registers_anywhere(db):
    assert actions.register_structure(_facts(commune=commune("97411")), by=SYSTEM).pk
