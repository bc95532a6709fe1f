"""Locks that belong to no row: what is done one at a time, whoever does it."""

from django.db import connection

QUEUE_OF_REFERRALS = 2_711


def one_at_a_time(what: int) -> None:
    """Waits for whoever does this now; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [what])
