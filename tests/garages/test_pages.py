"""The pages of the directory of garages: who gets which, what they show, how forms answer."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from garages.models import Contact, Garage
from mobiliz.lib import clock
from tests import cast
from tests.factories.garages import ContactFactory, DistributionGroupFactory, GarageFactory, siret

NEW = {
    "name": "Garage du Furan",
    "level": "RA2",
    "siret": siret(7),
    "group": "",
    "address": "3 rue du Mont",
    "commune": "st etienne",
    "postcode": "42100",
    "phone": "04 77 12 34 56",
    "weekly_cap": "3",
    "joined_how": "own_wish",
    "joined_on": "04/05/2020",
    "latitude": "",
    "longitude": "",
    "status": "active",
}
CONTACT = {
    "first_name": "Karim",
    "last_name": "Benali",
    "function": "workshop",
    "phone": "06 12 34 56 78",
    "email": "",
}


HISTORY = "Historique du statut"


def _text(response):
    return re.sub(r"\s+", " ", response.content.decode())


# --- who gets which page ----------------------------------------------------------------------------------
PAGES = [
    "list",
    "register",
    "garage",
    "edit",
    "status",
    "add_contact",
    "edit_contact",
    "end_contact",
    "move_contact_up",
]
POSTED = {"end_contact", "move_contact_up"}


def _get(client, name, garage, contact):
    uid = {"edit_contact": contact.uid, "end_contact": contact.uid, "move_contact_up": contact.uid}.get(
        name, garage.uid
    )
    address = reverse(f"garages:{name}", args=[] if name in {"list", "register"} else [uid])
    return client.post(address) if name in POSTED else client.get(address)


def _answers(**codes):
    return [codes.get(name, codes["others"]) for name in PAGES]


@pytest.mark.parametrize(
    ("who", "here", "elsewhere"),
    [
        ("pilot", _answers(others=200, end_contact=302, move_contact_up=302), None),
        (
            "regional_pilot",
            _answers(others=200, end_contact=302, move_contact_up=302),
            _answers(others=404, list=200, register=200),
        ),
        ("adviser", _answers(others=403, list=200, garage=200), None),
        ("other_adviser", _answers(others=403, list=200, garage=200), None),
        (
            "workshop",
            _answers(others=403, list=200, garage=200),
            _answers(others=403, list=200, garage=200, edit_contact=404, end_contact=404, move_contact_up=404),
        ),
        (
            "volunteer",
            _answers(others=403, list=200, garage=200, edit_contact=404, end_contact=404, move_contact_up=404),
            None,
        ),
        ("administrator", _answers(others=404, list=403, register=403), None),
        ("stranger", _answers(others=404, list=403, register=403), None),
    ],
)
def test_who_gets_which_page(client, member, garage, other_garage, who, here, elsewhere):
    cast.sign_in(client, member(who))
    for place, answers in ((garage, here), (other_garage, elsewhere or here)):
        contact = ContactFactory(garage=place)
        got = [_get(client, name, place, contact).status_code for name in PAGES]
        assert dict(zip(PAGES, got, strict=True)) == dict(zip(PAGES, answers, strict=True))


@pytest.mark.parametrize("name", PAGES)
def test_who_has_not_signed_in_is_asked_to(client, garage, name):
    response = _get(client, name, garage, ContactFactory(garage=garage))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/connexion/")


def test_acts_are_not_done_by_following_a_link(client, pilot, garage):
    contact = ContactFactory(garage=garage)
    cast.sign_in(client, pilot)
    for name in POSTED:
        assert client.get(reverse(f"garages:{name}", args=[contact.uid])).status_code == 405


# --- the list ---------------------------------------------------------------------------------------------
@pytest.fixture
def directory(db):
    GarageFactory(name="Élan Automobiles", at="42218", level="RA1", group=DistributionGroupFactory(name="Maurin"))
    GarageFactory(name="Garage Bonnet", at="23096", status="paused")
    GarageFactory(name="Atelier Chavanel", at="42207", level="BRANCH")
    GarageFactory(name="Garage Ancien", at="69123", status="closed")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["Atelier Chavanel", "Élan Automobiles", "Garage Ancien", "Garage Bonnet"]),
        ({"q": "elan"}, ["Élan Automobiles"]),
        ({"q": "ÉLAN"}, ["Élan Automobiles"]),
        ({"q": "st chamond"}, ["Atelier Chavanel"]),
        ({"q": "42"}, ["Atelier Chavanel", "Élan Automobiles"]),
        ({"q": "42 000"}, ["Élan Automobiles"]),
        ({"q": "nulle part"}, []),
        ({"department": "42"}, ["Atelier Chavanel", "Élan Automobiles"]),
        ({"level": "RA1"}, ["Élan Automobiles"]),
        ({"status": "paused"}, ["Garage Bonnet"]),
        ({"status": "closed", "department": "69"}, ["Garage Ancien"]),
        ({"status": "nonsense", "department": "00", "level": "x"}, None),
        ({"q": "\x00"}, None),
    ],
)
def test_the_list_is_narrowed_as_one_asks(client, pilot, directory, asked, names):
    response = cast.sign_in(client, pilot).get("/garages/", asked)
    everything = ["Atelier Chavanel", "Élan Automobiles", "Garage Ancien", "Garage Bonnet"]
    found = [one.name for one in response.context["found"].rows]
    assert found == (everything if names is None else names)
    if not found:
        assert "Aucun garage ne correspond" in _text(response)


def test_an_adviser_is_not_offered_what_is_not_listed(client, adviser, directory):
    text = _text(cast.sign_in(client, adviser).get("/garages/"))
    assert "Garage Ancien" not in text
    assert "sorti du réseau" not in text
    assert "Inscrire un garage" not in text
    assert "Garage Bonnet" in text


def test_a_regional_pilot_chooses_among_departments_of_the_region(client, regional_pilot):
    text = _text(cast.sign_in(client, regional_pilot).get("/garages/"))
    assert ">42 Loire<" in text
    assert "Creuse" not in text


def test_an_empty_list_offers_the_first_act(client, pilot, volunteer):
    assert "Inscrire un garage" in _text(cast.sign_in(client, pilot).get("/garages/"))
    assert "Les garages du réseau apparaîtront ici" in _text(cast.sign_in(client, volunteer).get("/garages/"))


def test_the_next_page_keeps_the_filters(client, pilot):
    for number in range(52):
        GarageFactory(name=f"Garage {number:02}")
    cast.sign_in(client, pilot)
    first = client.get("/garages/", {"q": "garage"})
    assert "52 garages" in _text(first)
    after = first.context["found"].after_url
    assert "q=garage" in after
    second = client.get(after)
    assert [one.name for one in second.context["found"].rows] == ["Garage 50", "Garage 51"]
    assert second.context["found"].before_url


def test_typing_gets_the_list_alone(client, pilot, directory):
    response = cast.sign_in(client, pilot).get("/garages/", {"q": "elan"}, headers={"HX-Request": "true"})
    text = _text(response)
    assert "Élan Automobiles" in text
    assert "<html" not in text
    assert "HX-Request" in response.headers["Vary"]


@pytest.mark.parametrize(("who", "queries"), [("pilot", 6), ("adviser", 6), ("workshop", 6)])
def test_the_list_asks_as_much_for_one_row_as_for_fifty(
    client, member, garage, who, queries, django_assert_max_num_queries
):
    cast.sign_in(client, member(who))
    ContactFactory(garage=garage)
    with django_assert_max_num_queries(12) as for_one:
        client.get("/garages/")
    for _ in range(49):
        ContactFactory(garage=GarageFactory(group=DistributionGroupFactory(), at="23096"))
    with django_assert_max_num_queries(12) as for_fifty:
        assert len(client.get("/garages/").context["found"].rows) == 50
    assert len(for_one) == len(for_fifty) == queries


# --- one garage -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "shown", "hidden"),
    [
        ("pilot", ["06 11 22 33 44", "SIRET", "de sa propre initiative", HISTORY, "Modifier la fiche"], []),
        ("adviser", ["06 11 22 33 44", "2 par semaine"], ["SIRET", "initiative", HISTORY, "Modifier"]),
        ("owner", ["06 11 22 33 44", "SIRET", "de sa propre initiative"], [HISTORY, "Modifier", "secret"]),
        ("other_garage_workshop", ["04 77 12 34 56"], ["06 11 22 33 44", "SIRET", HISTORY, "Modifier"]),
        ("volunteer", ["04 77 12 34 56"], ["06 11 22 33 44", "SIRET", HISTORY]),
    ],
)
def test_a_garage_shows_to_each_what_is_for_them(client, member, garage, who, shown, hidden):
    ContactFactory(garage=garage)
    garage.statuses.update(reason="secret")
    text = _text(cast.sign_in(client, member(who)).get(f"/garages/{garage.uid}/")).replace("\xa0", " ")
    assert [one for one in shown if one not in text] == []
    assert [one for one in hidden if one in text] == []


def test_a_garage_says_that_it_is_independent_and_who_replaces_whom(client, pilot, garage):
    ContactFactory(garage=garage)
    cast.sign_in(client, pilot)
    assert "Personne ne le remplace" in _text(client.get(f"/garages/{garage.uid}/"))
    ContactFactory(garage=garage, rank=2)
    text = _text(client.get(f"/garages/{garage.uid}/"))
    assert "Personne ne le remplace" not in text
    assert "à appeler en second" in text
    assert "entreprise indépendante" in text


def test_a_garage_asks_as_much_for_one_contact_as_for_nine(client, pilot, garage, django_assert_max_num_queries):
    cast.sign_in(client, pilot)
    ContactFactory(garage=garage)
    with django_assert_max_num_queries(12) as for_one:
        client.get(f"/garages/{garage.uid}/")
    for rank in range(2, 10):
        ContactFactory(garage=garage, rank=rank)
    with django_assert_max_num_queries(12) as for_nine:
        client.get(f"/garages/{garage.uid}/")
    assert len(for_one) == len(for_nine) == 10


# --- forms ------------------------------------------------------------------------------------------------
def test_a_pilot_registers_a_garage(client, regional_pilot):
    response = cast.sign_in(client, regional_pilot).post("/garages/nouveau/", NEW)
    made = Garage.objects.with_status().get()
    assert response.headers["Location"] == f"/garages/{made.uid}/"
    assert (made.name, made.postcode, made.phone, made.weekly_cap) == ("Garage du Furan", "42100", "+33477123456", 3)
    assert (made.status, made.statuses.get().set_by) == ("active", regional_pilot)


@pytest.mark.parametrize(
    ("typed", "postcode"), [("Saint-Étienne (42230)", "42230"), ("st etienne", "42000"), ("42218", "42000")]
)
def test_the_postcode_is_the_one_typed_with_the_commune_or_its_first(client, pilot, typed, postcode):
    cast.sign_in(client, pilot).post("/garages/nouveau/", NEW | {"commune": typed, "postcode": ""})
    assert Garage.objects.get().postcode == postcode


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("name", "", "Ce champ est obligatoire."),
        ("siret", siret(7)[:-1] + str((int(siret(7)[-1]) + 1) % 10), "Ce SIRET n’existe pas : un chiffre est faux."),
        ("siret", "12345", "Un SIRET compte 14 chiffres, vous en avez écrit 5."),
        ("commune", "Trifouilly", "Nous ne trouvons pas cette commune."),
        ("commune", "st denis", "Précisez : Saint-Denis (97400)"),
        ("postcode", "75001", "Saint-Étienne n’a pas ce code postal, mais : 42000, 42100, 42230."),
        ("weekly_cap", "deux", "Écrivez seulement des chiffres"),
        ("weekly_cap", "2,5", "Indiquez un nombre entier, sans virgule."),
        ("weekly_cap", "-1", "Ce nombre ne peut pas être négatif."),
        ("weekly_cap", "51", "Indiquez un nombre d’au plus 50."),
        ("phone", "06 12", "Un numéro français compte dix chiffres"),
        ("joined_on", "31/02/2020", "n’existe pas"),
        ("joined_on", "04/05/2199", "Ce jour n’est pas encore venu"),
        ("level", "RA9", "Sélectionnez un choix valide"),
        ("latitude", "45,43", "Indiquez les deux, ou aucune."),
        ("longitude", "4,3", "Indiquez les deux, ou aucune."),
        ("latitude", "nord", "Écrivez seulement des chiffres"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_nothing_typed_is_lost(client, pilot, field, typed, says):
    response = cast.sign_in(client, pilot).post("/garages/nouveau/", NEW | {field: typed})
    assert response.status_code == 422
    wrong = "longitude" if (field, says[:8]) == ("latitude", "Indiquez") else field
    wrong = "latitude" if field == "longitude" else wrong
    assert says in " ".join(response.context["form"].errors[wrong])
    text = _text(response)
    assert f'id="id_{wrong}_error"' in text
    for name in ("name", "address", "commune", "siret", field):
        kept = {**NEW, field: typed}[name]
        assert not kept or name == "level" or kept in text.replace("\xa0", " ") or kept in text.replace(" ", "")
    assert not Garage.objects.exists()


def test_a_siret_that_another_garage_has_is_said_with_its_name(client, pilot, garage):
    response = cast.sign_in(client, pilot).post("/garages/nouveau/", NEW | {"siret": garage.siret})
    assert response.status_code == 422
    assert response.context["form"].errors["siret"] == [
        "Ce SIRET est déjà celui du garage « Garage de la Loire », à Saint-Étienne."
    ]


def test_a_commune_of_another_region_is_not_a_regional_pilots(client, regional_pilot):
    posted = NEW | {"commune": "guéret", "postcode": ""}
    response = cast.sign_in(client, regional_pilot).post("/garages/nouveau/", posted)
    assert response.status_code == 422
    assert "n’est pas dans votre région" in response.context["form"].errors["commune"][0]


def test_the_form_shows_what_is_recorded_and_saves_it_unchanged(client, pilot, garage):
    cast.sign_in(client, pilot)
    before = Garage.objects.values().get()
    form = client.get(f"/garages/{garage.uid}/modifier/").context["form"]
    shown = {field.name: field.value() for field in form}
    shown = {name: value for name, value in shown.items() if value not in (None, False)}
    shown |= {"joined_on": f"{shown['joined_on']}", "commune": str(shown["commune"])}
    assert client.post(f"/garages/{garage.uid}/modifier/", shown).status_code == 302
    after = Garage.objects.values().get()
    assert {name for name in before if before[name] != after[name]} <= {"updated_at", "search_name"}


def test_an_exact_position_is_shown_and_kept(client, pilot):
    exact = GarageFactory(latitude=45.431234, longitude=4.4)
    text = _text(cast.sign_in(client, pilot).get(f"/garages/{exact.uid}/modifier/"))
    assert 'value="45,431234"' in text
    assert 'value="4,400000"' in text


def test_a_change_of_status_needs_a_reason(client, pilot, garage):
    cast.sign_in(client, pilot)
    address, today = f"/garages/{garage.uid}/statut/", f"{clock.today():%d/%m/%Y}"
    refused = client.post(address, {"status": "paused", "on": today, "reason": ""})
    assert refused.status_code == 422
    assert refused.context["form"].errors["reason"] == ["Dites pourquoi, en quelques mots."]
    done = client.post(address, {"status": "paused", "on": today, "reason": "congés"})
    assert done.status_code == 302
    assert Garage.objects.with_status().get().status == "paused"


def test_a_status_set_by_a_colleague_meanwhile_is_said(client, pilot, garage):
    garage.statuses.update(status="closed")
    posted = {"status": "closed", "on": f"{clock.today():%d/%m/%Y}", "reason": "retraite"}
    response = cast.sign_in(client, pilot).post(f"/garages/{garage.uid}/statut/", posted)
    assert response.status_code == 422
    assert "déjà « sorti du réseau »" in response.context["form"].errors["status"][0]


def test_a_status_does_not_begin_tomorrow(client, pilot, garage):
    tomorrow = clock.today() + timedelta(days=1)
    posted = {"status": "closed", "on": f"{tomorrow:%d/%m/%Y}", "reason": "retraite"}
    response = cast.sign_in(client, pilot).post(f"/garages/{garage.uid}/statut/", posted)
    assert "Ce jour n’est pas encore venu" in response.context["form"].errors["on"][0]


def test_contacts_are_added_changed_moved_and_ended(client, pilot, garage):
    cast.sign_in(client, pilot)
    first = ContactFactory(garage=garage)
    assert client.post(f"/garages/{garage.uid}/interlocuteurs/nouveau/", CONTACT).status_code == 302
    second = Contact.objects.get(last_name="Benali")
    assert (second.rank, second.phone) == (2, "+33612345678")
    changed = CONTACT | {"function": "reception", "email": "karim@garage.example"}
    assert client.post(f"/garages/interlocuteurs/{second.uid}/modifier/", changed).status_code == 302
    assert client.post(f"/garages/interlocuteurs/{second.uid}/avant/").status_code == 302
    assert client.post(f"/garages/interlocuteurs/{first.uid}/depart/").status_code == 302
    assert [(one.last_name, one.rank, one.function) for one in garage.contacts.current()] == [
        ("Benali", 1, "reception")
    ]


@pytest.mark.parametrize("act", ["depart", "avant"])
def test_what_a_colleague_did_meanwhile_is_said(client, pilot, garage, act):
    gone = ContactFactory(garage=garage, ended_on=clock.today())
    response = cast.sign_in(client, pilot).post(f"/garages/interlocuteurs/{gone.uid}/{act}/", follow=True)
    assert "est déjà noté" in _text(response)


def test_a_closed_garage_says_so_when_a_contact_is_added(client, pilot):
    closed = GarageFactory(status="closed")
    response = cast.sign_in(client, pilot).post(f"/garages/{closed.uid}/interlocuteurs/nouveau/", CONTACT)
    assert response.status_code == 422
    assert "Ce garage est sorti du réseau" in _text(response)
