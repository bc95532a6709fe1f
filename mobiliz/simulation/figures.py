"""What a simulated year was like: counted in each of its parts, added up, and said in short lines of French."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
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


SILENT = "SELECT count(DISTINCT garage_id) FROM referrals_assignment WHERE \"end\" = 'lapsed'"
INCIDENTS_THERE = "SELECT count(*) FROM referrals_incident"
DIGESTS = "SELECT count(*) FROM outbox_message WHERE day IS NOT NULL"
PARKED = "SELECT count(*) FROM outbox_message WHERE parked_at IS NOT NULL"


@dataclass
class Figures:
    """Of one part, or of several together. Times are in working days of the place."""

    opened: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)  # of states and outcomes
    verbs: Counter[str] = field(default_factory=Counter)
    things: Counter[str] = field(default_factory=Counter)
    first_answers: list[int] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    incident_answers: list[int] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Figures) -> Figures:
        return Figures(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


def counted(world: World) -> Figures:
    """In the database of now."""
    office = world.office
    return Figures(
        opened=world.opened,
        outcomes=_counter("SELECT state, outcome, count(*) FROM referrals_referral GROUP BY 1, 2"),
        verbs=Counter(dict(_rows("SELECT verb, count(*) FROM referrals_logentry GROUP BY 1"))),
        things=Counter(
            silent=_one(SILENT),
            incidents=_one(INCIDENTS_THERE),
            digests=_one(DIGESTS),
            parked=_one(PARKED),
            delivered=len(office.delivered),
            twice=sum(count - 1 for count in office.delivered.values()),
        ),
        first_answers=_days(_rows(ANSWERS)),
        waits=_days(_rows(WAITS)),
        incident_answers=_days(_rows(INCIDENTS)),
        injected=Counter(world.faults.injected),
        refusals=Counter(world.refusals),
    )


def lines(found: Figures, seconds: float) -> Iterator[str]:
    """One for each thing that is worth knowing."""
    verbs, things = found.verbs, found.things
    yield f"orientations : {found.opened} ; {_outcomes(found.outcomes)}"
    yield f"première réponse d’un garage : {_times(found.first_answers)}"
    yield (
        f"passées au garage suivant : {verbs['lapse'] + verbs['decline'] + verbs['give_back']}"
        f" (silences {verbs['lapse']}, refus {verbs['decline']}, rendues {verbs['give_back']})"
    )
    yield f"garages restés muets au moins une fois : {things['silent']}"
    yield f"attentes d’une place : {verbs['queue']} ; {_times(found.waits)}"
    yield f"relances : {verbs['remind']} ; rendez-vous manqués : {verbs['no_show']}"
    yield f"incidents : {things['incidents']} ; réponse {_times(found.incident_answers)}"
    yield (
        f"courriels : {things['delivered']} remis, dont {things['digests']} résumés ; {things['parked']} abandonnés,"
        f" {things['twice']} remis deux fois"
    )
    yield f"pannes injectées : {_listed(found.injected)}"
    yield f"actes refusés : {_listed(found.refusals)}"
    yield f"durée : {seconds:.0f} s, soit {1000 * seconds / max(found.opened, 1):.0f} ms par orientation"


def _outcomes(counts: Counter[tuple[str, str]]) -> str:
    known, states = dict(words.OUTCOMES), dict(words.STATES)
    rows = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{known.get(outcome) or states[state]} {count}".lower() for (state, outcome), count in rows)


def _days(rows: Sequence[tuple[datetime, datetime, str]]) -> list[int]:
    return [
        working_days_between(local(begun, place).date(), local(ended, place).date(), place)
        for begun, ended, place in rows
    ]


def _times(unsorted: Sequence[int]) -> str:
    """The median, and what nine in ten keep within."""
    if not unsorted:
        return "aucune"
    days = sorted(unsorted)
    return f"médiane {days[len(days) // 2]} j ouvrés, 9 sur 10 en {days[len(days) * 9 // 10]}"


def _counter(sql: str) -> Counter[Any]:
    """The last column counts those that the others name."""
    return Counter({tuple(names): count for *names, count in _rows(sql)})


def _one(sql: str) -> int:
    return int(_rows(sql)[0][0])


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _listed(counted: Counter[str]) -> str:
    found = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{what} {count}" for what, count in found) or "aucune"
