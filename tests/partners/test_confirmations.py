"""A structure's page: what it is for, whom pilots ask, its agreement; who confirms; who changed what."""

import re
from datetime import date, timedelta

import pytest

from mobiliz.accounts.models import Membership
from mobiliz.lib import clock
from mobiliz.lib.refusals import Refused
from mobiliz.lib.seen import Overtaken, fingerprint
from mobiliz.territory.models import Region
from partners import actions
from partners.actions import StructureFacts
from partners.models import Adviser, ApiClient, Structure
from tests import cast
from tests.factories.partners import AgencyFactory, StructureFactory
from tests.factories.territory import commune
from tests.partners.test_pages import NEW


def _text(response):
    return re.sub(r"\s+", " ", response.content.decode()).replace("\xa0", " ")


def _facts(**changed):
    return StructureFacts(**{"name": "Wimoov", "kind": "association", "commune": commune("75056")} | changed)


# --- what it is for -------------------------------------------------------------------------------------------
def test_a_structure_says_whom_it_helps_and_where(client, pilot, structure, adviser, workshop):
    address = f"/structures/{structure.uid}/modifier/"
    typed = NEW | {
        "name": "Wimoov",
        "commune": "paris",
        "network": "Groupe SOS",
        "publics": ["job_seekers", "young"],
        "regions": ["84", "75"],
        "reference": adviser.pk,
    }
    cast.sign_in(client, pilot)
    assert client.post(address, typed).status_code == 302
    text = _text(client.get(f"/structures/{structure.uid}/"))
    assert "Association, Groupe SOS" in text
    assert "Demandeurs d’emploi, jeunes" in text
    assert "Auvergne-Rhône-Alpes, Nouvelle-Aquitaine" in text
    assert "Personne référente" in text
    read = _text(cast.sign_in(client, workshop).get(f"/structures/{structure.uid}/"))
    assert "Demandeurs d’emploi, jeunes" in read
    assert "Aline Dubois" not in read


def test_whom_pilots_ask_is_one_of_its_own(client, pilot, structure, other_adviser):
    typed = NEW | {"name": "Wimoov", "reference": other_adviser.pk}
    response = cast.sign_in(client, pilot).post(f"/structures/{structure.uid}/modifier/", typed)
    assert response.status_code == 422
    assert response.context["form"].errors["reference"]


def test_who_saves_second_is_told(pilot, structure):
    by, seen = cast.actor(pilot), fingerprint(actions.facts_of(structure))
    regions = tuple(Region.objects.filter(pk="84"))
    actions.update_structure(structure, _facts(regions=regions), seen=seen, by=by)
    with pytest.raises(Overtaken) as overtaken:
        actions.update_structure(structure, _facts(network="SOS"), seen=seen, by=by)
    assert overtaken.value.recorded.regions == regions
    assert Structure.objects.get().network == ""


def test_the_second_pilot_loses_nothing(client, pilot, structure):
    address = f"/structures/{structure.uid}/modifier/"
    cast.sign_in(client, pilot)
    seen = client.get(address).context["form"]["seen"].value()
    typed = NEW | {"name": "Wimoov", "commune": "paris", "seen": seen}
    assert client.post(address, typed | {"regions": ["84"]}).status_code == 302
    late = client.post(address, typed | {"email": "nouveau@wimoov.example"})
    assert late.status_code == 422
    text = _text(late)
    assert "Où elle oriente des personnes</a> : Auvergne-Rhône-Alpes" in text
    assert 'value="nouveau@wimoov.example"' in text


# --- its agreement --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "says"), [(-1, "La convention est échue depuis"), (59, "La convention finit le"), (61, None), (None, None)]
)
def test_an_agreement_that_ends_is_said_in_time(client, pilot, days, says):
    until = None if days is None else clock.today() + timedelta(days=days)
    place = StructureFactory(agreement_from=date(2020, 1, 1), agreement_until=until)
    text = _text(cast.sign_in(client, pilot).get(f"/structures/{place.uid}/"))
    assert [one for one in ("La convention est échue depuis", "La convention finit le") if one in text] == (
        [says] if says else []
    )
    found = client.get("/structures/", {"agreement": "on"}).context["found"].rows
    assert bool(found) is bool(says)


