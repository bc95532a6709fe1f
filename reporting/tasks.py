"""What beat asks for. Any of it may run twice, or at the same time on two workers."""

from typing import Any

import structlog
from celery import shared_task
from celery.signals import beat_init, before_task_publish, worker_ready
from django.db import close_old_connections

from reporting import cells, heartbeat

log = structlog.get_logger()

# A long queue (after a stop, or a large import) is read by several runs, so that none meets the time limit
MOST_BATCHES = 50


@shared_task
def read_changes() -> None:
    for _batch in range(MOST_BATCHES):
        if not cells.bring_up_to_date():
            break


@shared_task
def recount_cells() -> None:
    wrong = cells.recount_all()
    level = log.error if wrong else log.info
    level("cells recounted", wrong=wrong)


@shared_task(name="reporting.tasks.heartbeat")
def beat_of_the_worker() -> None:
    heartbeat.note(heartbeat.WORKER)


@worker_ready.connect
def worker_begins(**_signal: Any) -> None:
    heartbeat.note(heartbeat.WORKER)


@beat_init.connect
@before_task_publish.connect(sender="reporting.tasks.heartbeat")
def beat_of_beat(**_signal: Any) -> None:
    """Runs in the process that sends the task: beat is at work even when no worker is."""
    close_old_connections()
    heartbeat.note(heartbeat.BEAT)
