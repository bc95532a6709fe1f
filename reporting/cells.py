"""Keeps the sums up to date from the queue of changes, and proves them right at night.

What a referral counts for is worked out from history, never from the change that was read: whatever order changes
come in, and however often, the sums end where history is. The cost of a change does not depend on how many referrals
there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction

from mobiliz.lib import clock
from referrals.models import Change
from reporting.models import Cell, Contribution, LossCell, PlaceCell, Reader

READER = "cells"
COUNTS = (
    "referrals_sent",
    "referrals_accepted",
    "referrals_quoted",
    "referrals_agreed",
    "referrals_repaired",
    "referrals_lost",
    "quotes_proposed",
    "open_quotes",
    "repairs_done",
)
DIMENSIONS = ("month", "region_id", "department_id", "garage_id", "organisation_id", "offer_id")
# Each table of sums: what one of its rows stands for, and what it sums
SUMS: dict[type[models.Model], tuple[tuple[str, ...], tuple[str, ...]]] = {
    Cell: (DIMENSIONS, COUNTS),
    PlaceCell: (("month", "region_id", "department_id"), COUNTS),
    LossCell: (("month", "region_id", "lost_at", "outcome"), ("referrals_lost",)),
}
KEPT = ("referral_id", *DIMENSIONS, "lost_at", "outcome", *COUNTS)


def bring_up_to_date(batch: int = 1000) -> int:
    """Count again what changed since this reader's position, and move it; how many changes were read.

    0 when nothing is left to read, or while another worker reads.
    """
    with transaction.atomic():
        reader = Reader.objects.take(READER)
        if reader is None:
            return 0
        _start_again_in_a_restored_database(reader)
        changes = list(Change.objects.settled_after(reader.transaction, reader.last_id)[:batch])
        if changes:
            count_again(sorted({change.referral_id for change in changes}))
            reader.transaction, reader.last_id = changes[-1].transaction, changes[-1].pk
        reader.read_at = clock.now()
        reader.save()
        return len(changes)


def count_again(referral_ids: Sequence[int]) -> None:
    """Add to the sums what these referrals count for now, minus what they counted for until now."""
    _update_contributions("{referral} = ANY(%(ids)s)", {"ids": list(referral_ids)}, into=SUMS)


@transaction.atomic
def recount_all() -> int:
    """Count every referral again from history; how many cells were wrong (and are right now): it must be 0.

    Referrals with changes still in the queue are left to the reader: they are late, not wrong.
    """
    reader = Reader.objects.take(READER, wait=True)
    assert reader is not None
    unchanged = """NOT EXISTS (
        SELECT FROM referrals_change pending
         WHERE pending.referral_id = {referral}
           AND (pending.transaction, pending.id) > (%(transaction)s, %(last_id)s))"""
    _update_contributions(unchanged, {"transaction": reader.transaction, "last_id": reader.last_id}, into=())
    return sum(_correct_sums(model) for model in SUMS)


def _start_again_in_a_restored_database(reader: Reader) -> None:
    """A backup restored elsewhere counts its transactions afresh: a position ahead of them would skip them all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        if reader.transaction >= cursor.fetchone()[0]:
            reader.transaction, reader.last_id = 0, 0


