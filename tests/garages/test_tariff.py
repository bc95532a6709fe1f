"""Cost-price arithmetic: the six worked cases, every refusal, and what holds for any quote."""

import csv
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garages.tariff import MAX_LINES, LineInput, LineKind, PartOrigin, TariffError, price_lines

D = Decimal
RATE, VAT = D("35.00"), D("20")
KINDS = {
    "labour": (LineKind.LABOUR, None),
    "consumable": (LineKind.CONSUMABLE, None),
    "part_new": (LineKind.PART, PartOrigin.NEW),
    "part_exchange": (LineKind.PART, PartOrigin.EXCHANGE),
    "part_reused": (LineKind.PART, PartOrigin.REUSED),
}

LABOUR = LineInput(LineKind.LABOUR, "Vidange", D("0.80"), None, D("70"))
PART = LineInput(LineKind.PART, "Filtre à huile", D("1"), D("6.42"), D("9.90"), PartOrigin.NEW)


def price(*lines, rate=RATE, vat=VAT, **terms):
    return price_lines(lines, hourly_rate_excl_tax=rate, vat_percent=vat, **terms)


def faults_of(*lines, **terms):
    with pytest.raises(TariffError) as refused:
        price(*lines, **terms)
    return [(fault.code, fault.line, fault.field) for fault in refused.value.faults]


