"""A draft tried on past cases: counted, listed, explained; nothing else is written, and no dead worker loses it."""

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eligibility import actions, assess, tasks, trials
from eligibility.facts import Benefit, Facts, VehicleFacts
from eligibility.models import Assessment, Subject, Trial, TrialStatus
from mobiliz.lib import clock
from mobiliz.outbox.models import Message
from mobiliz.programme.models import REPAIR
from tests.cast import actor
from tests.eligibility.households import facts as household
from tests.factories import ruling
from tests.factories.journey import threshold

pytestmark = pytest.mark.django_db

ALONE = Facts((date(1986, 5, 1),), Decimal("9000"), "mainland", "ordinary", minimum_benefits={})
POOR_NEVER_ASKED = Facts((date(1990, 1, 1),), Decimal("8000"), "mainland", "ordinary")
RICH = Facts((date(1986, 5, 1),), Decimal("30000"), "mainland", "ordinary", minimum_benefits={})
RICH_ON_RSA = Facts(
    (date(1986, 5, 1),), Decimal("30000"), "mainland", "ordinary", minimum_benefits={Benefit.RSA: date(2099, 1, 1)}
)
UNKNOWN = Facts((date(1986, 5, 1),), None, "mainland", "ordinary", minimum_benefits={})


@pytest.fixture(autouse=True)
def _thresholds(db):
    threshold()


def assessed(facts, structure, *, days_ago=1, **more):
    on = clock.today() - timedelta(days=days_ago)
    given = {"organisation": structure.organisation, "by": None, "on": on, **more}
    return assess.assess(facts, offer_code=REPAIR, **given)


def asked(pilot, definition=ruling.EITHER, *, since=365):
    day = clock.today() - timedelta(days=since)
    return actions.ask_for_trial(ruling.written(pilot, definition), since=day, by=actor(pilot))


def tried(pilot, definition=ruling.EITHER, **more):
    trial = asked(pilot, definition, **more)
    assert tasks.run_trials() == 1
    trial.refresh_from_db()
    assert trial.status == TrialStatus.DONE
    return trial


def changes(trial):
    """Old x new outcomes that there are."""
    return {(old, new): count for old, row in trial.report["counts"].items() for new, count in row.items() if count}


# --- the report -------------------------------------------------------------------------------------------
def test_what_each_case_was_and_would_be_is_counted_and_each_change_listed(pilot, structure, agency):
    same = [assessed(one, structure) for one in (ALONE, RICH, UNKNOWN)]
    flipped = assessed(RICH_ON_RSA, agency)
    trial = tried(pilot)
    assert (trial.done, trial.total, trial.leased_until, trial.tally) == (4, 4, None, None)
    assert changes(trial) == {
        ("eligible", "eligible"): 1,
        ("not_eligible", "not_eligible"): 1,
        ("needs_review", "needs_review"): 1,
        ("not_eligible", "eligible"): 1,
    }
    flips = trial.report["flips"]
    assert flips["count"] == len(flips["listed"]) == 1
    assert flips["listed"][0]["assessment"] == str(flipped.uid)
    assert flips["listed"][0]["organisation"] == str(agency.organisation)
    assert flips["listed"][0]["old"] == {"outcome": "not_eligible", "reasons": ["ABOVE_THRESHOLD"]}
    assert flips["listed"][0]["new"] == {"outcome": "eligible", "reasons": ["RECEIVES_MINIMUM_BENEFIT"]}
    assert Assessment.objects.count() == len(same) + 1


def test_the_unknowns_say_which_facts_were_never_asked(pilot, structure):
    assessed(POOR_NEVER_ASKED, structure)
    assessed(ALONE, structure)
    trial = tried(pilot, ruling.RSA)
    assert changes(trial) == {("eligible", "needs_review"): 1, ("eligible", "not_eligible"): 1}
    assert trial.report["unknown"] == {"count": 1, "facts": {"minimum_benefits": 1}}


