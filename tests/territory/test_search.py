"""Finding a commune as people type it."""

import pytest

from mobiliz.territory.models import Commune

SAINT_DENIS = ["97411", "93066", "11339", "30247"]  # the most people first


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Saint-Étienne", ["42218"]),
        ("saint etienne", ["42218"]),
        ("st etienne", ["42218"]),
        ("ST-ETIENNE", ["42218"]),
        ("  st.  étienne ", ["42218"]),
        ("saint-e", ["42218"]),
        ("etienne", ["42218"]),
        ("tienne", []),
        ("st denis", SAINT_DENIS),
        ("denis", SAINT_DENIS),
        ("st denis 974", ["97411"]),
        ("93200 saint-denis", ["93066"]),
        ("Saint-Denis (93200)", ["93066"]),
        ("fort de f", ["97209"]),
        ("france", ["97209"]),
        ("420", ["42218", "42095", "42010"]),  # a postcode first, then INSEE codes
        ("42100", ["42218"]),
        ("42218", ["42218"]),
        ("2a", ["2A004"]),
        ("2A004", ["2A004"]),
        ("75020", ["75056"]),
        ("975", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("_____", []),
        ("\x00", []),
    ],
)
def test_what_is_typed_finds_the_likeliest_first(db, typed, codes):
    assert [commune.code for commune in Commune.objects.search(typed)] == codes


def test_a_name_that_begins_so_comes_before_a_word_that_begins_so(db):
    found = Commune.objects.search("gu")
    assert [commune.name for commune in found] == ["Guéret"]
    names = [commune.name for commune in Commune.objects.search("sai")]
    assert names[0] == "Saint-Étienne"
    assert "Saint-Chamond" in names


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("guéret", ["23096"]),
        ("GUERET 23000", ["23096"]),
        ("23000", ["23096"]),
        ("23096", ["23096"]),
        ("230", []),
        ("Saint-Étienne (42100)", ["42218"]),
        ("42100 Saint-Étienne", ["42218"]),
        ("st denis 93", ["93066"]),
        ("st denis", SAINT_DENIS),
        ("Guéret (42000)", []),
        ("gué", []),
        ("", []),
    ],
)
def test_only_a_whole_name_or_number_names_a_commune(db, typed, codes):
    assert [commune.code for commune in Commune.objects.named(typed)] == codes


def test_what_a_commune_is_called_names_it(db):
    for commune in Commune.objects.all():
        assert [one.code for one in Commune.objects.named(str(commune))] == [commune.code]


def test_suggestions_are_for_people_who_signed_in(client, db):
    assert client.get("/communes/", {"q": "st etienne"}).status_code == 302


def test_suggestions_are_a_fragment_of_radio_buttons(client, adviser, django_assert_num_queries):
    client.force_login(adviser.user)
    with django_assert_num_queries(3):  # session, who works and as what, communes
        response = client.get("/communes/", {"q": "st etienne"})
    text = response.content.decode()
    assert 'name="commune_code" value="42218"' in text
    assert "Loire, 42000" in text
    assert "<html" not in text


def test_suggestions_answer_the_field_that_asks_whatever_its_name(client, stranger):
    client.force_login(stranger)
    response = client.get(
        "/communes/",
        {"home-commune": "gueret"},
        headers={
            "HX-Request": "true",
            "HX-Trigger-Name": "home-commune",
            "HX-Target": "id_home-commune_suggestions",
        },
    )
    text = response.content.decode()
    assert 'name="home-commune_code" value="23096"' in text
    assert "1 commune proposée" in text


@pytest.mark.parametrize(("typed", "says"), [("zzz", "Aucune commune ne s’écrit ainsi"), ("", "")])
def test_nothing_found_says_what_to_try(client, stranger, typed, says):
    client.force_login(stranger)
    text = client.get("/communes/", {"q": typed}).content.decode()
    assert says in text if says else text == ""