# --- who confirms ---------------------------------------------------------------------------------------------
def test_who_confirms_a_structure_confirms_its_open_agencies(pilot, structure, agency):
    closed = AgencyFactory(structure=structure, ended_on=date(2024, 1, 2))
    actions.confirm_structure(structure, by=cast.actor(pilot))
    for row in (structure, agency, closed):
        row.refresh_from_db()
    assert [row.confirmed_by for row in (structure, agency, closed)] == [pilot, pilot, None]


def test_the_person_whom_pilots_ask_confirms_the_page(client, adviser, agency_adviser, structure):
    address = f"/structures/{structure.uid}/confirmation/"
    assert cast.sign_in(client, agency_adviser).post(address).status_code == 403
    Structure.objects.update(reference=agency_adviser)
    assert client.post(address).status_code == 302
    assert "Fiche confirmée aujourd’hui par Ben Moreau" in _text(client.get(f"/structures/{structure.uid}/"))


@pytest.mark.parametrize(
    ("who", "status"),
    [("agency_adviser", 302), ("adviser", 403), ("other_adviser", 404), ("pilot", 302), ("other_regional_pilot", 404)],
)
def test_an_adviser_confirms_the_own_line(client, request, agency_adviser, who, status):
    by = request.getfixturevalue(who)
    address = f"/structures/conseillers/{agency_adviser.uid}/confirmation/"
    assert cast.sign_in(client, by).post(address).status_code == status
    confirmed_by = Membership.objects.get(pk=agency_adviser.pk).confirmed_by
    assert confirmed_by == (by if status == 302 else None)


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda place, by: actions.confirm_structure(place.structure, by=by), "est sortie du réseau"),
        (lambda place, by: actions.confirm_agency(place, by=by), "est fermée depuis"),
    ],
)
def test_what_is_over_is_not_confirmed(pilot, act, says):
    gone = date(2024, 1, 2)
    place = AgencyFactory(structure=StructureFactory(ended_on=gone), ended_on=gone)
    with pytest.raises(Refused, match=says):
        act(place, cast.actor(pilot))


def test_who_works_there_no_more_is_not_confirmed(pilot, adviser):
    Membership.objects.filter(pk=adviser.pk).update(ended_on=clock.today())
    with pytest.raises(Refused, match="ne travaille plus ici"):
        actions.confirm_adviser(Adviser.objects.get(pk=adviser.pk), by=cast.actor(pilot))


def test_ones_own_structure_has_an_address(client, agency_adviser, structure):
    found = cast.sign_in(client, agency_adviser).get("/structures/la-mienne/")
    assert found.headers["Location"] == f"/structures/{structure.uid}/"


# --- systems and history --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("who", "sees"), [("pilot", True), ("regional_pilot", True), ("adviser", False)])
def test_pilots_see_which_systems_speak_for_a_structure(client, member, structure, who, sees, db):
    from oauth2_provider.models import Application

    application = Application.objects.create(name="SI", client_type="confidential", client_id="si")
    ApiClient.objects.create(
        organisation=structure.organisation, application=application, name="SI de Wimoov", scopes="directory:read"
    )
    text = _text(cast.sign_in(client, member(who)).get(f"/structures/{structure.uid}/"))
    assert ("SI de Wimoov" in text) is sees
    assert ("Lire l’annuaire des garages et des structures" in text) is sees


def test_pilots_read_who_changed_what(client, pilot, structure, agency):
    by = cast.actor(pilot)
    actions.update_structure(structure, _facts(kind="foundation", publics=("young",)), by=by)
    facts = actions.agency_facts_of(agency)
    actions.update_agency(agency, type(facts)(name=facts.name, commune=commune("42207"), phone="+33477000000"), by=by)
    text = _text(cast.sign_in(client, pilot).get(f"/structures/{structure.uid}/modifications/"))
    assert "Hélène Caron" in text
    for said in ("fondation", "jeunes", "04 77 00 00 00", "Saint-Chamond (42400)"):
        assert said in text
