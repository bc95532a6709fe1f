from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from mobiliz.lib.forms import (
    DateFieldFr,
    DecimalFieldFr,
    HourFieldFr,
    NirFreeTextField,
    PhoneFieldFr,
    RadioCards,
    SiretField,
    WholeFieldFr,
    posted_fields,
)

RIGHT_SIRET = "73282932000074"


class AllFields(forms.Form):
    income = DecimalFieldFr(label="Revenu", min_value=0, max_value=100_000, unit="€", help_text="Par mois.")
    meter = WholeFieldFr(label="Compteur", required=False, min_value=0, unit="km")
    days = WholeFieldFr(label="Immobilisée", required=False, unit="jours")
    power = WholeFieldFr(label="Puissance", required=False, unit="CV")
    year = WholeFieldFr(label="Année", required=False, min_value=1900)
    born_on = DateFieldFr(label="Date de naissance", required=False)
    phone = PhoneFieldFr(label="Téléphone", required=False)
    siret = SiretField(label="SIRET", required=False)
    notes = NirFreeTextField(label="Notes", required=False)
    part = forms.ChoiceField(
        label="Quelle pièce ?",
        choices=[("reused", "De réemploi"), ("new", "Neuve")],
        widget=RadioCards(hints={"new": "garantie 2 ans"}, beside=True),
        required=False,
    )
    agreed = forms.BooleanField(label="D’accord", required=False)


def cleaned(name, typed):
    form = AllFields({"income": "1", name: typed})
    assert form.is_valid(), form.errors
    return form.cleaned_data[name]


