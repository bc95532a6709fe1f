"""A draft tried on past cases: a worker killed in the middle loses nothing that it counted; nothing counts twice."""

from datetime import timedelta

from celery import current_app

from eligibility import trials
from eligibility.actions import ask_for_trial
from eligibility.assess import PastCase, assess_many
from eligibility.models import Trial
from mobiliz.lib import clock
from mobiliz.programme.models import REPAIR
from tests.cast import actor
from tests.eligibility.test_trials import ALONE, RICH_ON_RSA
from tests.factories import ruling
from tests.factories.journey import threshold
from tests.faults import stage
from tests.faults.stage import wait_for

RUN = "eligibility.tasks.run_trials"
CASES = 4 * trials.BATCH


def test_a_worker_killed_in_mid_trial_leaves_it_to_another_that_goes_on_from_there(pilot, structure, run, servers):
    threshold()
    now, today = clock.now() - timedelta(hours=1), clock.today() - timedelta(days=1)
    for facts in (ALONE, RICH_ON_RSA):
        case = PastCase(facts=facts, on=today, at=now, organisation_id=structure.organisation_id)
        assess_many([case] * (CASES // 2), offer_code=REPAIR)
    trial = ask_for_trial(ruling.written(pilot), since=today, by=actor(pilot))

    def fresh():
        return Trial.objects.get(pk=trial.pk)

    servers.empty_broker()
    first = run(stage.worker)
    current_app.send_task(RUN)
    wait_for(lambda: fresh().done, "the first batch of the trial")
    first.kill()
    left = fresh()
    assert (left.status, left.attempts, left.total) == ("running", 1, CASES)
    assert 0 < left.done < CASES
    servers.empty_broker()
    run(stage.worker, at=int(trials.LEASE.total_seconds()) + 30, name="two")
    current_app.send_task(RUN)
    wait_for(lambda: fresh().status == "done", "the end of the trial by the second worker")
    ended = fresh()
    assert (ended.attempts, ended.done) == (2, CASES)
    assert ended.report["counts"]["eligible"]["eligible"] == CASES // 2
    assert ended.report["counts"]["not_eligible"]["eligible"] == CASES // 2
    assert ended.report["flips"]["count"] == CASES // 2
