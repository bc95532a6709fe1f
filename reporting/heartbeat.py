"""Who is at work in the background: beat notes what it sends, the worker what it runs, `/readyz` asks."""

from datetime import datetime, timedelta

from mobiliz.lib import clock
from reporting.models import Heartbeat

BEAT, WORKER = "beat", "worker"
ALIVE_FOR = timedelta(minutes=2)


def note(name: str) -> None:
    """Seen just now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": clock.now()})


def worker_seen_at() -> datetime | None:
    return _seen_at(WORKER)


def beat_seen_at() -> datetime | None:
    return _seen_at(BEAT)


def is_recent(seen_at: datetime | None) -> bool:
    return seen_at is not None and clock.now() - seen_at < ALIVE_FOR


def _seen_at(name: str) -> datetime | None:
    found = Heartbeat.objects.in_bulk([name]).get(name)
    return found.seen_at if found else None