def refusal(name, typed):
    return AllFields({"income": "1", name: typed}).errors[name][0]


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("income", "1 234,50", Decimal("1234.50")),
        ("income", "1\u202f234,50 €", Decimal("1234.50")),
        ("income", "1234.5", Decimal("1234.5")),
        ("income", "0", Decimal(0)),
        ("meter", "186 400", 186_400),
        ("meter", "148 000 km", 148_000),
        ("meter", "148 000KM", 148_000),
        ("meter", "148\u202f000\u00a0kms.", 148_000),
        ("meter", "148 000 kilomètres", 148_000),
        ("income", "900 euros", Decimal(900)),
        ("days", "3 jours", 3),
        ("days", "1 jour", 1),
        ("power", "5 CV", 5),
        ("power", "5cv", 5),
        ("meter", "", None),
        ("born_on", "12/03/1985", date(1985, 3, 12)),
        ("born_on", "12.3.1985", date(1985, 3, 12)),
        ("born_on", " 12 03 1985 ", date(1985, 3, 12)),
        ("born_on", "12031985", date(1985, 3, 12)),
        ("born_on", "1985-03-12", date(1985, 3, 12)),
        ("born_on", "", None),
        ("phone", "06 12 34 56 78", "+33612345678"),
        ("phone", "0692.12.34.56", "+262692123456"),
        ("phone", "", ""),
        ("siret", "732 829 320 00074", RIGHT_SIRET),
        ("siret", "732-829-320-00074", RIGHT_SIRET),
        ("siret", "", ""),
        ("notes", "Plutôt après 17 h.", "Plutôt après 17 h."),
    ],
)
def test_what_people_type_is_understood(name, typed, stored):
    assert cleaned(name, typed) == stored


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("income", "", "Indiquez un nombre."),
        ("income", "mille deux", "Écrivez seulement des chiffres, comme 1 234,50."),
        ("income", "5 km", "Écrivez seulement des chiffres, comme 1 234,50."),
        ("income", "€", "Indiquez un nombre."),
        ("meter", "beaucoup", "Écrivez seulement des chiffres, comme 148 000."),
        ("meter", "1 48 000", "Ce nombre peut se lire de plusieurs façons. Écrivez-le comme 148 000."),
        ("days", "trois", "Écrivez seulement des chiffres, comme 3."),
        ("power", "cinq", "Écrivez seulement des chiffres, comme 5."),
        ("year", "neuve", "Écrivez seulement des chiffres."),
        ("year", "20 15", "Ce nombre peut se lire de plusieurs façons. Écrivez-le sans espace ni virgule."),
        ("income", "-1", "Le montant ne peut pas être négatif."),
        ("meter", "-1", "Ce nombre ne peut pas être négatif."),
        ("year", "15", "Indiquez un nombre d’au moins 1\u202f900."),
        ("income", "100001", "Indiquez un nombre d’au plus 100\u202f000."),
        ("income", "1,234", "Indiquez au plus 2 chiffres après la virgule."),
        ("meter", "12,5", "Indiquez un nombre entier, sans virgule."),
        ("born_on", "31/02/1985", "Le 31/02/1985 n’existe pas. Vérifiez la date."),
        ("born_on", "12/03/85", "Écrivez l’année avec quatre chiffres, comme 12/03/1985."),
        ("born_on", "en mars", "Écrivez la date comme 12/03/1985."),
        ("phone", "06 12", "Un numéro français compte dix chiffres, comme 06 12 34 56 78."),
        ("siret", "732 829 320 0007", "Un SIRET compte 14 chiffres, vous en avez écrit 13."),
        ("siret", "732 829 320 ABCDE", "Écrivez seulement les 14 chiffres du SIRET."),
        (
            "siret",
            "732 829 320 00075",
            "Ce SIRET n’existe pas : un chiffre est faux. Vérifiez-le sur un papier de l’entreprise.",
        ),
        (
            "notes",
            "NIR 1 85 05 78 006 084 91",
            "Retirez le numéro de sécurité sociale : Mobiliz n’a pas le droit de le garder.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_french_with_what_to_write(name, typed, sentence):
    assert refusal(name, typed) == sentence


def test_a_very_long_text_is_refused_at_once_before_one_looks_for_a_unit():
    assert refusal("meter", f"1{' ' * 200_000}x") == "Écrivez seulement des chiffres, comme 148 000."
    assert "trop long" in refusal("meter", "1 " * 100_000)


@pytest.mark.parametrize("typed", ["mille deux", "1 234,567", " 12 ", "<b>"])
def test_a_wrong_value_is_shown_again_exactly_as_typed(typed):
    bound = AllFields({"income": typed})["income"]
    assert bound.value() == typed


@pytest.mark.parametrize(
    ("name", "stored", "shown"),
    [
        ("income", Decimal("1234.50"), "1234,50"),
        ("born_on", date(1985, 3, 12), "12/03/1985"),
        ("phone", "+33612345678", "06 12 34 56 78"),
        ("siret", RIGHT_SIRET, "732 829 320 00074"),
    ],
)
def test_a_stored_value_is_shown_as_people_write_it(name, stored, shown):
    assert AllFields(initial={name: stored})[name].value() == shown


def test_a_stored_value_typed_in_another_way_is_no_change():
    stored = {"income": Decimal("1234.50"), "born_on": date(1985, 3, 12), "phone": "+33612345678"}
    typed = {"income": "1 234,5", "born_on": "12.03.1985", "phone": "0612345678"}
    assert not AllFields(typed, initial=stored).has_changed()


def test_a_wrong_field_points_to_its_help_and_its_error():
    html = AllFields({"income": "x"})["income"].as_field_group()
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_income_helptext id_income_error"' in html
    assert 'id="id_income_helptext"' in html
    assert 'id="id_income_error"' in html


def test_a_telephone_gets_the_right_keyboard():
    form = AllFields()
    assert 'inputmode="decimal"' in str(form["income"])
    assert 'inputmode="numeric"' in str(form["born_on"])
    assert 'type="tel"' in str(form["phone"])


def test_only_optional_fields_say_so():
    form = AllFields()
    assert "(facultatif)" not in form["income"].as_field_group()
    assert "(facultatif)" in form["notes"].as_field_group()


def test_radio_cards_are_a_group_with_a_name_and_a_line_each():
    html = AllFields({"income": "1", "part": "stolen"})["part"].as_field_group()
    assert "<legend>" in html
    assert "garantie 2 ans" in html
    assert 'aria-describedby="id_part_error"' in html
    assert "aria-invalid" not in html


def test_the_summary_of_a_group_links_to_its_first_choice():
    assert 'href="#id_part_0"' in str(AllFields({"income": "1", "part": "stolen"}))


def test_the_unit_stands_beside_the_box_and_in_the_label():
    html = AllFields()["income"].as_field_group()
    assert '<span class="vh"> (€)</span>' in html
    assert '<span aria-hidden="true">€</span>' in html


def test_no_form_carries_inline_style_or_a_placeholder():
    html = str(AllFields({}))
    assert "style=" not in html
    assert "placeholder" not in html


def test_a_refused_form_is_offered_again_without_passwords_and_without_its_token():
    request = RequestFactory().post(
        "/", {"notes": "deux\nlignes", "days": ["1", "2"], "password": "x", "csrfmiddlewaretoken": "y"}
    )
    assert posted_fields(request) == [("notes", "deux\nlignes"), ("days", "1"), ("days", "2")]


@pytest.mark.parametrize("typed", ["1" + " " * 200_000 + "x", "1" * 200_000, "1 " * 100_000 + "km"])
def test_a_very_long_number_is_refused_at_once(typed):
    with pytest.raises(ValidationError):
        DecimalFieldFr(unit="km").clean(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("16h", "16:00"),
        ("16 h 05", "16:05"),
        ("9:30", "09:30"),
        ("0805", "08:05"),
        ("7.15", "07:15"),
        ("0 h 10 min", "00:10"),
    ],
)
def test_an_hour_is_read_as_people_write_it(typed, read):
    assert f"{HourFieldFr().clean(typed):%H:%M}" == read


@pytest.mark.parametrize("typed", ["25 h", "16 h 75", "midi", "16 h 5 min de plus"])
def test_what_is_no_hour_says_how_to_write_one(typed):
    with pytest.raises(ValidationError, match="Écrivez l’heure comme 16 h 05"):
        HourFieldFr().clean(typed)
