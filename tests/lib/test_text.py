"""Search keys, and social security numbers in free text. All numbers are made up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobiliz.lib.text import find_nir, mask_nir, normalise, of_name, of_place


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("st etienne", "saint etienne"),
        ("ST. ETIENNE", "saint etienne"),
        ("Ste-Foy-lès-Lyon", "sainte foy les lyon"),
        ("Stes Maries de la Mer", "saintes maries de la mer"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("l'hay les roses", "l hay les roses"),
        ("L\u02bcHaÿ les Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("Lætitia", "laetitia"),
        ("Ça  et\tlà", "ca et la"),
        ("Estissac", "estissac"),
        ("Le Mans (72)", "le mans 72"),
        ("Straße", "strasse"),
        ("ŁUKASZ Đorđe", "lukasz dorde"),
        ("İstanbul", "istanbul"),
        ("Ｆｕｌｌ", "full"),
        ("_a_b_", "a b"),
        ("---", ""),
        ("", ""),
    ],
)
def test_accents_case_hyphens_and_abbreviated_saints_do_not_matter(text, key):
    assert normalise(text) == key


@given(st.text())
def test_a_key_is_its_own_key(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet=st.characters(max_codepoint=0x17F)))
def test_upper_and_lower_case_have_the_same_key(text):
    assert normalise(text.upper()) == normalise(text)


def key_of(thirteen):
    return f"{97 - int(thirteen.upper().replace('2A', '19').replace('2B', '18')) % 97:02}"


THIRTEEN = "1850375116001"


@pytest.mark.parametrize(
    "text",
    [
        THIRTEEN,
        THIRTEEN + key_of(THIRTEEN),
        "1 85 03 75 116 001",
        f"1 85 03 75 116 001 {key_of(THIRTEEN)}",
        f"Numéro de sécu : 1.85.03.75.116.001.{key_of(THIRTEEN)}, merci.",
        f"1\u202f85\u00a003 75 116 001 {key_of(THIRTEEN)}",
        f"NIR{THIRTEEN}",
        "2 99 12 2A 004 123",
        f"2 99 12 2b 004 123 {key_of('299122B004123')}",
        f"2 85 07 974 11 001 {key_of('2850797411001')}",
        f"285079741100{1} et rien d’autre",
        f"1 60 05 99 132 045 {key_of('1600599132045')}",
        f"8 85 03 75 116 001 {key_of('8850375116001')}",
        "1/85/03/75/116/001",
        f"1_85_03_75_116_001_{key_of(THIRTEEN)}",
        "1 - 85 - 03 - 75 - 116 - 001",
        f"1\u200985\u200903 75\u2009116 / 001 - {key_of(THIRTEEN)}",
        "1\u202f85\u00a003 75 116 001",
        "1 85 03 75116 001",
        f"185 037 511 600 1{key_of(THIRTEEN)}",
        f"18503 75116 001{key_of(THIRTEEN)}",
        "１ ８５ ０３ ７５ １１６ ００１",
        "1 85 20 75 116 001",
        # a wrong key is a slip of the pen, and other figures may follow
        "1 85 03 75 116 001 01",
        "1 85 03 75 116 001, 12 ans",
    ],
)
def test_a_social_security_number_is_found_in_free_text(text):
    assert find_nir(text)


def test_what_is_found_is_what_stands_in_the_text():
    assert find_nir("Elle a dit 2 99 12 2A 004 123 au téléphone") == "2 99 12 2A 004 123"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "06 12 34 56 78",
        "+33 6 12 34 56 78",
        "SIRET 732 829 320 00074",
        "73282932000074",
        "VF1BB05CF12345678",
        "FR76 3000 6000 0112 3456 7890 189",
        "code-barres 3260312345678",
        THIRTEEN + "00",
        "1 85 13 75 116 001",
        "1 85 00 75 116 001",
        "1 85 03 00 116 001",
        "5 85 03 75 116 001",
        "9" + THIRTEEN,
        THIRTEEN + "1",
        "voyant allumé depuis le 12/03/2026 à 186 400 km, 1 985 € de devis",
        "en panne le 2/11/2026, 186 400 km",
        "2 11 2026 186 400",
        "06 12 34 56 78, le 1 05 1986",
        "SIRET 732 829 320 00074 1",
    ],
)
def test_other_numbers_pass(text):
    assert find_nir(text) is None


def test_a_number_is_taken_out_of_the_text_around_it():
    twice = f"Voir {THIRTEEN}{key_of(THIRTEEN)}, ou 2 99 12 2A 004 123 ; tél. 06 12 34 56 78"
    assert mask_nir(twice) == "Voir …, ou … ; tél. 06 12 34 56 78"
    assert mask_nir("rien à cacher") == "rien à cacher"


@given(
    phone=st.from_regex(r"0[1-79]( [0-9]{2}){4}", fullmatch=True),
    day=st.dates(date(1920, 1, 1), date(2026, 12, 31)),
    mileage=st.integers(1_000, 399_999),
    gap=st.sampled_from([" ", ", ", " - ", " / ", "\n"]),
)
def test_a_telephone_a_day_and_a_mileage_are_no_such_number(phone, day, mileage, gap):
    kept = f"{mileage:,}".replace(",", " ")
    assert find_nir(gap.join([phone, f"{day:%d/%m/%Y}", kept])) is None
    assert find_nir(gap.join([f"{day.day}/{day.month}/{day.year}", kept, phone])) is None


@given(st.text())
def test_what_is_masked_holds_none_any_more(text):
    assert find_nir(mask_nir(text)) is None


@given(
    sex=st.sampled_from("12"),
    year=st.integers(0, 99),
    month=st.integers(1, 12),
    place=st.sampled_from(["75116", "2A004", "2B033", "97411", "99132", "01004"]),
    order=st.integers(1, 999),
)
def test_every_well_formed_number_with_its_key_is_found(sex, year, month, place, order):
    thirteen = f"{sex}{year:02}{month:02}{place}{order:03}"
    assert find_nir(f"son numéro {thirteen}{key_of(thirteen)} est là") == thirteen + key_of(thirteen)


def test_a_key_written_digit_by_digit_belongs_to_its_number():
    digits = THIRTEEN + key_of(THIRTEEN)
    written = f"{digits[:13]} {digits[13]} {digits[14]}"
    assert find_nir(f"n° {written}.") == written


GAPS = st.sampled_from([" ", "\u00a0", "\u202f", ".", "-", " – ", "/", "_", ", ", "\t", "\n", " / "])


@given(
    thirteen=st.sampled_from([THIRTEEN, "299122A004123", "2850797411001", "1600599132045"]),
    gap=GAPS,
    cuts=st.lists(st.booleans(), min_size=14, max_size=14),
)
def test_however_a_number_is_cut_up_its_key_gives_it_away(thirteen, gap, cuts):
    digits = thirteen + key_of(thirteen)
    written = "".join(digit + gap * cut for digit, cut in zip(digits, [*cuts, False], strict=True))
    assert find_nir(f"n° {written}.") == written


@given(gap=GAPS, groups=st.sampled_from([("1", "85", "03", "75", "116", "001"), ("2", "99", "12", "2B", "004", "123")]))
def test_without_its_key_it_is_known_by_its_groups(gap, groups):
    assert find_nir(f"n° {gap.join(groups)}.") == gap.join(groups)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Nadia Benali", "de Nadia Benali"),
        ("Inès", "d’Inès"),
        ("Élodie", "d’Élodie"),
        ("Œdipe", "d’Œdipe"),
        ("Yves", "d’Yves"),
        ("Yann", "de Yann"),
        ("Hugo", "de Hugo"),
        ("", "de "),
    ],
)
def test_what_stands_before_a_name_is_elided_where_people_elide_it(name, said):
    assert of_name(name) == said


def test_what_stands_before_a_place_takes_its_article_along():
    names = ("Guéret", "Ambert", "Le Puy-en-Velay", "Les Sables-d’Olonne", "Lens")
    said = ["de Guéret", "d’Ambert", "du Puy-en-Velay", "des Sables-d’Olonne", "de Lens"]
    assert [of_place(name) for name in names] == said
