"""The pages of the directory of structures: who gets which, what they show, how forms answer."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from mobiliz.accounts.roles import Role
from mobiliz.lib import clock
from partners.models import Agency, Structure
from tests import cast
from tests.factories.accounts import MembershipFactory
from tests.factories.garages import siret
from tests.factories.partners import AgencyFactory, StructureFactory

NEW = {
    "name": "Cresus Loire",
    "kind": "association",
    "siret": "",
    "address": "",
    "commune": "st etienne",
    "phone": "",
    "email": "",
    "agreement_from": "01/02/2024",
    "agreement_until": "31/12/2026",
}
AGENCY = {"name": "Wimoov Firminy", "commune": "firminy", "address": "", "phone": "04 77 00 00 00"}


def _text(response):
    return re.sub(r"\s+", " ", response.content.decode()).replace("\xa0", " ")


# --- who gets which page ----------------------------------------------------------------------------------
PAGES = [
    *("list", "register", "structure", "edit", "end", "take_back", "add_agency"),
    *("edit_agency", "close_agency", "reopen_agency"),
]
POSTED = {"take_back", "reopen_agency"}


def _get(client, name, agency):
    uid = agency.uid if name.endswith("_agency") and name != "add_agency" else agency.structure.uid
    address = reverse(f"partners:{name}", args=[] if name in {"list", "register"} else [uid])
    return client.post(address) if name in POSTED else client.get(address)


def _answers(**codes):
    return [codes.get(name, codes["others"]) for name in PAGES]


EVERYTHING = _answers(others=200, take_back=302, reopen_agency=302)
READING = _answers(others=403, list=200, structure=200)
NOTHING = _answers(others=404, list=403, register=403)


@pytest.mark.parametrize(
    ("who", "wimoov", "adie"),
    [
        ("pilot", EVERYTHING, EVERYTHING),
        (
            "regional_pilot",
            _answers(others=200, edit=403, end=403, take_back=403, reopen_agency=302),
            _answers(others=404, list=200, register=200),
        ),
        ("other_regional_pilot", _answers(others=404, list=200, register=200), EVERYTHING),
        ("adviser", READING, READING),
        ("other_adviser", READING, READING),
        ("workshop", READING, READING),
        ("volunteer", READING, READING),
        ("administrator", NOTHING, NOTHING),
        ("stranger", NOTHING, NOTHING),
    ],
)
def test_who_gets_which_page(client, member, agency, other_structure, who, wimoov, adie):
    cast.sign_in(client, member(who))
    for place, answers in ((agency, wimoov), (AgencyFactory(structure=other_structure, at="23008"), adie)):
        got = [_get(client, name, place).status_code for name in PAGES]
        assert dict(zip(PAGES, got, strict=True)) == dict(zip(PAGES, answers, strict=True))


@pytest.mark.parametrize("name", PAGES)
def test_who_has_not_signed_in_is_asked_to(client, agency, name):
    response = _get(client, name, agency)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/connexion/")


def test_acts_are_not_done_by_following_a_link(client, pilot, agency):
    cast.sign_in(client, pilot)
    assert client.get(f"/structures/{agency.structure.uid}/retour/").status_code == 405
    assert client.get(f"/structures/agences/{agency.uid}/reouverture/").status_code == 405


# --- the list ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["ADIE", "Partie", "Wimoov"]),
        ({"q": "wim"}, ["Wimoov"]),
        ({"q": "st etienne"}, ["Wimoov"]),
        ({"q": "paris"}, ["Wimoov"]),
        ({"q": "zzz"}, []),
        ({"department": "42"}, ["Wimoov"]),
        ({"department": "23"}, ["ADIE"]),
        ({"kind": "foundation"}, ["ADIE"]),
        ({"status": "ended"}, ["Partie"]),
        ({"status": "current"}, ["ADIE", "Wimoov"]),
        ({"status": "x", "kind": "y", "department": "00"}, ["ADIE", "Partie", "Wimoov"]),
    ],
)
def test_the_list_is_narrowed_as_one_asks(client, pilot, structure, asked, names):
    StructureFactory(name="ADIE", at="23096", kind="foundation")
    StructureFactory(name="Partie", at="69123", ended_on=date(2024, 1, 2))
    response = cast.sign_in(client, pilot).get("/structures/", asked)
    assert [one.name for one in response.context["found"].rows] == names
    assert names or "Aucune structure ne correspond" in _text(response)


def test_agreements_are_followed_by_pilots_alone(client, pilot, workshop):
    StructureFactory(agreement_from=date(2020, 1, 1), agreement_until=date(2021, 1, 1))
    StructureFactory(agreement_from=date(2022, 1, 1))
    StructureFactory()
    text = _text(cast.sign_in(client, pilot).get("/structures/"))
    assert "Échue le 01/01/2021" in text
    assert "depuis le 01/01/2022" in text
    assert "pas de convention notée" in text
    assert "Convention" not in _text(cast.sign_in(client, workshop).get("/structures/"))


def test_an_empty_list_offers_the_first_act(client, pilot, volunteer):
    assert "Inscrire une structure" in _text(cast.sign_in(client, pilot).get("/structures/"))
    assert "Les structures du réseau apparaîtront ici" in _text(cast.sign_in(client, volunteer).get("/structures/"))


@pytest.mark.parametrize("who", ["pilot", "regional_pilot", "adviser", "workshop"])
def test_the_list_asks_as_much_for_one_row_as_for_fifty(client, member, structure, who, django_assert_max_num_queries):
    cast.sign_in(client, member(who))
    with django_assert_max_num_queries(12) as for_one:
        client.get("/structures/")
    for _ in range(49):
        AgencyFactory()
    with django_assert_max_num_queries(12) as for_fifty:
        assert len(client.get("/structures/").context["found"].rows) == 50
    assert len(for_one) == len(for_fifty) == 6


# --- one structure ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "shown", "hidden"),
    [
        ("pilot", ["Convention", "Aline Dubois", "salarié", "Wimoov Loire", "Modifier la fiche"], []),
        ("regional_pilot", ["Convention", "Wimoov Loire", "Ajouter une agence"], ["Aline Dubois", "Modifier la fiche"]),
        ("adviser", ["Convention", "Aline Dubois", "Wimoov Loire"], ["Modifier", "Ajouter"]),
        ("other_adviser", ["Wimoov Loire", "04 77 65 43 21"], ["Convention", "Aline Dubois", "Modifier"]),
        ("workshop", ["Wimoov Loire"], ["Convention", "Aline Dubois", "Modifier"]),
    ],
)
def test_a_structure_shows_to_each_what_is_for_them(client, member, structure, adviser, who, shown, hidden):
    text = _text(cast.sign_in(client, member(who)).get(f"/structures/{structure.uid}/"))
    assert [one for one in shown if one not in text] == []
    assert [one for one in hidden if one in text.replace("Modifier mon", "")] == []


def test_a_structure_asks_as_much_for_one_agency_and_adviser_as_for_many(
    client, pilot, structure, django_assert_max_num_queries
):
    cast.sign_in(client, pilot)
    with django_assert_max_num_queries(12) as for_one:
        client.get(f"/structures/{structure.uid}/")
    for _ in range(12):
        place = AgencyFactory(structure=structure).organisation
        MembershipFactory(role=Role.ADVISER, organisation=place, engagement="volunteer")
    with django_assert_max_num_queries(12) as for_many:
        assert "Bénévole" in _text(client.get(f"/structures/{structure.uid}/"))
    assert len(for_one) == len(for_many) == 9


# --- forms ------------------------------------------------------------------------------------------------
def test_a_pilot_registers_a_structure(client, regional_pilot):
    response = cast.sign_in(client, regional_pilot).post("/structures/nouvelle/", NEW)
    made = Structure.objects.get()
    assert response.headers["Location"] == f"/structures/{made.uid}/"
    assert (made.siret, made.commune_id, made.agreement_until) == (None, "42218", date(2026, 12, 31))


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"name": ""}, "name", "Ce champ est obligatoire."),
        ({"kind": ""}, "kind", "Ce champ est obligatoire."),
        ({"siret": siret(1)[:-1] + "x"}, "siret", "Écrivez seulement les 14 chiffres du SIRET."),
        ({"commune": "Trifouilly"}, "commune", "Nous ne trouvons pas cette commune."),
        ({"commune": "guéret"}, "commune", "n’est pas dans votre région"),
        ({"phone": "appelez-moi"}, "phone", "Écrivez seulement des chiffres"),
        ({"email": "sans-arobase"}, "email", "adresse"),
        ({"agreement_until": "31/01/2024"}, "agreement_until", "La convention finirait avant d’avoir commencé"),
        ({"agreement_from": ""}, "agreement_from", "Indiquez aussi le jour de la signature."),
        ({"agreement_from": "demain"}, "agreement_from", "Écrivez la date comme 12/03/1985."),
        ({"agreement_until": "32/12/2026"}, "agreement_until", "n’existe pas"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_nothing_typed_is_lost(
    client, regional_pilot, changed, field, says
):
    posted = NEW | changed
    response = cast.sign_in(client, regional_pilot).post("/structures/nouvelle/", posted)
    assert response.status_code == 422
    assert says in " ".join(response.context["form"].errors[field])
    text = _text(response)
    assert f'id="id_{field}_error"' in text
    for name in set(posted) - {"kind"}:
        assert not posted[name] or f'value="{posted[name]}"' in text or (name == "commune" and posted[name] in text)
    assert not Structure.objects.exists()


def test_the_form_shows_what_is_recorded_and_saves_it_unchanged(client, pilot, structure):
    cast.sign_in(client, pilot)
    before = Structure.objects.values().get()
    form = client.get(f"/structures/{structure.uid}/modifier/").context["form"]
    shown = {field.name: field.value() for field in form}
    assert (
        client.post(
            f"/structures/{structure.uid}/modifier/", {name: value for name, value in shown.items() if value}
        ).status_code
        == 302
    )
    after = Structure.objects.values().get()
    assert {name for name in before if before[name] != after[name]} == {"updated_at"}


def test_an_agency_is_added_changed_closed_and_opened_again(client, regional_pilot, structure):
    cast.sign_in(client, regional_pilot)
    assert client.post(f"/structures/{structure.uid}/agences/nouvelle/", AGENCY).status_code == 302
    made = Agency.objects.get(name="Wimoov Firminy")
    at = f"/structures/agences/{made.uid}"
    assert client.post(f"{at}/modifier/", AGENCY | {"name": "Wimoov Ondaine"}).status_code == 302
    assert client.post(f"{at}/fermeture/", {"on": "01/03/2024"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.ended_on) == ("Wimoov Ondaine", date(2024, 3, 1))
    assert "Fermée le 01/03/2024" in _text(client.get(f"/structures/{structure.uid}/"))
    assert client.post(f"{at}/reouverture/").status_code == 302
    assert Agency.objects.get(pk=made.pk).ended_on is None


def test_an_agency_of_the_same_name_is_said(client, pilot, structure):
    posted = AGENCY | {"name": "Wimoov Loire"}
    response = cast.sign_in(client, pilot).post(f"/structures/{structure.uid}/agences/nouvelle/", posted)
    assert response.status_code == 422
    assert response.context["form"].errors["name"] == ["Cette structure a déjà une agence de ce nom."]


def test_a_structure_leaves_and_comes_back(client, pilot, structure):
    cast.sign_in(client, pilot)
    tomorrow = clock.today() + timedelta(days=1)
    refused = client.post(f"/structures/{structure.uid}/sortie/", {"on": f"{tomorrow:%d/%m/%Y}"})
    assert refused.status_code == 422
    assert refused.context["form"].errors["on"] == ["Choisissez aujourd’hui ou un jour passé."]
    assert client.post(f"/structures/{structure.uid}/sortie/", {"on": "01/03/2024"}).status_code == 302
    assert "Sortie du réseau" in _text(client.get(f"/structures/{structure.uid}/"))
    assert client.post(f"/structures/{structure.uid}/retour/").status_code == 302
    assert Structure.objects.get().ended_on is None
