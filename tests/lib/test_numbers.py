"""What people type and read: numbers, days, telephone numbers, euros."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobiliz.lib.numbers import (
    format_decimal_fr,
    format_eur,
    format_percent_fr,
    format_phone_fr,
    parse_date_fr,
    parse_decimal_fr,
    parse_phone_fr,
)

D = Decimal


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1\u00a0234,50\u00a0€", "1234.50"),
        ("1234.5", "1234.5"),
        ("1 234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("12.345.678,90", "12345678.90"),
        ("12 345 678", "12345678"),
        ("5,135", "5.135"),
        ("1.234", "1.234"),
        ("35", "35"),
        ("  35 € ", "35"),
        ("0", "0"),
        ("007", "7"),
        (",5", "0.5"),
        ("12,", "12"),
        ("-12,5", "-12.5"),
        ("\u2212 12,5", "-12.5"),
        ("+3", "3"),
        ("-0", "0"),
    ],
)
def test_a_number_is_read_as_people_in_france_type_it(typed, number):
    assert str(parse_decimal_fr(typed)) == number


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Indiquez un nombre"),
        ("   ", "Indiquez un nombre"),
        ("€", "Indiquez un nombre"),
        ("-", "Indiquez un nombre"),
        ("abc", "seulement des chiffres"),
        ("12 euros", "seulement des chiffres"),
        ("1e5", "seulement des chiffres"),
        ("NaN", "seulement des chiffres"),
        ("Infinity", "seulement des chiffres"),
        ("١٢", "seulement des chiffres"),
        ("1²", "seulement des chiffres"),
        (",", "seulement des chiffres"),
        ("--5", "seulement des chiffres"),
        ("€5", "seulement des chiffres"),
        ("1,2,3", "plusieurs façons"),
        ("1.234.567", "plusieurs façons"),
        ("1,234.50", "plusieurs façons"),
        ("12 50", "plusieurs façons"),
        ("1 2345", "plusieurs façons"),
        ("1.23,50", "plusieurs façons"),
        ("1 234, 50", "plusieurs façons"),
        ("9" * 16, "trop long"),
    ],
)
def test_what_is_no_number_or_may_be_two_is_refused_in_french(typed, words):
    with pytest.raises(ValueError, match=words):
        parse_decimal_fr(typed)


@given(st.decimals(min_value=-9_999_999, max_value=9_999_999, places=4))
def test_a_number_that_was_shown_can_be_typed_again(number):
    assert parse_decimal_fr(format_decimal_fr(number)) == number


@given(st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2))
def test_an_amount_that_was_shown_can_be_typed_again(amount):
    assert parse_decimal_fr(format_eur(amount)) == amount


@given(st.text())
def test_whatever_is_typed_as_a_number_gives_a_number_or_a_sentence(text):
    sentence = ""
    try:
        number = parse_decimal_fr(text)
    except ValueError as refused:
        sentence = str(refused)
    assert sentence.endswith(".") or number.is_finite()


@pytest.mark.parametrize(
    "typed",
    [
        "12/03/1985",
        "12-03-1985",
        "12.03.1985",
        "12 03 1985",
        "1985-03-12",
        "12/3/1985",
        " 12 / 03 / 1985 ",
        "12\u00a003\u00a01985",
        "12 mars 1985",
        "12 MARS 1985",
        "12-mars-1985",
        "12 mar. 1985",
    ],
)
def test_a_day_is_read_in_every_usual_writing(typed):
    assert parse_date_fr(typed) == date(1985, 3, 12)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Indiquez une date"),
        ("120385", "comme 12/03/1985"),
        ("12/03/85", "quatre chiffres"),
        ("12 3 85", "quatre chiffres"),
        ("12/03-1985", "comme 12/03/1985"),
        ("12 mai 85", "quatre chiffres"),
        ("12 ju 1985", "comme 12/03/1985"),
        ("12 jui 1985", "comme 12/03/1985"),
        ("12 brumaire 1985", "comme 12/03/1985"),
        ("31 juin 1985", "n’existe pas"),
        ("1985/03/12", "comme 12/03/1985"),
        ("31/02/2024", "Le 31/02/2024 n’existe pas"),
        ("29/02/2023", "n’existe pas"),
        ("12/13/1985", "n’existe pas"),
        ("00/01/1985", "n’existe pas"),
        ("12/03/0085", "année : 85"),
        ("12/03/9985", "année : 9985"),
        ("١٢/٠٣/١٩٨٥", "comme 12/03/1985"),
    ],
)
def test_what_is_no_day_is_refused_in_french(typed, words):
    with pytest.raises(ValueError, match=words):
        parse_date_fr(typed)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("12/3/85", date(1985, 3, 12)),
        ("12 mars 85", date(1985, 3, 12)),
        ("1er août 09", date(2009, 8, 1)),
        ("1 sept. 27", date(1927, 9, 1)),
        ("03.12.00", date(2000, 12, 3)),
    ],
)
def test_two_figures_are_a_year_where_only_one_can_be_meant(typed, day):
    assert parse_date_fr(typed, range(1927, 2027)) == day


def test_two_figures_that_may_be_two_years_are_asked_again():
    with pytest.raises(ValueError, match="quatre chiffres : 1926 ou 2026"):
        parse_date_fr("12/3/26", range(1926, 2027))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_is_read_back(day):
    assert parse_date_fr(f"{day:%d/%m/%Y}") == parse_date_fr(day.isoformat()) == day


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("0612345678", "+33612345678"),
        ("06-12-34-56-78", "+33612345678"),
        ("06\u00a012\u00a034\u00a056\u00a078", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("+33 06 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("01 23 45 67 89", "+33123456789"),
        ("0800 123 456", "+33800123456"),
        ("0692 12 34 56", "+262692123456"),
        ("0262 12 34 56", "+262262123456"),
        ("0639 12 34 56", "+262639123456"),
        ("06 39 97 99 99", "+262639979999"),
        ("06 39 98 00 00", "+33639980000"),  # kept for invented numbers
        ("06 39 98 99 99", "+33639989999"),
        ("0590 12 34 56", "+590590123456"),
        ("0694 20 12 34", "+594694201234"),
        ("0696 12 34 56", "+596696123456"),
        ("07 09 01 23 45", "+590709012345"),
        ("07 09 31 23 45", "+594709312345"),
        ("07 09 36 23 45", "+262709362345"),
        ("07 01 02 03 04", "+33701020304"),
        ("+262 692 12 34 56", "+262692123456"),
        ("+262 0692 12 34 56", "+262692123456"),
        ("+33 692 12 34 56", "+262692123456"),
        ("+32 470 12 34 56", "+32470123456"),
        ("0032 470 12 34 56", "+32470123456"),
    ],
)
def test_a_telephone_number_is_kept_with_its_country(typed, e164):
    assert parse_phone_fr(typed) == e164


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Indiquez un numéro"),
        ("06 12 34 56 7", "dix chiffres"),
        ("06 12 34 56 789", "dix chiffres"),
        ("612345678", "dix chiffres"),
        ("15", "dix chiffres"),
        ("+33 6 12 34", "dix chiffres"),
        ("00 12 34 56 78", "étranger"),
        ("+262 692 12", "comme \\+262 262 12 34 56"),
        ("+32 4", "étranger"),
        ("06 12 34 56 78 (bureau)", "seulement des chiffres"),
        ("06+12345678", "seulement des chiffres"),
        ("٠٦١٢٣٤٥٦٧٨", "seulement des chiffres"),
    ],
)
def test_what_is_no_telephone_number_is_refused_in_french(typed, words):
    with pytest.raises(ValueError, match=words):
        parse_phone_fr(typed)


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+33612345678", "06 12 34 56 78"),
        ("+262692123456", "0692 12 34 56"),
        ("+590590123456", "0590 12 34 56"),
        ("+32470123456", "+32470123456"),
        ("", ""),
    ],
)
def test_a_telephone_number_is_shown_as_it_is_dialled_in_france(e164, shown):
    assert format_phone_fr(e164) == shown


@given(st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True))
def test_a_telephone_number_that_was_shown_can_be_typed_again(national):
    e164 = parse_phone_fr(national)
    assert parse_phone_fr(format_phone_fr(e164)) == parse_phone_fr(e164) == e164


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1234.5", "1\u202f234,50\u00a0€"),
        ("0", "0,00\u00a0€"),
        ("-0.001", "0,00\u00a0€"),
        ("0.005", "0,01\u00a0€"),
        ("1234567.891", "1\u202f234\u202f567,89\u00a0€"),
        ("-12", "\u221212,00\u00a0€"),
        ("1E+3", "1\u202f000,00\u00a0€"),
    ],
)
def test_euros_are_shown_to_the_cent_with_narrow_spaces(amount, shown):
    assert format_eur(D(amount)) == shown


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (D("5.1350"), None, "5,135"),
        (D("35.00"), None, "35"),
        (D("1200"), None, "1\u202f200"),
        (1284, None, "1\u202f284"),
        (D("2.5"), 0, "3"),
        (D("0.05"), 1, "0,1"),
        (D("3"), 2, "3,00"),
    ],
)
def test_numbers_keep_the_decimals_that_matter_or_as_many_as_asked(value, places, shown):
    assert format_decimal_fr(value, places) == shown


def test_per_cents_have_one_decimal_unless_asked():
    assert (format_percent_fr(D("36.84")), format_percent_fr(D("36.84"), 0)) == ("36,8\u00a0%", "37\u00a0%")


def test_what_is_no_number_cannot_be_shown():
    with pytest.raises(ValueError, match="finite"):
        format_decimal_fr(D("NaN"))


def test_a_very_long_text_is_refused_at_once():
    """Read digit by digit it would keep a process busy for minutes."""
    for text in ("1" * 200_000 + "x", "1 " * 100_000):
        with pytest.raises(ValueError, match="trop long"):
            parse_decimal_fr(text)
