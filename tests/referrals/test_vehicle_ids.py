"""Number plates and chassis numbers, as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.vehicle_ids import Plate, PlateFormat, check_character, parse_plate, parse_vin

SIV, FNI, WW, FOREIGN = PlateFormat
LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"


@pytest.mark.parametrize(
    ("typed", "text", "form"),
    [
        ("AB-123-CD", "AB-123-CD", SIV),
        ("ab123cd", "AB-123-CD", SIV),
        (" ab 123 cd ", "AB-123-CD", SIV),
        ("AB.123.CD", "AB-123-CD", SIV),
        ("AB–123–CD", "AB-123-CD", SIV),
        ("AA\u00a0001\u00a0AA", "AA-001-AA", SIV),
        ("AA-123-WW", "AA-123-WW", SIV),
        ("1234 AB 42", "1234 AB 42", FNI),
        ("1234ab42", "1234 AB 42", FNI),
        ("123 ABC 75", "123 ABC 75", FNI),
        ("12 A 01", "12 A 01", FNI),
        ("1234 AB 2a", "1234 AB 2A", FNI),
        ("1234 AB 2B", "1234 AB 2B", FNI),
        ("123 AB 971", "123 AB 971", FNI),
        ("123 AB 976", "123 AB 976", FNI),
        ("WW-123-AA", "WW-123-AA", WW),
        ("ww123aa", "WW-123-AA", WW),
        ("1234 WW 42", "1234 WW 42", WW),
        ("1234 WWA 42", "1234 WWA 42", WW),
        ("M-AB 1234", "M-AB 1234", FOREIGN),
        ("b - öx 12", "B-ÖX 12", FOREIGN),
        ("1234 BCD", "1234 BCD", FOREIGN),
        ("1-ABC-234", "1-ABC-234", FOREIGN),
        ("12345", "12345", FOREIGN),
        ("1234 AB 99", "1234 AB 99", FOREIGN),
        ("0123 AB 42", "0123 AB 42", FOREIGN),
        ("12 IO 42", "12 IO 42", FOREIGN),
    ],
)
def test_a_plate_is_kept_in_its_usual_writing(typed, text, form):
    assert parse_plate(typed) == Plate(text, form)


@pytest.mark.parametrize("typed", ["IO-123-AA", "AB-123-UO", "SS-123-AA", "AA-123-SS", "AA-000-AA"])
def test_a_plate_that_only_looks_french_is_kept_as_foreign_with_a_warning(typed):
    plate = parse_plate(typed)
    assert (plate.text, plate.format) == (typed, FOREIGN)
    assert "Vérifiez-la" in plate.warnings[0]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Indiquez l’immatriculation"),
        ("   ", "Indiquez l’immatriculation"),
        ("---", "Indiquez l’immatriculation"),
        ("néant", "au moins un chiffre"),
        ("inconnue", "au moins un chiffre"),
        ("7", "Recopiez"),
        ("!!!!", "Recopiez"),
        ("AB-123-CD?", "Recopiez"),
        ("<b>1</b>", "Recopiez"),
        ("1234567890123", "Recopiez"),
        ("AB-123-CD et AB-124-CD", "Recopiez"),
    ],
)
def test_what_is_no_plate_is_refused_in_french(typed, words):
    with pytest.raises(ValueError, match=words):
        parse_plate(typed)


@pytest.mark.parametrize("typed", ["ab123cd", "AB-123-CD", "AB 123 CD"])
def test_two_writings_of_one_plate_have_the_same_key(typed):
    assert parse_plate(typed).key == "AB123CD"


@given(st.text(max_size=16))
def test_whatever_is_typed_gives_a_plate_that_reads_back_as_itself_or_a_sentence(text):
    try:
        plate = parse_plate(text)
    except ValueError:
        return
    assert parse_plate(plate.text) == plate


pairs = st.text(LETTERS, min_size=2, max_size=2).filter(lambda pair: pair != "SS")


@given(pairs.filter(lambda pair: pair != "WW"), st.integers(1, 999), pairs)
def test_every_plate_of_the_present_system_is_known(left, number, right):
    assert parse_plate(f"{left} {number:03} {right}") == Plate(f"{left}-{number:03}-{right}", SIV)


@pytest.mark.parametrize(
    "typed", ["VF1BB05CF12345678", "vf1bb05cf12345678", "VF1 BB05CF 12345678", "VF1-BB05CF-12345678"]
)
def test_a_vin_is_kept_without_spaces_in_capitals(typed):
    vin = parse_vin(typed)
    assert (vin.text, vin.warnings) == ("VF1BB05CF12345678", ())


@given(st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17))
def test_a_vin_is_never_refused_for_its_check_digit(text):
    assert parse_vin(text).text == text


@pytest.mark.parametrize(
    ("vin", "character"),
    [("1M8GDM9AXKP042788", "X"), ("11111111111111111", "1"), ("5GZCZ43D13S812715", "1")],
)
def test_the_check_character_is_the_north_american_one(vin, character):
    assert check_character(vin) == vin[8] == character
    assert parse_vin(vin).warnings == ()


def test_a_wrong_check_character_only_warns_and_only_where_it_is_used():
    assert "neuvième" in parse_vin("1M8GDM9A1KP042788").warnings[0]
    assert parse_vin("VF8GDM9A1KP042788").warnings == ()


def test_letters_at_the_end_of_a_vin_only_warn():
    assert "quatre derniers" in parse_vin("VF1BB05CF1234567B").warnings[0]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "case E de la carte grise"),
        ("VF1BB05CF1234567", "vous en avez saisi 16"),
        ("VF1BB05CF123456789", "vous en avez saisi 18"),
        ("R1126123456", "Avant 1981"),
        ("VF1BB05CF1234567O", "lettres I, O et Q"),
        ("VFIBB05CF12345678", "lettres I, O et Q"),
        ("VF1BB05CF1234567é", "lettres et des chiffres"),
        ("VF1BB05CF1234567!", "lettres et des chiffres"),
    ],
)
def test_what_is_no_vin_is_refused_in_french(typed, words):
    with pytest.raises(ValueError, match=words):
        parse_vin(typed)
