"""Replaying what was decided: told by number, an alarm on the pilots' desk, and the erased are passed."""

from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from eligibility import assess, replays, tasks
from eligibility.erasing import erase_assessments
from eligibility.models import Assessment, Drift, Threshold
from mobiliz.lib import clock
from referrals.desks.adviser.household import verdict_of
from tests.cast import actor, sign_in
from tests.eligibility.test_trials import ALONE, RICH, RICH_ON_RSA, UNKNOWN, asked, assessed, changes
from tests.factories.journey import threshold

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _thresholds(db):
    threshold()


def said(*arguments):
    out = StringIO()
    try:
        call_command("replay_assessments", *arguments, stdout=out)
    except CommandError as ended:
        return out.getvalue().splitlines(), ended.returncode
    return out.getvalue().splitlines(), 0


@pytest.fixture
def drifted(structure):
    """One that says another trace than its facts give, as an engine that changed under it would leave it."""
    made = assessed(RICH, structure)
    whole = Assessment.objects.get(pk=made.pk)
    whole.pk, whole.uid, whole.trace["tree"]["figures"]["margin_annual_eur"] = None, made.rule_set.uid, "0.01"
    whole.save(force_insert=True)
    return whole


# --- the command ------------------------------------------------------------------------------------------
def test_what_comes_out_the_same_is_counted_and_what_does_not_is_named(structure, drifted):
    for facts in (ALONE, UNKNOWN, RICH_ON_RSA):
        assessed(facts, structure)
    erase_assessments([assessed(ALONE, structure).pk])
    lines, status = said()
    assert lines == [
        f"différente : {drifted.uid}",
        "Évaluations rejouées : 4 à l’identique, 1 différentes ; 1 effacées, passées.",
    ]
    assert status == 1


def test_a_pilots_decision_replays_the_calculation_it_rests_on(structure, pilot):
    unsure = assessed(UNKNOWN, structure)
    assess.approve_after_review(unsure, why="Vu", evidence="Avis", by=pilot, on=clock.today())
    assert said() == (["Évaluations rejouées : 2 à l’identique, 0 différentes ; 0 effacées, passées."], 0)


def test_since_a_day_and_a_sample(structure):
    for days in (1, 5, 9, 20):
        assessed(ALONE, structure, days_ago=days)
    since = (clock.today() - timedelta(days=9)).isoformat()
    assert "3 à l’identique" in said("--since", since)[0][-1]
    assert "2 à l’identique" in said("--since", since, "--sample", "2")[0][-1]
    assert "4 à l’identique" in said("--sample", "100")[0][-1]


def test_what_cannot_be_read_any_more_is_named_with_the_fault_and_stops_no_other(structure):
    broken = assessed(RICH, structure)
    assessed(ALONE, structure)
    copy = Assessment.objects.get(pk=broken.pk)
    copy.pk, copy.uid, copy.engine_version = None, broken.rule_set.uid, "0"
    copy.save(force_insert=True)
    lines, status = said()
    assert lines == [
        f"différente : {copy.uid} (KeyError)",
        "Évaluations rejouées : 2 à l’identique, 1 différentes ; 0 effacées, passées.",
    ]
    assert status == 1


def test_what_no_key_opens_is_named_and_stops_no_other(structure, settings):
    key = settings.FIELD_ENCRYPTION_KEYS[0]
    for _ in range(2):
        assessed(ALONE, structure)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    lost = assessed(RICH, structure)
    settings.FIELD_ENCRYPTION_KEYS = [key]
    assessed(ALONE, structure)
    lines, status = said()
    assert lines == [
        f"différente : {lost.uid} (InvalidToken)",
        "Évaluations rejouées : 3 à l’identique, 1 différentes ; 0 effacées, passées.",
    ]
    assert status == 1
    assert tasks.replay_a_sample() == 1
    assert Drift.objects.get().fault == "InvalidToken"


def test_a_threshold_corrected_behind_its_back_is_a_drift(structure):
    assessed(ALONE, structure)
    Threshold.objects.update(monthly_amount_eur="1289.00")
    assert said()[1] == 1


def test_the_questions_do_not_grow_with_the_assessments(structure):
    def questions(count):
        for _ in range(count):
            assessed(ALONE, structure)
        with CaptureQueriesContext(connection) as asked_of:
            said()
        return len(asked_of)

    assert questions(1) == questions(20)


# --- the alarm --------------------------------------------------------------------------------------------
def test_a_drift_found_at_night_is_on_the_pilots_desk_until_one_has_looked(client, pilot, structure, drifted):
    assessed(ALONE, structure)
    assert tasks.replay_a_sample() == 1
    assert tasks.replay_a_sample() == 1  # found again: one row
    found = Drift.objects.get()
    assert (found.assessment, found.seen_at) == (drifted, None)
    sign_in(client, pilot)
    assert "1 évaluation ne se recalcule plus" in client.get("/bureau/").content.decode()
    assert str(drifted.uid) in client.get("/regles/ecarts/").content.decode()
    for _twice in range(2):
        assert client.post(f"/regles/ecarts/{found.uid}/vu/").status_code == 302
    found.refresh_from_db()
    assert found.seen_by == pilot
    assert "ne se recalcule" not in client.get("/bureau/").content.decode()
    assert "Aucun écart" in client.get("/regles/ecarts/").content.decode()
    tasks.replay_a_sample()
    assert not Drift.objects.unseen().exists()  # looked at: no second alarm