def test_agencies_count_with_their_structure_and_each_in_its_own_region(pilot, structure, agency, other_structure):
    for place in (structure, agency, other_structure):
        assessed(RICH_ON_RSA, place)
    report = tried(pilot).report
    by_structure = {row["name"]: (row["cases"], row["flips"], row["eligible_after"]) for row in report["by_structure"]}
    assert by_structure == {str(structure.organisation): (2, 2, 2), str(other_structure.organisation): (1, 1, 1)}
    regions = [str(one.commune.department.region.name) for one in (structure, agency, other_structure)]
    assert {row["name"]: row["cases"] for row in report["by_region"]} == {name: regions.count(name) for name in regions}


def test_of_a_chain_the_last_calculation_counts_and_a_review_stands_beside_it(pilot, structure):
    first = assessed(RICH, structure)
    assessed(ALONE, structure, supersedes=first)
    unsure = assessed(UNKNOWN, structure)
    today = clock.today()
    reviewed = assess.approve_after_review(unsure, why="Vu", evidence="Avis", by=pilot, on=today)
    assert changes(tried(pilot)) == {("eligible", "eligible"): 1, ("needs_review", "needs_review"): 1}
    assessed(ALONE, structure, supersedes=reviewed)
    assert changes(tried(pilot)) == {("eligible", "eligible"): 2}


def test_only_cases_since_that_day_and_made_before_it_was_asked_for(pilot, structure):
    for days in (40, 30, 29):
        assessed(ALONE, structure, days_ago=days)
    trial = asked(pilot, since=30)
    with clock.moved_to(clock.now() + timedelta(seconds=5)):
        assessed(ALONE, structure)
        tasks.run_trials()
    trial.refresh_from_db()
    assert trial.report["total"] == 2


def test_nothing_of_a_household_stands_in_the_row_while_it_runs_nor_after(pilot, structure, monkeypatch):
    for _ in range(3):
        assessed(RICH_ON_RSA, structure)
    asked(pilot)
    seen = []
    keep = trials._keep

    def looking(held, **facts):
        keep(held, **facts)
        seen.append(json.dumps(Trial.objects.values_list("tally", "report").get(pk=held.pk)))

    monkeypatch.setattr(trials, "_keep", looking)
    tasks.run_trials()
    assert len(seen) == 2
    for text in seen:
        assert "30000" not in text
        assert "1986" not in text
        assert "RECEIVES_MINIMUM_BENEFIT" in text


def test_of_many_changes_the_newest_two_hundred_are_listed_and_all_counted(pilot, structure, monkeypatch):
    monkeypatch.setattr(trials, "MOST_LISTED", 3)
    made = [assessed(RICH_ON_RSA, structure) for _ in range(5)]
    flips = tried(pilot).report["flips"]
    assert flips["count"] == 5
    assert [one["assessment"] for one in flips["listed"]] == [str(one.uid) for one in reversed(made[2:])]


def test_a_rule_for_cars_is_tried_on_cars_and_one_for_households_on_households(pilot, structure):
    assessed(ALONE, structure)
    today = clock.today()
    for mileage, work in ((150_000, "light"), (250_000, "light"), (None, "light")):
        car = VehicleFacts("Renault", today.year - 20, mileage, 5, work)
        given = {"organisation": structure.organisation, "by": None, "on": today}
        assert assess.assess_vehicle(car, offer_code=REPAIR, **given)
    cars = [one.outcome for one in Assessment.objects.of_offer(REPAIR, "vehicle").order_by("pk")]
    assert cars == ["eligible", "not_eligible", "needs_review"]
    definition = {"leaf": "mileage_below", "limit_km": 300_000}
    draft = ruling.draft(pilot, Subject.VEHICLE)
    draft = actions.save_draft(draft, given=ruling.given(definition), by=actor(pilot))
    trial = actions.ask_for_trial(draft, since=today, by=actor(pilot))
    assert tasks.run_trials() == 1
    trial.refresh_from_db()
    assert changes(trial) == {
        ("eligible", "eligible"): 1,
        ("not_eligible", "eligible"): 1,
        ("needs_review", "needs_review"): 1,
    }
    assert trial.report["unknown"]["facts"] == {"mileage_km": 1}
    assert changes(tried(pilot)) == {("eligible", "eligible"): 1}
    lines = StringIO()
    call_command("replay_assessments", stdout=lines)
    assert "4 à l’identique" in lines.getvalue()