def _update_contributions(which: str, parameters: dict[str, Any], *, into: Iterable[type[models.Model]]) -> None:
    """Bring the contributions of these referrals up to history, and add what changed into these sums.

    One statement, so that every part of it sees the same moment.
    """
    added = "".join(f"added_{_table(model)} AS ({_add(model, 'delta')})," for model in into)
    statement = f"""
        WITH {_fresh(which.format(referral="referral.id"))},
        stale AS MATERIALIZED (
            SELECT {_list(KEPT)} FROM {_table(Contribution)} AS kept
             WHERE {which.format(referral="kept.referral_id")}),
        coming AS MATERIALIZED (SELECT * FROM fresh EXCEPT SELECT * FROM stale),
        going AS MATERIALIZED (SELECT * FROM stale EXCEPT SELECT * FROM fresh),
        delta AS MATERIALIZED (
            SELECT * FROM coming
             UNION ALL
            SELECT {_list(KEPT[: -len(COUNTS)])}, {_list(f"-{name}" for name in COUNTS)} FROM going),
        {added}
        kept AS (
            INSERT INTO {_table(Contribution)} AS kept ({_list(KEPT)}) SELECT {_list(KEPT)} FROM coming
            ON CONFLICT (referral_id, garage_id)
            DO UPDATE SET {_list(f"{name} = excluded.{name}" for name in KEPT[1:])})
        DELETE FROM {_table(Contribution)} AS kept USING (
            SELECT referral_id, garage_id FROM going EXCEPT SELECT referral_id, garage_id FROM coming) AS gone
         WHERE kept.referral_id = gone.referral_id AND kept.garage_id IS NOT DISTINCT FROM gone.garage_id
        """  # noqa: S608 -- put together from the constants above, never from input
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _fresh(which: str) -> str:
    """From history: what the chosen referrals count for, in the columns KEPT."""
    return f"""
        put AS MATERIALIZED (
            SELECT referral.id AS referral_id,
                   date_trunc('month', referral.sent_at AT TIME ZONE 'Europe/Paris')::date AS month,
                   referral.region_id, referral.department_id, referral.organisation_id, referral.offer_id,
                   referral.state, referral.outcome, assignment.garage_id,
                   COALESCE(assignment.accepted_at, quote.first_issued_at) IS NOT NULL AS is_accepted,
                   quote.id IS NOT NULL AS is_quoted,
                   repair.id IS NOT NULL OR quote.id IS NOT NULL AND EXISTS (
                       SELECT FROM referrals_quoteversion version
                         JOIN referrals_quoteanswer answer ON answer.version_id = version.id
                        WHERE version.quote_id = quote.id AND answer.is_accepted) AS is_agreed,
                   assignment.ended_at IS NULL AND referral.state IN ('quoted', 'agreed') AS is_open,
                   repair.id IS NOT NULL AS is_repaired
              FROM referrals_referral referral
              LEFT JOIN referrals_assignment assignment ON assignment.referral_id = referral.id
              LEFT JOIN referrals_quote quote ON quote.assignment_id = assignment.id
              LEFT JOIN referrals_repair repair ON repair.assignment_id = assignment.id
             WHERE referral.sent_at IS NOT NULL AND {which}),
        fresh AS MATERIALIZED (
            SELECT referral_id, month, region_id, department_id, NULL::bigint AS garage_id, organisation_id, offer_id,
                   CASE WHEN state <> 'closed' THEN '' WHEN bool_or(is_agreed) THEN 'agreed'
                        WHEN bool_or(is_quoted) THEN 'quoted' WHEN bool_or(is_accepted) THEN 'accepted'
                        ELSE 'sent' END AS lost_at,
                   outcome,
                   1 AS referrals_sent,
                   bool_or(is_accepted)::int AS referrals_accepted, bool_or(is_quoted)::int AS referrals_quoted,
                   bool_or(is_agreed)::int AS referrals_agreed, bool_or(is_repaired)::int AS referrals_repaired,
                   (state = 'closed')::int AS referrals_lost,
                   0 AS quotes_proposed, 0 AS open_quotes, 0 AS repairs_done
              FROM put
             GROUP BY referral_id, month, region_id, department_id, organisation_id, offer_id, state, outcome
             UNION ALL
            SELECT referral_id, month, region_id, department_id, garage_id, organisation_id, offer_id,
                   '', '', 0, 0, 0, 0, 0, 0,
                   count(*)::int, count(*) FILTER (WHERE is_open)::int, count(*) FILTER (WHERE is_repaired)::int
              FROM put
             WHERE is_quoted
             GROUP BY referral_id, month, region_id, department_id, garage_id, organisation_id, offer_id)"""  # noqa: S608


def _add(model: type[models.Model], source: str) -> str:
    """Add the rows of the source to the model's sums; returns one row for each sum that changed."""
    keys, counts = SUMS[model]
    return f"""
        INSERT INTO {_table(model)} AS cell ({_list(keys)}, {_list(counts)})
        SELECT {_list(keys)}, {_list(f"sum({name})" for name in counts)} FROM {source} {_counted(model)}
         GROUP BY {_list(keys)}
        HAVING {" OR ".join(f"sum({name}) <> 0" for name in counts)}
        ON CONFLICT ({_list(keys)}) DO UPDATE SET {_list(f"{name} = cell.{name} + excluded.{name}" for name in counts)}
        RETURNING 1"""  # noqa: S608


def _correct_sums(model: type[models.Model]) -> int:
    """Where the sums are not those of the contributions, make them so; how many were not."""
    keys, counts = SUMS[model]
    difference = f"""
        SELECT {_list(keys)}, {_list(counts)} FROM {_table(Contribution)} {_counted(model)}
         UNION ALL
        SELECT {_list(keys)}, {_list(f"-{name}" for name in counts)} FROM {_table(model)}"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"WITH added AS ({_add(model, f'({difference}) AS difference')}) SELECT count(*) FROM added")  # noqa: S608
        return int(cursor.fetchone()[0])


def _counted(model: type[models.Model]) -> str:
    return "WHERE lost_at <> ''" if model is LossCell else ""


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def _list(names: Any) -> str:
    return ", ".join(names)