# --- the worked cases
def worked_cases():
    cases = defaultdict(lambda: {"lines": [], "total": None})
    with (Path(__file__).parent / "data" / "quote_cases.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["row"] == "total":
                cases[row["case"]]["total"] = row
            else:
                cases[row["case"]]["lines"].append(row)
    return [pytest.param(case["lines"], case["total"], id=case["total"]["title"]) for case in cases.values()]


def line_of(row):
    kind, origin = KINDS[row["kind"]]
    cost, public = D(row["unit_cost_ht"]), D(row["unit_public_ht"])
    return LineInput(kind, row["description"], D(row["qty"]), cost, public, origin)


def test_there_are_six_worked_cases():
    assert len(worked_cases()) == 6


@pytest.mark.parametrize(("rows", "total"), worked_cases())
def test_a_worked_case_comes_out_to_the_cent(rows, total):
    shares = [D(share) for share in total["instalments"].split("|")]
    priced = price(
        *map(line_of, rows),
        vat=D(total["vat_pct"]),
        contributions=[D(total["third_party"])],
        instalments=len(shares),
    )
    assert [line.line_cost_excl_tax for line in priced.lines] == [D(row["line_cost_ht"]) for row in rows]
    assert [line.line_public_excl_tax for line in priced.lines] == [D(row["line_public_ht"]) for row in rows]
    assert priced.total_excl_tax == D(total["total_ht"])
    assert priced.vat == D(total["vat"])
    assert priced.total_incl_tax == D(total["total_ttc"])
    assert priced.public_excl_tax == D(total["public_ht"])
    assert priced.public_incl_tax == D(total["public_ttc"])
    assert priced.compared_incl_tax == priced.total_incl_tax
    assert priced.saving_incl_tax == D(total["saving_ttc"])
    assert priced.saving_percent == D(total["saving_pct"])
    assert priced.left_to_pay == D(total["left_to_pay"])
    assert list(priced.instalments) == shares
    assert priced.warnings == ()


# --- what a line and a quote may be
def test_a_labour_line_takes_the_rate_of_the_schedule_unless_it_says_the_same():
    said = replace(LABOUR, unit_cost_excl_tax=D("35"))
    assert price(LABOUR).total_excl_tax == price(said).total_excl_tax == D("28.00")
    assert price(LABOUR).lines[0].unit_cost == RATE


def test_labour_and_parts_are_told_apart():
    paint = LineInput(LineKind.CONSUMABLE, "Peinture", D(1), D("10"), D("12"))
    fee = LineInput(LineKind.FLAT, "Contrôle", D(1), D("20"), D("25"))
    priced = price(LABOUR, PART, paint, fee)
    assert (priced.labour_excl_tax, priced.parts_excl_tax) == (D("28.00"), D("6.42"))
    assert priced.total_excl_tax == D("64.42")


def test_a_line_without_a_public_price_is_left_out_of_both_sides_of_the_saving():
    unknown = replace(PART, description="Joint", unit_cost_excl_tax=D("100"), unit_public_excl_tax=None)
    priced = price(LABOUR, unknown)
    assert priced.total_incl_tax == D("153.60")
    assert (priced.public_incl_tax, priced.compared_incl_tax) == (D("67.20"), D("33.60"))
    assert (priced.saving_incl_tax, priced.saving_percent) == (D("33.60"), D("50.0"))
    assert [(warning.code, warning.line) for warning in priced.warnings] == [("PUBLIC_PRICE_MISSING", 1)]
    assert "« Joint »" in priced.warnings[0].message


def test_without_any_public_price_there_is_no_saving_to_speak_of():
    priced = price(replace(PART, unit_public_excl_tax=None))
    assert priced.public_excl_tax is priced.public_incl_tax is priced.compared_incl_tax is None
    assert priced.saving_incl_tax is priced.saving_percent is None


def test_a_part_may_cost_nothing():
    given_away = replace(PART, unit_cost_excl_tax=D("0"), unit_public_excl_tax=D("0"))
    priced = price(given_away, instalments=2)
    assert priced.total_incl_tax == priced.saving_incl_tax == D("0.00")
    assert priced.saving_percent is None
    assert priced.instalments == (D("0.00"), D("0.00"))


@pytest.mark.parametrize(("vat", "tax"), [("0", "0.00"), ("8.5", "2.38"), ("20", "5.60")])
def test_vat_is_that_of_the_territory(vat, tax):
    assert price(LABOUR, vat=D(vat)).vat == D(tax)


def test_help_from_others_comes_off_before_the_instalments():
    priced = price(LABOUR, PART, contributions=[D("10"), D("11.30")], instalments=3)
    assert (priced.total_incl_tax, priced.left_to_pay) == (D("41.30"), D("20.00"))
    assert priced.instalments == (D("6.68"), D("6.66"), D("6.66"))


def test_help_may_pay_for_everything():
    priced = price(LABOUR, contributions=[D("33.60")])
    assert priced.left_to_pay == 0


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"quantity": D("0")}, "NOT_POSITIVE", "quantity"),
        ({"quantity": D("-1")}, "NOT_POSITIVE", "quantity"),
        ({"quantity": D("1.005")}, "TOO_MANY_DECIMALS", "quantity"),
        ({"quantity": D("1000.01")}, "TOO_LARGE", "quantity"),
        ({"quantity": D("NaN")}, "NOT_A_NUMBER", "quantity"),
        ({"quantity": D("sNaN")}, "NOT_A_NUMBER", "quantity"),
        ({"quantity": D("Infinity")}, "NOT_A_NUMBER", "quantity"),
        ({"unit_cost_excl_tax": D("-0.01")}, "NEGATIVE", "unit_cost_excl_tax"),
        ({"unit_cost_excl_tax": D("1.00001")}, "TOO_MANY_DECIMALS", "unit_cost_excl_tax"),
        ({"unit_cost_excl_tax": D("1E-1000")}, "TOO_MANY_DECIMALS", "unit_cost_excl_tax"),
        ({"unit_cost_excl_tax": D("1E+1000")}, "TOO_LARGE", "unit_cost_excl_tax"),
        ({"unit_cost_excl_tax": D("NaN")}, "NOT_A_NUMBER", "unit_cost_excl_tax"),
        ({"unit_cost_excl_tax": None}, "UNIT_COST_MISSING", "unit_cost_excl_tax"),
        ({"unit_public_excl_tax": D("-1")}, "NEGATIVE", "unit_public_excl_tax"),
        ({"unit_public_excl_tax": D("9.99999")}, "TOO_MANY_DECIMALS", "unit_public_excl_tax"),
        ({"unit_public_excl_tax": D("-Infinity")}, "NOT_A_NUMBER", "unit_public_excl_tax"),
        ({"unit_public_excl_tax": D("6.4199")}, "COST_ABOVE_PUBLIC", "unit_cost_excl_tax"),
        ({"part_origin": None}, "PART_ORIGIN_MISSING", "part_origin"),
        ({"kind": LineKind.FLAT}, "PART_ORIGIN_NOT_FOR_THIS_LINE", "part_origin"),
        ({"description": "  "}, "DESCRIPTION_MISSING", "description"),
        ({"description": "x" * 161}, "DESCRIPTION_TOO_LONG", "description"),
    ],
)
def test_a_part_that_cannot_be_is_refused_at_its_field(change, code, field):
    assert faults_of(LABOUR, replace(PART, **change)) == [(code, 1, field)]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"unit_cost_excl_tax": D("36")}, "RATE_NOT_OF_SCHEDULE", "unit_cost_excl_tax"),
        ({"unit_cost_excl_tax": D("0")}, "RATE_NOT_OF_SCHEDULE", "unit_cost_excl_tax"),
        ({"unit_cost_excl_tax": D("NaN")}, "NOT_A_NUMBER", "unit_cost_excl_tax"),
        ({"unit_public_excl_tax": D("34.99")}, "COST_ABOVE_PUBLIC", "unit_public_excl_tax"),
        ({"quantity": D("200.01")}, "TOO_LARGE", "quantity"),
        ({"part_origin": PartOrigin.NEW}, "PART_ORIGIN_NOT_FOR_THIS_LINE", "part_origin"),
    ],
)
def test_labour_that_cannot_be_is_refused_at_its_field(change, code, field):
    assert faults_of(replace(LABOUR, **change)) == [(code, 0, field)]


