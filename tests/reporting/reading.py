"""Reading the queue of changes to its end, in tests with real transactions."""

import time

from django.db.models import Q

from referrals.models import Change
from reporting import cells
from reporting.models import Reader


def is_left_to_read() -> bool:
    reader = Reader.objects.filter(pk=cells.READER).first() or Reader()
    after = Q(transaction=reader.transaction, pk__gt=reader.last_id)
    return Change.objects.filter(Q(transaction__gt=reader.transaction) | after).exists()


def read_everything(within_seconds: float = 60) -> None:
    """As worker and beat do. Whatever writes in another database of this server holds the queue up for a moment."""
    deadline = time.monotonic() + within_seconds
    while is_left_to_read():
        assert time.monotonic() < deadline, "the queue was not read in time"
        cells.bring_up_to_date()
