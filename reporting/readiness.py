"""Whether everything that serves people is there: what `/readyz` answers."""

from collections.abc import Callable

import structlog
from celery import current_app
from django.db import connection

from mobiliz.lib.logs import in_short
from reporting import heartbeat

log = structlog.get_logger()
SECONDS = 2  # a broker that does not answer in time is as good as none


def check() -> dict[str, bool]:
    """What is there and what is not; the log says why."""
    return {name: _holds(name, question) for name, question in QUESTIONS.items()}


def _holds(name: str, question: Callable[[], bool]) -> bool:
    try:
        return question()
    except Exception as error:  # whatever goes wrong, it is not ready
        log.warning("not ready", what=name, error=in_short(error))
        return False


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return True


def _broker_answers() -> bool:
    patience = {"socket_connect_timeout": SECONDS, "socket_timeout": SECONDS}
    with current_app.connection_for_write(transport_options=patience) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=SECONDS)
        return True


QUESTIONS: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "broker": _broker_answers,
    "worker": lambda: heartbeat.is_recent(heartbeat.worker_seen_at()),
    "beat": lambda: heartbeat.is_recent(heartbeat.beat_seen_at()),
}