def test_only_pilots_look_at_a_drift(adviser, drifted):
    drift = Drift.objects.create(assessment=drifted)
    with pytest.raises(PermissionDenied):
        replays.note_seen(drift, by=actor(adviser))
    assert not Drift.objects.visible_to(actor(adviser)).exists()


def test_a_night_without_drift_leaves_no_row(structure):
    assessed(ALONE, structure)
    erase_assessments([assessed(ALONE, structure).pk])
    assert tasks.replay_a_sample() == 0
    assert not Drift.objects.exists()


# --- erasing ----------------------------------------------------------------------------------------------
def test_erasing_takes_the_whole_chain_and_leaves_what_is_counted(structure, pilot, adviser):
    unsure = assessed(UNKNOWN, structure, by=adviser)
    reviewed = assess.approve_after_review(unsure, why="Vu", evidence="Avis", by=pilot, on=clock.today())
    last = assessed(ALONE, structure, supersedes=reviewed)
    other = assessed(RICH, structure)
    kept = ("outcome", "reasons", "reference_date", "valid_until", "rule_set_id", "threshold_id", "made_by_id")
    before = list(Assessment.objects.order_by("pk").values(*kept, "organisation_id", "supersedes_id", "made_at"))
    moment = clock.now()
    with clock.moved_to(moment):
        assert erase_assessments([reviewed.pk]) == 3
        assert erase_assessments([last.pk, unsure.pk]) == 0  # twice is once
    gone = Assessment.objects.exclude(pk=other.pk)
    assert {(one.facts, one.trace, one.decision_note, one.erased_at) for one in gone} == {(None, None, None, moment)}
    assert Assessment.objects.get(pk=other.pk).facts["annual_disposable_income_eur"] == "30000.00"
    after = list(Assessment.objects.order_by("pk").values(*kept, "organisation_id", "supersedes_id", "made_at"))
    assert after == before


def test_of_an_erased_one_the_page_says_that_it_is_gone(structure):
    made = assessed(RICH, structure)
    with clock.moved_to(clock.now()):
        erase_assessments([made.pk])
    made = Assessment.objects.get(pk=made.pk)
    verdict = verdict_of(made)
    assert (verdict["outcome"], verdict["changes"], verdict["note"]) == ("not_eligible", [], None)
    assert [line.label for line in verdict["lines"]] == ["Calcul"]
    assert verdict["lines"][0].text.startswith(f"effacé le {clock.today():%d/%m/%Y}")
    assert assess.household_in_words(made) == ""
    assert assess.is_same_again(made, RICH, on=made.reference_date) is False


def test_an_erased_one_is_not_tried_and_the_report_says_so(structure, pilot):
    erase_assessments([assessed(RICH_ON_RSA, structure).pk])
    assessed(ALONE, structure)
    trial = asked(pilot)
    tasks.run_trials()
    trial.refresh_from_db()
    assert (trial.done, trial.report["erased"], trial.report["total"]) == (2, 1, 1)
    assert changes(trial) == {("eligible", "eligible"): 1}


GONE = "facts = NULL, trace = NULL, decision_note = NULL"
FORBIDDEN = [
    "UPDATE eligibility_assessment SET outcome = 'needs_review', valid_until = NULL",
    "UPDATE eligibility_assessment SET facts = NULL",
    f"UPDATE eligibility_assessment SET {GONE}",
    f"UPDATE eligibility_assessment SET {GONE}, erased_at = now(), outcome = 'not_eligible', valid_until = NULL",
    f"UPDATE eligibility_assessment SET {GONE}, erased_at = now(), reasons = '{{}}'",
    "UPDATE eligibility_assessment SET erased_at = now()",
    "DELETE FROM eligibility_assessment",
]


def done(statement, setting):
    """By a session that says that it may."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'yes', true)", [setting])
        cursor.execute(statement)


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("setting", ["mobiliz.erasing", "mobiliz.resealing", "mobiliz.other"])
def test_whoever_says_that_they_erase_or_reseal_may_do_only_that(structure, statement, setting):
    assessed(ALONE, structure)
    with pytest.raises(IntegrityError, match="immutable"):
        done(statement, setting)


def test_one_who_reseals_may_not_erase_nor_the_other_reseal(structure):
    assessed(ALONE, structure)
    for setting, statement in (
        ("mobiliz.resealing", f"UPDATE eligibility_assessment SET {GONE}, erased_at = now()"),
        ("mobiliz.erasing", "UPDATE eligibility_assessment SET facts = trace"),
    ):
        with pytest.raises(IntegrityError, match="immutable"):
            done(statement, setting)


def test_after_erasing_the_session_may_erase_no_more(structure):
    made = assessed(ALONE, structure)
    assessed(RICH, structure)
    erase_assessments([made.pk])
    with pytest.raises(IntegrityError, match="immutable"):
        done(f"UPDATE eligibility_assessment SET {GONE}, erased_at = now()", "mobiliz.other")


def test_half_of_it_is_never_stored(structure):
    made = Assessment.objects.get(pk=assessed(ALONE, structure).pk)
    for facts, trace, erased_at in ((None, {}, None), (None, None, None), ({}, {}, clock.now())):
        made.pk, made.uid, made.facts, made.trace, made.erased_at = None, made.rule_set.uid, facts, trace, erased_at
        with pytest.raises(IntegrityError, match="assessment_whole_or_erased"), transaction.atomic():
            made.save(force_insert=True)