def test_a_draft_that_was_tried_can_be_proposed(pilot, structure):
    assessed(ALONE, structure)
    trial = tried(pilot)
    assert actions.propose(trial.rule_set, by=actor(pilot)).status == "proposed"


def test_the_questions_do_not_grow_with_the_cases(pilot, structure):
    def questions(count):
        for _ in range(count):
            assessed(household(), structure)
        asked(pilot)
        with CaptureQueriesContext(
            connection,
        ) as asked_of:
            tasks.run_trials()
        return len(asked_of)

    assert questions(1) == questions(30)


# --- a worker that dies, or works too long ----------------------------------------------------------------
def test_another_goes_on_where_a_dead_worker_stopped(pilot, structure, monkeypatch):
    monkeypatch.setattr(trials, "BATCH", 2)
    for facts in (ALONE, RICH, UNKNOWN, RICH_ON_RSA, ALONE):
        assessed(facts, structure)
    trial = asked(pilot)
    keep, batches = trials._keep, []

    class Killed(BaseException):
        """Nothing after it runs, as where the machine went."""

    def dying(held, **facts):
        keep(held, **facts)
        batches.append(facts["done"])
        if len(batches) == 2:
            raise Killed

    monkeypatch.setattr(trials, "_keep", dying)
    with pytest.raises(Killed):
        trials.run_next()
    trial.refresh_from_db()
    assert (trial.status, trial.attempts, trial.done, trial.total) == ("running", 1, 4, 5)
    assert trials.run_next() is False  # the lease is not over
    monkeypatch.setattr(trials, "_keep", keep)
    with clock.moved_to(clock.now() + trials.LEASE + timedelta(seconds=1)):
        assert trials.run_next()
    trial.refresh_from_db()
    assert (trial.status, trial.attempts, trial.done) == ("done", 2, 5)
    assert sum(changes(trial).values()) == 5


def test_whoever_lost_the_lease_writes_nothing_more(pilot, structure):
    assessed(ALONE, structure)
    trial = asked(pilot)
    slow = trials.claim()
    with clock.moved_to(clock.now() + trials.LEASE + timedelta(seconds=1)):
        assert trials.run_next()
    with pytest.raises(trials.Overtaken):
        trials._run(slow)
    trial.refresh_from_db()
    assert (trial.status, trial.report["total"]) == ("done", 1)


def test_what_fails_five_times_is_given_up_and_whoever_asked_is_told(pilot, structure, monkeypatch):
    assessed(ALONE, structure)
    trial = asked(pilot)

    def breaks(*_given):
        raise RuntimeError("poison")

    monkeypatch.setattr(trials, "try_cases", breaks)
    moment = clock.now()
    for attempt in range(1, 8):
        with clock.moved_to(moment):
            trials.run_next()
        trial.refresh_from_db()
        assert trial.attempts == min(attempt, trials.MOST_ATTEMPTS)
        moment += trials.LEASE
    assert (trial.status, trial.leased_until) == (TrialStatus.FAILED, None)
    told = Message.objects.filter(about=f"rule_set:{trial.rule_set.uid}").get()
    assert told.recipient_email == pilot.user.email
    assert "n’a pas abouti" in told.context["line"]


def test_a_draft_changed_meanwhile_is_tried_anew_and_the_old_trial_ends(pilot, structure):
    assessed(ALONE, structure)
    old = asked(pilot)
    held = trials.claim()
    changed = actions.save_draft(old.rule_set, given=ruling.given(ruling.RSA), by=actor(pilot))
    new = actions.ask_for_trial(changed, since=clock.today() - timedelta(days=9), by=actor(pilot))
    assert new.pk != old.pk
    with pytest.raises(trials.Overtaken):
        trials._run(held)
    assert tasks.run_trials() == 1
    assert {one.pk: one.status for one in Trial.objects.all()} == {old.pk: "failed", new.pk: "done"}
