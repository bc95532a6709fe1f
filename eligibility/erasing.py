"""What becomes of the assessments of a person who is erased: the answer stays to be counted, what led to it goes."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from mobiliz.lib import clock


@transaction.atomic
def erase_assessments(keys: Collection[int]) -> int:
    """Facts, trace and a pilot's words, of these and of all that they superseded or that superseded them; how many.

    Outcome, reasons, rule, threshold and the days stay. The one door is a function of the database; twice is once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT eligibility_erase_assessments(%s::bigint[], %s)", [list(keys), clock.now()])
        return int(cursor.fetchone()[0])
