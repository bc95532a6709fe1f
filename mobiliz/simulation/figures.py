"""What a simulated year was like, in short lines of French."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from mobiliz.simulation.world import World
from referrals import words
from referrals.clock import local, working_days_between

ANSWERS = """
SELECT a.put_at, min(l.at), c.department_id FROM referrals_assignment a
JOIN referrals_logentry l ON l.assignment_id = a.id AND l.verb IN ('accept', 'decline', 'settle_by_telephone')
JOIN garages_garage g ON g.id = a.garage_id JOIN territory_commune c ON c.code = g.commune_id
GROUP BY a.id, c.department_id
"""
INCIDENTS = """
SELECT i.reported_at, i.answered_at, coalesce(r.department_id, '75') FROM referrals_incident i
JOIN referrals_referral r ON r.id = i.referral_id WHERE i.answered_at IS NOT NULL AND i.resolution <> 'withdrawn'
"""
WAITS = """
SELECT q.at, min(l.at), r.department_id FROM referrals_logentry q JOIN referrals_referral r ON r.id = q.referral_id
JOIN referrals_logentry l ON l.referral_id = q.referral_id AND l.position > q.position
  AND (l.verb = 'assign' OR l.to_state <> 'waiting')
WHERE q.verb = 'queue' GROUP BY q.id, r.department_id
"""


def lines(world: World, seconds: float) -> Iterator[str]:
    """One for each thing that is worth knowing."""
    yield f"orientations : {world.opened} ; {_outcomes()}"
    yield f"première réponse d’un garage : {_times(_rows(ANSWERS))}"
    yield (
        f"passées au garage suivant : {_count('lapse') + _count('decline') + _count('give_back')}"
        f" (silences {_count('lapse')}, refus {_count('decline')}, rendues {_count('give_back')})"
    )
    yield f"garages restés muets au moins une fois : {_one(SILENT)}"
    yield f"attentes d’une place : {_count('queue')} ; {_times(_rows(WAITS))}"
    yield f"relances : {_count('remind')} ; rendez-vous manqués : {_count('no_show')}"
    yield f"incidents : {_one('SELECT count(*) FROM referrals_incident')} ; réponse {_times(_rows(INCIDENTS))}"
    yield _mails(world)
    yield f"pannes injectées : {_listed(world.faults.injected)}"
    yield f"actes refusés : {_listed(world.refusals)}"
    yield f"durée : {seconds:.0f} s, soit {1000 * seconds / max(world.opened, 1):.0f} ms par orientation"


SILENT = "SELECT count(DISTINCT garage_id) FROM referrals_assignment WHERE \"end\" = 'lapsed'"


def _outcomes() -> str:
    known = dict(words.OUTCOMES)
    rows = _rows("SELECT state, outcome, count(*) FROM referrals_referral GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2")
    states = dict(words.STATES)
    return ", ".join(f"{known.get(outcome) or states[state]} {count}".lower() for state, outcome, count in rows)


def _mails(world: World) -> str:
    office = world.office
    twice = sum(count - 1 for count in office.delivered.values())
    digests = _one("SELECT count(*) FROM outbox_message WHERE day IS NOT NULL")
    parked = _one("SELECT count(*) FROM outbox_message WHERE parked_at IS NOT NULL")
    return (
        f"courriels : {len(office.delivered)} remis, dont {digests} résumés ; {parked} abandonnés,"
        f" {twice} remis deux fois"
    )


def _times(rows: Sequence[tuple[datetime, datetime, str]]) -> str:
    """In working days of the place: the median, and what nine in ten keep within."""
    if not rows:
        return "aucune"
    days = sorted(
        working_days_between(local(begun, place).date(), local(ended, place).date(), place)
        for begun, ended, place in rows
    )
    return f"médiane {days[len(days) // 2]} j ouvrés, 9 sur 10 en {days[len(days) * 9 // 10]}"


def _count(verb: str) -> int:
    return int(_rows("SELECT count(*) FROM referrals_logentry WHERE verb = %s", verb)[0][0])


def _one(sql: str) -> int:
    return int(_rows(sql)[0][0])


def _rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall()


def _listed(counted: dict[str, int]) -> str:
    found = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{what} {count}" for what, count in found) or "aucune"
