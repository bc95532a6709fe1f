"""The eligibility service: stored, immutable, sealed, and the same again when replayed."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from eligibility import assess as service
from eligibility import income
from eligibility.facts import Benefit, Employment, Facts, Proof, ProofKind
from eligibility.models import Assessment, RuleSet, Threshold
from mobiliz.lib import sealed
from tests.factories.journey import threshold

pytestmark = pytest.mark.django_db

FACTS = Facts((date(1986, 5, 1), date(1988, 9, 12), date(2019, 10, 5)), Decimal("27820.68"), "mainland", "ordinary")
DAY = date(2026, 3, 15)


@pytest.fixture
def thresholds(db):
    call_command("load_thresholds", verbosity=0, stdout=StringIO())


def _assess(structure, facts=FACTS, **given):
    given = {"on": DAY, "by": None, **given}
    return service.assess(facts, offer_code="reparation", organisation=structure.organisation, **given)


def test_an_assessment_keeps_everything_that_led_to_it(thresholds, structure, adviser):
    made = _assess(structure, by=adviser)
    made = Assessment.objects.get(pk=made.pk)
    assert (made.outcome, made.reasons, made.rule_set.version) == ("eligible", ["BELOW_THRESHOLD"], 1)
    assert (made.threshold.income_year, made.engine_version, made.made_by) == (2023, "2", adviser)
    assert made.trace["tree"]["figures"]["margin_annual_eur"] == "0.12"
    assert made.facts["annual_disposable_income_eur"] == "27820.68"
    assert made.valid_until == DAY + timedelta(days=180)


def test_it_replays_byte_for_byte_even_after_a_newer_threshold(thresholds, structure):
    made = _assess(structure)
    Threshold.objects.create(
        income_year=2024,
        level_percent=60,
        monthly_amount_eur=1400,
        in_force_from=date(2026, 1, 1),
        status="published",
        source="essai",
    )
    assert service.replay(Assessment.objects.get(pk=made.pk))


def test_what_the_first_engine_decided_replays_by_the_first_engine(thresholds, structure):
    now = _assess(structure)
    rule = income.RuleSet(version=1, level_percent=60, validity_days=180)
    trace = income.decide(FACTS, rule, service.all_thresholds(), DAY).trace()
    fields = ("organisation", "rule_set", "threshold", "reference_date", "facts", "outcome", "reasons", "valid_until")
    kept = {name: getattr(now, name) for name in fields}
    made = Assessment.objects.create(engine_version="1", trace=trace, **kept)
    assert service.replay(Assessment.objects.get(pk=made.pk))
    assert service.explanation(made) == service.explanation(now)


def test_a_trace_that_was_tampered_with_does_not_replay(thresholds, structure):
    now = _assess(structure)
    now.trace["tree"]["figures"]["margin_annual_eur"] = "0.13"
    assert not service.replay(now)


@pytest.mark.parametrize(
    "facts",
    [
        Facts(
            (date(1990, 1, 1),),
            Decimal("20000"),
            "mainland",
            "ordinary",
            family_quotient_eur=Decimal("770.00"),
            minimum_benefits={Benefit.RSA: date(2026, 2, 28)},
            employment=Employment.JOB_SEEKER,
            needs_vehicle_for_work=False,
            sent_by="insertion",
            proofs=(Proof(ProofKind.CAF_CERTIFICATE, date(2026, 2, 1)),),
        ),
        Facts((date(1990, 1, 1),), Decimal("1"), "mainland", "ordinary", minimum_benefits={}),
        Facts(None, None, None, None),
        Facts((), Decimal(0), "mainland", "ordinary"),
        Facts((date(1990, 1, 1),), Decimal("20000"), "mainland", "ordinary"),
        Facts((date(1990, 1, 1),), Decimal("1"), "drom", "ordinary"),
        Facts((date(1990, 1, 1),), Decimal("1"), "mainland", "ordinary", threshold_year=2020),
        Facts((date(1990, 1, 1),), Decimal("1"), "mainland", "ordinary", threshold_year=1999),
    ],
)
def test_every_kind_of_answer_replays(thresholds, structure, facts):
    made = Assessment.objects.get(pk=_assess(structure, facts).pk)
    assert service.replay(made)
    assert service.facts_from_json(made.facts) == facts


def test_income_and_household_are_not_readable_in_the_table(thresholds, structure):
    made = _assess(structure)
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts, trace FROM eligibility_assessment WHERE id = %s", [made.pk])
        stored = b"".join(bytes(column) for column in cursor.fetchone())
    assert b"27820" not in stored
    assert b"1986" not in stored


def test_sealed_columns_are_never_searched():
    with pytest.raises(FieldError, match="encrypted"):
        Assessment.objects.filter(facts={"a": 1}).exists()


def test_keys_rotate_the_new_one_encrypts_and_the_old_one_still_reads(settings):
    old, new = settings.FIELD_ENCRYPTION_KEYS[0], "a" * 43 + "="
    token = sealed.seal({"income": "12"})
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert sealed.unseal(token) == {"income": "12"}
    fresh = sealed.seal({"income": "13"})
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert sealed.unseal(fresh) == {"income": "13"}


@pytest.mark.parametrize("act", ["save", "delete"])
def test_nothing_edits_or_deletes_an_assessment(thresholds, structure, act):
    made = _assess(structure)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        getattr(made, act)()


def test_a_new_one_supersedes_the_last_of_the_chain(thresholds, structure):
    first = _assess(structure)
    second = _assess(structure, supersedes=first)
    third = _assess(structure, supersedes=first)
    assert (second.supersedes, third.supersedes) == (first, second)


def test_without_a_rule_set_in_force_nothing_is_assessed(thresholds, structure):
    with pytest.raises(service.NoRuleInForce, match="Aucun barème"):
        _assess(structure, on=date(2010, 1, 1))


def test_two_rule_sets_of_one_offer_are_never_in_force_at_once():
    first = RuleSet.objects.get(subject="household")
    with pytest.raises(IntegrityError, match="rule_set_never_two_in_force"), transaction.atomic():
        RuleSet.objects.create(
            offer=first.offer,
            version=2,
            definition=first.definition,
            in_force_from=DAY,
            status="approved",
            is_historic=True,
        )


@pytest.mark.parametrize(
    ("outcome", "valid_until", "day", "usable"),
    [
        ("eligible", DAY, DAY, True),
        ("eligible", DAY, DAY + timedelta(days=1), False),
        ("needs_review", None, DAY, False),
        ("not_eligible", None, DAY, False),
    ],
)
def test_usable_is_eligible_and_not_expired(outcome, valid_until, day, usable):
    assert service.is_usable(Assessment(outcome=outcome, valid_until=valid_until), day) is usable
    assert not service.is_usable(None, day)


# --- load_thresholds --------------------------------------------------------------------------------------
def _load(path, **given):
    out = StringIO()
    call_command("load_thresholds", path, stdout=out, **given)
    return out.getvalue()


@pytest.fixture
def figures(tmp_path):
    def write(amount="1288", year="2023"):
        path = tmp_path / "seuils.csv"
        header = (
            "year,level_percent_of_median,monthly_amount_eur,annual_median_eur,published_on,status,"
            "geographic_scope,series,source"
        )
        path.write_text(f"{header}\n{year},60,{amount},25760,2025-07-07,published,,ERFS,INSEE\n")
        return path

    return write


def test_loading_twice_changes_nothing(figures):
    assert "1 ajoutés" in _load(figures())
    assert "1 inchangés" in _load(figures())


def test_a_changed_figure_is_refused_unless_told_why(figures):
    _load(figures())
    with pytest.raises(CommandError, match="--because"):
        _load(figures("1290"))
    assert Threshold.objects.get().monthly_amount_eur == 1288
    assert "1 corrigés" in _load(figures("1290"), because="faute de frappe")
    assert Threshold.objects.get().change_reason == "faute de frappe"


def test_a_figure_on_which_decisions_rest_does_not_change(figures, structure):
    threshold()
    _assess(structure)
    with pytest.raises(CommandError, match="rejouables"):
        _load(figures("1290"), because="faute de frappe")


@pytest.mark.parametrize("content", ["", "year\n2023\n", "\xff\xfe"])
def test_an_unreadable_file_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "seuils.csv"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(CommandError):
        _load(path)


# --- manage assess ----------------------------------------------------------------------------------------
def test_the_batch_answers_row_by_row(thresholds, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(
        "case_id,reference_date,threshold_year,level_percent_of_median,household_birth_dates,annual_disposable_income_eur\n"
        "A,2026-03-15,,60,1986-05-01,15455.88\n"
        "B,2026-03-15,2023,60,1986-05-01,15456\n"
        "C,2026-03-15,2020,60,1986-05-01,15456\n"
    )
    out = StringIO()
    call_command("assess", path, stdout=out)
    assert out.getvalue().splitlines() == [
        "case_id,outcome,reason_code,consumption_units,threshold_monthly_eur,margin_annual_eur",
        "A,eligible,BELOW_THRESHOLD,1.0,1288,0.12",
        "B,not_eligible,EQUAL_TO_THRESHOLD,1.0,1288,0.00",
        "C,needs_review,DISPUTED_THRESHOLD,1.0,1128,-1920.00",
    ]


def test_the_batch_answers_what_it_can_tells_each_bad_line_and_its_status_says_so(thresholds, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_bytes(
        b"case_id,reference_date,threshold_year,level_percent_of_median,household_birth_dates,annual_disposable_income_eur\n"
        b"A,hier,,60,1986-05-01,15455.88\n"
        b"B,2026-03-15,,60,1986-05-01,15455.88\n"
        b"\xc9vry,2026-03-15,,60,1986-05-01,15455.88\n"
        b"D,2026-03-15,,60,1986-05-01,15456\n"
    )
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="2 lignes") as ended:
        call_command("assess", path, stdout=out, stderr=err)
    assert ended.value.returncode == 2
    assert [line.split(",")[0] for line in out.getvalue().splitlines()] == ["case_id", "B", "D"]
    assert [line.split(" : ")[0] for line in err.getvalue().splitlines()] == [
        "Ligne 2, colonne « reference_date »",
        "Ligne 4",
    ]


def test_a_new_installation_answers_with_the_thresholds_that_come_with_it(db, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(
        "case_id,reference_date,threshold_year,level_percent_of_median,household_birth_dates,annual_disposable_income_eur\n"
        "A,2026-03-15,,60,1986-05-01,15455.88\n"
    )
    out, err = StringIO(), StringIO()
    call_command("assess", path, stdout=out, stderr=err)
    assert out.getvalue().splitlines()[1] == "A,eligible,BELOW_THRESHOLD,1.0,1288,0.12"
    assert "livrés avec Mobiliz" in err.getvalue()


@pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"case_id,\xe9\n"])
def test_a_file_of_which_nothing_can_be_read_is_another_status(thresholds, tmp_path, content):
    path = tmp_path / "cases.csv"
    path.write_bytes(content)
    for file in (path, tmp_path / "absent.csv"):
        with pytest.raises(CommandError) as ended:
            call_command("assess", file, stdout=StringIO(), stderr=StringIO())
        assert ended.value.returncode == 1
