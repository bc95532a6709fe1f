"""What beat asks for. Any of it may run twice, or at the same time on two workers."""

from celery import shared_task

from eligibility import replays, trials


@shared_task
def run_trials() -> int:
    """Whatever waits to be tried, one after the other: asked for, or left by a worker that died. How many."""
    done = 0
    while trials.run_next():
        done += 1
    return done


@shared_task
def replay_a_sample() -> int:
    """Some hundred assessments, whichever: how many came out otherwise, each shown to the pilots."""
    return replays.replay_a_sample()[replays.Came.DIFFERENT]
