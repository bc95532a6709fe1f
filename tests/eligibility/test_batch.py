"""Batch assessment: a CSV in, a CSV out."""

import csv
import itertools
import tracemalloc
from decimal import Decimal

import pytest

from eligibility.batch import COLUMNS_IN, COLUMNS_OUT, BatchError, assess_csv
from tests.eligibility.households import CASES, CASES_FILE, THRESHOLDS

ROW = {
    "case_id": "A1",
    "reference_date": "2026-03-15",
    "threshold_year": "2023",
    "level_percent_of_median": "60",
    "household_birth_dates": "1986-05-01 2017-07-21",
    "annual_disposable_income_eur": "15455.99",
}


def table(*rows):
    """Header and lines of a file, columns as in the first row."""
    return [",".join(rows[0]), *(",".join(row.values()) for row in rows)]


def assessed(lines):
    return list(csv.DictReader(assess_csv(lines, THRESHOLDS)))


def test_the_worked_cases_come_out_with_their_figures():
    answers = assessed(CASES_FILE.read_text(encoding="utf-8").splitlines(keepends=True))
    assert len(answers) == len(CASES)
    for answer, case in zip(answers, CASES, strict=True):
        assert tuple(answer) == COLUMNS_OUT
        for column in ("case_id", "outcome", "reason_code", "consumption_units", "threshold_monthly_eur"):
            assert answer[column] == case[column]
        margin = answer["margin_annual_eur"] and Decimal(answer["margin_annual_eur"])
        assert margin == (case["margin_annual_eur"] and Decimal(case["margin_annual_eur"]))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("annual_disposable_income_eur", "", "MISSING_FACT"),
        ("household_birth_dates", "", "EMPTY_HOUSEHOLD"),
        ("threshold_year", "", "BELOW_THRESHOLD"),
        ("threshold_year", "2024", "UNKNOWN_THRESHOLD_YEAR"),
        ("level_percent_of_median", "50", "UNKNOWN_THRESHOLD_YEAR"),
        ("annual_disposable_income_eur", "0", "ZERO_DISPOSABLE_INCOME_BELOW_THRESHOLD"),
        ("annual_disposable_income_eur", "1.001", "AMOUNT_HAS_SUB_CENT_PRECISION"),
    ],
)
def test_a_row_is_answered(column, value, reason):
    assert assessed(table(ROW | {column: value}))[0]["reason_code"] == reason


@pytest.mark.parametrize(("column", "value"), [("territory", "drom"), ("dwelling", "institution")])
def test_a_situation_is_heeded_where_it_is_given_and_else_taken_as_mainland_and_ordinary(column, value):
    answers = assessed(table(ROW | {column: value}, ROW | {column: ""}))
    assert [answer["reason_code"] for answer in answers] == ["OUTSIDE_THRESHOLD_COVERAGE", "BELOW_THRESHOLD"]


WRONG = [
    ("reference_date", ""),
    ("reference_date", "15/03/2026"),
    ("reference_date", "20260315"),
    ("reference_date", "9999-12-31"),
    ("threshold_year", "last"),
    ("level_percent_of_median", ""),
    ("level_percent_of_median", "0.6"),
    ("household_birth_dates", "1986-05-01;2017-07-21"),
    ("household_birth_dates", "1986-02-30"),
    ("annual_disposable_income_eur", "12 000"),
    ("annual_disposable_income_eur", "NaN"),
    ("annual_disposable_income_eur", "1e9999999"),
    ("annual_disposable_income_eur", "9" * 41),
    ("territory", "Réunion"),
]


