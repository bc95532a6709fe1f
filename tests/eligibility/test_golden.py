"""Nothing that was ever decided comes out otherwise: the corpus, byte for byte, by both engines."""

import json

import pytest

from eligibility.facts import Outcome, Reason
from eligibility.leaves import LEAVES
from tests.eligibility import golden

CORPUS = golden.corpus()
KNOWN = golden.thresholds_of(CORPUS)


@pytest.mark.parametrize("case", CORPUS["cases"], ids=lambda case: case["name"])
def test_a_case_comes_out_byte_for_byte(case):
    """Where it does not: python -m tests.eligibility.golden shows how, and how a change that is meant is accepted."""
    assert golden.text(golden.traced(case, KNOWN)) == golden.text(case["trace"])


def leaves_in(trace):
    """Every condition of a trace with its answer."""
    if trace.get("leaf"):
        yield trace["leaf"], trace["value"], trace["reason"]
    for part in (trace.get("tree"), *trace.get("of", ())):
        if part:
            yield from leaves_in(part)


def of_engine(version):
    return [case for case in CORPUS["cases"] if case["engine"] == version]


def test_there_are_sixty_cases_or_more_each_with_its_own_name():
    names = [case["name"] for case in CORPUS["cases"]]
    assert len(names) >= 60
    assert len({*names}) == len(names)


def test_every_condition_is_in_it_in_each_of_its_values_and_every_reason():
    found = [answer for case in of_engine("2") for answer in leaves_in(case["trace"])]
    assert {(leaf, value) for leaf, value, _reason in found} == {
        (leaf, value) for leaf in LEAVES for value in ("met", "not_met", "unknown")
    }
    given = {reason.value for reason in Reason} - {"DATE_AFTER_REFERENCE_DATE"}  # which no condition gives
    assert {reason for _leaf, _value, reason in found} == given


def test_the_first_engine_is_in_it_with_every_reason_it_could_give():
    reasons = {case["trace"]["reason"] for case in of_engine("1")}
    of_income = {reason for leaf, _value, reason in _income_of_the_second()}
    assert reasons == of_income - {"PROOF_MISSING", "PROOF_TOO_OLD"}


def _income_of_the_second():
    answers = [answer for case in of_engine("2") for answer in leaves_in(case["trace"])]
    return [answer for answer in answers if answer[0] == "income_below_threshold"]


def test_every_outcome_and_every_kind_of_group_is_in_it():
    assert {case["trace"]["outcome"] for case in of_engine("2")} == {one.value for one in Outcome}
    assert {case["rule"].get("op") for case in of_engine("2")} == {None, "all", "any", "at_least"}


def test_a_change_of_one_figure_is_seen_and_nothing_is_written(capsys, monkeypatch, tmp_path):
    corpus = golden.corpus()
    changed = corpus["cases"][0]
    changed["trace"]["outcome"] = "perhaps"
    copy = tmp_path / "golden.json"
    copy.write_text(json.dumps(corpus))
    monkeypatch.setattr(golden, "FILE", copy)
    before = copy.read_bytes()
    monkeypatch.setattr("sys.argv", ["golden"])
    assert golden.main() == 1
    said = capsys.readouterr().out
    assert '-  "outcome": "perhaps"' in said.replace('- "', '-  "')
    assert copy.read_bytes() == before
    monkeypatch.setattr("sys.argv", ["golden", "--accept", "no such case"])
    assert golden.main() == 2
    assert copy.read_bytes() == before
    monkeypatch.setattr("sys.argv", ["golden", "--accept", changed["name"]])
    assert golden.main() == 0
    assert golden.corpus() == CORPUS


def test_the_file_is_as_it_is_written(monkeypatch, tmp_path):
    before = golden.FILE.read_text(encoding="utf-8")
    monkeypatch.setattr(golden, "FILE", tmp_path / "golden.json")
    golden.write(CORPUS)
    assert golden.FILE.read_text(encoding="utf-8") == before
