"""One clock for all: moments are UTC, days are Europe/Paris, and outside production time can be moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

PARIS = ZoneInfo("Europe/Paris")
_moved_to: ContextVar[datetime | None] = ContextVar("moved_to", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    moved = _moved_to.get()
    if moved is not None:
        return moved
    return datetime.now(UTC) + timedelta(seconds=settings.CLOCK_OFFSET_SECONDS)


def today() -> date:
    """The present day in Europe/Paris."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day of a moment, as people in Paris say it."""
    return moment.astimezone(PARIS).date()


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Let `now()` answer this moment inside the block: history, tests, simulations; never in production."""
    if settings.IS_PRODUCTION:
        raise RuntimeError("The clock is not moved in production.")
    token = _moved_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moved_to.reset(token)
