"""A commune as people write it in a form."""

import pytest
from django import forms

from mobiliz.territory.forms import CommuneField
from tests.factories.territory import commune


class PlaceForm(forms.Form):
    commune = CommuneField()
    name = forms.CharField(error_messages={"required": "Indiquez un nom."})


class MaybeForm(forms.Form):
    commune = CommuneField(required=False)


def _form(text="", code=""):
    return PlaceForm({"commune": text, "commune_code": code, "name": "x"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Saint-Étienne (42100)", "42218"),
        ("42100 Saint-Étienne", "42218"),
        ("st etienne", "42218"),
        ("Guéret", "23096"),
        ("23096", "23096"),
        ("23000", "23096"),
        ("Saint-Denis (97400)", "97411"),
        ("2a004", "2A004"),
    ],
)
def test_one_commune_is_understood(db, text, code):
    form = _form(text)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["commune"].code == code


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Indiquez une commune."),
        (
            "xyz",
            "Nous ne trouvons pas cette commune. Écrivez son nom ou son code postal, par exemple Guéret ou 23000.",
        ),
        (
            "Saint-Denis",
            "Précisez : Saint-Denis (97400), Saint-Denis (93200), Saint-Denis (11310) ou Saint-Denis (30500).",
        ),
        ("gueré", "Vouliez-vous dire Guéret (23000) ?"),
        ("Guéret 99999", "Vouliez-vous dire Guéret (23000) ?"),
        ("a", "Précisez : Ajaccio (20000), Annonay (07100), Aubusson (23200) ou Aveizieux (42330)."),
        (
            "s",
            "Précisez : Saint-Étienne (42000), Saint-Denis (97400), Saint-Denis (93200), Saint-Paul (97411)"
            " ou une autre.",
        ),
        (
            "\x00",
            "Nous ne trouvons pas cette commune. Écrivez son nom ou son code postal, par exemple Guéret ou 23000.",
        ),
    ],
)
def test_the_rest_is_asked_again_in_words(db, text, message):
    form = _form(text)
    assert form.errors["commune"] == [message]


def test_a_suggestion_that_was_chosen_decides(db):
    form = _form("st denis", "93066")
    assert form.is_valid()
    assert form.cleaned_data["commune"].code == "93066"


def test_a_suggestion_without_text_decides_too(db):
    assert _form("", "23096").is_valid()


@pytest.mark.parametrize("code", ["93066", "' OR 1=1", "\x00", "99999"])
def test_a_suggestion_for_what_was_typed_before_does_not(db, code):
    form = _form("Guéret", code)
    assert form.is_valid()
    assert form.cleaned_data["commune"].code == "23096"


def test_it_may_be_left_out_where_the_form_says_so(db):
    form = MaybeForm({"commune": ""})
    assert form.is_valid()
    assert form.cleaned_data["commune"] is None


def test_a_stored_commune_is_shown_as_people_write_it(db):
    html = str(PlaceForm(initial={"commune": commune("42218")})["commune"])
    assert 'value="Saint-Étienne (42000)"' in html
    assert "<li" not in html


def test_what_was_typed_is_shown_again_with_what_may_be_meant(db):
    html = str(_form("st denis")["commune"])
    assert 'value="st denis"' in html
    assert 'name="commune_code" value="93066"' in html
    assert 'aria-invalid="true"' in html


def test_what_was_chosen_is_shown_again_by_its_name(db):
    form = PlaceForm({"commune": "st denis", "commune_code": "93066", "name": ""})
    assert not form.is_valid()
    html = str(form["commune"])
    assert 'value="Saint-Denis (93200)"' in html
    assert "<li" not in html


def test_it_asks_nothing_of_scripts(db):
    html = str(PlaceForm()["commune"])
    assert html.count("<input") == 1
    assert 'hx-get="/communes/"' in html
    assert "style=" not in html
    assert "onclick" not in html