def test_trailing_zeros_are_no_decimals():
    line = replace(PART, quantity=D("1.000"), unit_cost_excl_tax=D("6.420000"))
    assert price(line).total_excl_tax == D("6.42")


def test_a_quote_has_lines_but_not_too_many():
    assert faults_of() == [("LINES_EMPTY", None, "lines")]
    assert faults_of(*[PART] * (MAX_LINES + 1)) == [("TOO_MANY_LINES", None, "lines")]
    assert len(price(*[PART] * MAX_LINES).lines) == MAX_LINES


@pytest.mark.parametrize(
    ("terms", "code", "field"),
    [
        ({"vat": D("-1")}, "NEGATIVE", "vat_percent"),
        ({"vat": D("200")}, "TOO_LARGE", "vat_percent"),
        ({"vat": D("NaN")}, "NOT_A_NUMBER", "vat_percent"),
        ({"instalments": 0}, "INSTALMENTS_OUT_OF_RANGE", "instalments"),
        ({"instalments": 13}, "INSTALMENTS_OUT_OF_RANGE", "instalments"),
        ({"contributions": [D("-1")]}, "NEGATIVE", "contributions"),
        ({"contributions": [D("1.001")]}, "TOO_MANY_DECIMALS", "contributions"),
        ({"contributions": [D("NaN")]}, "NOT_A_NUMBER", "contributions"),
        ({"contributions": [D("20"), D("13.61")]}, "CONTRIBUTIONS_ABOVE_TOTAL", "contributions"),
        ({"rate": D("0")}, "NOT_POSITIVE", "hourly_rate_excl_tax"),
        ({"rate": D("NaN")}, "NOT_A_NUMBER", "hourly_rate_excl_tax"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(terms, code, field):
    assert faults_of(LABOUR, **terms) == [(code, None, field)]


@pytest.mark.parametrize(("cost", "public"), [("60000", None), ("60000", D("70000")), ("10", D("70000"))])
def test_an_absurd_total_is_refused_though_each_line_is_possible(cost, public):
    dear = replace(PART, unit_cost_excl_tax=D(cost), unit_public_excl_tax=public)
    assert faults_of(dear, dear) == [("TOTAL_TOO_LARGE", None, "lines")]


def test_all_faults_are_told_at_once_each_at_its_line():
    lines = [replace(LABOUR, unit_cost_excl_tax=D("40")), replace(PART, quantity=D(0), part_origin=None), PART]
    assert faults_of(*lines, instalments=99) == [
        ("RATE_NOT_OF_SCHEDULE", 0, "unit_cost_excl_tax"),
        ("NOT_POSITIVE", 1, "quantity"),
        ("PART_ORIGIN_MISSING", 1, "part_origin"),
        ("INSTALMENTS_OUT_OF_RANGE", None, "instalments"),
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (replace(LABOUR, unit_cost_excl_tax=D("36")), "Le taux horaire est celui du barème : 35,00\u00a0€ HT."),
        (
            replace(PART, unit_cost_excl_tax=D("12.345"), unit_public_excl_tax=D("9.9")),
            "Le prix coûtant (12,345\u00a0€ HT) dépasse le prix public (9,90\u00a0€ HT) : personne ne paie plus cher "
            "que les autres clients. Vérifiez les deux prix.",
        ),
        (replace(PART, quantity=D("0")), "La quantité doit dépasser zéro."),
        (replace(PART, quantity=D("2000")), "La quantité ne peut pas dépasser 1\u202f000."),
    ],
)
def test_a_refusal_says_in_french_what_is_wrong(line, sentence):
    with pytest.raises(TariffError) as refused:
        price(line)
    assert str(refused.value) == refused.value.faults[0].message == sentence


# --- what holds for any quote
def decimals(least, most, places):
    return st.decimals(min_value=least, max_value=most, places=places)


labour_lines = st.builds(
    LineInput,
    kind=st.just(LineKind.LABOUR),
    description=st.just("Main-d’œuvre"),
    quantity=decimals("0.01", 20, 2),
    unit_cost_excl_tax=st.sampled_from([None, RATE]),
    unit_public_excl_tax=st.none() | decimals(35, 130, 4),
)


@st.composite
def part_lines(draw):
    cost = draw(decimals(0, 500, 4))
    public = draw(st.none() | st.just(cost) | decimals(cost, 1000, 4))
    quantity, origin = draw(decimals("0.01", 20, 2)), draw(st.sampled_from(PartOrigin))
    return LineInput(LineKind.PART, "Pièce", quantity, cost, public, origin)


quotes = st.lists(labour_lines | part_lines(), min_size=1, max_size=8)
vat_rates = st.sampled_from([D(0), D("8.5"), D(20)])


@given(lines=quotes, vat=vat_rates)
def test_sums_are_sums_of_what_is_shown(lines, vat):
    priced = price(*lines, vat=vat)
    assert priced.total_excl_tax == sum(line.line_cost_excl_tax for line in priced.lines)
    assert priced.total_excl_tax == priced.labour_excl_tax + priced.parts_excl_tax
    assert priced.total_incl_tax == priced.total_excl_tax + priced.vat
    assert abs(priced.vat - priced.total_excl_tax * vat / 100) <= D("0.005")
    assert all(line.line_cost_excl_tax.as_tuple().exponent == -2 for line in priced.lines)


@given(lines=quotes, vat=vat_rates)
def test_a_saving_is_never_negative_and_is_public_minus_cost_of_the_same_lines(lines, vat):
    priced = price(*lines, vat=vat)
    compared = [line for line in lines if line.unit_public_excl_tax is not None]
    assert len(priced.warnings) == len(lines) - len(compared)
    if not compared:
        assert priced.saving_incl_tax is None
        return
    assert priced.saving_incl_tax == priced.public_incl_tax - priced.compared_incl_tax >= 0
    assert priced.saving_incl_tax == price(*compared, vat=vat).saving_incl_tax
    assert priced.saving_percent is None or 0 <= priced.saving_percent <= 100


@given(lines=quotes, vat=vat_rates, data=st.data())
def test_the_order_of_lines_changes_no_total(lines, vat, data):
    shuffled = data.draw(st.permutations(lines))
    here, there = price(*lines, vat=vat), price(*shuffled, vat=vat)
    assert replace(here, lines=(), warnings=()) == replace(there, lines=(), warnings=())


@given(lines=quotes, share=decimals(0, 1, 2), instalments=st.integers(1, 12))
def test_instalments_and_help_sum_to_the_total(lines, share, instalments):
    total = price(*lines).total_incl_tax
    helped = (total * share).quantize(D("0.01"))
    priced = price(*lines, contributions=[helped], instalments=instalments)
    assert sum(priced.instalments) + helped == total
    assert max(priced.instalments) - min(priced.instalments) <= (instalments - 1) * D("0.01")
    assert priced.left_to_pay == total - helped >= 0