@pytest.mark.parametrize(("column", "value"), WRONG)
def test_a_wrong_cell_stops_the_batch_by_line_and_column(column, value):
    with pytest.raises(BatchError) as refused:
        assessed(table(ROW | {column: ROW.get(column, "")}, ROW | {column: value}))
    assert (refused.value.line, refused.value.column) == (3, column)
    assert f"Ligne 3, colonne « {column} »" in str(refused.value)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["a;b;c"],
        [",".join(COLUMNS_IN[:-1])],
        [",".join((*COLUMNS_IN, "case_id"))],
        [*table(ROW), "A2,2026-03-15"],
        [*table(ROW), 'A2,"2026-03-15,2023,60,,0'],
    ],
)
def test_a_file_of_another_shape_is_refused(lines):
    with pytest.raises(BatchError, match="Ligne"):
        assessed(lines)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    file = tmp_path / "latin.csv"
    file.write_text("\n".join(table(ROW | {"case_id": "Évry"})), encoding="latin-1")
    with file.open(encoding="utf-8", newline="") as lines, pytest.raises(BatchError, match="UTF-8"):
        assessed(lines)


def test_a_byte_order_mark_and_blank_lines_do_no_harm():
    header, row = table(ROW)
    assert assessed(["\ufeff" + header + "\r\n", "\r\n", row + "\r\n"])[0]["case_id"] == "A1"


def test_rows_are_answered_as_they_are_read():
    def endless():
        header, row = table(ROW)
        yield header
        while True:
            yield row

    answers = assess_csv(endless(), THRESHOLDS)
    assert [next(answers), next(answers)] == [
        "case_id,outcome,reason_code,consumption_units,threshold_monthly_eur,margin_annual_eur\n",
        "A1,eligible,BELOW_THRESHOLD,1.3,1288,4636.81\n",
    ]


# --- bad rows among good ones -----------------------------------------------------------------------------
@pytest.mark.parametrize(("column", "value"), WRONG)
def test_a_bad_row_is_told_by_line_and_column_and_the_others_are_answered(column, value):
    good = ROW | {column: ROW.get(column, "")}
    told = []
    lines = table(good, good | {column: value}, good | {"case_id": "A3"})
    answers = list(csv.DictReader(assess_csv(lines, THRESHOLDS, told.append)))
    assert [answer["case_id"] for answer in answers] == ["A1", "A3"]
    assert [(error.line, error.column) for error in told] == [(3, column)]


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        ("A2,2026-03-15", 3),
        ('A2,"2026"-03-15,2023,60,1986-05-01,0', 3),
        ("A2,2026-03-15,2023,60,1986-05-01,0,more", 3),
        ("\udce9vry,2026-03-15,2023,60,1986-05-01,0", 3),
        ("A\x002," + "9" * 200_000, 3),
    ],
)
def test_a_row_of_another_shape_spoils_no_other(bad, line):
    told = []
    header, row = table(ROW)
    lines = [f"{one}\n" for one in (header, row, bad, row)]
    assert len(list(assess_csv(lines, THRESHOLDS, told.append))) == 3
    assert [error.line for error in told] == [line]


def test_a_quotation_mark_left_open_says_which_lines_it_took_along():
    told = []
    header, row = table(ROW)
    lines = [f"{one}\n" for one in (header, row, 'A2,"2026-03-15,2023,60,,0', row, row)]
    assert len(list(assess_csv(lines, THRESHOLDS, told.append))) == 2
    assert [str(error).split(".")[0] for error in told] == ["Ligne 3 : illisible (jusqu’à la ligne 5)"]


def test_a_header_that_is_wrong_ends_it_whatever_happens_to_bad_rows():
    with pytest.raises(BatchError, match="colonnes absentes"):
        list(assess_csv(["a,b\n", "1,2\n"], THRESHOLDS, print))


def test_memory_does_not_grow_with_the_rows():
    def most(rows):
        header, row = table(ROW)
        bad = row.replace("2026-03-15", "hier")
        lines = itertools.chain([header], *(itertools.repeat(one, rows // 2) for one in (row, bad)))
        tracemalloc.start()
        for _line in assess_csv(lines, THRESHOLDS, lambda error: None):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert most(2_000) < most(500) + 300_000  # 1,500 rows more, kept, are megabytes
