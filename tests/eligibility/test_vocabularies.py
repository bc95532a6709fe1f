"""The words of rules that the rest of the house has too."""

from eligibility.facts import Benefit, Employment, ProofKind, Value
from eligibility.labels import (
    BENEFIT_LABELS,
    BRAND_GROUP_LABELS,
    EMPLOYMENT_LABELS,
    PROOF_LABELS,
    SENDER_LABELS,
    VALUE_LABELS,
    WORK_LABELS,
)
from eligibility.makes import BRAND_GROUPS
from partners.models import StructureKind


def test_a_rule_may_name_each_kind_of_structure_of_the_directory():
    assert set(SENDER_LABELS) == set(StructureKind.values)


def test_every_word_of_a_rule_is_called_something():
    assert set(BENEFIT_LABELS) == set(Benefit)
    assert set(EMPLOYMENT_LABELS) == set(Employment)
    assert set(PROOF_LABELS) == set(ProofKind)
    assert set(VALUE_LABELS) == set(Value)
    assert set(BRAND_GROUP_LABELS) == set(BRAND_GROUPS)
    assert set(WORK_LABELS) == {"light", "heavy"}
