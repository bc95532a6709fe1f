"""What the cells spare: a dashboard read from them against the same figures counted from history, and 1,000 changes
brought into them against counting everything again. The limits hold from a million referrals on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from benchmarks.history import FIRST_MONTH, scratch_history

CHANGES = 1000
WARM_ROUNDS = 5
LARGE = 1_000_000
VERY_LARGE = 5_000_000
YEAR = {"from_on": FIRST_MONTH, "to_on": date(FIRST_MONTH.year, 12, 31)}


def measure(referrals: int = 20_000) -> list[dict[str, Any]]:
    with scratch_history(referrals):
        from reporting import cells

        _read_everything(1)
        assert cells.recount_all() > 0, "the cells were empty"
        _settle()
        _check_cells()
        rows = [_changes_against_recount(referrals), _dashboard_against_history(referrals)]
        assert cells.recount_all() == 0, "the cells are not those of history"
        return rows


def _changes_against_recount(referrals: int) -> dict[str, Any]:
    from reporting import cells

    spent = []
    for _round in range(1 + WARM_ROUNDS):
        _repair(CHANGES)
        start = time.perf_counter()
        read = _read_everything(CHANGES)
        spent.append(time.perf_counter() - start)
        assert read == CHANGES, f"{read} changes were read"
    changes = min(spent[1:])
    rounds = WARM_ROUNDS if referrals <= LARGE else 2
    recount = min(_seconds(cells.recount_all) for _round in range(rounds))
    return _row("bringing cells up to date / full recount", referrals, changes / recount, 1 / 50, changes, recount)


def _dashboard_against_history(referrals: int) -> dict[str, Any]:
    from mobiliz.accounts.actors import SYSTEM
    from reporting import measures

    def from_cells() -> object:
        return measures.overview(**YEAR, actor=SYSTEM)

    cells = min(_seconds(from_cells) for _round in range(1 + WARM_ROUNDS))
    history = min(_seconds(_count_from_history) for _round in range(1 + WARM_ROUNDS))
    limit = 1 / 200 if referrals >= VERY_LARGE else 1 / 50
    return _row("dashboard of 12 months from cells / from history", referrals, cells / history, limit, cells, history)


def _row(name: str, referrals: int, ratio: float, limit: float, ours: float, theirs: float) -> dict[str, Any]:
    is_gate = referrals >= LARGE
    return {
        "name": name,
        "size": referrals,
        "measured": round(ratio, 4),
        "limit": round(limit, 4) if is_gate else None,
        "ok": ratio <= limit or not is_gate,
        "detail": f"{1000 * ours:.1f} ms / {1000 * theirs:.1f} ms, at most the limit from {LARGE:,} referrals on",
    }


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _read_everything(changes: int) -> int:
    """At least so many; they are settled once no older transaction of this server runs."""
    from reporting import cells

    read = 0
    while read < changes:
        read += cells.bring_up_to_date()
    return read


def _repair(count: int) -> None:
    """So many repairs recorded at random over the year, as the verb leaves them, in a transaction that has ended."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMP TABLE done ON COMMIT DROP AS
            SELECT n FROM plan JOIN referrals_referral referral ON referral.id = n
             WHERE referral.state <> 'completed' AND stage IN (3, 4) ORDER BY md5(n::text) LIMIT %s""",
            [count],
        )
        cursor.execute(
            """
            INSERT INTO referrals_repair (assignment_id, version_id, done_on, final_total_incl_tax, recorded_at)
            SELECT n, n, '2016-01-01', 100, '2016-01-01' FROM done"""
        )
        cursor.execute(
            """
            UPDATE referrals_referral SET state = 'completed', outcome = '', closed_at = NULL
             WHERE id IN (SELECT n FROM done)"""
        )
        cursor.execute(
            """
            WITH entry AS (
                INSERT INTO referrals_logentry
                       (referral_id, position, verb, from_state, to_state, at, actor_kind, detail)
                SELECT n, 1, 'record_repair', 'agreed', 'completed', '2016-01-01', 'system', '{}' FROM done
                RETURNING id, referral_id)
            INSERT INTO referrals_change (referral_id, entry_id, at) SELECT referral_id, id, '2016-01-01' FROM entry"""
        )


# The best that history can do: an immutable expression for the month, statistics on what is grouped, indexes.
_TUNED = """
CREATE FUNCTION bench_month(moment timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN date_trunc('month', moment AT TIME ZONE 'Europe/Paris')::date;
CREATE INDEX ON referrals_referral (bench_month(sent_at), region_id) INCLUDE (id, state);
CREATE STATISTICS bench_groups (ndistinct) ON (bench_month(sent_at)), region_id FROM referrals_referral;
CREATE INDEX ON referrals_assignment (referral_id) INCLUDE (id, accepted_at);
ANALYZE referrals_referral, referrals_assignment, referrals_quote, referrals_quoteanswer, referrals_repair;
"""
_FROM_HISTORY = """
    SELECT bench_month(referral.sent_at), referral.region_id,
           count(DISTINCT referral.id), count(quote.id), count(repair.id)
      FROM referrals_referral referral
      LEFT JOIN referrals_assignment assignment ON assignment.referral_id = referral.id
      LEFT JOIN referrals_quote quote ON quote.assignment_id = assignment.id
      LEFT JOIN referrals_repair repair ON repair.assignment_id = assignment.id
     WHERE bench_month(referral.sent_at) BETWEEN %(from_on)s AND %(to_on)s
     GROUP BY 1, 2"""


def _count_from_history() -> set[tuple]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_FROM_HISTORY, YEAR)
        return set(cursor.fetchall())


def _settle() -> None:
    """What autovacuum does by itself after so much was written at once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _check_cells() -> None:
    """Speed counts only where both say the same."""
    from django.db import connection

    from mobiliz.accounts.actors import SYSTEM
    from reporting.models import PlaceCell

    with connection.cursor() as cursor:
        cursor.execute(_TUNED)
    names = ("referrals_sent", "quotes_proposed", "repairs_done")
    sums = PlaceCell.objects.visible_to(SYSTEM).between(**YEAR).sums_by("month", "region_id", of=names)
    told = {(row["month"], row["region_id"], *(row[name] for name in names)) for row in sums}
    assert told == _count_from_history(), sorted(told ^ _count_from_history())[:6]
